"""Whatever was registered by mistake leaves no trace, and an amended calendar moves what is still to come, once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from services.deadlines.domain.calendar import RegisteredYear
from services.deadlines.domain.calendars import CalendarFact
from services.deadlines.domain.evolving import fold
from services.deadlines.domain.life import DEADLINE, Life
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineChanged, DeadlineMet, DeadlineMissed
from shared.contracts.directives import DirectiveCorrected, DirectiveRecalled, TaskAssigned
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRequested
from shared.contracts.tasks import (
    NewDay,
    TaskCancelled,
    TaskCompleted,
    TaskConfirmed,
    TaskDeclined,
    TaskReassigned,
    TaskReceived,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)
from shared.contracts.voiding import FactVoided
from shared.contracts.work import (
    ConferenceCancelled,
    ConferenceHeld,
    ConferenceRescheduled,
    ConferenceScheduled,
    PlanReturned,
    PlanSubmitted,
    ReportSubmitted,
)
from tests.support.lives_of_directives import C1, D1, HELPER, LEAD, OTHER, P1, P2, T1, T2, X1, Case, clause, on, told, until

CLAUSES = (
    clause("trước ngày 16/4/2021"),
    clause("05 ngày làm việc kể từ ngày nhận được văn bản", "theo ngày nhận", "report-submitted"),
    clause("trong thời hạn 10 ngày kể từ ngày ký", "theo ngày ký", "task-completed"),
    clause("trong tháng 4 năm 2021", "hội nghị", "conference-held"),
    clause("đúng thời gian quy định", "chưa rõ", "conference-scheduled"),
)


def assigned() -> TaskAssigned:
    return TaskAssigned(number="2", content="Việc khác", lead=OTHER, deliverable="other", deadlines=CLAUSES[:2])


def request() -> ExtensionRequested:
    return ExtensionRequested(task=T1, name="dự thảo", requested_by=LEAD, requested_day=date(2021, 4, 22), reasons="Thiếu số liệu")


def conference(day: int) -> ConferenceScheduled:
    return ConferenceScheduled(tasks=(T1,), scheduled_by=LEAD, title="Hội nghị", starts_at=on(day), place="Hội trường")


# Facts of a directive and the ids that they are about; the registrar would refuse some orders of them, the dossier takes any.
FACTS: Sequence[tuple[Contract, UUID]] = (
    (DirectiveCorrected(correction="Ghi ngày", issued_on=date(2021, 4, 7)), D1),
    (DirectiveRecalled(reason="Nhầm"), D1),
    (assigned(), T2),
    (DeadlineClarified(name="chưa rõ", phrase="trước ngày 20/4/2021"), T1),
    (DeadlineClarified(name="dự thảo", phrase="trong thời hạn 12 ngày kể từ ngày ký"), T1),
    (TaskReceived(received_by=LEAD), T1),
    (TaskReceived(received_by=HELPER), T1),
    (TaskDeclined(declined_by=LEAD, reason="Không thuộc thẩm quyền"), T1),
    (TaskReassigned(lead=HELPER, new_days=(NewDay(name="dự thảo", last_good_day=date(2021, 4, 19)),)), T1),
    (TaskSuspended(reason="Chờ"), T1),
    (TaskResumed(), T1),
    (TaskResumed(new_days=(NewDay(name="theo ngày ký", last_good_day=date(2021, 4, 28)),)), T1),
    (TaskCompleted(completed_by=LEAD), T1),
    (TaskConfirmed(), T1),
    (TaskReopened(reason="Chưa đạt"), T1),
    (TaskReopened(reason="Chưa đạt", deadlines=(clause("trước ngày 29/4/2021"),)), T1),
    (TaskCancelled(reason="Thôi"), T1),
    (PlanSubmitted(task=T1, submitted_by=LEAD, stage="draft", title="Dự thảo"), P1),
    (PlanSubmitted(task=T1, submitted_by=LEAD, stage="final", title="Kế hoạch"), P2),
    (PlanReturned(reasons="Thiếu"), P1),
    (ReportSubmitted(task=T1, submitted_by=LEAD, title="Báo cáo"), P2),
    (ReportSubmitted(task=T2, submitted_by=OTHER, title="Báo cáo"), P1),
    (conference(28), C1),
    (ConferenceRescheduled(rescheduled_by=LEAD, starts_at=on(5, 5)), C1),
    (ConferenceCancelled(cancelled_by=LEAD, reason="Thôi"), C1),
    (ConferenceHeld(held_at=on(28), reported_by=LEAD), C1),
    (request(), X1),
    (ExtensionGranted(last_good_day=date(2021, 4, 22)), X1),
)
STORIES = st.lists(st.tuples(st.sampled_from(FACTS), st.integers(0, 60), st.integers(0, 40)), max_size=12)
END = on(30, 6)


def open_case() -> Case:
    case = Case()
    case.issue(issued_on=on(5))
    case.assign(*CLAUSES)
    return case


def play(case: Case, story: Sequence[tuple[tuple[Contract, UUID], int, int]]) -> Case:
    """Register the story's facts half a day apart, each having been received some hours before; the clock ticks between."""
    now = on(5)
    for (data, subject), apart, earlier in story:
        now += timedelta(hours=apart)
        case.register(data, subject, now - timedelta(hours=earlier), now)
        case.tick(now)
    return case


