"""The office's rules for the life of a task: what may be said of it in each state, and by whom."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest

from services.directives.domain import Directive, Fact, FactData, Task
from shared.contracts.directives import DeadlineClause
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused
from shared.contracts.tasks import (
    NewDay,
    ProgressReported,
    TaskAccepted,
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
from shared.contracts.work import PlanApproved, PlanReturned
from tests.support import facts
from tests.support.facts import COMMITTEE, CONFERENCE, DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, REPORT, REQUEST, SPACE, STRANGER, TASK
from tests.support.scenario import Scenario, given

DRAFT_DEADLINE = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
FINAL_DEADLINE = DeadlineClause(name="chính thức", met_by="plan-submitted", phrase="trong tháng 4 năm 2021", plan_stage="final")
OTHER_PLAN = UUID(int=SPACE.int + 1)
OTHER_REQUEST = UUID(int=SPACE.int + 2)


def said(data: FactData, subject: UUID = TASK) -> Fact:
    return facts.fact(data, subject=subject)


BEGUN = (
    facts.fact(facts.directive()),
    said(facts.task(deadlines=(DRAFT_DEADLINE, FINAL_DEADLINE))),
    said(facts.plan(is_final=True), PLAN),
    said(facts.requested(), REQUEST),
)
ACCEPTED = said(TaskAccepted(accepted_by=HOME_AFFAIRS))
DECLINED = said(TaskDeclined(declined_by=HOME_AFFAIRS, reason="Không đúng chức năng"))
SUSPENDED = said(TaskSuspended(reason="Chờ hướng dẫn của tỉnh"))
RESUMED = said(TaskResumed())
COMPLETED = said(TaskCompleted(completed_by=HOME_AFFAIRS))
CONFIRMED = said(TaskConfirmed())
CANCELLED = said(TaskCancelled(reason="Không còn cần thiết"))
REOPENED = said(TaskReopened(reason="Làm lại theo chỉ số mới"))
REASSIGNED = said(TaskReassigned(lead=OFFICE, coordinating=(HOME_AFFAIRS,)))

STATES: dict[str, tuple[Fact, ...]] = {
    "assigned": (),
    "accepted": (ACCEPTED,),
    "suspended": (SUSPENDED,),
    "declined": (DECLINED,),
    "completed": (COMPLETED,),
    "confirmed": (COMPLETED, CONFIRMED),
    "cancelled": (CANCELLED,),
}
"""How a task comes into each state."""

WORD: dict[str, Fact] = {
    "received": said(TaskReceived(received_by=HOME_AFFAIRS)),
    "accepted": ACCEPTED,
    "declined": DECLINED,
    "progress": said(ProgressReported(reported_by=OFFICE, content="Đang lấy ý kiến", percent=40)),
    "plan": said(facts.plan(), OTHER_PLAN),
    "report": said(facts.report(), REPORT),
    "conference": said(facts.scheduled(), CONFERENCE),
    "request": said(facts.requested(name="chính thức"), OTHER_REQUEST),
    "completed": COMPLETED,
    "confirmed": CONFIRMED,
    "reopened": REOPENED,
    "reassigned": REASSIGNED,
    "suspended": SUSPENDED,
    "resumed": RESUMED,
    "cancelled": CANCELLED,
    "plan returned": said(PlanReturned(reasons="Thiếu giải pháp"), PLAN),
    "plan approved": said(PlanApproved(), PLAN),
    "clarified": said(DeadlineClarified(name="dự thảo", phrase="trước ngày 20/4/2021")),
    "granted": said(ExtensionGranted(last_good_day=date(2021, 4, 20)), REQUEST),
    "refused": said(ExtensionRefused(reason="Không đủ căn cứ"), REQUEST),
}
"""What may be said of a task."""

HANDED_IN = {"received", "progress", "plan", "report", "conference"}
ANSWERED = {"plan returned", "plan approved", "clarified", "granted", "refused"}

ALLOWED: dict[str, set[str]] = {
    "assigned": HANDED_IN | ANSWERED | {"accepted", "declined", "request", "completed", "reassigned", "suspended", "cancelled"},
    "accepted": HANDED_IN | ANSWERED | {"request", "completed", "reassigned", "suspended", "cancelled"},
    "suspended": HANDED_IN | ANSWERED | {"accepted", "declined", "request", "completed", "reassigned", "resumed", "cancelled"},
    "declined": ANSWERED | {"reassigned", "reopened", "cancelled"},
    "completed": HANDED_IN | ANSWERED | {"confirmed", "reopened", "cancelled"},
    "confirmed": {"reopened"},
    "cancelled": {"reopened"},
}

CODES = {
    "accepted": "task-already-accepted",
    "suspended": "task-already-suspended",
    "declined": "task-declined",
    "completed": "task-already-completed",
    "confirmed": "task-confirmed",
    "cancelled": "task-cancelled",
}
WANTED_STATE = {"confirmed": "task-not-completed", "reopened": "task-still-open", "resumed": "task-not-suspended"}


def after(*names: str) -> Scenario:
    return given(*BEGUN, *(fact for name in names for fact in STATES[name]))


def task_of(story: Scenario) -> Task:
    directive = story.registry.states[DIRECTIVE]
    assert isinstance(directive, Directive)
    return directive.tasks[TASK]


@pytest.mark.parametrize("state", sorted(STATES))
def test_the_history_of_a_state_leads_there(state: str) -> None:
    assert task_of(after(state)).status == state


@pytest.mark.parametrize(("state", "word"), [(state, word) for state in STATES for word in sorted(ALLOWED[state])])
def test_what_a_state_allows_is_registered(state: str, word: str) -> None:
    after(state).when(WORD[word]).then_registered()


@pytest.mark.parametrize(("state", "word"), [(state, word) for state in STATES for word in WORD if word not in ALLOWED[state]])
def test_what_a_state_does_not_allow_is_refused_with_its_reason(state: str, word: str) -> None:
    code = CODES[state] if state in ("confirmed", "cancelled") else WANTED_STATE.get(word) or CODES[state]
    pointer = "/data/task" if word in ("plan", "report", "request") else "/data/tasks/0" if word == "conference" else "/subject"
    after(state).when(WORD[word]).then_refused(code, pointer)


@pytest.mark.parametrize(
    "word", sorted(set(WORD) - {"plan", "report", "conference", "request", "plan returned", "plan approved", "granted", "refused"})
)
def test_a_word_on_a_task_that_was_not_assigned_yet_waits_for_it(word: str) -> None:
    given(BEGUN[0]).when(WORD[word]).then_waits("task", TASK)


@pytest.mark.parametrize("word", ["accepted", "declined"])
def test_a_lead_that_accepted_before_the_suspension_keeps_its_word(word: str) -> None:
    after("accepted", "suspended").when(WORD[word]).then_refused("task-already-accepted", "/subject")


def test_a_task_that_was_accepted_while_suspended_is_accepted_once_it_is_resumed() -> None:
    assert task_of(given(*BEGUN, SUSPENDED, ACCEPTED)).status == "suspended"
    assert task_of(given(*BEGUN, SUSPENDED, ACCEPTED, RESUMED)).status == "accepted"


def test_a_task_that_nobody_accepted_is_assigned_once_it_is_resumed() -> None:
    assert task_of(given(*BEGUN, SUSPENDED, RESUMED)).status == "assigned"


def test_each_unit_receives_a_task_once() -> None:
    by_office, by_home_affairs = said(TaskReceived(received_by=OFFICE)), WORD["received"]
    story = given(*BEGUN, by_office).when(by_home_affairs).then_registered()
    story.when(by_office).then_refused("task-already-received", "/data/received_by")
    story.when(by_home_affairs).then_refused("task-already-received", "/data/received_by")


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (TaskReceived(received_by=COMMITTEE), "/data/received_by"),
        (ProgressReported(reported_by=COMMITTEE, content="Xong"), "/data/reported_by"),
    ],
)
def test_only_units_that_answer_for_a_task_receive_it_and_report_on_it(data: FactData, pointer: str) -> None:
    given(*BEGUN).when(said(data)).then_refused("unit-not-responsible", pointer)


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (TaskAccepted(accepted_by=OFFICE), "/data/accepted_by"),
        (TaskDeclined(declined_by=OFFICE, reason="Không đúng chức năng"), "/data/declined_by"),
        (TaskCompleted(completed_by=OFFICE), "/data/completed_by"),
    ],
)
def test_only_the_lead_unit_accepts_declines_and_completes(data: FactData, pointer: str) -> None:
    given(*BEGUN).when(said(data)).then_refused("unit-not-lead", pointer)


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (TaskReceived(received_by=STRANGER), "/data/received_by"),
        (TaskReassigned(lead=STRANGER), "/data/lead"),
        (TaskReassigned(lead=OFFICE, coordinating=(STRANGER,)), "/data/coordinating/0"),
    ],
)
def test_a_word_names_registered_units(data: FactData, pointer: str) -> None:
    given(*BEGUN).when(said(data)).then_refused("unit-unknown", pointer)


def test_after_a_reassignment_the_new_lead_speaks() -> None:
    story = given(*BEGUN, REASSIGNED).when(ACCEPTED).then_refused("unit-not-lead", "/data/accepted_by")
    story.when(said(TaskAccepted(accepted_by=OFFICE))).then_registered()


def test_a_unit_that_a_task_was_taken_from_speaks_for_it_no_more() -> None:
    taken = said(TaskReassigned(lead=OFFICE))
    given(*BEGUN, taken).when(said(facts.report(), REPORT)).then_refused("unit-not-responsible", "/data/submitted_by")


def test_a_unit_that_stays_need_not_receive_the_task_again() -> None:
    story = given(*BEGUN, WORD["received"], said(TaskReceived(received_by=OFFICE)), said(TaskReassigned(lead=OFFICE)))
    assert task_of(story).received == (OFFICE,)


def test_a_unit_that_comes_back_receives_the_task_again() -> None:
    back = said(TaskReassigned(lead=HOME_AFFAIRS))
    given(*BEGUN, WORD["received"], said(TaskReassigned(lead=OFFICE)), back).when(WORD["received"]).then_registered()


def test_a_lead_that_stays_need_not_accept_again() -> None:
    assert task_of(given(*BEGUN, ACCEPTED, said(TaskReassigned(lead=HOME_AFFAIRS)))).status == "accepted"


def test_a_new_lead_has_not_accepted_yet() -> None:
    assert task_of(given(*BEGUN, ACCEPTED, REASSIGNED)).status == "assigned"


def test_a_suspended_task_stays_suspended_in_other_hands() -> None:
    assert task_of(given(*BEGUN, ACCEPTED, SUSPENDED, REASSIGNED)).status == "suspended"
    assert task_of(given(*BEGUN, ACCEPTED, SUSPENDED, REASSIGNED, RESUMED)).status == "assigned"


def test_a_declined_task_may_be_given_to_the_same_unit_again() -> None:
    assert task_of(given(*BEGUN, DECLINED, said(TaskReassigned(lead=HOME_AFFAIRS)))).status == "assigned"


def test_a_new_lead_does_not_coordinate_with_itself() -> None:
    both = said(TaskReassigned(lead=OFFICE, coordinating=(OFFICE,)))
    given(*BEGUN).when(both).then_refused("lead-also-coordinating", "/data/coordinating")


def test_a_new_coordinating_unit_is_named_once() -> None:
    twice = said(TaskReassigned(lead=HOME_AFFAIRS, coordinating=(OFFICE, OFFICE)))
    given(*BEGUN).when(twice).then_refused("named-twice", "/data/coordinating/1")


def new_days(*days: NewDay) -> Sequence[tuple[tuple[Fact, ...], Fact]]:
    return (((), said(TaskReassigned(lead=OFFICE, new_days=days))), ((SUSPENDED,), said(TaskResumed(new_days=days))))


@pytest.mark.parametrize(("before", "word"), new_days(NewDay(name=" Dự  thảo ", last_good_day=date(2021, 4, 20))))
def test_a_new_day_is_given_to_a_deadline_by_its_name(before: tuple[Fact, ...], word: Fact) -> None:
    given(*BEGUN, *before).when(word).then_registered()


@pytest.mark.parametrize(("before", "word"), new_days(NewDay(name="báo cáo", last_good_day=date(2021, 4, 20))))
def test_a_new_day_is_not_given_to_a_deadline_that_the_task_does_not_have(before: tuple[Fact, ...], word: Fact) -> None:
    given(*BEGUN, *before).when(word).then_refused("deadline-unknown", "/data/new_days/0/name")


@pytest.mark.parametrize(
    ("before", "word"),
    new_days(NewDay(name="dự thảo", last_good_day=date(2021, 4, 20)), NewDay(name="Dự thảo", last_good_day=date(2021, 4, 21))),
)
def test_a_deadline_gets_one_new_day(before: tuple[Fact, ...], word: Fact) -> None:
    given(*BEGUN, *before).when(word).then_refused("named-twice", "/data/new_days/1")


@pytest.mark.parametrize(("before", "word"), new_days(NewDay(name="dự thảo", last_good_day=date(2021, 4, 1))))
def test_a_new_day_does_not_lie_before_the_directive(before: tuple[Fact, ...], word: Fact) -> None:
    dated = facts.fact(facts.directive(issued_on=date(2021, 4, 2)))
    given(dated, *BEGUN[1:], *before).when(word).then_refused("before-issue", "/data/new_days/0/last_good_day")


def test_a_reopened_task_begins_anew() -> None:
    story = given(*BEGUN, ACCEPTED, WORD["received"], COMPLETED, REOPENED).when(WORD["received"]).then_registered()
    assert task_of(story.when(ACCEPTED).then_registered()).deadlines == ("dự thảo", "chính thức")


def test_a_reopened_task_may_get_new_deadlines_in_place_of_the_old_ones() -> None:
    anew = DeadlineClause(name="Làm lại", met_by="task-completed", phrase="trong tháng 5 năm 2021")
    story = given(*BEGUN, COMPLETED, said(TaskReopened(reason="Làm lại", deadlines=(anew,))))
    assert task_of(story).deadlines == ("làm lại",)


def test_the_new_deadlines_of_a_reopened_task_have_different_names() -> None:
    twice = said(TaskReopened(reason="Làm lại", deadlines=(DRAFT_DEADLINE, DRAFT_DEADLINE)))
    given(*BEGUN, COMPLETED).when(twice).then_refused("deadline-named-twice", "/data/deadlines/1/name")


def test_a_request_for_more_time_lapses_when_its_task_is_reopened() -> None:
    story = given(*BEGUN, COMPLETED, REOPENED).when(WORD["granted"]).then_refused("extension-not-open", "/subject")
    story.when(said(facts.requested(), OTHER_REQUEST)).then_registered()
