"""Reads the journal and the topic in big steps, a partition at a time; nothing is ever held whole."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.auditing.chain import Row
from services.auditing.queries import QUERIES
from shared.broker import client_options, shown
from shared.errors import UnavailableError
from shared.topics import end_offsets

if TYPE_CHECKING:
    import asyncpg

STEP = 5_000
EVERYTHING = 2**63 - 1
WAIT_MS = 10_000
SILENT_STEPS = 6
"""How often Kafka may answer nothing, of records that it said it has."""


class JournalPart:
    """One partition of the journal, as it was at one moment: everything is read in one transaction that changes nothing."""

    def __init__(self, connection: "asyncpg.Connection[Any]", topic: str, partition: int, upto: int) -> None:
        self._connection = connection
        self._topic = topic
        self._partition = partition
        self._upto = upto
        self._cursor: Any = None

    async def read_step(self) -> Sequence[Row]:
        """Return the next events in order, none at the end."""
        if self._cursor is None:
            self._cursor = await self._connection.cursor(QUERIES["audit_journal"], self._topic, self._partition, self._upto)
        return [Row._make(row) for row in await self._cursor.fetch(STEP)]

    async def read_events(self, positions: Sequence[int]) -> Mapping[int, Row]:
        """Return the events at some positions, as far as there are any."""
        rows = await self._connection.fetch(QUERIES["audit_events"], self._topic, self._partition, positions)
        return {row["position"]: Row._make(row) for row in rows}

    async def last_given(self) -> int:
        """Return the last position that was given, 0 where there is none."""
        return await self._connection.fetchval(QUERIES["audit_last_given"], self._topic, self._partition) or 0

    async def streams(self) -> AsyncIterator[tuple[str, int, bytes]]:
        """Yield the heads that the registrar goes on from."""
        cursor = await self._connection.cursor(QUERIES["audit_streams"], self._partition)
        while rows := await cursor.fetch(STEP):
            for row in rows:
                yield str(row["key"]), row["version"], row["hash"]


@asynccontextmanager
async def open_part(
    connection: "asyncpg.Connection[Any]", topic: str, partition: int, upto: int = EVERYTHING
) -> AsyncIterator[JournalPart]:
    """Open a partition of the journal as of now, for the block."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        yield JournalPart(connection, topic, partition, upto)


class TopicPart:
    """One partition of the topic, up to where it ended when the audit began."""

    def __init__(self, consumer: AIOKafkaConsumer, target: TopicPartition, end: int) -> None:
        self._consumer = consumer
        self._target = target
        self._end = end

    async def read_step(self) -> Sequence[Any]:
        """Return the next records in order, none at the end; raises UnavailableError where Kafka stops answering."""
        for _ in range(SILENT_STEPS):
            if await self._consumer.position(self._target) >= self._end:
                return []
            found = (await self._consumer.getmany(self._target, timeout_ms=WAIT_MS, max_records=STEP)).get(self._target, [])
            if found:
                return [record for record in found if record.offset < self._end]
        raise UnavailableError(f"Kafka: {self._target.topic}/{self._target.partition} cannot be read to its end")


class TopicReader:
    """Reads the partitions of a topic one after the other."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str, begins: Mapping[int, int], ends: Mapping[int, int]) -> None:
        self._consumer = consumer
        self._topic = topic
        self._begins = begins
        self._ends = ends

    @property
    def partitions(self) -> set[int]:
        """Return the numbers of the topic's partitions."""
        return set(self._ends)

    def open_part(self, partition: int) -> TopicPart:
        """Begin to read a partition from its first record."""
        target = TopicPartition(self._topic, partition)
        self._consumer.assign([target])
        self._consumer.seek(target, self._begins[partition])
        return TopicPart(self._consumer, target, self._ends[partition])


@asynccontextmanager
async def open_topic(bootstrap: str, topic: str) -> AsyncIterator[TopicReader]:
    """Open a topic for the block, each partition up to its present end; raises UnavailableError without Kafka or the topic."""
    consumer = AIOKafkaConsumer(
        **client_options(bootstrap), enable_auto_commit=False, auto_offset_reset="none", max_partition_fetch_bytes=4 * 1_048_576
    )
    try:
        await consumer.start()
        yield await _reader(consumer, bootstrap, topic)
    except KafkaError as error:
        raise UnavailableError(f"Kafka at {shown(bootstrap)}: {error}") from error
    finally:
        await consumer.stop()


async def _reader(consumer: AIOKafkaConsumer, bootstrap: str, topic: str) -> TopicReader:
    ends = await asyncio.to_thread(end_offsets, bootstrap, [topic])
    if not ends:
        raise UnavailableError(f"topic {topic} is missing: run dondoc setup")
    begins = await consumer.beginning_offsets([TopicPartition(*place) for place in ends])
    return TopicReader(
        consumer, topic, {each.partition: offset for each, offset in begins.items()}, {place[1]: end for place, end in ends.items()}
    )
