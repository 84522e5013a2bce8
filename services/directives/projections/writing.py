"""Writes rows set by set: one statement for all rows of a run, whose columns travel as arrays."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec

from services.directives.queries import QUERIES
from shared.errors import InvalidMessageError
from shared.postgres import Connection

Row = tuple[Any, ...]

_encoder = msgspec.json.Encoder()


def json_of(value: object) -> str | None:
    """Return a value as JSON text, None as SQL's null."""
    return None if value is None else _encoder.encode(value).decode()


def array_of(ids: Sequence[UUID]) -> str:
    """Return ids as PostgreSQL writes an array, since arrays of arrays do not unnest row by row."""
    return "{" + _encoder.encode(ids).decode()[1:-1] + "}"


async def write(connection: Connection, query: str, rows: Collection[Row]) -> None:
    """Write rows by one statement; raises InvalidMessageError when some of them may not be written."""
    if not rows:
        return
    status = await connection.execute(QUERIES[query], *zip(*rows, strict=True))
    written = int(status.rpartition(" ")[2])
    if written != len(rows):
        message = f"{query}: {len(rows) - written} of {len(rows)} rows speak of an id that is not there or belongs to another directive"
        raise InvalidMessageError(message)


async def append(connection: Connection, table: str, columns: Collection[str], rows: Collection[Row]) -> None:
    """Append rows by COPY, the fastest way; a row that is there already is an error."""
    if rows:
        await connection.copy_records_to_table(table, records=rows, columns=columns)


async def clear(connection: Connection, query: str, ids: Collection[UUID]) -> None:
    """Take away the rows that belong to some ids."""
    if ids:
        await connection.execute(QUERIES[query], ids)


async def tell_change(connection: Connection, partition: int) -> None:
    """Wake the pages that show the read model, once the transaction commits."""
    await connection.execute(QUERIES["tell_change"], str(partition))