def state(life: Life) -> tuple[Any, ...]:
    """Return what a deadline has come to, whatever was said on the way."""
    met = (life.met.fact, life.met.met_at, life.met.on_time) if life.met else None
    terms = (life.terms.due, life.terms.lead, life.terms.coordinating) if life.terms else None
    # "Missed" stands only until work that was on time after all corrects it.
    is_missed = life.missed is not None and (life.met is None or life.met.on_time is False)
    return (terms, life.kind, life.phrase, met, is_missed, life.withdrawn is not None)


def states(case: Case) -> dict[UUID, tuple[Any, ...]]:
    case.tick(END)
    return {deadline: state(life) for deadline, life in case.lives.items() if life.withdrawn is None}


@given_any(story=STORIES)
@settings(max_examples=150)
def test_every_history_folds_to_the_dossier_and_lives_that_it_came_to(story: list[tuple[tuple[Contract, UUID], int, int]]) -> None:
    case = play(open_case(), story)
    assert fold(case.facts) == case.dossiers[D1]
    by_deadline: dict[UUID, list[Any]] = {}
    for said in case.said:
        by_deadline.setdefault(said.data.deadline, []).append(said)
    assert {deadline: DEADLINE.fold(said) for deadline, said in by_deadline.items()} == case.lives
    assert len({said.id for said in case.said}) == len(case.said)


@given_any(story=STORIES)
@settings(max_examples=150)
def test_a_fact_that_comes_again_says_nothing_more(story: list[tuple[tuple[Contract, UUID], int, int]]) -> None:
    case = play(open_case(), story)
    case.tick(END)
    before = len(case.said)
    desk_facts = list(case.facts)
    case.amend(at=END)
    assert (len(case.said), case.facts) == (before, desk_facts)


@given_any(story=STORIES)
@settings(max_examples=150)
def test_nothing_fires_before_its_instant_nor_after_its_deadline_ended(story: list[tuple[tuple[Contract, UUID], int, int]]) -> None:
    case = play(open_case(), story)
    case.tick(END)
    lives: dict[UUID, Life] = {}
    for said in case.said:
        life = lives.get(said.data.deadline, Life())
        stage_at = getattr(said.data, "stage_at", None)
        if stage_at is not None:
            assert said.since >= stage_at
            assert life.met is None
            assert life.withdrawn is None
            assert life.terms is not None
            assert life.terms.due is not None
        lives[said.data.deadline] = DEADLINE.evolve(life, said)


@given_any(story=STORIES, index=st.integers(0, 11))
@settings(max_examples=300)
def test_a_voided_fact_leaves_no_trace_but_the_journal(story: list[tuple[tuple[Contract, UUID], int, int]], index: int) -> None:
    with_mistake = play(open_case(), story)
    if index < len(story):
        with_mistake.register(FactVoided(version=index + 3, reason="Nhầm"), D1, on(20, 6))
    # Receipts and registrations stay where they were: the fact is left out, the time that passed is not.
    without = open_case()
    now = on(5)
    for n, ((data, subject), apart, earlier) in enumerate(story):
        now += timedelta(hours=apart)
        if n == index:
            without.facts.append(with_mistake.facts[n + 2])
        else:
            without.register(data, subject, now - timedelta(hours=earlier), now)
            without.tick(now)
    assert states(with_mistake) == states(without)


