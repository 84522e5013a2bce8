"""PostgreSQL alone: the same batches out of memory, what a reader could reach if Kafka cost nothing."""

import asyncio

from deploy.bench.messages import by_partition
from deploy.bench.work import Table, Task, settle


async def write(task: Task) -> None:
    """Write all batches, the partitions in turn."""
    parts = by_partition(task.messages, task.partitions)
    values = [[value for _, value in part] for part in parts]
    table = await Table.open(task)
    for begin in range(0, max(len(part) for part in parts), task.batch):
        for partition, part in enumerate(values):
            batch = part[begin : begin + task.batch]
            if batch:
                await table.apply(batch, {partition: begin + len(batch)})


if __name__ == "__main__":
    settle()
    asyncio.run(write(Task.read()))
