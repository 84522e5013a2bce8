"""A read model with its topics: registered facts and deadline events on a real Kafka, and rebuilds over them."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid5

import msgspec
from aiokafka import AIOKafkaProducer

from deploy.bench.facts import BEGIN, SPACE, facts
from services.directives.rebuilding import plan_rebuild
from services.schemas import sources_of
from shared.broker import new_producer
from shared.contracts.deadlines import DeadlineSet, Proof
from shared.contracts.directives import TaskAssigned
from shared.envelope import NO_HASH, Event, chain, encode, event_of
from shared.environment import Environment
from shared.postgres import Pool, create_pool
from shared.rebuild.plan import RebuildPlan
from shared.rebuild.rebuilding import Rebuild, Rebuilt
from shared.streaming.app import Subscription
from shared.topics import partition_of

PARTITIONS = 4
Sent = tuple[str, Event, bytes, tuple[tuple[str, bytes], ...]]


@dataclass
class Log:
    """Writes events into two topics as the relays do: versions and hashes by key, positions by partition."""

    producer: AIOKafkaProducer
    events: str
    deadlines: str
    positions: dict[tuple[str, int], int] = field(default_factory=dict)
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    async def write(self, published: Iterable[Event]) -> None:
        """Register facts, and set the deadlines of tasks."""
        for event in published:
            version, head = self.heads.get(event.partitionkey, (0, NO_HASH))
            registered = msgspec.structs.replace(event, receivedtime=BEGIN, registeredtime=BEGIN, version=version + 1, publisher="api")
            value = encode(registered)
            self.heads[event.partitionkey] = (version + 1, chain(head, value))
            await self._send(self.events, event, value, ("hash", chain(head, value).hex().encode()))
            for said in _deadlines(event):
                await self._send(self.deadlines, said, encode(said))
        await self.producer.flush()

    async def _send(self, topic: str, event: Event, value: bytes, *headers: tuple[str, bytes]) -> None:
        partition = partition_of(event.partitionkey, PARTITIONS)
        position = self.positions[topic, partition] = self.positions.get((topic, partition), 0) + 1
        named = [("position", str(position).encode()), ("cause", f"inbox/{partition}/{position}".encode()), *headers]
        await self.producer.send(topic, value, event.partitionkey.encode(), partition=partition, headers=named)


def _deadlines(event: Event) -> Iterator[Event]:
    if not isinstance(event.data, TaskAssigned):
        return
    for clause in event.data.deadlines:
        deadline = uuid5(SPACE, f"{event.subject} {clause.name}")
        proof = Proof(phrase=clause.phrase, rule="fixed-date", ground="policy", calendar_version="2021")
        data = DeadlineSet(
            deadline=deadline, task=UUID(event.subject), directive=UUID(event.partitionkey), task_number=event.data.number,
            content=event.data.content, lead=event.data.lead, coordinating=event.data.coordinating, name=clause.name,
            met_by=clause.met_by, plan_stage=clause.plan_stage, due=BEGIN, kind="fixed", proof=proof,
        )  # fmt: skip
        made = event_of(data, id=f"set-{deadline}", source="/services/deadlines", subject=str(deadline), key=event.partitionkey, time=BEGIN)
        yield msgspec.structs.replace(made, registeredtime=BEGIN)


@dataclass
class Office:
    """A database and two topics, the log that is written, and the plan that makes tables of it."""

    dsn: str
    bootstrap: str
    log: Log
    plan: RebuildPlan
    said: list[str] = field(default_factory=list)

    async def rebuild(self, *, afresh: bool = False, accepts_differences: bool = False) -> Rebuilt:
        """Rebuild the read model."""
        environment = Environment(self.bootstrap, self.dsn, PARTITIONS, "system", 0, "127.0.0.1", None)
        return await Rebuild(self.plan, environment, self.said.append).run(afresh=afresh, accepts_differences=accepts_differences)

    @asynccontextmanager
    async def live(self) -> AsyncIterator[Pool]:
        """Open the live schema."""
        pool = await create_pool(self.dsn, schema="directives")
        try:
            yield pool
        finally:
            await pool.close()


@asynccontextmanager
async def open_office(dsn: str, bootstrap: str, events: str, deadlines: str) -> AsyncIterator[Office]:
    """Open an office with nothing in it."""
    plan = plan_rebuild(sources_of("directives"))
    names = dict(zip(plan.topics, (events, deadlines), strict=True))
    subscriptions = tuple(Subscription(names[each.topic], each.handler) for each in plan.subscriptions)
    producer = new_producer(bootstrap)
    await producer.start()
    try:
        yield Office(dsn, bootstrap, Log(producer, events, deadlines), RebuildPlan(plan.schema, plan.sources, subscriptions, plan.tables))
    finally:
        await producer.stop()


def directives(first: int, count: int) -> Sequence[Event]:
    """Return the facts of some directives."""
    return list(facts(first, count))
