"""The office's rules for calendars."""

from datetime import UTC, date, datetime

import pytest

from shared.contracts.registry import calendar_key
from tests.support import facts
from tests.support.facts import CALENDAR, TASK
from tests.support.scenario import given

NATIONAL_DAY, SATURDAY, SUNDAY, MONDAY = date(2021, 9, 2), date(2021, 9, 4), date(2021, 9, 5), date(2021, 9, 6)
PUBLISHED = facts.fact(facts.calendar(NATIONAL_DAY), key=CALENDAR)


def test_a_year_s_calendar_is_registered_under_the_id_of_the_year() -> None:
    given().when(PUBLISHED).then_registered()


def test_a_newer_calendar_takes_the_place_of_the_one_before() -> None:
    given(PUBLISHED).when(PUBLISHED).then_registered()


def test_a_calendar_is_not_registered_under_another_year_s_id() -> None:
    given().when(facts.fact(facts.calendar(year=2022), key=CALENDAR)).then_refused("calendar-id-wrong", "/subject")


def test_the_subject_of_a_calendar_is_the_calendar_itself() -> None:
    given().when(PUBLISHED._replace(subject=TASK)).then_refused("key-mismatch", "/subject", "/partitionkey")


def test_a_calendar_cannot_take_the_id_of_a_unit() -> None:
    unit = facts.fact(facts.unit(), key=CALENDAR)
    given(unit).when(PUBLISHED).then_refused("key-taken", "/subject")


def test_days_off_are_days_of_the_year() -> None:
    wrong = facts.fact(facts.calendar(NATIONAL_DAY, date(2022, 1, 1)), key=CALENDAR)
    given().when(wrong).then_refused("day-outside-year", "/data/days_off/1/day")


def test_working_days_are_days_of_the_year() -> None:
    wrong = facts.fact(facts.calendar(working=(SATURDAY, date(2022, 1, 1))), key=CALENDAR)
    given().when(wrong).then_refused("day-outside-year", "/data/working_days/1")


def test_a_day_off_is_named_once() -> None:
    twice = facts.fact(facts.calendar(NATIONAL_DAY, NATIONAL_DAY), key=CALENDAR)
    given().when(twice).then_refused("named-twice", "/data/days_off/1")


def test_a_working_day_is_named_once() -> None:
    twice = facts.fact(facts.calendar(working=(SATURDAY, SATURDAY)), key=CALENDAR)
    given().when(twice).then_refused("named-twice", "/data/working_days/1")


def test_no_day_is_both_off_and_worked() -> None:
    both = facts.fact(facts.calendar(NATIONAL_DAY, working=(NATIONAL_DAY,)), key=CALENDAR)
    given().when(both).then_refused("day-off-and-worked", "/data/working_days/0")


@pytest.mark.parametrize("day", [SATURDAY, SUNDAY, NATIONAL_DAY])
def test_saturdays_sundays_and_holidays_may_be_worked(day: date) -> None:
    given().when(facts.fact(facts.calendar(working=(day,)), key=CALENDAR)).then_registered()


def test_an_ordinary_weekday_is_worked_anyway() -> None:
    given().when(facts.fact(facts.calendar(working=(MONDAY,)), key=CALENDAR)).then_refused("working-day-ordinary", "/data/working_days/0")


def test_a_calendar_may_come_years_ahead() -> None:
    early = facts.fact(facts.calendar(year=2030), key=calendar_key(2030), received_at=datetime(2021, 1, 1, tzinfo=UTC))
    given().when(early).then_registered()
