"""What every measurement needs: processes of its own, progress in the database, and a word for a result that is wrong."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from deploy.local.processes import Process
from shared.errors import DondocError, UnavailableError

POLL_SECONDS = 0.02
START_SECONDS = 60.0
LIMIT_SECONDS = 120.0


class WrongResultError(DondocError):
    """What was measured did not do its work; its figure is void."""


Count = Callable[[], Awaitable[int]]
"""Return how much is done so far."""


async def rate(count: Count, target: int, process: Process, limit: float = LIMIT_SECONDS) -> float:
    """Return units a second between the first progress that is seen and the target.

    Start-up, joining a group and the first batch are left out, for everyone alike. Raises UnavailableError when the process ends
    or the time is up before it is done.
    """
    first = await reach(count, 1, process, START_SECONDS)
    began = time.monotonic()
    last = await reach(count, target, process, limit)
    if last > target:
        raise WrongResultError(f"{process.name} did {last:,} of {target:,}")
    if first >= target:
        raise WrongResultError(f"{process.name} did all {target:,} at once: too few to measure")
    return (last - first) / (time.monotonic() - began)


async def reach(count: Count, target: int, process: Process, limit: float = START_SECONDS) -> int:
    """Return how much is done as soon as it is enough; raises UnavailableError when the process ends or the time is up before."""
    end = time.monotonic() + limit
    while (done := await count()) < target:
        if time.monotonic() > end:
            raise UnavailableError(
                f"{process.name} had done {done:,} of {target:,} after {limit:g} s; its last lines:\n{process.log_tail()}"
            )
        if not process.alive and await count() < target:
            process.require_alive()
        await asyncio.sleep(POLL_SECONDS)
    return done


async def until(check: Callable[[], Awaitable[bool]], what: str, seconds: float = START_SECONDS) -> None:
    """Return once the check holds; raises UnavailableError, naming what did not come about, after the seconds."""
    end = time.monotonic() + seconds
    while not await check():
        if time.monotonic() > end:
            raise UnavailableError(f"{what} did not come about within {seconds:g} s")
        await asyncio.sleep(POLL_SECONDS)


async def connect(dsn: str, schema: str) -> "asyncpg.Connection[Any]":
    """Open a connection for looking on."""
    return await asyncpg.connect(dsn, server_settings={"search_path": schema})


def require_equal(what: str, found: object, expected: object) -> None:
    """Raise WrongResultError unless a result is the expected one."""
    if found != expected:
        raise WrongResultError(f"{what}: {str(found)[:200]} instead of {str(expected)[:200]}")


def load() -> str:
    """Return how busy the machine is: the load of the last minute."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs"
