"""What an operator does with parked records: list them, apply them again in order, or discard one with a word why."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from shared.errors import FatalError, NotFoundError, StaleError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.postgres import Connection, Pool, is_transient
from shared.streaming.follower import Handler, reason_of
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


@dataclass(frozen=True, slots=True)
class ParkedKey:
    """A key that is parked: its first record, why that could not be applied, since when, and how many wait behind it."""

    topic: str
    partition: int
    offset: int
    key: bytes
    reason: str
    parked_at: datetime
    behind: int

    @property
    def place(self) -> str:
        """Return topic/partition/offset."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class Tried(NamedTuple):
    """How many records were applied, and which one failed again, for what reason."""

    applied: int
    failed: ParkedRecord | None = None
    reason: str = ""


Note = Callable[[Connection, ParkedRecord], Awaitable[None]]
"""Write down elsewhere what was decided about a record, inside the transaction that decides it."""


async def list_parked(pool: Pool) -> list[ParkedRecord]:
    """Return everything that is parked in a schema, oldest first in each partition."""
    return [_record(row) for row in await pool.fetch(QUERIES["list_parked"])]


async def read_key(pool: Pool, topic: str, partition: int, offset: int) -> list[ParkedRecord]:
    """Return the parked records that share a record's key, in order; raises NotFoundError when there are none."""
    rows = await pool.fetch(QUERIES["read_parked_key"], topic, partition, offset)
    if not rows:
        raise NotFoundError("parked record", f"{topic}/{partition}/{offset}")
    return [_record(row) for row in rows]


async def list_parked_keys(pool: Pool, limit: int) -> list[ParkedKey]:
    """Return the keys that are parked in a schema, those that have waited longest first, up to a number."""
    return [_key(row) for row in await pool.fetch(QUERIES["list_parked_keys"], limit)]


async def retry(ledger: Ledger, handler: Handler, records: Sequence[ParkedRecord], *, by: str, note: Note | None = None) -> int:
    """Apply the parked records of one key in order, each in a transaction of its own, and return how many were applied.

    The error of the first one that fails again is raised; it and those behind it stay parked.
    """
    for record in records:
        await _apply(ledger, handler, record, by, note)
    return len(records)


async def try_again(ledger: Ledger, handler: Handler, records: Sequence[ParkedRecord], *, by: str, note: Note | None = None) -> Tried:
    """Apply the parked records of one key in order, as `retry` does, and tell how far that went instead of raising what is lasting.

    Raises what passes by itself (a database that is away), FatalError, and NotFoundError for what somebody else took out meanwhile.
    """
    for applied, record in enumerate(records):
        try:
            await _apply(ledger, handler, record, by, note)
        except (FatalError, StaleError, NotFoundError):
            raise
        except Exception as error:
            if is_transient(error):
                raise
            return Tried(applied, record, reason_of(error))
    return Tried(len(records))


async def _apply(ledger: Ledger, handler: Handler, record: ParkedRecord, by: str, note: Note | None) -> None:
    async with ledger.turn(record.partition) as work:
        await handler(work, [record])
        await _take_out(work, record, _Decision("applied", by, "retried", note))


async def discard(ledger: Ledger, record: ParkedRecord, *, by: str, why: str, note: Note | None = None) -> None:
    """Take a record out of the parking without applying it; its content and the reason are kept."""
    async with ledger.turn(record.partition) as work:
        await _take_out(work, record, _Decision("discarded", by, why, note))


class _Decision(NamedTuple):
    """What was decided, by whom, and why; `note` writes it down elsewhere, in the same transaction."""

    name: str
    by: str
    why: str
    note: Note | None


async def _take_out(work: UnitOfWork, record: ParkedRecord, decision: _Decision) -> None:
    where = (record.topic, record.partition, record.offset)
    if await work.connection.execute(QUERIES["unpark"], *where) != "DELETE 1":
        raise NotFoundError("parked record", record.place)
    await work.connection.execute(QUERIES["record_decision"], *where, decision.name, decision.by, decision.why, record.value)
    if decision.note is not None:
        await decision.note(work.connection, record)


def _key(row: Any) -> ParkedKey:  # noqa: ANN401  asyncpg's row
    return ParkedKey(
        row["topic"], row["partition"], row["kafka_offset"], row["key"], row["reason"], row["parked_at"], row["records"] - 1
    )  # fmt: skip


def _record(row: Any) -> ParkedRecord:  # noqa: ANN401  asyncpg's row
    headers = tuple(zip(row["header_names"], row["header_values"], strict=True))
    return ParkedRecord(
        row["topic"], row["partition"], row["kafka_offset"], row["key"], row["value"], headers, row["reason"], row["is_follower"],
        row["parked_at"],
    )  # fmt: skip
