"""The office clock: the only source of "now" for facts, deadlines and stages.

Time-outs, back-off, signatures and sign-in use real time and don't come here.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

Clock = Callable[[], Awaitable[datetime]]
"""Return the office's present instant, aware, in UTC."""


async def system_clock() -> datetime:
    """Return the machine's present instant in UTC."""
    return datetime.now(UTC)
