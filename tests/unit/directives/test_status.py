"""The status of a task on both axes, and the fold of facts into it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directives.domain.board import Board, Fact, fold
from services.directives.domain.status import (
    Deadline,
    Status,
    Work,
    axis_of,
    deadline_time,
    done_at,
    last_good_day,
    met_at,
    status_of,
    work_of,
)
from services.directives.domain.task_life import (
    MILESTONES,
    Milestone,
    TaskState,
    assigned,
    delivered,
    ended,
    evolve,
    taken_back,
)
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause
from shared.contracts.tasks import (
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
from shared.contracts.types import Deliverable
from shared.errors import InvalidMessageError
from tests.support.april import (
    BY_REFERENCE,
    CALENDAR,
    CALENDAR_DUE,
    CALENDAR_TASK,
    CONFERENCE,
    CONFERENCE_TASK,
    DIRECTIVE,
    DRAFT_DUE,
    HELD_DUE,
    HOME_AFFAIRS,
    ISSUED,
    OFFICE,
    PLAN,
    PLAN_TASK,
    REPORT,
    REPORT_TASK,
    TASKS,
    draft,
    hanoi,
    held,
    report,
    scheduled,
)

DRAFT_DEADLINE = Deadline("plan-submitted", "draft", DRAFT_DUE, soon_at=hanoi(13, 0))
FINAL_DEADLINE = Deadline("plan-submitted", "final", HELD_DUE)
UNRESOLVED = Deadline("report-submitted", None, None)
COMPLETION = DeadlineClause(name="Hoàn thành", met_by="task-completed", phrase="trong tháng 4 năm 2021")
COMPLETION_DEADLINE = Deadline("task-completed", None, HELD_DUE)
INSTANTS = st.integers(min_value=0, max_value=60 * 24).map(lambda hours: hanoi(1, 0) + timedelta(hours=hours))


def received(state: TaskState, milestone: Milestone, at: datetime) -> TaskState:
    """Return the state after something was handed in."""
    return delivered(state, milestone, at)


def task(deliverable: Deliverable, clauses: tuple[DeadlineClause, ...] = (), **receipts: datetime) -> TaskState:
    """Return a task after some receipts, named by their milestones."""
    state = TaskState(HOME_AFFAIRS, deliverable, clauses=clauses)
    for milestone in MILESTONES:
        if milestone in receipts:
            state = received(state, milestone, receipts[milestone])
    return state


def plan_task(**receipts: datetime) -> TaskState:
    """Return the plan's task after the receipts named `draft` and `final`."""
    state = assigned(TASKS[PLAN_TASK])
    names: dict[str, Milestone] = {"draft": "plan_draft", "final": "plan_final"}
    for name, at in receipts.items():
        state = received(state, names[name], at)
    return state


def opinion(*facts: tuple[Contract, datetime]) -> TaskState:
    """Return a task that asks for an opinion after some facts about it."""
    state = task("opinion", (COMPLETION,))
    for data, at in facts:
        state = evolve(state, data, at)
    return state


def fact(subject: UUID, at: datetime, data: Contract, version: int = 1, key: UUID = DIRECTIVE) -> Fact:
    """Return a registered fact."""
    return Fact(key, version, subject, at, at, data)


def test_a_task_of_which_nothing_arrived_is_not_started_and_in_time() -> None:
    assert status_of(plan_task(), [DRAFT_DEADLINE], hanoi(10)) == Status("not_started", "in_time", DRAFT_DUE)


def test_a_task_is_due_soon_from_its_first_warning_stage_on() -> None:
    assert status_of(plan_task(), [DRAFT_DEADLINE], hanoi(12, 23)).time == "in_time"
    assert status_of(plan_task(), [DRAFT_DEADLINE], hanoi(13, 0)).time == "due_soon"


def test_a_task_is_overdue_at_the_very_instant_of_its_deadline_and_not_before() -> None:
    assert status_of(plan_task(), [DRAFT_DEADLINE], DRAFT_DUE - timedelta(microseconds=1)).time == "due_soon"
    assert status_of(plan_task(), [DRAFT_DEADLINE], DRAFT_DUE).time == "overdue"


def test_a_draft_puts_a_plan_in_progress_and_its_next_deadline_is_the_final_one() -> None:
    status = status_of(plan_task(draft=hanoi(15, 16)), [DRAFT_DEADLINE, FINAL_DEADLINE], hanoi(20))
    assert status == Status("in_progress", "in_time", HELD_DUE)


