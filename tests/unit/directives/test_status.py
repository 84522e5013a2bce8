"""The status of a task on both axes, and the fold of facts into it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directives.domain.board import Board, Fact, fold
from services.directives.domain.status import (
    MILESTONES,
    Deadline,
    Milestone,
    Status,
    TaskState,
    assigned,
    deadline_time,
    done_at,
    last_good_day,
    met_at,
    received,
    status_of,
    work_of,
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
    ISSUED,
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
INSTANTS = st.integers(min_value=0, max_value=60 * 24).map(lambda hours: hanoi(1, 0) + timedelta(hours=hours))


def plan_task(**receipts: datetime) -> TaskState:
    """Return the plan's task after the receipts named `draft` and `final`."""
    state = assigned(TASKS[PLAN_TASK])
    names: dict[str, Milestone] = {"draft": "plan_draft", "final": "plan_final"}
    for name, at in receipts.items():
        state = received(state, names[name], at)
    return state


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
    others = TaskState(deliverable, (), dict.fromkeys((each for each in MILESTONES if each != last), hanoi(10)))
    assert work_of(others) == "in_progress"
    assert done_at(received(others, last, hanoi(12))) == hanoi(12)


def test_any_other_deliverable_is_done_when_each_of_its_deadlines_is_met() -> None:
    state = TaskState("other", (CALENDAR, BY_REFERENCE), {"conference_scheduled": hanoi(20)})
    assert work_of(state) == "in_progress"
    assert done_at(received(state, "report", hanoi(22))) == hanoi(22)


def test_a_task_without_deadlines_or_deliverable_is_never_done_by_itself() -> None:
    assert work_of(TaskState("opinion", (), {"report": hanoi(20)})) == "in_progress"


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
    facts = [Fact(DIRECTIVE, hanoi(5), ISSUED), *(Fact(task, hanoi(5), data) for task, data in TASKS.items())]
    facts += [Fact(PLAN, hanoi(15), draft()), Fact(CONFERENCE, hanoi(20), scheduled()), Fact(CONFERENCE, hanoi(27, 18), held())]
    facts += [Fact(REPORT, hanoi(28), report())]
    works = {task: work_of(state) for task, state in fold(facts).items()}
    assert works == {PLAN_TASK: "in_progress", CONFERENCE_TASK: "done", CALENDAR_TASK: "done", REPORT_TASK: "done"}


def test_a_fact_about_a_task_that_was_never_assigned_is_bad() -> None:
    with pytest.raises(InvalidMessageError, match="was assigned"):
        Board().apply(Fact(PLAN, hanoi(15), draft()))


def test_a_conference_that_was_never_scheduled_cannot_have_been_held() -> None:
    with pytest.raises(InvalidMessageError, match="was scheduled"):
        Board().apply(Fact(CONFERENCE, hanoi(27), held()))


receipts = st.lists(st.tuples(st.sampled_from(MILESTONES), INSTANTS), max_size=8)
deadlines = st.lists(
    st.builds(
        Deadline, st.sampled_from(("plan-submitted", "conference-held", "report-submitted")), st.sampled_from((None, "draft", "final")),
        st.none() | INSTANTS, st.none() | INSTANTS,
    ),
    max_size=4,
)  # fmt: skip
deliverables = st.sampled_from(("plan", "conference", "report", "other"))


def after(deliverable: Deliverable, arrived: list[tuple[Milestone, datetime]]) -> TaskState:
    """Return a task after some receipts, in the order given."""
    state = TaskState(deliverable, (CALENDAR,), {})
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
    if earlier.work == "done":
        assert earlier == later
    else:
        assert order.index(earlier.time) <= order.index(later.time)
