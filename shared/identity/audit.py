"""The audit log: who did what to what, when and from where; append-only (a trigger of the database holds it)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from shared.identity.queries import QUERIES
from shared.postgres import Connection, Pool


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the audit log; `detail` is a JSON object of the action's own."""

    id: int
    at: datetime
    actor: str
    action: str
    object: str
    address: str | None
    detail: dict[str, Any]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines are asked for; each filter counts where it is given, `before` is the id of a line: only older ones."""

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 50


async def record(
    connection: Connection | Pool,
    *,
    actor: str,
    action: str,
    object: str,  # noqa: A002  the word that people search the log by
    detail: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Add a line, inside the transaction of the connection where it has one; the table is named with its schema."""
    text = msgspec.json.encode(dict(detail or {})).decode()
    await connection.execute(QUERIES["add_audit"], actor, action, object, address, text)


async def read(pool: Pool, question: Question) -> tuple[list[Entry], int | None]:
    """Return lines, newest first, and the id to go on before, None after the last page."""
    rows = await pool.fetch(
        QUERIES["read_audit"], question.actor, question.action, question.object, question.since, question.until, question.before,
        question.limit + 1,
    )  # fmt: skip
    entries = [Entry(**{**row, "detail": msgspec.json.decode(row["detail"])}) for row in rows[: question.limit]]
    return entries, entries[-1].id if len(rows) > len(entries) else None
