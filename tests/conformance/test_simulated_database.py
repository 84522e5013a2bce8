"""The simulated database against PostgreSQL: the same records at the same instants leave the same journals, byte by byte."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest
from faust.types import TP

from deploy.chaos.evidence import FOLLOWS, INBOX
from deploy.simulation.comparing import play_calmly
from deploy.simulation.facts import ISSUER, PARTITIONS, UNITS
from deploy.simulation.history import END, play
from deploy.simulation.office import SCHEMAS, Office
from deploy.simulation.stories import write_story
from deploy.simulation.worker import BATCH, BOOK, DAYS, NOW, handlers_of
from services.deadlines.timers import Timers
from services.directives.registering import Registrar
from services.directives.sweeping import Sweeper
from services.notifications.escalation_worker import EscalationTimers
from services.schemas import sources_of
from shared.clock import QUERIES as CLOCK
from shared.clock import step_clock
from shared.journal.unit_of_work import Ledger
from shared.migrations import migrate
from shared.postgres import Pool, connect, create_pool
from shared.sql import Queries
from shared.streaming.follower import Follower
from shared.streaming.runs import Run

if TYPE_CHECKING:
    from shared.streaming.timers import DurableTimers

QUERIES = Queries("tests.support", "simulating.sql")
STORIES = (46, 117, 214)
"""One in which facts wait, in vain and not, one with a suspension and a void, one with a plan returned and a meeting put off."""


class Reader:
    """A consumer that is never sought."""

    def epoch(self, _tp: TP) -> int:
        return 0

    async def rewind(self, tp: TP, offset: int) -> None:
        raise AssertionError((tp, offset))


class Real:
    """A service over PostgreSQL, given what the simulated log holds."""

    def __init__(self, schema: str, pool: Pool, office: Office) -> None:
        self.schema, self.pool, self.office = schema, pool, office
        self.ledger = Ledger(pool)
        self.registrar = Registrar(PARTITIONS, NOW)
        handlers = handlers_of(schema, self.registrar, ())
        self.followers = {topic: Follower(self.ledger, each, has_positions=topic != INBOX) for topic, each in handlers.items()}
        self.ends: dict[TP, int] = {}

    async def flow(self) -> None:
        for topic in FOLLOWS[self.schema]:
            for partition in range(PARTITIONS):
                await self.apply(TP(topic, partition))
        await self.fire()

    async def apply(self, tp: TP) -> None:
        start = self.ends.get(tp, 0)
        records = self.office.log.read(*tp, start, 1_000)
        if records:
            await self.followers[tp.topic].take(Run(tp, records, 0, start), Reader(), lambda: False)
            self.ends[tp] = records[-1].offset + 1

    async def fire(self) -> None:
        if self.schema == "registrar":
            await Sweeper(self.ledger, self.registrar, NOW).sweep()
            return
        timers: DurableTimers = Timers(self.ledger, BOOK, "stepped", batch=BATCH)
        if self.schema == "notifications":
            timers = EscalationTimers(self.ledger, "stepped", DAYS, (), self.end, batch=BATCH)
        for partition in range(PARTITIONS):
            await timers.fire(partition)

    async def end(self, topic: str, partition: int) -> int:
        return self.office.log.ends[topic, partition]

    async def journal(self) -> dict[tuple[str, int, int], tuple[Any, ...]]:
        rows = await self.pool.fetch(QUERIES["read_journal"])
        return {tuple(row)[:3]: tuple(row)[3:] for row in rows}


@pytest.fixture
async def pools(database: str) -> AsyncIterator[Mapping[str, Pool]]:
    """Return a migrated database's pools by schema; every unit of the stories is registered."""
    connection = await connect(database, schema="public")
    await connection.execute(CLOCK["create_clock"])
    for schema in SCHEMAS:
        await migrate(connection, schema, sources_of(schema))
    await connection.close()
    async with AsyncExitStack() as stack:
        opened = {schema: await create_pool(database, schema=schema, size=2) for schema in SCHEMAS}
        for schema, pool in opened.items():
            stack.push_async_callback(pool.close)
            await pool.executemany(QUERIES["begin"], [(topic, each) for topic in FOLLOWS[schema] for each in range(PARTITIONS)])
        await opened["registrar"].execute(QUERIES["enter_units"], [ISSUER, *UNITS])
        yield opened


def simulated(office: Office, schema: str) -> dict[tuple[str, int, int], tuple[Any, ...]]:
    columns = ("key", "value", "cause", "previous_hash", "hash")
    return {place: tuple(row[name] for name in columns) for place, row in office.databases[schema]["journal"].items()}


@pytest.mark.parametrize("number", STORIES)
async def test_a_story_leaves_the_same_journals_on_postgresql(pools: Mapping[str, Pool], number: int) -> None:
    office = play_calmly(play(write_story(1, number)))
    reals = [Real(schema, pool, office) for schema, pool in pools.items()]
    for instant in (office.clocks.office, END):
        office.clocks.step(instant)
        office.settle()
        for real in reals:
            await step_clock(real.pool, instant)  # type: ignore[arg-type]
            await real.flow()
    for real in reals:
        assert await real.journal() == simulated(office, real.schema) != {}
