"""When a deadline's stages fire: so many working days ahead of its last good day, and at the instant it is missed."""

from datetime import datetime

import msgspec

from services.deadlines.domain.calendar import WorkingCalendar, last_good_day, midnight
from services.deadlines.domain.due import Policy


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A moment at which a deadline says how it stands: "approaching-3", "approaching-1" or "missed"."""

    name: str
    at: datetime
    working_days_left: int = 0


def stages(due: datetime, calendar: WorkingCalendar, policy: Policy, *, set_at: datetime | None = None) -> tuple[Stage, ...]:
    """Return the stages of a deadline, earliest first; those that lay before it was set are left out, "missed" never.

    A stage fires at midnight in Vietnam when its working day begins, so that it is there before the office opens.
    """
    last = last_good_day(due)
    approaching = (
        Stage(
            name=f"approaching-{days}",
            at=midnight(calendar.subtract_working_days(last, days)),
            working_days_left=days,
        )
        for days in sorted(set(policy.approaching), reverse=True)
    )
    ahead = tuple(stage for stage in approaching if set_at is None or stage.at >= set_at)
    return (*ahead, Stage(name="missed", at=due))
