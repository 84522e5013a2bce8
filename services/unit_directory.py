"""Which unit bears a code, and what units are called, for the pages and commands of accounts."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from services.directives.queries import QUERIES
from shared.contracts.codes import canonical_code
from shared.postgres import connect

SCHEMA = "directives"
LAST = date.max
"""The day of the newest name that is registered, also of one that is yet to hold."""


class UnitDirectory:
    """Asks the read model of directives over a connection of its own each time: accounts change seldom."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    async def find(self, code: str) -> UUID | None:
        """Return the unit with a code or an id, None where there is none."""
        connection = await connect(self._dsn, schema=SCHEMA)
        try:
            row = await connection.fetchrow(QUERIES["find_unit"], canonical_code(code))
            rows = await connection.fetch(QUERIES["read_units"], [] if row else _ids(code), LAST)
        finally:
            await connection.close()
        found = row or (rows[0] if rows else None)
        return found["id"] if found else None

    async def names(self, units: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the newest names of units."""
        if not units:
            return {}
        connection = await connect(self._dsn, schema=SCHEMA)
        try:
            return {row["id"]: row["name"] for row in await connection.fetch(QUERIES["read_units"], list(units), LAST)}
        finally:
            await connection.close()


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []
