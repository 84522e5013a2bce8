"""The office clock: the only source of "now" for facts, deadlines and stages.

Time-outs, back-off, signatures and sign-in use real time and don't come here. The stepped clock serves demonstrations and tests: its
source is one PostgreSQL row that only the stepping program moves.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from shared.environment import ClockKind, Environment
from shared.errors import UnavailableError
from shared.postgres import Connection, Pool
from shared.sql import Queries

if TYPE_CHECKING:
    import asyncpg

QUERIES = Queries("shared", "clock.sql")

Clock = Callable[[], Awaitable[datetime]]
"""Return the office's present instant, aware, in UTC."""


async def system_clock() -> datetime:
    """Return the machine's present instant in UTC."""
    return datetime.now(UTC)


def stepped_clock(pool: Pool) -> Clock:
    """Return a clock that reads the stepped instant afresh at each call, so that nobody acts on an old one."""

    async def now() -> datetime:
        return await _read_stepped(pool)

    return now


async def _read_stepped(connection: Connection | Pool) -> datetime:
    """Return the stepped instant, or raise UnavailableError while nobody has set it: nothing may be stamped with no time."""
    now = await connection.fetchval(QUERIES["read_clock"])
    if now is None:
        raise UnavailableError("the stepped office clock has not been set yet")
    return cast("datetime", now)


async def office_now(kind: ClockKind, connection: Connection | Pool) -> datetime:
    """Return the office's present instant inside a handler, which has a connection but no clock of its own."""
    if kind == "system":
        return await system_clock()
    return await _read_stepped(connection)


def clock_of(environment: Environment, pool: Pool) -> Clock:
    """Return the clock that the environment names."""
    return system_clock if environment.clock == "system" else stepped_clock(pool)


async def step_clock(connection: "asyncpg.Connection[Any]", to: datetime) -> None:
    """Move the stepped clock and wake whoever waits for it; it never goes back."""
    await connection.execute(QUERIES["step_clock"], to)
