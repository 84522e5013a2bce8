"""What an operator does with parked records: list them, apply them again in order, or discard one with a word why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.errors import NotFoundError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.postgres import Pool
from shared.streaming.follower import Handler
from shared.streaming.queries import QUERIES
from shared.streaming.runs import Headers


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A record that was parked; it can be handed to a handler like the one that Kafka brought."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes | None
    headers: Headers
    reason: str
    is_follower: bool
    parked_at: datetime
    timestamp: int = 0

    @property
    def place(self) -> str:
        """Return topic/partition/offset."""
        return f"{self.topic}/{self.partition}/{self.offset}"


async def list_parked(pool: Pool) -> list[ParkedRecord]:
    """Return everything that is parked in a schema, oldest first in each partition."""
    return [_record(row) for row in await pool.fetch(QUERIES["list_parked"])]


async def read_key(pool: Pool, topic: str, partition: int, offset: int) -> list[ParkedRecord]:
    """Return the parked records that share a record's key, in order; raises NotFoundError when there are none."""
    rows = await pool.fetch(QUERIES["read_parked_key"], topic, partition, offset)
    if not rows:
        raise NotFoundError("parked record", f"{topic}/{partition}/{offset}")
    return [_record(row) for row in rows]


async def retry(ledger: Ledger, handler: Handler, records: Sequence[ParkedRecord], *, by: str) -> int:
    """Apply the parked records of one key in order, each in a transaction of its own, and return how many were applied.

    The error of the first one that fails again is raised; it and those behind it stay parked.
    """
    for record in records:
        async with ledger.turn(record.partition) as work:
            await handler(work, [record])
            await _take_out(work, record, "applied", by, "retried")
    return len(records)


async def discard(ledger: Ledger, record: ParkedRecord, *, by: str, why: str) -> None:
    """Take a record out of the parking without applying it; its content and the reason are kept."""
    async with ledger.turn(record.partition) as work:
        await _take_out(work, record, "discarded", by, why)


async def _take_out(work: UnitOfWork, record: ParkedRecord, decision: str, by: str, why: str) -> None:
    where = (record.topic, record.partition, record.offset)
    if await work.connection.execute(QUERIES["unpark"], *where) != "DELETE 1":
        raise NotFoundError("parked record", record.place)
    await work.connection.execute(QUERIES["record_decision"], *where, decision, by, why, record.value)


def _record(row: Any) -> ParkedRecord:  # noqa: ANN401  asyncpg's row
    headers = tuple(zip(row["header_names"], row["header_values"], strict=True))
    return ParkedRecord(
        row["topic"], row["partition"], row["kafka_offset"], row["key"], row["value"], headers, row["reason"], row["is_follower"],
        row["parked_at"],
    )  # fmt: skip
