"""The working calendar against the days that were really off or worked from 2019 to 2026."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deadlines.domain.calendar import (
    NEW_YEAR_2026,
    VIETNAM,
    Amendment,
    WorkingCalendar,
    day_of,
    end_of,
    last_good_day,
    midnight,
)

WEEKDAYS_OFF = {
    2021: "1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9",
    2022: "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9",
    2023: "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9",
    2024: "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9",
    2025: "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9",
    2026: "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
}
WORKED_SATURDAYS = [
    date(2019, 1, 5),
    date(2019, 5, 4),
    date(2024, 5, 4),
    date(2025, 4, 26),
    date(2026, 1, 10),
    date(2026, 8, 22),
]
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
COUNTS = st.integers(1, 120)


def days_of(first_year: int, last_year: int) -> list[date]:
    first = date(first_year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(last_year, 12, 31) - first).days + 1)]


@pytest.mark.parametrize("year", WEEKDAYS_OFF)
def test_the_weekdays_off_of_a_year_are_those_that_were_announced(year: int) -> None:
    off = [day for day in days_of(year, year) if day.weekday() < 5 and not VIETNAM.is_working(day)]
    assert " ".join(f"{day.day}/{day.month}" for day in off) == WEEKDAYS_OFF[year]


def test_the_only_worked_days_of_weekly_rest_are_the_swapped_saturdays() -> None:
    assert [day for day in days_of(2019, 2026) if day.weekday() >= 5 and VIETNAM.is_working(day)] == WORKED_SATURDAYS


def test_the_library_alone_lacks_the_swap_of_new_year_2026() -> None:
    bare = WorkingCalendar(version="bare")
    assert bare.is_working(date(2026, 1, 2))
    assert not bare.is_working(date(2026, 1, 10))
    assert NEW_YEAR_2026.issued_on == date(2025, 12, 25)


def test_a_swap_that_crosses_the_turn_of_the_year_is_known_from_both_sides() -> None:
    assert not VIETNAM.is_working(date(2018, 12, 31))
    assert VIETNAM.is_working(date(2019, 1, 5))


def test_an_amendment_takes_and_gives_days_and_changes_the_version() -> None:
    amended = VIETNAM.amended(
        Amendment(
            issued_on=date(2026, 11, 1),
            source="a notice",
            days_off=(date(2027, 3, 1),),
            working_days=(date(2027, 3, 6),),
            settles_year=2027,
        )
    )
    assert not amended.is_working(date(2027, 3, 1))
    assert amended.is_working(date(2027, 3, 6))
    assert amended.version != VIETNAM.version
    assert (VIETNAM.is_settled(date(2027, 1, 1)), amended.is_settled(date(2027, 1, 1))) == (False, True)


def test_a_later_amendment_wins_over_an_earlier_one() -> None:
    back = VIETNAM.amended(
        Amendment(
            issued_on=date(2025, 12, 30),
            source="taken back",
            days_off=(date(2026, 1, 10),),
            working_days=(date(2026, 1, 2),),
        )
    )
    assert back.is_working(date(2026, 1, 2))
    assert not back.is_working(date(2026, 1, 10))
    assert back.settled_through == 2026


def test_calendars_with_the_same_amendments_have_the_same_version() -> None:
    again = WorkingCalendar(version="").amended(NEW_YEAR_2026)
    assert again.version == VIETNAM.version


@pytest.mark.parametrize(
    ("day", "next_day"),
    [
        (date(2021, 4, 29), date(2021, 4, 29)),
        (date(2021, 4, 30), date(2021, 5, 4)),
        (date(2021, 4, 21), date(2021, 4, 22)),
        (date(2021, 2, 10), date(2021, 2, 17)),
    ],
)
def test_the_next_working_day_is_the_day_itself_or_the_first_after_the_days_off(day: date, next_day: date) -> None:
    assert VIETNAM.next_working_day(day) == next_day


def test_working_days_are_counted_over_the_holidays_of_april_2021() -> None:
    assert VIETNAM.add_working_days(date(2021, 4, 20), 1) == date(2021, 4, 22)
    assert VIETNAM.add_working_days(date(2021, 4, 28), 2) == date(2021, 5, 4)
    assert VIETNAM.subtract_working_days(date(2021, 5, 4), 2) == date(2021, 4, 28)
    assert VIETNAM.add_working_days(date(2021, 4, 30), 0) == date(2021, 4, 30)
    assert VIETNAM.working_days_between(date(2021, 4, 19), date(2021, 5, 4)) == 8
    assert VIETNAM.working_days_between(date(2021, 5, 4), date(2021, 4, 19)) == -8
    assert VIETNAM.days_off_within(date(2021, 4, 29), date(2021, 5, 4)) == (
        date(2021, 4, 30),
        date(2021, 5, 1),
        date(2021, 5, 2),
        date(2021, 5, 3),
    )


def test_a_day_of_vietnam_begins_seven_hours_before_that_of_greenwich() -> None:
    assert midnight(date(2021, 4, 16)) == datetime(2021, 4, 15, 17, tzinfo=UTC)
    assert midnight(date(2021, 4, 16)).isoformat() == "2021-04-16T00:00:00+07:00"
    assert end_of(date(2021, 4, 15)) == midnight(date(2021, 4, 16))
    assert day_of(datetime(2021, 4, 15, 17, tzinfo=UTC)) == date(2021, 4, 16)
    assert last_good_day(midnight(date(2021, 4, 16))) == date(2021, 4, 15)


def test_a_naive_instant_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime(2021, 4, 15))  # noqa: DTZ001  naive on purpose


@given(DAYS, COUNTS)
def test_adding_and_subtracting_working_days_invert_each_other(day: date, count: int) -> None:
    worked = VIETNAM.next_working_day(day)
    assert VIETNAM.subtract_working_days(VIETNAM.add_working_days(worked, count), count) == worked
    assert VIETNAM.add_working_days(VIETNAM.subtract_working_days(worked, count), count) == worked


@given(DAYS, COUNTS)
def test_as_many_working_days_lie_between_as_were_added(day: date, count: int) -> None:
    end = VIETNAM.add_working_days(day, count)
    assert VIETNAM.is_working(end)
    assert VIETNAM.working_days_between(day, end) == count


@given(DAYS, DAYS, COUNTS)
def test_a_later_start_never_ends_earlier(one: date, other: date, count: int) -> None:
    first, second = sorted((one, other))
    assert VIETNAM.add_working_days(first, count) <= VIETNAM.add_working_days(second, count)
