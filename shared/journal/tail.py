"""Where output topics end: the last positions that they hold."""

import asyncio
from collections.abc import Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.broker import client_options
from shared.envelope import header

LOOK_BACK = 10


async def last_position(bootstrap: str, topic: str, partition: int) -> int:
    """Return the highest position among a partition's last records, 0 when it is empty.

    The last record alone may be an older one that two overlapping relays sent twice.
    """
    consumer = AIOKafkaConsumer(**client_options(bootstrap), enable_auto_commit=False, auto_offset_reset="none")
    await consumer.start()
    try:
        return await _read_tail(consumer, TopicPartition(topic, partition))
    finally:
        await consumer.stop()


async def last_positions(bootstrap: str, topics: Iterable[str], partitions: int) -> Mapping[tuple[str, int], int]:
    """Return the same of all partitions of some topics."""
    targets = [TopicPartition(topic, partition) for topic in topics for partition in range(partitions)]
    if not targets:
        return {}
    consumer = AIOKafkaConsumer(**client_options(bootstrap), enable_auto_commit=False, auto_offset_reset="none")
    await consumer.start()
    try:
        return {(target.topic, target.partition): await _read_tail(consumer, target) for target in targets}
    finally:
        await consumer.stop()


async def _read_tail(consumer: AIOKafkaConsumer, target: TopicPartition) -> int:
    consumer.assign([target])
    begin = (await consumer.beginning_offsets([target]))[target]
    end = (await consumer.end_offsets([target]))[target]
    position, start = 0, max(begin, end - LOOK_BACK)
    consumer.seek(target, start)
    async with asyncio.timeout(30):
        while start < end:
            for record in (await consumer.getmany(target, timeout_ms=1_000)).get(target, []):
                position = max(position, int(header(record.headers, "position") or 0))
            start = await consumer.position(target)
    return position
