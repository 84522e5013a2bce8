"""Fills a shadow: what the service has said itself is folded first, then what it follows is learned, as far as it was answered."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from faust.types import TP

from shared.envelope import header
from shared.environment import Environment
from shared.journal.tail import last_positions
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.postgres import Pool
from shared.rebuild.plan import Output, RebuildPlan
from shared.rebuild.queries import QUERIES
from shared.rebuild.reading import Reader, consuming, position_of
from shared.rebuild.schemas import Mark, Offsets, Place
from shared.streaming.checkpoints import Checkpoints
from shared.streaming.follower import Follower, Handler
from shared.streaming.queries import QUERIES as CHECKPOINTS
from shared.streaming.runs import Record
from shared.topics import end_offsets, topic_ids

TELL_SECONDS = 2.0

Say = Callable[[str], None]


@dataclass(slots=True)
class Progress:
    """Counts records, and says now and then how fast it goes and how long it will take."""

    say: Say
    total: int = 0
    done: int = 0
    _begun_at: float = field(default_factory=time.monotonic)
    _told_at: float = field(default_factory=time.monotonic)

    def expect(self, records: int) -> None:
        """Take note of how many records are to come."""
        self.total = self.done + records

    def note(self, records: int) -> None:
        """Count records that were applied."""
        self.done += records
        now = time.monotonic()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            rate = self.done / (now - self._begun_at)
            left = max(self.total - self.done, 0) / rate
            self.say(f"{self.done:,} of {self.total:,} records, {rate:,.0f} a second, {left:.0f} s left")


class Filling:
    """The shadow of one rebuild while it is filled; `outputs` are the service's own topics that Kafka has."""

    def __init__(
        self, plan: RebuildPlan, environment: Environment, ledger: Ledger, progress: Progress, outputs: Mapping[str, Output]
    ) -> None:
        self.outputs = outputs
        self._ledger = ledger
        self._plan = plan
        self._environment = environment
        self._pool = ledger.pool
        self._progress = progress
        self._checkpoints = Checkpoints(ledger.pool, environment.bootstrap, plan.shadow)
        self.reader: Reader

    async def read_to(self, mark: Mark) -> None:
        """Read just as far as a live schema is."""
        places = {tp: position for tp, position in mark.positions.items() if position}
        begins = await self._checkpoints.start_offsets(set(places))
        last = await self._last_positions()
        goals = {tp: (last.get(tp, 0), position) for tp, position in places.items() if position > last.get(tp, 0)}
        self._progress.expect(sum(goal - begin for begin, goal in goals.values()))
        if goals:
            await self.reader.read_positions(begins, goals)
            await self._settle()
        await self._read(self._plan.topics, mark.offsets)

    async def read_all(self) -> None:
        """Read all that Kafka holds of what the service said itself, and what it follows as far as that was answered."""
        await self._read(self.outputs, await self._ends(self.outputs))
        await self._settle()
        await self._read(self._plan.topics, await self._answered())
        for partition in range(self._environment.partitions) if self._plan.outputs else ():
            async with self._ledger.turn(partition) as work:
                await self._plan.mend(work)

    async def _settle(self) -> None:
        async with self._pool.acquire() as connection:
            await self._plan.settle(connection)

    async def _answered(self) -> Offsets:
        ends = await self.ends()
        if self._plan.answered is None:
            return ends
        async with self._pool.acquire() as connection:
            answered = await self._plan.answered(connection)
        return {tp: min(answered.get((tp.topic, tp.partition), 0), end) for tp, end in ends.items()}

    async def _read(self, topics: Collection[str], goals: Offsets) -> None:
        """Read topics to some offsets; raises FatalError where one was deleted and made again since the shadow was begun."""
        if not topics:
            return
        places = {TP(topic, partition) for topic in topics for partition in range(self._environment.partitions)}
        begins = await self._checkpoints.start_offsets(places)
        wanted = {tp: goal for tp, goal in goals.items() if goal > begins[tp]}
        self._progress.expect(sum(goal - begins[tp] for tp, goal in wanted.items()))
        if wanted:
            await self.reader.read(begins, wanted)

    async def _last_positions(self) -> Mapping[TP, int]:
        rows = await self._pool.fetch(CHECKPOINTS["read_checkpoints"], [*self.outputs])
        return {TP(row["topic"], row["partition"]): row["last_position"] for row in rows}

    async def ends(self) -> Offsets:
        """Return where the topics end that the service follows."""
        return await self._ends(self._plan.topics)

    async def _ends(self, topics: Collection[str]) -> Offsets:
        ends = await asyncio.to_thread(end_offsets, self._environment.bootstrap, topics)
        return {TP(*place): offset for place, offset in ends.items()}

    async def told(self) -> Mapping[TP, int]:
        """Return the last positions that Kafka holds of what the service sends."""
        targets = [(topic, partition) for topic in self.outputs for partition in range(self._environment.partitions)]
        found = await last_positions(self._environment.bootstrap, targets)
        return {TP(*place): position for place, position in found.items()}


@asynccontextmanager
async def open_filling(
    plan: RebuildPlan, environment: Environment, pool: Pool, discarded: Collection[Place], progress: Progress
) -> AsyncIterator[Filling]:
    """Open what fills a shadow, which passes over what operators have discarded."""
    outputs = await _find_outputs(plan, environment.bootstrap)
    ledger = Ledger(pool)
    followers = {
        each.topic: Follower(ledger, _without(discarded, each.handler), has_positions=each.has_positions) for each in plan.subscriptions
    }
    followers |= {topic: Follower(ledger, keeping(output.fold), has_positions=True) for topic, output in outputs.items()}
    filling = Filling(plan, environment, ledger, progress, outputs)
    async with consuming(environment.bootstrap) as consumer:
        filling.reader = Reader(consumer, followers.__getitem__, progress.note)
        yield filling


async def _find_outputs(plan: RebuildPlan, bootstrap: str) -> Mapping[str, Output]:
    present = await asyncio.to_thread(topic_ids, bootstrap) if plan.outputs else {}
    return {
        topic: output
        for output in plan.outputs
        for topic in present
        if topic == output.topic or (output.pattern and re.fullmatch(output.pattern, topic))
    }


def _without(discarded: Collection[Place], handler: Handler) -> Handler:
    """Return a handler that passes over what operators have discarded."""
    if not discarded:
        return handler

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        kept = [each for each in records if (each.topic, each.partition, each.offset) not in discarded]
        if kept:
            await handler(work, kept)

    return handle


def keeping(fold: Handler) -> Handler:
    """Return a handler that keeps what was sent in the journal again, and folds it."""

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        await _keep(work, records)
        await fold(work, records)

    return handle


async def _keep(work: UnitOfWork, records: Sequence[Record]) -> None:
    topic, partition = records[0].topic, records[0].partition
    heads = [(header(each.headers, "previoushash"), header(each.headers, "hash")) for each in records]
    await work.connection.execute(
        QUERIES["keep_journal"], topic, partition, [position_of(each) for each in records], [each.key or b"" for each in records],
        [each.value or b"" for each in records], [(header(each.headers, "cause") or b"").decode() for each in records],
        [previous and bytes.fromhex(previous.decode()) for previous, _ in heads], [own and bytes.fromhex(own.decode()) for _, own in heads],
    )  # fmt: skip
    await work.connection.execute(QUERIES["keep_relay"], topic, partition, position_of(records[-1]))
