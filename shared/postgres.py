"""PostgreSQL through asyncpg: pools, time limits, and driver errors told apart."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

from shared.errors import ConfigurationError, UnavailableError

IDLE_IN_TRANSACTION_LIMIT = "5s"
"""A stopped process must not hold a partition's lock for longer than this."""
TRANSACTION_LIMIT = "20s"
"""The same for one that stopped between two messages of the extended protocol, where PostgreSQL does not call it idle."""

_LIMITS = {
    "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_LIMIT,
    "lock_timeout": "10s",
    "transaction_timeout": TRANSACTION_LIMIT,
    "statement_timeout": "15s",
    "timezone": "UTC",
}

# SQLSTATE classes that are not the message's fault: connection, a table or right that is missing (a migration is on its way),
# insufficient resources (a full disk included), operator intervention, system error, internal error; and single codes:
# serialization failure, deadlock, lock not available, transaction and idle time-outs.
_TRANSIENT_CLASSES = ("08", "42", "53", "57", "58", "XX")
_TRANSIENT_CODES = ("40001", "40P01", "55P03", "25P02", "25P03", "25P04")

if TYPE_CHECKING:  # asyncpg's classes are generic in its stubs only
    Connection: TypeAlias = asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]
    Pool: TypeAlias = asyncpg.Pool[Any]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool


async def create_pool(dsn: str, *, schema: str, size: int = 8, **settings: str) -> Pool:
    """Open a pool whose connections see one schema only and keep our time limits; `settings` are further ones of PostgreSQL's."""
    with _naming_the_setting():
        return await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            timeout=5,
            command_timeout=30,
            max_inactive_connection_lifetime=60,
            reset=_keep,
            server_settings={**_LIMITS, "search_path": schema, "application_name": f"dondoc {schema}", **settings},
        )


async def _keep(_connection: Connection) -> None:
    """Leave a returned connection as it is: nothing of ours changes it beyond a transaction, and the usual reset is a round trip a turn."""


async def connect(dsn: str, *, schema: str, **settings: str) -> "asyncpg.Connection[Any]":
    """Open one connection of its own, for LISTEN and advisory locks."""
    options = {"timezone": "UTC", "search_path": schema, "application_name": f"dondoc {schema}", **settings}
    with _naming_the_setting():
        return await asyncpg.connect(dsn, timeout=5, command_timeout=30, server_settings=options)


@contextmanager
def _naming_the_setting() -> Iterator[None]:
    """Turn a refusal that will last (a wrong address, name or password) into one line; what may pass stays what it is."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.ClientConfigurationError, ValueError) as error:
        if isinstance(error, asyncpg.PostgresError) and is_transient(error):
            raise
        raise ConfigurationError(f"PostgreSQL refuses the connection: {error}; check DONDOC_POSTGRES_DSN") from error


def is_transient(error: BaseException) -> bool:
    """Return whether the same transaction may succeed later without anybody changing it."""
    if isinstance(error, UnavailableError | OSError | asyncpg.InterfaceError | asyncpg.InternalClientError):
        return True  # asyncpg 0.32 raises InternalClientError for a connection that broke in the middle of an operation
    if isinstance(error, asyncpg.InvalidCachedStatementError):
        return True  # a migration changed what a statement of ours answers; asyncpg prepares it again the next time
    if isinstance(error, RuntimeError) and "the handler is closed" in str(error):
        return True  # uvloop 0.23's word for writing to a connection that the server has just ended
    code = getattr(error, "sqlstate", None)
    return isinstance(code, str) and (code[:2] in _TRANSIENT_CLASSES or code in _TRANSIENT_CODES)


class LatePool:
    """A small pool that is opened when it is first asked for: for what is seldom looked at."""

    def __init__(self, dsn: str, *, schema: str, size: int = 1) -> None:
        self._open = partial(create_pool, dsn, schema=schema, size=size)
        self._opening = asyncio.Lock()
        self._pool: Pool | None = None

    async def get(self) -> Pool:
        """Return the pool; raises what `create_pool` raises while the database is away."""
        async with self._opening:
            if self._pool is None:
                self._pool = await self._open()
            return self._pool

    async def aclose(self) -> None:
        """Close the pool where it was opened."""
        if self._pool is not None:
            await self._pool.close()
