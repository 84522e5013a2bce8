"""What Kafka holds, read from the beginning by a consumer of the demonstration's own, which belongs to no group."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.broker import client_options
from shared.envelope import Event, decode, header
from shared.errors import UnavailableError
from shared.streaming.runs import Record
from shared.topics import end_offsets

INBOX = "directives.inbox.v1"
EVENTS = "directives.events.v1"
VERDICTS = "directives.verdicts.v1"
DEADLINES = "deadlines.events.v1"
NOTICES = "notifications.events.v1"
SENT_BY_RELAYS = (EVENTS, VERDICTS, DEADLINES, NOTICES)
ALL = (INBOX, *SENT_BY_RELAYS)
READ_SECONDS = 30.0

Place = tuple[str, int]
"""A topic and a partition."""


@dataclass(frozen=True)
class Published:
    """A record of one of our topics with its event; what the inbox holds has neither position nor cause."""

    topic: str
    partition: int
    offset: int
    value: bytes
    event: Event
    position: int = 0
    cause: str = ""
    previous_hash: str = ""
    hash: str = ""


class Topics:
    """Reads all partitions of all topics, each record once."""

    def __init__(self, consumer: AIOKafkaConsumer, places: Sequence[Place]) -> None:
        self._consumer = consumer
        self._places = [TopicPartition(*place) for place in places]
        self.records: list[Published] = []

    async def ends(self) -> Mapping[Place, int]:
        """Return the next offset to be written in each partition."""
        ends = await self._consumer.end_offsets(self._places)
        return {(place.topic, place.partition): end for place, end in ends.items()}

    async def read(self) -> Sequence[Published]:
        """Return what was written since the last reading; raises UnavailableError when Kafka does not hand it out in time."""
        ends, new = await self._consumer.end_offsets(self._places), []
        try:
            async with asyncio.timeout(READ_SECONDS):
                while any([await self._consumer.position(place) < end for place, end in ends.items()]):
                    batches = await self._consumer.getmany(timeout_ms=100)
                    new += [published(record) for records in batches.values() for record in records]
        except TimeoutError:
            raise UnavailableError(f"Kafka did not hand out its records within {READ_SECONDS:g} s") from None
        self.records += new
        return new


def published(record: Record) -> Published:
    """Return a record of Kafka with its event and what its headers say."""

    def text(name: str) -> str:
        return (header(record.headers, name) or b"").decode()

    return Published(
        record.topic, record.partition, record.offset, record.value or b"", decode(record.value),
        int(text("position") or 0), text("cause"), text("previoushash"), text("hash"),
    )  # fmt: skip


@asynccontextmanager
async def open_topics(bootstrap: str, names: Sequence[str] = ALL) -> AsyncIterator[Topics]:
    """Open a reader of the topics from their beginning."""
    places = sorted(await asyncio.to_thread(end_offsets, bootstrap, names))
    consumer = AIOKafkaConsumer(**client_options(bootstrap), enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_wait_ms=50)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(*place) for place in places])
        yield Topics(consumer, places)
    finally:
        await consumer.stop()
