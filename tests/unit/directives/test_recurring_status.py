"""The status of a task whose duty comes back: overdue while a passed occurrence is open, due soon by the next one, done once confirmed."""

from datetime import date, datetime
from unicodedata import normalize
from uuid import UUID

import pytest

from services.deadlines.domain.phrases import compute
from services.directives.domain.status import Deadline, comes_back, deadline_time, status_of
from services.directives.domain.task_life import Delivery, TaskState
from shared.contracts.directives import DeadlineClause

MONTHLY = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="trước ngày 15 hằng tháng")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T00:00:00+07:00")


def occurrence(due: str, met: str | None = None, soon: str | None = None) -> Deadline:
    return Deadline("report-submitted", None, at(due), at(soon) if soon else None, True, at(met) if met else None)


def task(**more: object) -> TaskState:
    deliveries = (Delivery("report", None, at("2021-04-08")),)
    return TaskState(UUID(int=1), "report", clauses=(MONTHLY,), deliveries=deliveries, **more)  # type: ignore[arg-type]


APRIL = occurrence("2021-04-15", met="2021-04-08")


def test_the_first_report_does_not_end_a_duty_that_comes_back() -> None:
    status = status_of(task(), [APRIL, occurrence("2021-05-15")], at("2021-05-01"))
    assert (status.work, status.time, status.due) == ("in_progress", "in_time", at("2021-05-15"))


def test_a_task_is_overdue_while_a_passed_occurrence_is_open() -> None:
    status = status_of(task(), [APRIL, occurrence("2021-05-15"), occurrence("2021-06-15")], at("2021-05-20"))
    assert (status.time, status.due) == ("overdue", at("2021-05-15"))


def test_a_task_is_due_soon_by_its_next_occurrence() -> None:
    status = status_of(task(), [APRIL, occurrence("2021-05-15", soon="2021-05-11")], at("2021-05-12"))
    assert status.time == "due_soon"


def test_a_confirmed_series_was_late_where_one_occurrence_was() -> None:
    state = task(confirmed_at=at("2021-06-01"))
    late = status_of(state, [APRIL, occurrence("2021-05-15", met="2021-05-16")], at("2021-06-02"))
    assert (late.work, late.time) == ("done", "late")
    assert status_of(state, [APRIL], at("2021-06-02")).time == "on_time"


def test_each_occurrence_is_judged_by_what_met_it() -> None:
    receipts = task().receipts
    assert deadline_time(APRIL, receipts, at("2021-05-20")) == "on_time"
    assert deadline_time(occurrence("2021-05-15"), receipts, at("2021-05-20")) == "overdue"


@pytest.mark.parametrize(
    ("phrase", "again"),
    [
        ("trước ngày 15 hằng tháng", True), ("Định kỳ 6 tháng", True), ("trước ngày 20 của tháng cuối quý", True),
        ("6 tháng một lần", True), ("mỗi tuần 1 lần", True), ("trước ngày 16/4/2021", False), ("trong quý II năm 2021", False),
        ("trong tháng 4", False), ("05 ngày làm việc kể từ ngày nhận được văn bản", False),
    ],
)  # fmt: skip
def test_words_that_come_back_are_told_from_those_that_do_not(phrase: str, *, again: bool) -> None:
    assert comes_back(phrase) is again


@pytest.mark.parametrize(
    "phrase",
    [
        "trước ngày 20 tháng thứ hai của quý", "trước 20 của tháng cuối qúy", "trước mùng 5 của tháng đầu tiên quý sau",
        "trước ngày 20 của tháng cuối cùng của mỗi quý", "6 tháng/lần", "06 tháng/01 lần", "03 (ba) tháng / 1 lần", "6 tháng lần",
        "hai mươi ngày một lần", "hằng hai mươi ngày", "mỗi 02 (hai) tuần", "hằng qúy", "mỗi qúy một lần", "định kỳ 3 tháng/lần",
        "16 giờ 00, hằng ngày", "trước thứ Sáu của hàng tuần", "Hằng năm, trước ngày 15/12",
        normalize("NFD", "trước ngày 15 tháng 12 hàng năm"),
    ],
)  # fmt: skip
def test_what_deadlines_reads_as_coming_back_does_so_here_too(phrase: str) -> None:
    assert compute(phrase, issued_on=date(2021, 4, 1), received_at=None).kind == "recurring"
    assert comes_back(phrase)


@pytest.mark.parametrize("phrase", ["trong năm lần thứ hai", "mỗi đơn vị gửi trong tháng 4", "báo cáo một lần trong tháng 4/2021"])
def test_words_that_only_look_like_coming_back_do_not(phrase: str) -> None:
    assert not comes_back(phrase)
