"""Waiting for something that will come about, up to a limit, never for a fixed time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(check: Callable[[], Awaitable[T]], limit: float = 30.0, every: float = 0.05) -> T:
    """Return the first true result of `check`; fail with its last result when the limit (in seconds) has passed."""
    end = time.monotonic() + limit
    while True:
        result = await check()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit} s: {check.__qualname__} is {result!r}")
        await asyncio.sleep(every)
