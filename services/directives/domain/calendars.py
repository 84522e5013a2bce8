"""Calendars: the days off and the working Saturdays and Sundays of a year; a newer calendar takes the place of the one before."""

from datetime import date

from services.directives.domain.dates import shown
from services.directives.domain.facts import Fact
from services.directives.domain.naming import require_each_once
from services.directives.domain.refusals import refused
from services.directives.domain.state import Calendar
from shared.contracts.registry import CalendarAmended, calendar_key

FRIDAY = 4

LAWFUL_DAYS_OFF = frozenset({(1, 1), (4, 30), (5, 1), (9, 1), (9, 2), (9, 3), (11, 24)})
"""Month and day of the holidays that have a fixed date (Bộ luật Lao động 2019, Điều 112).

National Day may take the day before or after it; those of the lunar calendar lie elsewhere each year.
"""


def judge(fact: Fact, amended: CalendarAmended) -> None:
    """Raise FactRefusedError unless the year's calendar may be registered."""
    expected = calendar_key(amended.year)
    if fact.key != expected:
        raise refused("calendar-id-wrong", "/subject", expected=expected)
    days_off = tuple(each.day for each in amended.days_off)
    for index, day in enumerate(days_off):
        _require_year(day, amended.year, f"/data/days_off/{index}/day")
    require_each_once(days_off, "/data/days_off")
    require_each_once(amended.working_days, "/data/working_days")
    for index, day in enumerate(amended.working_days):
        _require_worked(day, amended, f"/data/working_days/{index}")


def _require_year(day: date, year: int, pointer: str) -> None:
    if day.year != year:
        raise refused("day-outside-year", pointer, day=shown(day), year=year)


def _require_worked(day: date, amended: CalendarAmended, pointer: str) -> None:
    """Require a working day that says something: an ordinary weekday is worked on anyway."""
    _require_year(day, amended.year, pointer)
    if any(each.day == day for each in amended.days_off):
        raise refused("day-off-and-worked", pointer, day=shown(day))
    if day.weekday() <= FRIDAY and (day.month, day.day) not in LAWFUL_DAYS_OFF:
        raise refused("working-day-ordinary", pointer, day=shown(day))


def apply(amended: CalendarAmended) -> Calendar:
    """Return the year's calendar."""
    return Calendar(amended.year)