def test_a_plan_is_done_with_its_final_submission_and_keeps_whether_it_was_on_time() -> None:
    on_time = plan_task(draft=hanoi(15), final=hanoi(28))
    assert status_of(on_time, [DRAFT_DEADLINE, FINAL_DEADLINE], hanoi(30, month=6)) == Status("done", "on_time", HELD_DUE)
    late = plan_task(draft=hanoi(15), final=hanoi(2, month=5))
    assert status_of(late, [DRAFT_DEADLINE, FINAL_DEADLINE], hanoi(30, month=6)) == Status("done", "late", HELD_DUE)


def test_a_late_draft_makes_a_plan_late_even_when_its_final_submission_was_on_time() -> None:
    state = plan_task(draft=hanoi(17), final=hanoi(28))
    assert status_of(state, [DRAFT_DEADLINE, FINAL_DEADLINE], hanoi(29)).time == "late"


def test_a_final_plan_without_a_draft_also_meets_the_draft_deadline() -> None:
    state = plan_task(final=hanoi(14))
    assert met_at("plan-submitted", "draft", state.receipts) == hanoi(14)
    assert status_of(state, [DRAFT_DEADLINE, FINAL_DEADLINE], hanoi(29)).time == "on_time"


def test_a_draft_does_not_meet_the_deadline_of_the_final_plan() -> None:
    assert met_at("plan-submitted", "final", plan_task(draft=hanoi(14)).receipts) is None


def test_a_plan_of_any_stage_meets_a_deadline_that_names_no_stage() -> None:
    assert met_at("plan-submitted", None, plan_task(draft=hanoi(14), final=hanoi(28)).receipts) == hanoi(14)


@pytest.mark.parametrize(("deliverable", "last"), [("plan", "plan_final"), ("conference", "conference_held"), ("report", "report")])
def test_a_deliverable_is_done_with_its_own_last_event_only(deliverable: Deliverable, last: Milestone) -> None:
    others = task(deliverable, (), **{each: hanoi(10) for each in MILESTONES if each not in (last, "completed")})
    assert work_of(others) == "in_progress"
    assert done_at(received(others, last, hanoi(12))) == hanoi(12)


def test_any_other_deliverable_is_done_when_each_of_its_deadlines_is_met() -> None:
    state = task("other", (CALENDAR, BY_REFERENCE), conference_scheduled=hanoi(20))
    assert work_of(state) == "in_progress"
    assert done_at(received(state, "report", hanoi(22))) == hanoi(22)


def test_a_task_without_deadlines_or_deliverable_is_never_done_by_itself() -> None:
    assert work_of(task("opinion", report=hanoi(20))) == "in_progress"


def test_a_task_whose_deadline_cannot_be_computed_has_no_deadline() -> None:
    state = assigned(TASKS[REPORT_TASK])
    assert status_of(state, [UNRESOLVED], hanoi(30, month=12)) == Status("not_started", "no_deadline", None)
    assert status_of(received(state, "report", hanoi(20)), [UNRESOLVED], hanoi(30)) == Status("done", "no_deadline", None)


def test_one_deadline_by_itself_keeps_whether_it_was_met_on_time() -> None:
    assert deadline_time(DRAFT_DEADLINE, {}, hanoi(14)) == "due_soon"
    assert deadline_time(DRAFT_DEADLINE, {}, hanoi(16)) == "overdue"
    assert deadline_time(DRAFT_DEADLINE, {"plan_draft": hanoi(15)}, hanoi(20)) == "on_time"
    assert deadline_time(DRAFT_DEADLINE, {"plan_draft": hanoi(16, 0)}, hanoi(20)) == "late"


@pytest.mark.parametrize(
    ("due", "day"), [(DRAFT_DUE, "2021-04-15"), (HELD_DUE, "2021-04-30"), (CALENDAR_DUE, "2021-04-29"), (hanoi(16, 17), "2021-04-16")]
)
def test_a_deadline_is_said_as_its_last_good_day(due: datetime, day: str) -> None:
    assert str(last_good_day(due)) == day


def test_the_month_folds_into_the_states_of_its_tasks() -> None:
    said = [(DIRECTIVE, hanoi(5), ISSUED), *((each, hanoi(5), data) for each, data in TASKS.items())]
    said += [(PLAN, hanoi(15), draft()), (CONFERENCE, hanoi(20), scheduled()), (CONFERENCE, hanoi(27, 18), held())]
    said += [(REPORT, hanoi(28), report())]
    facts = [fact(*each, version=version) for version, each in enumerate(said, start=1)]
    works = {task: work_of(state) for task, state in fold(facts).tasks.items()}
    assert works == {PLAN_TASK: "in_progress", CONFERENCE_TASK: "done", CALENDAR_TASK: "done", REPORT_TASK: "done"}


