"""One rebuild from begin to end: fill the shadow, certify it against the live schema, put it in place."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from shared.environment import Environment
from shared.errors import UnavailableError
from shared.journal.unit_of_work import Ledger
from shared.postgres import Connection, connect
from shared.rebuild.certificate import Certificate, Sum, compare, digest
from shared.rebuild.filling import Filling, Progress, Say
from shared.rebuild.followers import find_outputs, open_pool, open_reader
from shared.rebuild.parts import MakePlan, Parts
from shared.rebuild.queries import QUERIES
from shared.rebuild.schemas import HOLD_SECONDS, Place, Schemas, open_schemas
from shared.topics import topic_ids


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of a rebuild: the certificate, how many records were applied in how many seconds, and whether the shadow is live now."""

    certificate: Certificate
    records: int
    seconds: float
    is_in_place: bool


class Rebuild:
    """A rebuild of one schema on a running system; its worker, its pages and its commands go on meanwhile."""

    def __init__(self, make_plan: MakePlan, environment: Environment, say: Say) -> None:
        self._make_plan = make_plan
        self._plan = make_plan(environment)
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
            filling = await self._open_filling(opened, discarded)
            reason = await self._why_not(schemas, filling) if has_live else ""
            is_alone = bool(reason) or not has_live
            certificate = Certificate(reason=reason) if is_alone else await self._certify(schemas, filling)
            is_in_place = accepts_differences or certificate.is_clean
            if is_in_place:
                await self._put_in_place(schemas, filling, is_alone=is_alone)
        return Rebuilt(certificate, self._progress.done, time.monotonic() - begun_at, is_in_place)

    async def _open_filling(self, opened: AsyncExitStack, discarded: frozenset[Place]) -> Filling:
        plan, environment, progress = self._plan, self._environment, self._progress
        outputs = await find_outputs(plan, environment.bootstrap)
        ledger = Ledger(await opened.enter_async_context(open_pool(plan, environment)))
        reader = await opened.enter_async_context(open_reader(plan, environment, ledger, outputs, discarded, progress.note))
        parts = Parts(self._make_plan, environment, discarded, progress.note)
        return Filling(plan, environment, ledger, outputs, reader, parts.read, progress)

    async def _why_not(self, schemas: Schemas, filling: Filling) -> str:
        """Return why the live schema cannot be compared, "" where it can."""
        known = await schemas.read_topics()
        present = await asyncio.to_thread(topic_ids, self._environment.bootstrap)
        others = sorted(topic for topic, id_ in known.items() if present.get(topic) != id_)
        if others:
            return f"the live tables came out of other topics than {', '.join(others)} as Kafka has them now"
        told = await filling.told()  # before the live marks: what is sent meanwhile is in the journal
        live = await schemas.read_live(filling.outputs)
        lacking = sorted(f"{tp.topic}/{tp.partition}" for tp, position in told.items() if position > live.positions.get(tp, 0))
        if lacking:
            return f"the live tables lack what Kafka holds of {', '.join(lacking)} (an old backup?)"
        ends = await filling.ends()
        beyond = sorted(f"{tp.topic}/{tp.partition}" for tp, offset in live.offsets.items() if offset > ends.get(tp, 0))
        return f"the live tables hold more than Kafka does of {', '.join(beyond)}" if beyond else ""

    async def _certify(self, schemas: Schemas, filling: Filling) -> Certificate:
        """Read what there is, and compare it with the live schema at one and the same place of every partition."""
        await filling.read_outputs()
        await filling.read_to(await schemas.read_live(filling.outputs))
        await schemas.make_indexes()
        async with schemas.snapshot(filling.outputs) as (live, mark):
            await filling.read_to(mark)
            await schemas.finish()
            rebuilt = await connect(self._environment.dsn, schema=self._plan.shadow)
            try:
                return compare(*await asyncio.gather(self._digest(live, filling), self._digest(rebuilt, filling)))
            finally:
                await rebuilt.close()

    async def _digest(self, connection: Connection, filling: Filling) -> Mapping[tuple[str, int], Sum]:
        tables = {**self._plan.tables, "parked": QUERIES["parked_rows"]}
        sums = await digest(connection, tables, self._environment.partitions)
        if self._plan.outputs:
            journal = {"journal": QUERIES["journal_rows"]}
            sums |= await digest(connection, journal, self._environment.partitions, [*filling.outputs])
        return sums

    async def _put_in_place(self, schemas: Schemas, filling: Filling, *, is_alone: bool) -> None:
        """Read what came meanwhile, and the last of it while everybody waits; then take the live schema's place."""
        if is_alone or not self._plan.outputs:
            await filling.read_all()
        else:
            await filling.read_to(await schemas.read_live(filling.outputs))
        if is_alone:
            await schemas.make_indexes()
        await schemas.finish()  # nobody waits yet: what is left to do of it while everybody does is little
        try:
            async with schemas.held() as held:
                if not is_alone:
                    await filling.read_to(await schemas.read_held(filling.outputs))
                await schemas.take_place(held, filling.outputs)
        except TimeoutError as error:
            raise UnavailableError(
                f"{self._plan.schema} could not be put in place within {HOLD_SECONDS:g} s: try again when fewer facts come"
            ) from error
        await schemas.drop_former()
