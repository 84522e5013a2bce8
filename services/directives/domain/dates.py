"""Days as the office counts and shows them."""

from datetime import date, datetime, timedelta, timezone

OFFICE_ZONE = timezone(timedelta(hours=7))
"""Vietnam's time, which has no summer time."""


def day_of(instant: datetime) -> date:
    """Return the day in Vietnam at an instant; at either end of the calendar, where that day has no date, the day as written."""
    try:
        return instant.astimezone(OFFICE_ZONE).date()
    except OverflowError:
        return instant.date()


def shown(day: date) -> str:
    """Return a day as d/m/yyyy."""
    return f"{day.day}/{day.month}/{day.year}"
