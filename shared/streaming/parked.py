"""What an operator does with parked records: look at them, apply a key's again in order, or discard one with a word why.

Each record is decided in a transaction of its own, under the lock of its partition and only while it is parked: what was decided stays
decided when the process is killed, and of two operators one decides.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from shared.errors import FatalError, NotFoundError, StaleError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.postgres import Connection, Pool, is_transient
from shared.streaming.causes import ParkedKey
from shared.streaming.follower import Handler, reason_of
from shared.streaming.parking import storable
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


class Tried(NamedTuple):
    """How many records of a key were applied, and which one failed again, for what reason."""

    applied: int
    failed: ParkedRecord | None = None
    reason: str = ""


Note = Callable[[Connection, ParkedRecord], Awaitable[None]]
"""Write down elsewhere what was decided about a record, inside the transaction that decides it."""


async def list_parked(pool: Pool) -> list[ParkedRecord]:
    """Return everything that is parked in a schema, oldest first in each partition."""
    return [_record(row) for row in await pool.fetch(QUERIES["list_parked"])]


async def read_key(pool: Pool, topic: str, partition: int, offset: int) -> list[ParkedRecord]:
    """Return the parked records that share a record's key, in order; raises NotFoundError when there are none.

    What has no key is alone.
    """
    rows = await pool.fetch(QUERIES["read_parked_key"], topic, partition, offset)
    if not rows:
        raise NotFoundError("parked record", f"{topic}/{partition}/{offset}")
    return [_record(row) for row in rows]


async def list_parked_keys(pool: Pool, limit: int | None = None) -> list[ParkedKey]:
    """Return the keys that are parked in a schema, those that have waited longest first, up to a number."""
    return [_key(row) for row in await pool.fetch(QUERIES["list_parked_keys"], limit)]


async def read_records(connection: Connection | Pool, keys: Sequence[ParkedKey], limit: int) -> list[ParkedRecord]:
    """Return the parked records of some keys, each key's in order, up to a number of all."""
    columns = zip(*((key.topic, key.partition, key.offset, key.key) for key in keys), strict=True) if keys else [[]] * 4
    return [_record(row) for row in await connection.fetch(QUERIES["read_parked_of"], *map(list, columns), limit)]


async def retry_key(ledger: Ledger, handler: Handler, key: ParkedKey, *, by: str, note: Note | None = None) -> Tried:
    """Apply a key's parked records in order until one fails again or none is left, and tell how far that went.

    What failed stays parked with its new reason, and those behind it. Raises what passes by itself (a database that is away).
    """
    applied = 0
    while records := await read_records(ledger.pool, [key], 1):
        try:
            applied += await _apply(ledger, handler, key, _Decision("applied", by, "retried", note), records[0])
        except Exception as error:
            if not _is_its_own(error):
                raise
            reason = reason_of(error)
            await ledger.pool.execute(QUERIES["park_again"], *_where(records[0]), storable(reason))
            return Tried(applied, records[0], reason)
    return Tried(applied)


async def try_key(ledger: Ledger, handler: Handler, key: ParkedKey, limit: int) -> Tried:
    """Tell how far a retry would go, at most a number of records far: apply them in one transaction, and roll it back."""
    tried = Tried(0)
    with suppress(_RollBackError):
        async with ledger.turn(key.partition) as work:
            tried = await _try_some(work, handler, await read_records(work.connection, [key], limit))
            raise _RollBackError
    return tried


async def discard(ledger: Ledger, record: ParkedRecord, *, by: str, why: str, note: Note | None = None) -> None:
    """Take a record out of the parking without applying it; its content and the reason are kept."""
    async with ledger.turn(record.partition) as work:
        await _take_out(work, record, _Decision("discarded", by, why, note))


class _RollBackError(Exception):
    """Ends a turn whose effects nobody is to see."""


class _Decision(NamedTuple):
    """What was decided, by whom, and why; `note` writes it down elsewhere, in the same transaction."""

    name: str
    by: str
    why: str
    note: Note | None


async def _apply(ledger: Ledger, handler: Handler, key: ParkedKey, decision: _Decision, record: ParkedRecord) -> int:
    """Apply a key's first record and return 1, or 0 where somebody else took it out meanwhile."""
    async with ledger.turn(record.partition) as work:
        if [each.offset for each in await read_records(work.connection, [key], 1)] != [record.offset]:
            return 0
        await handler(work, [record])
        await _take_out(work, record, decision)
    return 1


async def _try_some(work: UnitOfWork, handler: Handler, records: Sequence[ParkedRecord]) -> Tried:
    for applied, record in enumerate(records):
        try:
            await handler(work, [record])
        except Exception as error:
            if not _is_its_own(error):
                raise
            return Tried(applied, record, reason_of(error))
    return Tried(len(records))


def _is_its_own(error: Exception) -> bool:
    """Tell whether an error is the record's fault."""
    return not (isinstance(error, FatalError | StaleError) or is_transient(error))


async def _take_out(work: UnitOfWork, record: ParkedRecord, decision: _Decision) -> None:
    if await work.connection.execute(QUERIES["unpark"], *_where(record)) != "DELETE 1":
        raise NotFoundError("parked record", record.place)
    values = (decision.name, decision.by, decision.why, record.value)
    await work.connection.execute(QUERIES["record_decision"], *_where(record), *values)
    if decision.note is not None:
        await decision.note(work.connection, record)


def _where(record: ParkedRecord) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset


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
