"""A registrar's journal, its streams and its topic, made by hand, so that any flaw can be planted in them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from services.auditing.chain import Row
from services.auditing.comparing import headers_of
from services.auditing.findings import Finding
from services.auditing.verifying import Place, verify
from services.schemas import sources_of
from shared.broker import new_producer
from shared.envelope import NO_HASH, chain
from shared.journal.queries import QUERIES as JOURNAL
from shared.journal.unit_of_work import Ledger, Outgoing
from shared.migrations import migrate
from shared.postgres import Pool, connect, create_pool
from shared.sql import Queries
from shared.topics import Topic, create_topics, partition_of

PARTITIONS = 2
KEYS = 4
VERSIONS = 5
NAMESPACE = UUID("3f0c1f5a-5f2e-5f9a-8a55-6b1f0c7d2e44")
QUERIES = Queries("tests.support", "audit.sql")

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class Sent:
    """A record as it is put into the topic."""

    key: bytes
    value: bytes
    headers: Headers


def key_of(number: int) -> str:
    """Return a key; even and odd ones do not have to lie in different partitions."""
    return str(uuid5(NAMESPACE, str(number)))


def value_of(key: str, version: int) -> bytes:
    """Return the bytes of a registered event."""
    told = f'"partitionkey":"{key}","version":{version},"data":{{"reason":"Lần ghi thứ {version}"}}'
    return f'{{"specversion":"1.0","id":"{key}-{version}","type":"vn.dondoc.task-suspended.v1",{told}}}'.encode()


@dataclass
class World:
    """One topic of one registrar, whole and right until a test changes something."""

    pool: Pool
    place: Place
    keys: dict[int, list[str]] = field(default_factory=dict)

    async def fill(self) -> None:
        """Register some versions of some keys, one version of each in turn."""
        for number in range(KEYS * PARTITIONS):
            key = key_of(number)
            self.keys.setdefault(partition_of(key, PARTITIONS), []).append(key)
        for partition, keys in self.keys.items():
            await self.register(partition, keys)

    async def register(self, partition: int, keys: Sequence[str]) -> None:
        """Write the journal and the streams of a partition."""
        hashes = dict.fromkeys(keys, NO_HASH)
        async with Ledger(self.pool).turn(partition) as work:
            for version in range(1, VERSIONS + 1):
                events = []
                for key in keys:
                    value, previous = value_of(key, version), hashes[key]
                    hashes[key] = chain(previous, value)
                    events.append(Outgoing(key.encode(), value, f"inbox/{partition}/{version}", previous, hashes[key]))
                await work.publish(self.place.topic, events)
            for key, digest in hashes.items():
                await work.connection.execute(QUERIES["add_stream"], partition, UUID(key), VERSIONS, digest)

    async def append(self, partition: int, key: str) -> None:
        """Write one more version into the journal alone, with a right hash."""
        last = [row for row in await self.rows(partition) if row.key == key.encode()][-1]
        value, previous = value_of(key, VERSIONS + 1), last.hash or NO_HASH
        async with Ledger(self.pool).turn(partition) as work:
            event = Outgoing(key.encode(), value, "command/append", previous, chain(previous, value))
            await work.publish(self.place.topic, [event])

    async def rows(self, partition: int) -> list[Row]:
        """Return a partition of the journal."""
        found = await self.pool.fetch(QUERIES["read_journal"], self.place.topic)
        return [Row._make(tuple(row)[1:]) for row in found if row["partition"] == partition]

    async def records(self, partition: int) -> list[Sent]:
        """Return what the relay would send."""
        return [Sent(row.key, row.value, headers_of(row)) for row in await self.rows(partition)]

    async def send(self, changed: dict[int, list[Sent]] | None = None) -> None:
        """Do the relay's part, with other records in some partitions than it would send."""
        producer = new_producer(self.place.bootstrap)
        await producer.start()
        try:
            for partition in range(PARTITIONS):
                records = await self.records(partition) if changed is None or partition not in changed else changed[partition]
                batch = producer.create_batch()
                for each in records:
                    batch.append(key=each.key, value=each.value, timestamp=None, headers=list(each.headers))
                batch.close()
                await (await producer.send_batch(batch, self.place.topic, partition=partition))
                await self.pool.execute(JOURNAL["mark_sent"], self.place.topic, partition, len(await self.rows(partition)))
        finally:
            await producer.stop()

    async def elsewhere(self, name: str) -> Place:
        """Return an empty topic to which the journal belongs from now on, as if the old one had never been."""
        topic = Topic(f"{self.place.topic}.{name}", owner="tests", key="", holds="", config={})
        await asyncio.to_thread(create_topics, self.place.bootstrap, PARTITIONS, 1, [topic])
        await self.run("rename_topic", self.place.topic, topic.name)
        await self.run("rename_marks", self.place.topic, topic.name)
        return replace(self.place, topic=topic.name)

    async def run(self, query: str, *arguments: object) -> None:
        """Plant a flaw in the database."""
        await self.pool.execute(QUERIES[query], *arguments)

    async def found(self, *, is_strict: bool = False) -> list[Finding]:
        """Return what an audit finds."""
        return (await verify(self.place, is_strict=is_strict)).findings.kept


@asynccontextmanager
async def open_world(dsn: str, bootstrap: str, topic: str) -> AsyncIterator[World]:
    """Migrate a fresh database, and fill its journal for an empty topic."""
    connection = await connect(dsn, schema="public")
    await migrate(connection, "registrar", sources_of("registrar"))
    await connection.close()
    pool = await create_pool(dsn, schema="registrar")
    try:
        world = World(pool, Place(dsn, bootstrap, PARTITIONS, topic))
        await world.fill()
        yield world
    finally:
        await pool.close()
