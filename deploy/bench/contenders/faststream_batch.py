"""FastStream's batch subscriber, at its fastest: raw records, no dependency injection, its default acknowledgement."""

import asyncio
import logging
from typing import Any

from faststream import FastStream  # type: ignore[import-not-found]
from faststream.kafka import KafkaBroker  # type: ignore[import-not-found]
from faststream.security import SASLPlaintext  # type: ignore[import-not-found]

from deploy.bench.work import FETCH_BYTES, Table, Task, settle
from shared.broker import Address


async def raw(message: Any) -> Any:  # noqa: ANN401  the library's types are in its own environment
    """Pass the records on as they are; the work decodes them."""
    return message.raw_message


async def read(task: Task) -> None:
    """Read the topic from its beginning until the process is ended."""
    table = await Table.open(task)
    address = Address.parse(task.bootstrap)
    broker = KafkaBroker(address.servers, security=SASLPlaintext(address.user, address.password), apply_types=False, logger=None)

    @broker.subscriber(  # type: ignore[untyped-decorator]
        task.topic, batch=True, max_records=task.batch, group_id=task.group, auto_offset_reset="earliest", decoder=raw,
        max_partition_fetch_bytes=FETCH_BYTES,
    )  # fmt: skip
    async def apply(records: Any) -> None:  # noqa: ANN401
        await table.apply_records(records)

    await FastStream(broker, logger=None).run(log_level=logging.WARNING)


if __name__ == "__main__":
    settle()
    asyncio.run(read(Task.read()))
