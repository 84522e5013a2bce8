"""Writes junk into a publisher's topic as fast as its quota lets it: small, and compressed, so that the quota lets most records through."""

import asyncio
import os
from itertools import count

from aiokafka import AIOKafkaProducer

from shared.broker import client_options

BATCH = 5_000
IN_FLIGHT = 8
PARTITIONS = 4


async def flood() -> None:
    """Flood until the process is killed."""
    topic = os.environ["FLOOD_TOPIC"]
    options = {"compression_type": "gzip", "max_batch_size": 1_048_576, "max_request_size": 2_097_152, "request_timeout_ms": 60_000}
    producer = AIOKafkaProducer(**client_options(os.environ["FLOOD_ADDRESS"]), **options)
    await producer.start()
    limit = asyncio.Semaphore(IN_FLIGHT)
    for number in count():
        batch = producer.create_batch()
        while batch.record_count() < BATCH and batch.append(timestamp=None, key=None, value=b"rac"):
            pass
        batch.close()
        await limit.acquire()
        sent = await producer.send_batch(batch, topic, partition=number % PARTITIONS)
        sent.add_done_callback(lambda _: limit.release())


if __name__ == "__main__":
    asyncio.run(flood())
