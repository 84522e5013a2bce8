"""A worker of one schema over a real Kafka: it reads what is there when told to, and what it published is sent as far as a test says."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from faust.types import TP

from services.schemas import sources_of
from shared.broker import new_producer
from shared.environment import Environment
from shared.journal.unit_of_work import Ledger
from shared.migrations import migrate
from shared.postgres import Pool, connect, create_pool
from shared.rebuild.parts import MakePlan
from shared.rebuild.reading import Reader, consuming
from shared.rebuild.rebuilding import Rebuild, Rebuilt
from shared.sql import Queries
from shared.streaming.app import Subscription
from shared.streaming.checkpoints import Checkpoints
from shared.streaming.follower import Follower
from shared.topics import Topic, create_topics, delete_topics, end_offsets, partition_of
from tests.support.records import FakeRecord

PARTITIONS = 4
QUERIES = Queries("tests.support", "own_topics.sql")
Keeps = Callable[[Any], bool]


def everything(_row: Any) -> bool:
    """Send all that was published."""
    return True


@dataclass
class Log:
    """What is written into Kafka by hand, as relays do it: one position after another in each partition."""

    bootstrap: str
    producer: AIOKafkaProducer
    positions: dict[tuple[str, int], int] = field(default_factory=dict)

    async def write(self, topic: str, record: FakeRecord) -> None:
        """Write a record of a key where it belongs, at the next position."""
        partition = partition_of((record.key or b"").decode(), PARTITIONS)
        position = self.positions[topic, partition] = self.positions.get((topic, partition), 0) + 1
        headers = [("position", str(position).encode())]
        await self.producer.send(topic, record.value, record.key, partition, headers=headers)


@dataclass
class Worker:
    """What follows topics and publishes; the relay's part is done when it is told to `send`."""

    schema: str
    dsn: str
    log: Log
    pool: Pool
    publishes: Sequence[str]
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with nothing in memory."""
        self.ledger = Ledger(self.pool)

    async def read(self, subscriptions: Sequence[Subscription]) -> None:
        """Apply all that Kafka holds."""
        followers = {each.topic: Follower(self.ledger, each.handler, has_positions=each.has_positions) for each in subscriptions}
        ends = end_offsets(self.log.bootstrap, list(followers))
        checkpoints = Checkpoints(self.pool, self.log.bootstrap, self.schema)
        begins = await checkpoints.start_offsets({TP(*place) for place in ends})
        goals = {TP(*place): end for place, end in ends.items() if end > begins[TP(*place)]}
        if goals:
            async with consuming(self.log.bootstrap) as consumer:
                await Reader(consumer, followers.__getitem__, lambda _: None).read(begins, goals)

    async def send(self, keeps: Keeps = everything) -> None:
        """Send what was published, of each topic and partition only up to the first row that is not to be kept."""
        cut: set[tuple[str, int]] = set()
        for row in await self.pool.fetch(QUERIES["read_unsent"], list(self.publishes)):
            place = row["topic"], row["partition"]
            if place in cut or not keeps(row):
                cut.add(place)
                continue
            headers = [("position", str(row["position"]).encode()), ("cause", row["cause"].encode())]
            await self.log.producer.send(row["topic"], row["value"], row["key"], row["partition"], headers=headers)
            await self.pool.execute(QUERIES["mark_sent"], *place, row["position"])
        await self.log.producer.flush()

    async def journal(self) -> list[Any]:
        """Return what was published, in order."""
        return list(await self.pool.fetch(QUERIES["read_journal"], list(self.publishes)))

    async def rows(self, table: str) -> list[str]:
        """Return a table's rows as text."""
        return sorted(row[0] for row in await self.pool.fetch(f"SELECT t::text FROM {table} AS t"))  # noqa: S608

    async def tables(self, *names: str) -> dict[str, list[str]]:
        """Return the rows of some tables."""
        return {name: await self.rows(name) for name in names}

    async def back_up(self) -> None:
        """Make a backup of the schema."""
        await self.pool.execute("CREATE SCHEMA backup")
        for table in await self.pool.fetch(QUERIES["list_columns"], self.schema):
            await self.pool.execute(QUERIES["back_up_table"].format(**table))

    async def restore(self) -> None:
        """Bring the backup back: the schema is as it was then."""
        tables = await self.pool.fetch(QUERIES["list_columns"], self.schema)
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("TRUNCATE " + ", ".join(f'"{table["name"]}"' for table in tables))
            for table in tables:
                await connection.execute(QUERIES["restore_table"].format(**table))
        self.ledger = Ledger(self.pool)

    async def drop(self) -> None:
        """Lose the schema."""
        await self.pool.execute(QUERIES["drop_schema"].format(schema=self.schema))

    async def rebuild(self, make_plan: MakePlan, *, accepts_differences: bool = False) -> Rebuilt:
        """Make the tables anew."""
        environment = Environment(self.log.bootstrap, self.dsn, PARTITIONS, "stepped", 0, "127.0.0.1", None)
        rebuilt = await Rebuild(make_plan, environment, self.said.append).run(accepts_differences=accepts_differences)
        self.ledger = Ledger(self.pool)
        return rebuilt


@asynccontextmanager
async def open_worker(schema: str, dsn: str, log: Log, *publishes: str) -> AsyncIterator[Worker]:
    """Migrate a schema and open a worker over it."""
    connection = await connect(dsn, schema="public")
    try:
        await migrate(connection, schema, sources_of(schema))
    finally:
        await connection.close()
    pool = await create_pool(dsn, schema=schema)
    try:
        yield Worker(schema, dsn, log, pool, publishes)
    finally:
        await pool.close()


@asynccontextmanager
async def open_log(bootstrap: str, *topics: str) -> AsyncIterator[Log]:
    """Make fresh topics for the block."""
    create_topics(bootstrap, PARTITIONS, 1, [Topic(name, owner="tests", key="", holds="", config={}) for name in topics])
    producer = new_producer(bootstrap)
    await producer.start()
    try:
        yield Log(bootstrap, producer)
    finally:
        await producer.stop()
        delete_topics(bootstrap, topics)
