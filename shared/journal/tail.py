"""Where an output topic ends: the last position that it holds."""

import asyncio

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
        target = TopicPartition(topic, partition)
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
    finally:
        await consumer.stop()
