"""Duties that come back, with their first occurrence after a letter of 1/4/2021, and RRULEs against another reader."""

from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from services.deadlines.domain.calendar import VIETNAM, midnight
from services.deadlines.domain.due import Due, Policy
from services.deadlines.domain.phrases import compute, next_occurrence

ISSUED = date(2021, 4, 1)


def read(phrase: str, issued_on: date | None = ISSUED, policy: Policy | None = None) -> Due:
    return compute(phrase, issued_on=issued_on, received_at=None, policy=policy or Policy())


@pytest.mark.parametrize(
    ("phrase", "recurrence", "first"),
    [
        ("trước ngày 15 hằng tháng", "FREQ=MONTHLY;BYMONTHDAY=15", "2021-04-15 00:00"),
        ("trước ngày 1 hằng tháng", "FREQ=MONTHLY;BYMONTHDAY=1", "2021-05-01 00:00"),
        ("chậm nhất ngày 25 hàng tháng", "FREQ=MONTHLY;BYMONTHDAY=26", "2021-04-26 00:00"),
        ("vào ngày 25 mỗi tháng", "FREQ=MONTHLY;BYMONTHDAY=26", "2021-04-26 00:00"),
        ("chậm nhất ngày 31 hằng tháng", "FREQ=MONTHLY;BYMONTHDAY=1", "2021-05-01 00:00"),
        ("trước 17 giờ ngày 15 hằng tháng", "FREQ=MONTHLY;BYMONTHDAY=15", "2021-04-15 17:00"),
        ("Hằng tháng, trước ngày 25", "FREQ=MONTHLY;BYMONTHDAY=25", "2021-04-25 00:00"),
        ("trước ngày 20 của tháng cuối quý", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=20", "2021-06-20 00:00"),
        ("trước ngày 05 tháng cuối cùng của mỗi quý", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=5", "2021-06-05 00:00"),
        ("trước ngày 10 tháng đầu quý sau", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=10", "2021-04-10 00:00"),
        ("trước ngày 20/11 hằng năm", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=20", "2021-11-20 00:00"),
        ("hằng năm, trước ngày 5 tháng 3", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5", "2022-03-05 00:00"),
        ("chậm nhất ngày 31/12 hằng năm", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", "2022-01-01 00:00"),
        ("trước ngày 29/2 hằng năm", "FREQ=YEARLY;BYYEARDAY=60", "2022-03-01 00:00"),
        ("trước thứ Sáu hằng tuần", "FREQ=WEEKLY;BYDAY=FR", "2021-04-02 00:00"),
        ("chậm nhất chủ nhật hằng tuần", "FREQ=WEEKLY;BYDAY=MO", "2021-04-05 00:00"),
        ("trước 16 giờ thứ Năm hằng tuần", "FREQ=WEEKLY;BYDAY=TH", "2021-04-01 16:00"),
        ("trước 16 giờ hằng ngày", "FREQ=DAILY", "2021-04-01 16:00"),
    ],
)
def test_a_recurring_deadline_has_a_rule_and_a_first_occurrence(phrase: str, recurrence: str, first: str) -> None:
    found = read(phrase)
    assert (found.kind, found.recurrence) == ("recurring", recurrence)
    assert found.due
    assert f"{found.due:%Y-%m-%d %H:%M}" == first


@pytest.mark.parametrize(
    ("phrase", "recurrence"),
    [
        ("định kỳ 6 tháng", "FREQ=MONTHLY;INTERVAL=6"),
        ("6 tháng một lần", "FREQ=MONTHLY;INTERVAL=6"),
        ("định kỳ hằng quý", "FREQ=MONTHLY;INTERVAL=3"),
        ("mỗi tuần 1 lần", "FREQ=WEEKLY"),
        ("hằng ngày", "FREQ=DAILY"),
        ("thường xuyên, hằng năm", "FREQ=YEARLY"),
    ],
)
def test_where_only_the_period_is_known_the_day_is_left_open(phrase: str, recurrence: str) -> None:
    found = read(phrase)
    assert (found.kind, found.recurrence, found.due) == ("recurring", recurrence, None)
    assert found.proof.reason == "day-unknown"


@pytest.mark.parametrize(
    ("phrase", "recurrence"),
    [
        ("trước ngày 15 hằng tháng", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("trước 16 giờ hằng ngày", "FREQ=DAILY"),
    ],
)
def test_without_the_letters_date_the_rule_is_known_and_the_first_occurrence_is_not(phrase: str, recurrence: str) -> None:
    found = read(phrase, issued_on=None)
    assert (found.kind, found.recurrence, found.due) == ("recurring", recurrence, None)
    assert found.proof.reason == "no-issue-date"


def test_a_policy_rolls_each_occurrence_over_days_off() -> None:
    found = read("chậm nhất ngày 21/4 hằng năm", policy=Policy(roll_fixed_dates=True))
    assert found.due == midnight(date(2021, 4, 23))
    assert found.proof.days_skipped == (date(2021, 4, 21),)


def test_the_next_occurrence_follows_the_one_before() -> None:
    phrase = "trước 17 giờ ngày 15 hằng tháng"
    first = read(phrase).due
    assert first
    second = next_occurrence(phrase, after=first)
    assert (second.kind, second.due) == ("recurring", datetime(2021, 5, 15, 17, tzinfo=first.tzinfo))


BOUNDS = st.sampled_from(["trước ngày", "chậm nhất ngày", "trước 17 giờ ngày", "chậm nhất 24 giờ ngày"])
DAYS_OF_MONTH = st.integers(1, 31).map(str)
OF_PERIOD = st.sampled_from(["hằng tháng", "của tháng cuối quý", "tháng đầu quý"])
DAYS_OF_YEAR = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: f"{day.day}/{day.month} hằng năm")
WEEKLY = st.sampled_from(["thứ hai", "thứ 4", "thứ bảy", "chủ nhật"]).map(lambda day: f"{day} hằng tuần")
PHRASES = st.one_of(
    st.tuples(BOUNDS, DAYS_OF_MONTH, OF_PERIOD).map(" ".join),
    st.tuples(BOUNDS, DAYS_OF_YEAR).map(" ".join),
    st.tuples(BOUNDS.map(lambda bound: bound.removesuffix(" ngày")), WEEKLY).map(" ".join),
)


@given(PHRASES, st.dates(date(2019, 1, 1), date(2030, 12, 31)))
def test_another_reader_of_rrules_gives_the_same_occurrences(phrase: str, issued_on: date) -> None:
    found = read(phrase, issued_on)
    assert found.due
    assert found.recurrence
    mine, due = [found.due], found
    for _ in range(8):
        assert due.due
        due = next_occurrence(phrase, after=due.due, calendar=VIETNAM)
        assert due.due
        mine.append(due.due)
    theirs = rrulestr(f"RRULE:{found.recurrence};COUNT=9", dtstart=found.due.replace(tzinfo=None))
    assert [instant.replace(tzinfo=None) for instant in mine] == list(theirs)


@given(PHRASES, st.dates(date(2019, 1, 1), date(2030, 12, 31)))
def test_the_first_occurrence_lies_within_a_period_after_the_letter(phrase: str, issued_on: date) -> None:
    due = read(phrase, issued_on).due
    assert due
    assert midnight(issued_on) < due <= midnight(issued_on) + timedelta(days=367)
