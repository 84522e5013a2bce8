"""A bare aiokafka loop: `getmany`, one transaction a batch, no group; the least that a correct reader can do."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.bench.work import FETCH_BYTES, Table, Task, settle
from shared.broker import client_options


async def read(task: Task) -> None:
    """Read the topic from its beginning until the process is ended."""
    table = await Table.open(task)
    consumer = AIOKafkaConsumer(
        **client_options(task.bootstrap), enable_auto_commit=False, auto_offset_reset="earliest", max_partition_fetch_bytes=FETCH_BYTES
    )
    await consumer.start()
    consumer.assign([TopicPartition(task.topic, partition) for partition in range(task.partitions)])
    while True:
        found = await consumer.getmany(timeout_ms=200, max_records=task.batch)
        records = [record for part in found.values() for record in part]
        if records:
            await table.apply_records(records)


if __name__ == "__main__":
    settle()
    asyncio.run(read(Task.read()))
