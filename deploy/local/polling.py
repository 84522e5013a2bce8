"""Waiting for a condition, up to a limit."""

import time
from collections.abc import Callable

from shared.errors import UnavailableError

INTERVAL = 0.05


def wait_until(condition: Callable[[], bool], seconds: float, what: str, interval: float = INTERVAL) -> None:
    """Return once the condition holds, or raise UnavailableError naming what did not happen within the seconds."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= limit:
            raise UnavailableError(f"{what} did not happen within {seconds:g} s")
        time.sleep(interval)
