"""Duties that come back: one occurrence after another, each a deadline of its own, met by a fact of its own."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from services.deadlines.domain.calendar import midnight
from services.deadlines.domain.evolving import fold
from services.deadlines.domain.life import DEADLINE, Life
from services.deadlines.domain.phrases import next_occurrence
from services.deadlines.domain.said import Event
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineChanged, DeadlineMet, DeadlineMissed, DeadlineSet, DeadlineWithdrawn
from shared.contracts.directives import DirectiveRecalled, DirectiveReplaced
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRequested
from shared.contracts.tasks import (
    NewDay,
    TaskCancelled,
    TaskCompleted,
    TaskConfirmed,
    TaskReassigned,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)
from shared.contracts.voiding import FactVoided
from shared.contracts.work import PlanReturned, PlanSubmitted, ReportSubmitted
from tests.support.lives_of_directives import D1, HELPER, LEAD, OTHER, P1, P2, T1, X1, Case, clause, on, told, until

MONTHLY = "trước ngày 15 hằng tháng"
NAME = "báo cáo"
FIRST = uuid5(T1, NAME)
REPORT = ReportSubmitted(task=T1, submitted_by=LEAD, title="Báo cáo tháng")


def monthly(phrase: str = MONTHLY) -> Case:
    """Return a directive of 5/4/2021 with a report that comes back."""
    case = Case()
    case.issue(issued_on=on(5))
    case.assign(clause(phrase, NAME, "report-submitted"))
    return case


def due(case: Case, ordinal: int) -> datetime | None:
    terms = life(case, ordinal).terms
    assert terms
    return terms.due


def life(case: Case, ordinal: int) -> Life:
    return case.lives[FIRST if ordinal == 1 else uuid5(FIRST, str(ordinal))]


def report(case: Case, day: int, month: int = 4, n: int = 1, at: datetime | None = None) -> list[Event]:
    return case.register(REPORT, UUID(int=n), on(day, month), at)


def before(day: int, month: int) -> datetime:
    return midnight(date(2021, month, day))


def standing(case: Case) -> list[tuple[str, bool | None]]:
    """Return of each occurrence that counts its due day and month, and whether it was met in time (None: it is open)."""
    found = [each for each in case.lives.values() if each.withdrawn is None and each.terms and each.terms.due]
    found.sort(key=lambda each: each.terms.occurrence or 0 if each.terms else 0)
    return [(f"{each.terms.due:%-d/%-m}", each.met.on_time if each.met else None) for each in found if each.terms and each.terms.due]


# One after another


def test_the_first_occurrence_has_the_id_that_the_deadline_always_had_and_names_its_period() -> None:
    case = monthly()
    [first] = [said.data for said in case.said]
    assert isinstance(first, DeadlineSet)
    assert (first.deadline, first.series, first.occurrence, first.period, first.due) == (FIRST, FIRST, 1, "2021-04", before(15, 4))


def test_the_next_occurrence_is_set_at_the_instant_at_which_the_one_before_passed() -> None:
    case = monthly()
    assert "set" not in told(case.tick(before(15, 4) - timedelta(microseconds=1)))
    missed, second = case.tick(before(15, 4))
    assert isinstance(missed, DeadlineMissed)
    assert isinstance(second, DeadlineSet)
    assert (second.deadline, second.series, second.occurrence) == (uuid5(FIRST, "2"), FIRST, 2)
    assert (second.period, second.due, second.proof.phrase) == ("2021-05", before(15, 5), MONTHLY)


def test_an_occurrence_that_was_met_early_is_followed_by_the_next_when_its_time_is_over() -> None:
    case = monthly()
    assert told(report(case, 8)) == ["met"]
    assert case.tick(before(15, 4) - timedelta(microseconds=1)) == []
    assert told(case.tick(before(15, 4))) == ["set"]


def test_an_occurrence_has_reminders_of_its_own() -> None:
    case = monthly()
    report(case, 8)
    case.tick(before(15, 4))
    assert told(case.tick(on(14, 5))) == ["approaching"]


def test_a_second_report_of_a_period_meets_nothing() -> None:
    case = monthly()
    report(case, 8)
    assert report(case, 9, n=2) == []
    case.tick(before(15, 4))
    assert life(case, 2).met is None


def test_a_late_report_meets_the_earliest_occurrence_that_is_open_and_the_next_one_the_present_periods() -> None:
    case = monthly()
    case.tick(on(20, 5))
    [late] = report(case, 20, 5)
    assert isinstance(late, DeadlineMet)
    assert (late.occurrence, late.on_time) == (1, False)
    [later] = report(case, 21, 5, n=2)
    assert isinstance(later, DeadlineMet)
    assert (later.occurrence, later.on_time) == (2, False)
    [early] = report(case, 22, 5, n=3)
    assert isinstance(early, DeadlineMet)
    assert (early.occurrence, early.on_time, early.period) == (3, True, "2021-06")


def test_a_report_that_is_registered_before_the_timer_ran_meets_the_occurrence_once_it_is_set() -> None:
    case = monthly()
    report(case, 8)
    assert report(case, 20, 4, n=2) == []
    events = case.tick(on(20, 4))
    assert told(events) == ["set", "met"]
    assert isinstance(events[1], DeadlineMet)
    assert (events[1].occurrence, events[1].on_time) == (2, True)


def test_a_report_from_before_the_instant_corrects_what_was_missed_and_frees_the_later_one_for_its_own_period() -> None:
    case = monthly()
    case.tick(on(20, 4))
    report(case, 20, 4)
    said = report(case, 14, 4, n=2, at=on(21, 4))
    assert told(said) == ["met", "met"]
    first, second = said
    assert isinstance(first, DeadlineMet)
    assert isinstance(second, DeadlineMet)
    assert (first.occurrence, first.on_time, first.fact) == (1, True, "fact-4")
    assert first.corrects is not None
    assert (second.occurrence, second.on_time, second.fact) == (2, True, "fact-3")


def test_each_missed_occurrence_is_told_once_after_a_year_without_service() -> None:
    case = monthly()
    case.at_once = 3
    events = case.tick(datetime.fromisoformat("2022-04-20T09:00:00+07:00"))
    missed = [each for each in events if isinstance(each, DeadlineMissed)]
    assert [each.occurrence for each in missed] == list(range(1, 14))
    assert all(each.late_by_seconds > 0 for each in missed)
    assert [each.occurrence for each in events if isinstance(each, DeadlineSet)] == list(range(2, 15))
    assert case.tick(datetime.fromisoformat("2022-04-20T10:00:00+07:00")) == []


def test_a_letter_that_was_entered_late_makes_no_occurrences_for_the_months_before() -> None:
    case = Case()
    case.issue(issued_on=on(5), received=on(20, 8))
    case.assign(clause(MONTHLY, NAME, "report-submitted"), received=on(20, 8))
    case.tick(on(20, 8))
    assert standing(case) == [("15/4", None), ("15/9", None)]


@pytest.mark.parametrize(
    ("phrase", "periods"),
    [
        ("trước ngày 20 của tháng cuối quý", ["2021-Q2", "2021-Q3"]),
        ("trước ngày 20/11 hằng năm", ["2021", "2022"]),
        ("chậm nhất ngày 31 hằng tháng", ["2021-04", "2021-05"]),
        ("trước thứ Sáu hằng tuần", ["2021-W14", "2021-W15"]),
        ("trước 16 giờ hằng ngày", ["2021-04-05", "2021-04-06"]),
    ],
)
def test_occurrences_are_named_by_their_periods(phrase: str, periods: list[str]) -> None:
    case = monthly(phrase)
    first = due(case, 1)
    assert first
    case.tick(first)
    assert [each.terms.period for each in case.lives.values() if each.terms] == periods


@pytest.mark.parametrize("phrase", ["định kỳ 6 tháng", "báo cáo định kỳ hằng quý"])
def test_where_only_the_period_is_known_there_is_one_deadline_without_a_day(phrase: str) -> None:
    case = monthly(phrase)
    assert case.tick(on(30, 12)) == []
    assert [each.terms.due for each in case.lives.values() if each.terms] == [None]
    assert told(case.tick(on(31, 12))) == []


# The end of a series


@pytest.mark.parametrize(
    ("end", "subject"),
    [(TaskCancelled(reason="Thôi"), T1), (DirectiveRecalled(reason="Nhầm"), D1), (DirectiveReplaced(replaced_by=UUID(int=9)), D1)],
)
def test_a_series_ends_with_its_task_and_what_was_met_stays(end: Contract, subject: UUID) -> None:
    case = monthly()
    report(case, 8)
    case.tick(on(20, 5))
    said = case.register(end, subject, on(21, 5))
    assert [(type(each), each.occurrence) for each in said] == [(DeadlineWithdrawn, 2), (DeadlineWithdrawn, 3)]
    assert case.tick(on(30, 12)) == []
    assert standing(case) == [("15/4", True)]


def test_a_confirmed_series_keeps_what_had_passed_and_ends_what_is_ahead() -> None:
    case = monthly()
    case.tick(on(20, 5))
    case.register(TaskCompleted(completed_by=LEAD), T1, on(20, 5))
    [withdrawn] = case.register(TaskConfirmed(), T1, on(21, 5))
    assert isinstance(withdrawn, DeadlineWithdrawn)
    assert (withdrawn.occurrence, withdrawn.why) == (3, "task-confirmed")
    assert case.tick(on(30, 12)) == []
    assert standing(case) == [("15/4", None), ("15/5", None)]


def test_a_series_that_is_opened_again_goes_on_with_the_first_instant_after_that() -> None:
    case = monthly()
    report(case, 8)
    case.tick(on(20, 4))
    case.register(TaskConfirmed(), T1, on(20, 4))
    case.register(TaskReopened(reason="Còn việc"), T1, on(20, 7))
    case.tick(on(20, 7))
    assert standing(case) == [("15/4", True), ("15/8", None)]


def test_a_cancellation_that_was_a_mistake_leaves_no_trace() -> None:
    case = monthly()
    case.tick(on(20, 4))
    case.register(TaskCancelled(reason="Nhầm"), T1, on(21, 4))
    case.tick(on(20, 7))
    case.register(FactVoided(version=3, reason="Nhầm"), D1, on(20, 7))
    case.tick(on(20, 7))
    assert standing(case) == [("15/4", None), ("15/5", None), ("15/6", None), ("15/7", None), ("15/8", None)]
    assert len({each.id for each in case.said}) == len(case.said)


def test_new_deadlines_of_a_reopened_task_end_the_series_and_what_was_met_stays() -> None:
    case = monthly()
    report(case, 8)
    case.tick(on(20, 4))
    said = case.register(TaskReopened(reason="Đổi", deadlines=(clause("trước ngày 30/6/2021", NAME, "report-submitted"),)), T1, on(21, 4))
    assert [(type(each), each.occurrence) for each in said] == [(DeadlineSet, None), (DeadlineWithdrawn, 2)]
    assert told(case.tick(on(30, 12))) == ["missed"]


# Pauses


def test_a_suspended_series_makes_no_occurrence_for_that_time() -> None:
    case = monthly()
    case.register(TaskSuspended(reason="Chờ"), T1, on(10, 4))
    assert case.tick(on(20, 8)) == []
    [changed] = case.register(TaskResumed(), T1, on(20, 8))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.occurrence, changed.due, changed.period) == (1, before(15, 9), "2021-09")
    assert told(case.tick(on(15, 9))) == ["missed", "set"]


def test_an_occurrence_that_was_met_before_its_task_was_put_off_keeps_its_instant() -> None:
    case = monthly()
    report(case, 8)
    case.register(TaskSuspended(reason="Chờ"), T1, on(10, 4))
    case.register(TaskResumed(), T1, on(20, 5))
    case.tick(on(20, 5))
    assert standing(case) == [("15/4", True), ("15/6", None)]


def test_what_is_handed_in_while_the_task_is_put_off_is_on_time() -> None:
    case = monthly()
    case.register(TaskSuspended(reason="Chờ"), T1, on(10, 4))
    [met] = report(case, 20, 4)
    assert isinstance(met, DeadlineMet)
    assert (met.occurrence, met.on_time) == (1, True)
    case.register(TaskResumed(), T1, on(20, 5))
    case.tick(on(20, 5))
    assert standing(case) == [("15/4", True), ("15/6", None)]


def test_a_day_that_a_resumption_names_is_of_the_occurrence_that_was_put_off() -> None:
    case = monthly()
    case.register(TaskSuspended(reason="Chờ"), T1, on(10, 4))
    case.register(TaskResumed(new_days=(NewDay(name=NAME, last_good_day=date(2021, 5, 28)),)), T1, on(20, 5))
    case.tick(on(20, 5))
    assert standing(case) == [("29/5", None), ("15/6", None)]


def test_a_task_that_is_put_off_after_an_instant_leaves_what_was_missed_open() -> None:
    case = monthly()
    case.tick(on(20, 4))
    case.register(TaskSuspended(reason="Chờ"), T1, on(21, 4))
    case.register(TaskResumed(), T1, on(22, 4))
    assert standing(case) == [("15/4", None), ("15/5", None)]


# What moves one occurrence


def test_more_time_is_for_the_occurrence_that_it_was_asked_for_and_the_next_one_begins_as_the_words_say() -> None:
    case = monthly()
    asked = ExtensionRequested(task=T1, name=NAME, requested_by=LEAD, requested_day=date(2021, 5, 20), reasons="Thiếu số liệu")
    case.register(asked, X1, on(12, 4))
    assert case.late == []
    [granted] = case.register(ExtensionGranted(last_good_day=date(2021, 5, 20)), X1, on(13, 4))
    assert isinstance(granted, DeadlineChanged)
    assert (granted.occurrence, granted.due, granted.kind) == (1, until(20, 5), "granted")
    assert told(case.tick(on(15, 4))) == ["set"]
    [met] = report(case, 16, 4)
    assert isinstance(met, DeadlineMet)
    assert (met.occurrence, met.on_time) == (1, True)
    case.tick(on(15, 5))
    assert standing(case) == [("21/5", True), ("15/5", None), ("15/6", None)]


def test_more_time_that_is_asked_for_after_an_instant_is_for_the_next_occurrence() -> None:
    case = monthly()
    case.tick(on(20, 4))
    asked = ExtensionRequested(task=T1, name=NAME, requested_by=LEAD, requested_day=date(2021, 5, 20), reasons="Thiếu số liệu")
    case.register(asked, X1, on(20, 4))
    case.register(ExtensionGranted(last_good_day=date(2021, 5, 20)), X1, on(21, 4))
    assert (case.late, standing(case)) == ([], [("15/4", None), ("21/5", None)])


def test_a_series_goes_on_for_the_new_lead_and_what_was_met_stays_with_the_old_one() -> None:
    case = monthly()
    report(case, 8)
    case.tick(on(20, 5))
    said = case.register(TaskReassigned(lead=OTHER, coordinating=(HELPER,)), T1, on(21, 5))
    assert [(each.occurrence, each.lead) for each in said] == [(2, OTHER), (3, OTHER)]
    case.tick(on(20, 6))
    assert [each.terms.lead for each in case.lives.values() if each.terms] == [LEAD, OTHER, OTHER, OTHER]


def test_a_plan_that_is_returned_opens_its_own_occurrence_only() -> None:
    case = Case()
    case.issue(issued_on=on(5))
    case.assign(clause(MONTHLY, NAME, "plan-submitted"))
    for plan, day, month in ((P1, 10, 4), (P2, 10, 5)):
        case.register(PlanSubmitted(task=T1, submitted_by=LEAD, stage="final", title="Kế hoạch"), plan, on(day, month))
        case.tick(on(day + 6, month))
    [opened] = case.register(PlanReturned(reasons="Thiếu"), P2, on(17, 5))
    assert isinstance(opened, DeadlineChanged)
    assert (opened.occurrence, opened.is_open_again) == (2, True)


# Other words


def test_other_words_take_over_the_occurrence_ahead_and_those_that_have_passed_stay() -> None:
    case = monthly()
    report(case, 8)
    case.tick(on(20, 5))
    [changed] = case.register(DeadlineClarified(name=NAME, phrase="trước ngày 25 hằng tháng"), T1, on(20, 5))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.occurrence, changed.why, changed.previous_due, changed.due) == (3, "clarified", before(15, 6), before(25, 5))
    case.tick(on(26, 5))
    assert standing(case) == [("15/4", True), ("15/5", None), ("25/5", None), ("25/6", None)]


def test_words_that_name_one_day_end_the_series() -> None:
    case = monthly()
    case.tick(on(20, 4))
    [changed] = case.register(DeadlineClarified(name=NAME, phrase="trước ngày 30/6/2021"), T1, on(21, 4))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.occurrence, changed.due, changed.period) == (2, before(30, 6), None)
    assert told(case.tick(on(30, 12))) == ["missed"]


def test_words_without_a_day_leave_the_occurrence_ahead_open() -> None:
    case = monthly()
    case.tick(on(20, 4))
    case.register(DeadlineClarified(name=NAME, phrase="định kỳ hằng tháng"), T1, on(21, 4))
    assert (due(case, 2), case.tick(on(30, 12))) == (None, [])


def test_a_day_that_becomes_known_counts_from_then_on() -> None:
    case = monthly("định kỳ hằng tháng")
    report(case, 20, 6)
    case.register(DeadlineClarified(name=NAME, phrase=MONTHLY), T1, on(20, 9))
    assert (due(case, 1), life(case, 1).met) == (before(15, 10), None)
    case.tick(on(15, 10))
    assert standing(case) == [("15/10", None), ("15/11", None)]


# Properties

FACTS: Sequence[tuple[Contract, UUID]] = (
    *((REPORT, UUID(int=n)) for n in range(3)),
    (DeadlineClarified(name=NAME, phrase="trước ngày 25 hằng tháng"), T1),
    (DeadlineClarified(name=NAME, phrase="trước thứ Sáu hằng tuần"), T1),
    (DeadlineClarified(name=NAME, phrase="trước ngày 30/6/2021"), T1),
    (DeadlineClarified(name=NAME, phrase="định kỳ hằng tháng"), T1),
    (TaskReassigned(lead=HELPER), T1),
    (TaskSuspended(reason="Chờ"), T1),
    (TaskResumed(), T1),
    (TaskResumed(new_days=(NewDay(name=NAME, last_good_day=date(2021, 7, 28)),)), T1),
    (TaskConfirmed(), T1),
    (TaskReopened(reason="Chưa đạt"), T1),
    (TaskCancelled(reason="Thôi"), T1),
    (ExtensionRequested(task=T1, name=NAME, requested_by=LEAD, requested_day=date(2021, 7, 1), reasons="Chờ"), X1),
    (ExtensionGranted(last_good_day=date(2021, 7, 1)), X1),
)


def registered(story: list[tuple[tuple[Contract, UUID], int, int]]) -> list[tuple[tuple[Contract, UUID], int, int]]:
    """Return the facts of a story that the registrar would take: nothing is said of a task that is over but that it is opened again."""
    kept, is_over = [], False
    for each in story:
        data = each[0][0]
        if not is_over or isinstance(data, TaskReopened):
            kept.append(each)
            is_over = isinstance(data, TaskConfirmed | TaskCancelled)
    return kept


STORIES = st.lists(st.tuples(st.sampled_from(FACTS), st.integers(0, 20), st.integers(0, 3)), max_size=12).map(registered)
END = on(30, 12)


def play(case: Case, story: Sequence[tuple[tuple[Contract, UUID], int, int]], *, ticks: bool = True) -> Case:
    now = on(5)
    for (data, subject), days, earlier in story:
        now += timedelta(days=days)
        case.register(data, subject, now - timedelta(days=earlier), now)
        if ticks:
            case.tick(now)
    case.tick(END)
    return case


def state(case: Case) -> dict[UUID, object]:
    return {key: (each.terms, each.kind, each.met.fact if each.met else None) for key, each in case.lives.items() if each.withdrawn is None}


@given_any(story=STORIES)
@settings(max_examples=150)
def test_every_history_of_a_series_folds_and_no_event_comes_twice(story: list[tuple[tuple[Contract, UUID], int, int]]) -> None:
    case = play(monthly(), story)
    assert fold(case.facts) == case.dossiers[D1]
    by_deadline: dict[UUID, list[object]] = {}
    for said in case.said:
        by_deadline.setdefault(said.data.deadline, []).append(said)
    assert {key: DEADLINE.fold(each) for key, each in by_deadline.items()} == case.lives  # type: ignore[arg-type]
    assert len({said.id for said in case.said}) == len(case.said)


@given_any(story=STORIES)
@settings(max_examples=150)
def test_occurrences_are_contiguous_none_early_and_one_fact_meets_one(story: list[tuple[tuple[Contract, UUID], int, int]]) -> None:
    case = play(monthly(), story)
    seen: set[int] = set()
    may_end_unsaid = any(isinstance(data, ExtensionGranted | TaskConfirmed) or getattr(data, "new_days", ()) for (data, _), _, _ in story)
    for said in case.said:
        number = said.data.occurrence or 1
        if isinstance(said.data, DeadlineSet) and number not in seen:
            # One that is ahead when its task ends, or has more time than the next, may end unsaid; later ones follow all the same.
            assert number == len(seen) + 1 or (may_end_unsaid and number > max(seen))
            seen.add(number)
        if isinstance(said.data, DeadlineMissed):
            assert said.data.due
            assert said.since >= said.data.due
    met = [each.met.fact for each in case.lives.values() if each.met and each.withdrawn is None]
    assert len(set(met)) == len(met)


@given_any(story=STORIES)
@settings(max_examples=150)
def test_it_does_not_matter_when_the_timers_ran(story: list[tuple[tuple[Contract, UUID], int, int]]) -> None:
    assert state(play(monthly(), story)) == state(play(monthly(), story, ticks=False))


@given_any(story=STORIES, index=st.integers(0, 11))
@settings(max_examples=150)
def test_a_voided_fact_leaves_no_trace_in_a_series(story: list[tuple[tuple[Contract, UUID], int, int]], index: int) -> None:
    with_mistake = play(monthly(), story)
    if index < len(story):
        with_mistake.register(FactVoided(version=index + 3, reason="Nhầm"), D1, END)
    with_mistake.tick(END)
    without = monthly()
    now = on(5)
    for n, ((data, subject), days, earlier) in enumerate(story):
        now += timedelta(days=days)
        if n == index:
            without.facts.append(with_mistake.facts[n + 2])
        else:
            without.register(data, subject, now - timedelta(days=earlier), now)
            without.tick(now)
    without.tick(END)
    assert state(with_mistake) == state(without)


@given_any(days=st.lists(st.integers(0, 260), max_size=12), order=st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_reports_in_any_order_come_to_the_same(days: list[int], order: object) -> None:
    """Registered at once in the end, in whatever order: what counts is the receipt."""
    received = [on(5) + timedelta(days=day, minutes=n) for n, day in enumerate(days)]
    results = []
    for shuffled in (received, sorted(received, key=lambda _: order.random())):  # type: ignore[attr-defined]
        case = monthly()
        for n, at in enumerate(shuffled):
            case.register(REPORT, UUID(int=n), at, END)
        case.tick(END)
        results.append([(each.terms, each.met and each.met.met_at) for each in case.lives.values()])
    assert results[0] == results[1]


@given_any(phrase=st.sampled_from([MONTHLY, "trước thứ Sáu hằng tuần", "trước ngày 20 của tháng cuối quý"]), days=st.integers(1, 700))
@settings(max_examples=60)
def test_all_instants_up_to_now_and_the_one_ahead_have_an_occurrence(phrase: str, days: int) -> None:
    case, now = monthly(phrase), on(5) + timedelta(days=days)
    case.tick(now)
    expected: list[datetime] = []
    at = midnight(date(2021, 4, 5))
    while not expected or expected[-1] <= now:
        at = next_occurrence(phrase, after=at).due or at
        expected.append(at)
    assert [each.terms.due for each in case.lives.values() if each.terms] == expected
    assert [each.data.due for each in case.said if isinstance(each.data, DeadlineMissed)] == expected[:-1]