@given_any(story=STORIES)
@settings(max_examples=100)
def test_facts_of_another_directive_between_change_nothing(story: list[tuple[tuple[Contract, UUID], int, int]]) -> None:
    alone, other = play(open_case(), story), Case(key=X1)
    other.issue(issued_on=on(5))
    beside = open_case()
    now = on(5)
    for (data, subject), apart, earlier in story:
        now += timedelta(hours=apart)
        other.assign(*CLAUSES, task=T2)
        beside.register(data, subject, now - timedelta(hours=earlier), now)
        beside.tick(now)
    assert [said.data for said in alone.said] == [said.data for said in beside.said]


def test_a_voided_assignment_withdraws_its_deadlines_and_a_new_one_sets_them_again() -> None:
    case = open_case()
    said = case.register(FactVoided(version=2, reason="Nhầm"), D1, on(6))
    assert told(said) == ["withdrawn"] * 5
    assert told(case.assign(CLAUSES[0], received=on(7))) == ["set"]
    assert len({each.id for each in case.said}) == len(case.said)


# Calendars


def year(version: int, *off: date, worked: Sequence[date] = (), at: datetime) -> CalendarFact:
    days = {date(2021, 4, 21): "Giỗ Tổ", date(2021, 4, 30): "Chiến thắng", date(2021, 5, 3): "Nghỉ bù", **dict.fromkeys(off, "Hoán đổi")}
    registered = RegisteredYear(year=2021, version=version, days_off=days, working_days=frozenset(worked))
    return CalendarFact(fact=f"calendar-{version}", registered_at=at, year=registered)


def test_a_deadline_missed_because_of_a_mistaken_reopening_is_met_again_and_the_alarm_is_corrected() -> None:
    given = open_case()
    given.register(PlanSubmitted(task=T1, submitted_by=LEAD, stage="draft", title="Kế hoạch"), P1, on(10))
    given.register(TaskReopened(reason="Chưa đạt"), T1, on(13))
    [missed] = [said for said in given.tick(until(15)) if said.name == "dự thảo"]
    assert isinstance(missed, DeadlineMissed)
    [alarm] = [said.id for said in given.said if said.data is missed]
    said = given.register(FactVoided(version=4, reason="Nhầm"), D1, on(16))
    [met] = [each for each in said if each.name == "dự thảo"]
    assert isinstance(met, DeadlineMet)
    assert (met.met_at, met.on_time, met.corrects) == (on(10), True, alarm)


def test_an_amended_calendar_moves_a_period_that_is_still_to_come() -> None:
    case = Case()
    case.issue(issued_on=on(5))
    case.assign(clause("trong thời hạn 10 ngày kể từ ngày ký"), clause("trước ngày 16/4/2021", "cố định"))
    [changed] = case.amend(year(1, date(2021, 4, 15), date(2021, 4, 16), at=on(8)), at=on(8))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.why, changed.previous_due, changed.due, changed.fact) == ("calendar-amended", until(15), until(19), "calendar-1")
    assert changed.proof.calendar_version.endswith("+2021.v1")
    assert case.amend(year(1, date(2021, 4, 15), date(2021, 4, 16), at=on(8)), at=on(9)) == []


def test_what_had_passed_or_was_met_before_an_amendment_stays() -> None:
    case = Case()
    case.issue(issued_on=on(5))
    case.assign(clause("trong thời hạn 10 ngày kể từ ngày ký"), clause("trong thời hạn 3 ngày kể từ ngày ký", "qua", "report-submitted"))
    case.register(PlanSubmitted(task=T1, submitted_by=LEAD, stage="final", title="Kế hoạch"), P1, on(7))
    case.tick(on(9))
    assert case.amend(year(1, date(2021, 4, 8), date(2021, 4, 15), at=on(10)), at=on(10)) == []


