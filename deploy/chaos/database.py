"""Reading the services' schemas, also while PostgreSQL is being killed."""

import asyncio
import time
from typing import TYPE_CHECKING, Any

from shared.errors import UnavailableError
from shared.postgres import connect, is_transient
from shared.sql import Queries

QUERIES = Queries("deploy.chaos", "queries.sql")
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.1

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[Any]


class Database:
    """A connection that is made anew when it breaks; for one task at a time."""

    def __init__(self, dsn: str, schema: str = "public") -> None:
        self._dsn = dsn
        self._schema = schema
        self._connection: Connection | None = None

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Return a query's rows, trying until the database answers; raise UnavailableError when it does not within a minute."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                rows: list[Any] = await (await self._open()).fetch(query, *arguments)
            except Exception as error:
                if not is_transient(error):
                    raise
                if time.monotonic() > limit:
                    raise UnavailableError(f"PostgreSQL did not answer within {PATIENCE_SECONDS:g} s: {error}") from error
                await self.close()
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                return rows

    async def fetch_value(self, query: str, *arguments: object) -> Any:  # noqa: ANN401  a column's value
        """Return the first column of a query's one row."""
        rows = await self.fetch(query, *arguments)
        return rows[0][0]

    async def _open(self) -> "Connection":
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._dsn, schema=self._schema)
        return self._connection

    async def close(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
