"""The working calendar of Vietnam: weekly rest, public holidays and swapped days (Labour Code 2019, art. 111-112)."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo

import holidays
import msgspec
from holidays.version import __version__ as HOLIDAYS_VERSION  # noqa: N812  a constant, told as one

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ONE_DAY = timedelta(days=1)
ONE_TICK = timedelta(microseconds=1)
SATURDAY = 5


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that changes the calendar: days made free, days made working, and the year that it settles, if any."""

    issued_on: date
    source: str
    days_off: tuple[date, ...] = ()
    working_days: tuple[date, ...] = ()
    settles_year: int | None = None


# Two days that `holidays` 0.109 lacks; the notice came eight days ahead of the first.
NEW_YEAR_2026 = Amendment(
    issued_on=date(2025, 12, 25),
    source="Notice of 2025-12-25: Friday 2026-01-02 is swapped for Saturday 2026-01-10",
    days_off=(date(2026, 1, 2),),
    working_days=(date(2026, 1, 10),),
    settles_year=2026,
)


class RegisteredYear(msgspec.Struct, frozen=True, kw_only=True):
    """A year's days as a registered fact gives them, as a whole: days off with their names, and weekend days that are worked."""

    year: int
    version: int
    days_off: Mapping[date, str]
    working_days: frozenset[date] = frozenset()
    notice: str = ""


class WorkingCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """Which days are worked; the version names library, notices and registered years, so that equal versions give equal answers."""

    version: str
    amendments: tuple[Amendment, ...] = ()
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    settled_through: int = 2025
    years: Mapping[int, RegisteredYear] = {}

    def with_years(self, years: Mapping[int, RegisteredYear]) -> Self:
        """Return the calendar in which registered years stand in place of what library and notices say of them."""
        told = "".join(f"+{year}.v{years[year].version}" for year in sorted(years))
        return msgspec.structs.replace(self, version=f"{_version(self.amendments)}{told}", years=years)

    def amended(self, amendment: Amendment) -> Self:
        """Return the calendar with one more notice applied; what a later notice says of a day wins."""
        amendments = (*self.amendments, amendment)
        return msgspec.structs.replace(
            self,
            version=_version(amendments),
            amendments=amendments,
            days_off=self.days_off.difference(amendment.working_days).union(amendment.days_off),
            working_days=self.working_days.difference(amendment.days_off).union(amendment.working_days),
            settled_through=max(self.settled_through, amendment.settles_year or 0),
        )

    def is_settled(self, day: date) -> bool:
        """Say whether the year's days off were announced; those of later years are an estimate from the law."""
        return day.year <= self.settled_through or day.year in self.years

    def is_working(self, day: date) -> bool:
        """Say whether the day is worked: a registered year decides alone; else a notice, swapped days, holidays and the weekly rest."""
        registered = self.years.get(day.year)
        if registered is not None:
            return day in registered.working_days or (day.weekday() < SATURDAY and day not in registered.days_off)
        if day in self.working_days or day in self.days_off:
            return day in self.working_days
        free, swapped = _published(day.year)
        return day in swapped or (day.weekday() < SATURDAY and day not in free)

    def next_working_day(self, day: date) -> date:
        """Return the day itself when it is worked, otherwise the first worked day after it (BLDS 148.5)."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Return the count-th worked day after the day, which is not counted (BLDS 147.2); before it when negative."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def subtract_working_days(self, day: date, count: int) -> date:
        """Return the count-th worked day before the day, which is not counted."""
        return self.add_working_days(day, -count)

    def working_days_between(self, start: date, end: date) -> int:
        """Count the worked days after start up to and including end; negative when end is the earlier one."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(map(self.is_working, _each_day(start + ONE_DAY, end)))

    def days_off_within(self, first: date, last: date) -> tuple[date, ...]:
        """List the days that are not worked from first to last, both included."""
        return tuple(day for day in _each_day(first, last) if not self.is_working(day))


def midnight(day: date) -> datetime:
    """Return the instant at which the day begins in Vietnam."""
    return datetime(day.year, day.month, day.day, tzinfo=HANOI)


def end_of(day: date) -> datetime:
    """Return the instant at which the day is over: 24 hours of it (BLDS 148.6), the next midnight."""
    return midnight(day + ONE_DAY)


def day_of(instant: datetime) -> date:
    """Return the day in Vietnam of an aware instant; raise ValueError for a naive one."""
    if instant.tzinfo is None:
        msg = "an instant without a time zone has no day in Vietnam"
        raise ValueError(msg)
    return instant.astimezone(HANOI).date()


def last_good_day(due: datetime) -> date:
    """Return the last day on which work is still on time, given that it must be done before `due`."""
    return day_of(due - ONE_TICK)


def _each_day(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@cache
def _published(year: int) -> tuple[frozenset[date], frozenset[date]]:
    # Neighbouring years too: a swap may cross the turn of the year (2018-12-31 for 2019-01-05).
    published = holidays.country_holidays("VN", years=range(year - 1, year + 2), expand=False)
    return frozenset(published), frozenset(published.weekend_workdays)


def _version(amendments: tuple[Amendment, ...]) -> str:
    digest = hashlib.sha256(msgspec.json.encode(amendments)).hexdigest()
    return f"holidays-{HOLIDAYS_VERSION}+{len(amendments)}.{digest[:8]}"


VIETNAM = WorkingCalendar(version=_version(())).amended(NEW_YEAR_2026)
