"""Applies all parked records of a schema again, and kills itself without a word inside the turn of one of them."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from shared.journal.unit_of_work import Ledger, Outgoing, UnitOfWork
from shared.postgres import create_pool
from shared.streaming.bulk import retry_all
from shared.streaming.parked import list_parked_keys
from shared.streaming.runs import Record


async def publish(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Publish an event for each record."""
    await work.publish("applied", [Outgoing(record.key or b"", b"v", f"facts/{record.partition}/{record.offset}") for record in records])


async def main(dsn: str, schema: str, last: int) -> None:
    """Apply until the record at an offset is about to be committed."""
    pool = await create_pool(dsn, schema=schema, size=2)

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        await publish(work, records)
        if records[0].offset == last:
            os.kill(os.getpid(), signal.SIGKILL)

    keys = await list_parked_keys(pool)
    async for _ in retry_all(Ledger(pool), {"facts": handle}, keys, by="lan"):
        continue


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