def test_a_fact_about_a_task_that_was_never_assigned_is_bad() -> None:
    with pytest.raises(InvalidMessageError, match="no task"):
        Board().apply(fact(PLAN, hanoi(15), draft()))


def test_a_conference_that_was_never_scheduled_cannot_have_been_held() -> None:
    with pytest.raises(InvalidMessageError, match="no conference"):
        Board().apply(fact(CONFERENCE, hanoi(27), held()))


DONE = TaskCompleted(completed_by=HOME_AFFAIRS)
PUT_OFF = TaskSuspended(reason="Chờ hướng dẫn của tỉnh")


@pytest.mark.parametrize(
    ("said", "work"),
    [
        ([TaskReceived(received_by=HOME_AFFAIRS)], "not_started"),
        ([TaskAccepted(accepted_by=HOME_AFFAIRS)], "in_progress"),
        ([ProgressReported(reported_by=HOME_AFFAIRS, content="Đang lấy ý kiến", percent=40)], "in_progress"),
        ([TaskDeclined(declined_by=HOME_AFFAIRS, reason="Không thuộc thẩm quyền")], "declined"),
        ([TaskDeclined(declined_by=HOME_AFFAIRS, reason="Không thuộc thẩm quyền"), TaskReassigned(lead=OFFICE)], "not_started"),
        ([TaskDeclined(declined_by=HOME_AFFAIRS, reason="Bận"), TaskAccepted(accepted_by=HOME_AFFAIRS)], "in_progress"),
        ([PUT_OFF], "suspended"),
        ([PUT_OFF, TaskResumed()], "not_started"),
        ([PUT_OFF, DONE], "suspended"),
        ([DONE], "awaiting_confirmation"),
        ([DONE, TaskConfirmed()], "done"),
        ([TaskConfirmed()], "done"),
        ([DONE, TaskReopened(reason="Thiếu số liệu")], "reopened"),
        ([DONE, TaskReopened(reason="Thiếu số liệu"), DONE], "awaiting_confirmation"),
        ([TaskCancelled(reason="Không còn cần thiết")], "cancelled"),
        ([TaskCancelled(reason="Nhầm"), TaskReopened(reason="Vẫn cần")], "reopened"),
    ],
)
def test_what_is_said_of_a_task_moves_its_work(said: list[Contract], work: Work) -> None:
    assert work_of(opinion(*((each, hanoi(10 + day)) for day, each in enumerate(said)))) == work


def test_work_that_awaits_confirmation_is_judged_by_when_it_was_handed_in() -> None:
    late = opinion((DONE, hanoi(2, month=5)))
    assert status_of(late, [COMPLETION_DEADLINE], hanoi(20, month=5)) == Status("awaiting_confirmation", "late", HELD_DUE)
    in_time = opinion((DONE, hanoi(28)))
    assert status_of(in_time, [COMPLETION_DEADLINE], hanoi(20, month=5)) == Status("awaiting_confirmation", "on_time", HELD_DUE)


def test_the_issuers_slow_confirmation_makes_nobody_late() -> None:
    state = opinion((DONE, hanoi(28)), (TaskConfirmed(), hanoi(20, month=5)))
    assert done_at(state) == hanoi(28)
    assert status_of(state, [COMPLETION_DEADLINE], hanoi(21, month=5)).time == "on_time"


def test_a_confirmed_task_without_a_word_of_the_unit_is_judged_by_the_confirmation() -> None:
    state = opinion((TaskConfirmed(), hanoi(3, month=5)))
    assert status_of(state, [COMPLETION_DEADLINE], hanoi(4, month=5)).time == "late"
    assert deadline_time(COMPLETION_DEADLINE, state.receipts, hanoi(4, month=5), done_at(state)) == "late"


def test_a_suspended_tasks_clock_stands_still() -> None:
    state = opinion((PUT_OFF, hanoi(20)))
    assert status_of(state, [COMPLETION_DEADLINE], hanoi(20, month=5)) == Status("suspended", "in_time", HELD_DUE)
    overdue_before = opinion((PUT_OFF, hanoi(2, month=5)))
    assert status_of(overdue_before, [COMPLETION_DEADLINE], hanoi(20, month=5)).time == "overdue"


