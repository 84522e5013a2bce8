"""What counts in a span, and how late work is: given when then, and properties."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directives.domain.scorecards import Span, belongs, days_late, on_time_rate
from services.directives.domain.status import Axis, Deadline
from tests.support.april import hanoi

APRIL = Span(hanoi(1, 0), hanoi(1, 0, month=5))
DRAFT = Deadline("plan-submitted", "draft", hanoi(16, 0))
HOLD = Deadline("conference-held", None, hanoi(1, 0, month=5))
AT_FIVE = Deadline("report-submitted", None, hanoi(20, 17))
NO_DAY = Deadline("report-submitted", None, None)
OPEN = Axis("in_progress")
INSTANTS = st.datetimes(datetime(2021, 1, 1), datetime(2021, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("assigned_at", "over_at", "is_counted"),
    [
        (hanoi(5), None, True),
        (hanoi(5, month=3), None, True),
        (hanoi(5, month=3), hanoi(1, 0), True),
        (hanoi(5, month=3), hanoi(31, month=3), False),
        (hanoi(5), hanoi(6, month=5), True),
        (hanoi(1, 0, month=5), None, False),
    ],
)
def test_a_span_has_what_was_carried_into_it_and_what_was_given_in_it(
    assigned_at: datetime, over_at: datetime | None, *, is_counted: bool
) -> None:
    assert belongs(APRIL, assigned_at, over_at) == is_counted


def test_open_work_is_late_by_the_days_since_its_last_good_day() -> None:
    assert days_late([DRAFT], {}, OPEN, hanoi(15, 23)) == 0
    assert days_late([DRAFT], {}, OPEN, hanoi(16, 9)) == 1
    assert days_late([DRAFT, HOLD], {}, OPEN, hanoi(20, 9)) == 5


def test_work_that_was_met_late_stays_as_late_as_it_was() -> None:
    assert days_late([HOLD], {"conference_held": hanoi(4, month=5)}, OPEN, hanoi(30, month=6)) == 4
    assert days_late([HOLD], {"conference_held": hanoi(30, 23)}, OPEN, hanoi(30, month=6)) == 0


def test_what_nothing_met_is_late_until_the_work_was_handed_in_or_put_off() -> None:
    assert days_late([DRAFT], {}, Axis("done", settled_at=hanoi(18)), hanoi(30)) == 3
    assert days_late([DRAFT], {}, Axis("suspended", still_since=hanoi(17)), hanoi(30)) == 2


def test_an_hour_after_a_deadline_by_the_hour_is_a_day_late() -> None:
    assert days_late([AT_FIVE], {}, OPEN, hanoi(20, 18)) == 1


def test_without_a_day_nothing_is_late() -> None:
    assert days_late([NO_DAY], {}, OPEN, hanoi(30)) == 0
    assert days_late([], {}, OPEN, hanoi(30)) == 0


def test_the_rate_is_of_what_is_done_with_a_deadline() -> None:
    assert on_time_rate(3, 1) == 0.75
    assert on_time_rate(0, 0) is None


@given(INSTANTS, st.none() | INSTANTS, INSTANTS, INSTANTS, INSTANTS)
def test_a_task_of_a_span_is_one_of_its_parts_too(
    assigned_at: datetime, over_at: datetime | None, one: datetime, two: datetime, three: datetime
) -> None:
    first, second, third = sorted((one, two, three))
    whole = belongs(Span(first, third), assigned_at, over_at)
    parts = belongs(Span(first, second), assigned_at, over_at) or belongs(Span(second, third), assigned_at, over_at)
    assert whole == parts


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=90)))
def test_open_work_never_becomes_less_late(at: datetime, more: timedelta) -> None:
    assert days_late([DRAFT, HOLD], {}, OPEN, at) <= days_late([DRAFT, HOLD], {}, OPEN, at + more)


def test_work_that_came_before_its_task_counts_where_the_task_was_assigned() -> None:
    assert belongs(Span(hanoi(10), hanoi(20)), hanoi(12), hanoi(9))
    assert not belongs(Span(hanoi(20), hanoi(25)), hanoi(12), hanoi(9))
