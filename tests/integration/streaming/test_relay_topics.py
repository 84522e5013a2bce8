"""The relay and topics beyond its worker's plan: found at run time, sent in order, and never in the way of the others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.schemas import sources_of
from shared.broker import client_options
from shared.journal import relay
from shared.journal.queries import QUERIES
from shared.journal.relay import BATCH, Relay
from shared.journal.unit_of_work import Ledger, Outgoing
from shared.migrations import migrate
from shared.postgres import Pool, connect, create_pool
from shared.topics import Topic, create_topics
from tests.support.registry import QUERIES as REGISTRY
from tests.support.waiting import eventually

SCHEMA = "registrar"
PARTITIONS = 2


@dataclass
class Journal:
    """A journal with its relay."""

    pool: Pool
    dsn: str
    bootstrap: str
    common: str

    async def publish(self, topic: str, *values: str, partition: int = 0) -> None:
        """Publish values in one turn."""
        async with Ledger(self.pool).turn(partition) as work:
            await work.publish(topic, [Outgoing(b"key", value.encode(), "command/test") for value in values])

    @asynccontextmanager
    async def relayed(self) -> AsyncIterator["asyncio.Task[None]"]:
        """Run the relay for the block."""
        made = Relay(self.dsn, SCHEMA, self.pool, self.bootstrap, [self.common], PARTITIONS)
        running = asyncio.create_task(made.run())
        try:
            yield running
        finally:
            running.cancel()
            await asyncio.wait([running])

    async def read(self, topic: str, partition: int = 0) -> list[str]:
        """Return what a partition of a topic holds."""
        consumer = AIOKafkaConsumer(**client_options(self.bootstrap), enable_auto_commit=False, auto_offset_reset="earliest")
        await consumer.start()
        try:
            target = TopicPartition(topic, partition)
            consumer.assign([target])
            end = (await consumer.end_offsets([target]))[target]
            found: list[str] = []
            while len(found) < end:
                found += [(record.value or b"").decode() for record in (await consumer.getmany(target, timeout_ms=1_000)).get(target, [])]
            return found
        finally:
            await consumer.stop()

    def holds(self, topic: str, *values: str, partition: int = 0) -> Callable[[], Awaitable[bool]]:
        """Return what tells whether a partition holds exactly these values."""

        async def look() -> bool:
            return await self.read(topic, partition) == list(values)

        return look

    async def behind(self) -> int:
        """Return how many topics and partitions beyond the plan have something to be sent."""
        return len(await self.pool.fetch(QUERIES["list_behind"], [self.common]))


@pytest.fixture
async def journal(database: str, bootstrap: str, topics: Callable[..., str]) -> AsyncIterator[Journal]:
    connection = await connect(database, schema="public")
    await migrate(connection, SCHEMA, sources_of(SCHEMA))
    await connection.close()
    pool = await create_pool(database, schema=SCHEMA)
    yield Journal(pool, database, bootstrap, topics("common", PARTITIONS))
    await pool.close()


async def test_a_topic_that_the_journal_holds_events_for_is_relayed_in_order(journal: Journal, topics: Callable[..., str]) -> None:
    own = topics("own", PARTITIONS)
    async with journal.relayed():
        await journal.publish(own, "1", "2")
        await eventually(journal.holds(own, "1", "2"))
        await journal.publish(own, "3")
        await journal.publish(own, "4", partition=1)
        await eventually(journal.holds(own, "1", "2", "3"))
        await eventually(journal.holds(own, "4", partition=1))


async def test_a_topic_that_kafka_lacks_holds_up_no_other_and_gets_its_events_once_it_is_there(
    journal: Journal, topics: Callable[..., str], topic_prefix: str
) -> None:
    own, missing = topics("own", PARTITIONS), f"{topic_prefix}missing"
    async with journal.relayed() as running:
        await journal.publish(missing, "1", "2")
        await journal.publish(journal.common, "a")
        await journal.publish(own, "b")
        await eventually(journal.holds(journal.common, "a"))
        await eventually(journal.holds(own, "b"))
        await journal.publish(missing, "3")
        assert await journal.behind() == 1
        create_topics(journal.bootstrap, PARTITIONS, 1, [Topic(missing, owner="tests", key="", holds="", config={})])
        await eventually(journal.holds(missing, "1", "2", "3"))
        await eventually(lambda: is_nothing_behind(journal))
        assert not running.done()


async def is_nothing_behind(journal: Journal) -> bool:
    return await journal.behind() == 0


async def test_a_topic_with_too_few_partitions_holds_up_no_other(journal: Journal, topics: Callable[..., str]) -> None:
    narrow, own = topics("narrow", 1), topics("own", PARTITIONS)
    async with journal.relayed():
        await journal.publish(narrow, "never", partition=1)
        await journal.publish(own, "1", partition=1)
        await eventually(journal.holds(own, "1", partition=1))
        assert await journal.behind() == 1


async def test_a_new_relay_goes_on_where_the_last_one_ended(journal: Journal, topics: Callable[..., str]) -> None:
    own = topics("own", PARTITIONS)
    async with journal.relayed():
        await journal.publish(own, "1")
        await eventually(journal.holds(own, "1"))
    await journal.publish(own, "2")
    async with journal.relayed():
        await eventually(journal.holds(own, "1", "2"))


async def test_a_mark_that_was_lost_is_set_again_without_a_new_event(journal: Journal, topics: Callable[..., str]) -> None:
    own = topics("own", PARTITIONS)
    async with journal.relayed():
        await journal.publish(own, "1")
        await journal.publish(journal.common, "a")
        await eventually(journal.holds(own, "1"))
        await eventually(journal.holds(journal.common, "a"))
    await journal.pool.execute(REGISTRY["lose_marks"])
    async with journal.relayed():
        await eventually(lambda: is_nothing_behind(journal))
        await eventually(lambda: is_marked(journal))
    assert (await journal.read(own), await journal.read(journal.common)) == (["1"], ["a"])


async def is_marked(journal: Journal) -> bool:
    row = await journal.pool.fetchrow(QUERIES["read_relay"], journal.common, 0)
    return row is not None and row["sent_position"] == row["last_position"] == 1


@pytest.mark.parametrize(("count", "size"), [(BATCH + 1, 10), (300, 10_000)])
async def test_what_a_batch_leaves_over_is_sent_at_once(
    count: int, size: int, journal: Journal, topics: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look brings at most BATCH events, and a batch of Kafka holds 1 MiB: what is over waits for nobody to ring."""
    monkeypatch.setattr(relay, "POLL_SECONDS", 3_600.0)
    own, values = topics("own", PARTITIONS), [f"{number:>{size}}" for number in range(count)]
    for topic in (journal.common, own):
        await journal.publish(topic, *values)
    async with journal.relayed():
        await eventually(journal.holds(journal.common, *values))
        await eventually(journal.holds(own, *values))
