"""A read model with its topics: registered facts and deadline events on a real Kafka, and rebuilds over them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from faust.types import TP

from deploy.bench.facts import facts
from deploy.bench.rebuilding import PARTITIONS, Log
from services.directives.rebuilding import plan_rebuild
from services.schemas import sources_of
from shared.broker import new_producer
from shared.envelope import Event
from shared.environment import Environment
from shared.postgres import Pool, create_pool
from shared.rebuild.followers import open_pool
from shared.rebuild.parts import MakePlan
from shared.rebuild.plan import RebuildPlan
from shared.rebuild.rebuilding import Rebuild, Rebuilt
from shared.streaming.app import Subscription
from shared.streaming.checkpoints import Checkpoints
from shared.topics import end_offsets


@dataclass
class Office:
    """A database and two topics, the log that is written, and the plan that makes tables of it."""

    dsn: str
    bootstrap: str
    log: Log
    make_plan: MakePlan
    said: list[str] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)

    @property
    def environment(self) -> Environment:
        """Return what a process is told."""
        return Environment(self.bootstrap, self.dsn, PARTITIONS, "system", 0, "127.0.0.1", None)

    @property
    def plan(self) -> RebuildPlan:
        """Return the plan."""
        return self.make_plan(self.environment)

    async def rebuild(self, *, afresh: bool = False, accepts_differences: bool = False) -> Rebuilt:
        """Rebuild the read model."""
        making = Rebuild(self.make_plan, self.environment, self.said.append)
        return await making.run(afresh=afresh, accepts_differences=accepts_differences)

    async def begin(self) -> None:
        """Make the shadow's checkpoints, as a rebuild does before it reads."""
        async with open_pool(self.plan, self.environment) as pool:
            await Checkpoints(pool, self.bootstrap, self.plan.shadow).start_offsets(set(self.ends()))

    def ends(self) -> dict[TP, int]:
        """Return where the topics end."""
        return {TP(*place): end for place, end in end_offsets(self.bootstrap, self.plan.topics).items()}

    @asynccontextmanager
    async def live(self) -> AsyncIterator[Pool]:
        """Open the live schema."""
        pool = await create_pool(self.dsn, schema="directives")
        try:
            yield pool
        finally:
            await pool.close()


def plan_of(events: str, deadlines: str, _environment: Environment) -> RebuildPlan:
    """Return the plan of the read model over topics of other names."""
    plan = plan_rebuild(sources_of("directives"))
    names = dict(zip(plan.topics, (events, deadlines), strict=True))
    return replace(plan, subscriptions=[Subscription(names[each.topic], each.handler) for each in plan.subscriptions])


@asynccontextmanager
async def open_office(dsn: str, bootstrap: str, events: str, deadlines: str) -> AsyncIterator[Office]:
    """Open an office with nothing in it."""
    producer = new_producer(bootstrap)
    await producer.start()
    try:
        yield Office(dsn, bootstrap, Log(producer, events, deadlines), partial(plan_of, events, deadlines))
    finally:
        await producer.stop()


def directives(first: int, count: int) -> Sequence[Event]:
    """Return the facts of some directives."""
    return list(facts(first, count))
