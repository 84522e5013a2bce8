"""When a delivery is tried again: a fixed schedule with jitter, and what the receiver asked for, within bounds.

The steps are those of Standard Webhooks 1.0 ("retry schedule"), used for mail, too. All of it is real time, never the office clock's.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

SCHEDULE: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The wait before each attempt; after the last attempt nothing more is tried."""

ATTEMPTS: Final = len(SCHEDULE)

JITTER: Final = 0.2
"""A wait lies anywhere within so much of its step, below and above, each value as likely as the other."""

LONGEST: Final = timedelta(hours=24)
"""No receiver puts us off for longer than this."""

_MAX_DIGITS = 9


def wait_before(attempt: int, draw: float, *, asked: timedelta | None = None, scale: float = 1.0) -> timedelta | None:
    """Return how long to wait before an attempt (the first one is 1), or None where there is none.

    `draw`, from 0 to 1, places the wait within its jitter. What the receiver asked for (`asked`, see `read_retry_after`) only lengthens it.
    `scale` shortens or lengthens everything, for tests and demonstrations.
    """
    if attempt > ATTEMPTS:
        return None
    step = SCHEDULE[attempt - 1] * (1 - JITTER + 2 * JITTER * draw)
    return max(step, asked or timedelta(0)) * scale


def read_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return what a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date), from 0 to LONGEST; None where it says nothing."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text)), LONGEST) if len(text) <= _MAX_DIGITS else LONGEST
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST)
