"""Where output topics end: the last positions that they hold, which the journal must know."""

import asyncio
from collections.abc import Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.broker import client_options
from shared.envelope import header
from shared.errors import FatalError, UnavailableError
from shared.journal.queries import QUERIES
from shared.postgres import Pool

LOOK_BACK = 10
READ_SECONDS = 30.0

Target = tuple[str, int]
"""A topic and a partition of it."""


async def last_positions(bootstrap: str, targets: Iterable[Target]) -> Mapping[Target, int]:
    """Return the highest position among the last records of each target, 0 when it is empty.

    The last record alone may be an older one that two overlapping relays sent twice.
    """
    places = [TopicPartition(*target) for target in targets]
    found = {(place.topic, place.partition): 0 for place in places}
    if not places:
        return found
    consumer = AIOKafkaConsumer(**client_options(bootstrap), enable_auto_commit=False, auto_offset_reset="none")
    await consumer.start()
    try:
        async with asyncio.timeout(READ_SECONDS):
            for place in await _seek_tails(consumer, places):
                await _read_tail(consumer, place, found)
    finally:
        await consumer.stop()
    return found


async def _seek_tails(consumer: AIOKafkaConsumer, places: list[TopicPartition]) -> list[tuple[TopicPartition, int]]:
    """Seek the last records of all that are not empty, and return where each ends."""
    consumer.assign(places)
    begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    for place in places:
        consumer.seek(place, max(begins[place], ends[place] - LOOK_BACK))
    return [(place, ends[place]) for place in places if ends[place] > begins[place]]


async def _read_tail(consumer: AIOKafkaConsumer, tail: tuple[TopicPartition, int], found: dict[Target, int]) -> None:
    place, end = tail
    while await consumer.position(place) < end:
        for record in (await consumer.getmany(place, timeout_ms=1_000)).get(place, []):
            target = (place.topic, place.partition)
            found[target] = max(found[target], int(header(record.headers, "position") or 0))


async def require_whole_journal(pool: Pool, schema: str, bootstrap: str, topics: Iterable[str], partitions: int) -> None:
    """Raise FatalError when a topic holds more than the journal, UnavailableError while Kafka is away.

    It is asked before anything is decided: on top of an old backup new events would take the positions of those that are missing.
    """
    targets = [(topic, partition) for topic in topics for partition in range(partitions)]
    try:
        told = await last_positions(bootstrap, targets)
    except KafkaError as error:
        raise UnavailableError(f"the ends of {schema}'s topics cannot be read: {error}") from error
    for (topic, partition), position in told.items():
        row = await pool.fetchrow(QUERIES["read_relay"], topic, partition)
        require_known(schema, topic, partition, position, row["last_position"] if row else 0)


def require_known(schema: str, topic: str, partition: int, told: int, last: int) -> None:
    """Raise FatalError unless the journal holds the position that Kafka does."""
    if told > last:
        message = (
            f"{topic}/{partition} holds position {told}, but the journal of {schema} ends at {last}: the database is older than the topic "
            f"(an old backup?); remedy: dondoc rebuild {schema} --accept-differences (docs/operations.md, stops)"
        )
        raise FatalError(message)