def test_a_cancelled_task_has_no_deadline_any_more() -> None:
    state = opinion((TaskCancelled(reason="Không còn cần thiết"), hanoi(10)))
    assert status_of(state, [COMPLETION_DEADLINE], hanoi(20, month=5)) == Status("cancelled", "no_deadline", None)


def test_a_delivered_plan_stays_done_when_the_unit_says_so_too() -> None:
    state = evolve(plan_task(final=hanoi(14)), DONE, hanoi(15))
    assert (work_of(state), done_at(state)) == ("done", hanoi(14))


def test_reopening_forgets_what_was_handed_in_and_may_bring_new_deadlines() -> None:
    state = evolve(plan_task(draft=hanoi(10), final=hanoi(14)), TaskReopened(reason="Chưa đạt", deadlines=(COMPLETION,)), hanoi(16))
    assert (state.receipts, state.clauses) == ({}, (COMPLETION,))
    assert work_of(delivered(state, "plan_final", hanoi(20))) == "done"
    again = evolve(plan_task(), TaskReopened(reason="Chưa đạt"), hanoi(16))
    assert again.clauses == TASKS[PLAN_TASK].deadlines


def test_a_returned_plan_takes_back_only_what_it_brought_itself() -> None:
    state = delivered(delivered(plan_task(), "plan_draft", hanoi(10), PLAN), "plan_final", hanoi(14), PLAN)
    returned = taken_back(state, PLAN, ("plan_final",))
    assert returned.receipts == {"plan_draft": hanoi(10)}
    assert taken_back(returned, REPORT, ("plan_draft",)) is returned
    other = delivered(state, "plan_final", hanoi(18), REPORT)
    assert taken_back(other, PLAN, ("plan_final",)).receipts["plan_final"] == hanoi(18)


def test_a_task_whose_directive_ended_counts_no_more() -> None:
    state = ended(plan_task(draft=hanoi(10)), hanoi(12), "directive-recalled")
    assert (work_of(state), state.ended_by) == ("cancelled", "directive-recalled")
    assert axis_of(state, state.receipts).settled_at is None


def test_units_that_said_that_they_received_a_task_are_kept() -> None:
    state = opinion((TaskReceived(received_by=HOME_AFFAIRS), hanoi(6)), (TaskReceived(received_by=OFFICE), hanoi(7)))
    assert [(each.unit, each.at) for each in state.received] == [(HOME_AFFAIRS, hanoi(6)), (OFFICE, hanoi(7))]


def test_progress_without_a_percentage_keeps_the_last_one() -> None:
    said = ProgressReported(reported_by=HOME_AFFAIRS, content="Đang làm", percent=40)
    state = opinion((said, hanoi(6)), (ProgressReported(reported_by=HOME_AFFAIRS, content="Vẫn làm"), hanoi(8)))
    assert (state.percent, state.progress_at) == (40, hanoi(8))


receipts = st.lists(st.tuples(st.sampled_from(MILESTONES), INSTANTS), max_size=8)
deadlines = st.lists(
    st.builds(
        Deadline, st.sampled_from(("plan-submitted", "conference-held", "report-submitted", "task-completed")),
        st.sampled_from((None, "draft", "final")), st.none() | INSTANTS, st.none() | INSTANTS,
    ),
    max_size=4,
)  # fmt: skip
deliverables = st.sampled_from(("plan", "conference", "report", "opinion", "other"))


def after(deliverable: Deliverable, arrived: list[tuple[Milestone, datetime]]) -> TaskState:
    """Return a task after some receipts, in the order given."""
    state = task(deliverable, (CALENDAR,))
    for milestone, at in arrived:
        state = received(state, milestone, at)
    return state


@given(deliverables, receipts, deadlines, INSTANTS, st.randoms(use_true_random=False))
def test_the_order_in_which_receipts_are_registered_does_not_matter(deliverable, arrived, due, at, random) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    shuffled = random.sample(arrived, len(arrived))
    assert status_of(after(deliverable, arrived), due, at) == status_of(after(deliverable, shuffled), due, at)


@given(deliverables, receipts, deadlines, INSTANTS, INSTANTS)
def test_time_alone_never_makes_an_open_task_better_nor_moves_a_done_one(deliverable, arrived, due, one, other) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    state = after(deliverable, arrived)
    order = ["no_deadline", "in_time", "due_soon", "overdue"]
    earlier, later = (status_of(state, due, at) for at in sorted((one, other)))
    if earlier.work in ("done", "awaiting_confirmation"):
        assert earlier == later
    else:
        assert order.index(earlier.time) <= order.index(later.time)
