"""Reads a publisher's own verdicts, as our own services could."""

import json
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.broker import client_options
from tests.support.publishers import Publisher
from tests.support.waiting import eventually

PARTITIONS = 4


async def read_verdicts(bootstrap: str, publisher: Publisher, count: int, limit: float = 60.0) -> list[dict[str, Any]]:
    """Return all verdicts of a publisher once there are at least so many."""
    consumer = AIOKafkaConsumer(**client_options(bootstrap), auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    found: list[dict[str, Any]] = []
    try:
        consumer.assign([TopicPartition(publisher.verdicts, partition) for partition in range(PARTITIONS)])

        async def are_there() -> bool:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found.extend(json.loads(record.value) for record in records)
            return len(found) >= count

        await eventually(are_there, limit)
    finally:
        await consumer.stop()
    return found
