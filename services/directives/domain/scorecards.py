"""What a unit has made of the tasks that it leads, over a span of time, as official reports count it.

A span has the tasks that were carried into it and those that were given in it: assigned before it ends, and neither done nor cancelled
before it begins. They are judged as they stand at its end. The rate of work on time is of the tasks that are done and had a deadline.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from services.directives.domain.status import OFFICE_ZONE, Axis, Deadline, last_good_day, met_of
from services.directives.domain.task_life import Receipts


class Span(NamedTuple):
    """A span of time, its end not included."""

    since: datetime
    until: datetime


def belongs(span: Span, assigned_at: datetime, over_at: datetime | None) -> bool:
    """Return whether a task counts in a span; `over_at` is when it was done or cancelled, None while it is open.

    Work may be received before its task is, and wait for it: such a task counts where it was assigned.
    """
    return assigned_at < span.until and (over_at is None or max(over_at, assigned_at) >= span.since)


def on_time_rate(on_time: int, late: int) -> float | None:
    """Return which part of the work that is done was on time, from 0 to 1; None where nothing with a deadline is done."""
    done = on_time + late
    return on_time / done if done else None


def days_late(deadlines: Iterable[Deadline], receipts: Receipts, axis: Axis, at: datetime) -> int:
    """Return by how many calendar days a task is, or was, behind its worst deadline at an instant; 0 where it is behind none.

    A deadline that was met counts until then, any other until the work was handed in; of a suspended task until its clock stood still.
    """
    return max((_days_late(each, receipts, axis, at) for each in deadlines), default=0)


def _days_late(deadline: Deadline, receipts: Receipts, axis: Axis, at: datetime) -> int:
    ends = [at, axis.settled_at, axis.still_since, met_of(deadline, receipts)]
    end = min(each for each in ends if each is not None)
    last = last_good_day(deadline.due)
    if last is None or deadline.due is None or end < deadline.due:
        return 0
    # A deadline by the hour may have passed on its last good day: that day counts.
    return max(1, (_day_of(end) - last).days)


def _day_of(instant: datetime) -> date:
    return instant.astimezone(OFFICE_ZONE).date()
