"""One rebuild from begin to end: fill the shadow, certify it against the live schema, put it in place."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from faust.types import TP

from shared.environment import Environment
from shared.errors import UnavailableError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.postgres import Connection, Pool, connect, create_pool
from shared.rebuild.certificate import Certificate, compare, digest
from shared.rebuild.plan import RebuildPlan
from shared.rebuild.reading import Reader, consuming
from shared.rebuild.schemas import Offsets, Place, Schemas, open_schemas
from shared.streaming.checkpoints import Checkpoints
from shared.streaming.follower import Follower, Handler
from shared.streaming.runs import Record
from shared.topics import end_offsets, topic_ids

TELL_SECONDS = 2.0
TRIES = 20

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of a rebuild: the certificate, how many records were applied in how many seconds, and whether the shadow is live now."""

    certificate: Certificate
    records: int
    seconds: float
    is_in_place: bool


@dataclass(slots=True)
class Progress:
    """Counts records, and says now and then how fast it goes and how long it will take."""

    say: Say
    total: int = 0
    done: int = 0
    _begun_at: float = field(default_factory=time.monotonic)
    _told_at: float = field(default_factory=time.monotonic)

    def note(self, records: int) -> None:
        """Count records that were applied."""
        self.done += records
        now = time.monotonic()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            rate = self.done / (now - self._begun_at)
            left = max(self.total - self.done, 0) / rate
            self.say(f"{self.done:,} of {self.total:,} records, {rate:,.0f} a second, {left:.0f} s left")


class Rebuild:
    """A rebuild of one schema on a running system; its worker, its pages and its commands go on meanwhile."""

    def __init__(self, plan: RebuildPlan, environment: Environment, say: Say) -> None:
        self._plan = plan
        self._environment = environment
        self._say = say
        self._progress = Progress(say)

    async def run(self, *, afresh: bool = False, accepts_differences: bool = False) -> Rebuilt:
        """Rebuild, and put the result in place unless it differs from what is live and differences are not accepted.

        Raises UnavailableError where another rebuild runs, FatalError where the topics are not whole.
        """
        begun_at = time.monotonic()
        async with AsyncExitStack() as opened:
            schemas = await opened.enter_async_context(open_schemas(self._plan, self._environment.dsn))
            has_live = await schemas.has_live()
            if await schemas.make_shadow(afresh=afresh):
                self._say("going on with what an earlier rebuild has left")
            discarded = await schemas.read_discarded() if has_live else frozenset()
            pool = await opened.enter_async_context(self._filling())
            reader = await opened.enter_async_context(self._reading(pool, discarded))
            certificate = await self._fill(schemas, pool, reader, has_live=has_live)
            is_in_place = accepts_differences or certificate.is_clean
            if is_in_place:
                await self._put_in_place(schemas, pool, reader, by_force=bool(certificate.reason))
        return Rebuilt(certificate, self._progress.done, time.monotonic() - begun_at, is_in_place)

    async def _fill(self, schemas: Schemas, pool: Pool, reader: Reader, *, has_live: bool) -> Certificate:
        """Read what there is, and compare it with the live schema at one and the same place of every partition."""
        ends = await self._ends()
        offsets, ids = await schemas.read_live() if has_live else ({}, {})
        reason = await self._why_not(offsets, ids, ends)
        await self._read_to(reader, pool, ends if reason or not has_live else offsets)
        await schemas.make_indexes()
        if reason or not has_live:
            return Certificate(reason=reason)
        async with schemas.snapshot() as (live, offsets):
            await self._read_to(reader, pool, offsets)
            return await self._certify(live)

    async def _why_not(self, offsets: Offsets, ids: Mapping[str, UUID], ends: Offsets) -> str:
        """Return why the live schema cannot be compared, "" where it can."""
        present = await asyncio.to_thread(topic_ids, self._environment.bootstrap)
        others = sorted(topic for topic, known in ids.items() if present.get(topic) != known)
        if others:
            return f"the live tables came out of other topics than {', '.join(others)} as Kafka has them now"
        beyond = sorted(f"{tp.topic}/{tp.partition}" for tp, offset in offsets.items() if offset > ends.get(tp, 0))
        return f"the live tables hold more than Kafka does of {', '.join(beyond)}" if beyond else ""

    async def _certify(self, live: Connection) -> Certificate:
        tables, partitions = self._plan.tables, self._environment.partitions
        rebuilt = await connect(self._environment.dsn, schema=self._plan.shadow)
        try:
            return compare(*await asyncio.gather(digest(live, tables, partitions), digest(rebuilt, tables, partitions)))
        finally:
            await rebuilt.close()

    async def _put_in_place(self, schemas: Schemas, pool: Pool, reader: Reader, *, by_force: bool) -> None:
        """Read to the end and take the live schema's place, again where facts came meanwhile."""
        for _ in range(TRIES):
            await self._read_to(reader, pool, await self._ends())
            if not await schemas.take_place(await self._begins(pool), by_force=by_force):
                return
        raise UnavailableError(
            f"facts come faster than {self._plan.schema} could be put in place in {TRIES} tries: try again when fewer come"
        )

    async def _read_to(self, reader: Reader, pool: Pool, goals: Offsets) -> None:
        begins = await self._begins(pool)
        wanted = {tp: goal for tp, goal in goals.items() if goal > begins[tp]}
        self._progress.total = self._progress.done + sum(goal - begins[tp] for tp, goal in wanted.items())
        if wanted:
            await reader.read(begins, wanted)

    async def _begins(self, pool: Pool) -> Offsets:
        """Return how far the shadow is; raises FatalError where a topic was deleted and made again since it was begun."""
        places = {TP(topic, partition) for topic in self._plan.topics for partition in range(self._environment.partitions)}
        return await Checkpoints(pool, self._environment.bootstrap, self._plan.shadow).start_offsets(places)

    async def _ends(self) -> Offsets:
        ends = await asyncio.to_thread(end_offsets, self._environment.bootstrap, self._plan.topics)
        return {TP(*place): offset for place, offset in ends.items()}

    @asynccontextmanager
    async def _filling(self) -> AsyncIterator[Pool]:
        """Open the pool that fills the shadow; what a crash takes of it is read again, so no commit waits for the disk."""
        pool = await create_pool(
            self._environment.dsn, schema=self._plan.shadow, size=self._environment.partitions + 2, synchronous_commit="off"
        )
        try:
            yield pool
        finally:
            await pool.close()

    @asynccontextmanager
    async def _reading(self, pool: Pool, discarded: Collection[Place]) -> AsyncIterator[Reader]:
        ledger = Ledger(pool)
        followers = {
            each.topic: Follower(ledger, _without(discarded, each.handler), has_positions=each.has_positions)
            for each in self._plan.subscriptions
        }
        async with consuming(self._environment.bootstrap) as consumer:
            yield Reader(consumer, followers, self._progress.note)


def _without(discarded: Collection[Place], handler: Handler) -> Handler:
    """Return a handler that passes over what operators have discarded."""
    if not discarded:
        return handler

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        kept = [each for each in records if (each.topic, each.partition, each.offset) not in discarded]
        if kept:
            await handler(work, kept)

    return handle