def test_a_met_deadline_that_is_open_again_counts_by_the_amended_calendar() -> None:
    case = Case()
    case.issue(issued_on=on(5))
    case.assign(clause("trong thời hạn 10 ngày kể từ ngày ký"))
    case.register(PlanSubmitted(task=T1, submitted_by=LEAD, stage="final", title="Kế hoạch"), P1, on(7))
    case.amend(year(1, date(2021, 4, 15), at=on(8)), at=on(8))
    case.register(PlanReturned(reasons="Thiếu"), P1, on(9))
    assert case.due() == until(16)


def test_granted_days_are_not_moved_by_the_calendar() -> None:
    case = Case()
    case.issue(issued_on=on(5))
    case.assign(clause("trong thời hạn 10 ngày kể từ ngày ký"))
    case.register(request(), X1, on(6))
    case.register(ExtensionGranted(last_good_day=date(2021, 4, 22)), X1, on(7))
    assert case.amend(year(1, date(2021, 4, 15), date(2021, 4, 22), at=on(8)), at=on(8)) == []


def test_a_voided_amendment_gives_the_days_that_would_have_been() -> None:
    case = Case()
    case.issue(issued_on=on(5))
    case.assign(clause("trong thời hạn 10 ngày kể từ ngày ký"))
    first = year(1, date(2021, 4, 15), at=on(8))
    case.amend(first, at=on(8))
    case.amend(at=on(9))
    assert (case.due(), case.life().changes) == (until(15), 2)
    case.amend(first, at=on(10))
    case.amend(at=on(11))
    assert case.due() == until(15)
    assert len({each.id for each in case.said}) == len(case.said)


# Two tasks of one directive

OF_TASK = [each for each in FACTS if each[1] in (T1, P1, P2, C1, X1) and getattr(each[0], "task", None) != T2]
OTHERS: dict[UUID, UUID] = {each: uuid5(each, "other") for each in (T1, P1, P2, C1, X1)}


def of_other_task(data: Contract) -> Contract:
    """Return the same fact about the other task."""
    if isinstance(data, ConferenceScheduled):
        return msgspec.structs.replace(data, tasks=(OTHERS[T1],))
    return msgspec.structs.replace(data, task=OTHERS[T1]) if hasattr(data, "task") else data


@given_any(data=st.data())
@settings(max_examples=150)
def test_facts_of_different_tasks_may_come_in_any_order(data: st.DataObject) -> None:
    stories = [
        data.draw(st.lists(st.tuples(st.sampled_from(OF_TASK), st.integers(0, 60), st.integers(0, 40)), max_size=8)) for _ in range(2)
    ]
    lines: list[list[tuple[Contract, UUID, datetime, datetime]]] = []
    for is_other, story in enumerate(stories):
        now, line = on(5), []
        for (fact, subject), apart, earlier in story:
            now += timedelta(hours=apart)
            said, about = (of_other_task(fact), OTHERS[subject]) if is_other else (fact, subject)
            line.append((said, about, now - timedelta(hours=earlier), now))
        lines.append(line)
    results = []
    for turns in (data.draw(st.permutations([0] * len(lines[0]) + [1] * len(lines[1]))) for _ in range(2)):
        case = open_case()
        case.assign(*CLAUSES, task=OTHERS[T1])
        pending = [iter(line) for line in lines]
        for turn in turns:
            case.register(*next(pending[turn]))
        results.append({deadline: _without_ids(each) for deadline, each in _by_clause(case).items()})
    assert results[0] == results[1]


def _by_clause(case: Case) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the states by task, name and wording, since a deadline's id may hold the version of the fact that set it."""
    case.tick(END)
    counting = [life for life in case.lives.values() if life.terms is not None and life.withdrawn is None]
    return {(life.terms.task, life.terms.name, life.terms.met_by, life.phrase): state(life) for life in counting if life.terms}


def _without_ids(found: tuple[Any, ...]) -> tuple[Any, ...]:
    terms, kind, phrase, met, *rest = found
    return (terms, kind, phrase, met[1:] if met else None, *rest)
