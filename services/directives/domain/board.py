"""The fold of facts into directives, tasks and papers: used for the stored read model and for `as_of` alike, so that both say the same."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from services.directives.domain import paperwork, task_life
from services.directives.domain.paperwork import Conference, Directive, Extension, Filed, Plan, Report
from services.directives.domain.status import CLOSED, work_of
from services.directives.domain.task_life import Milestone, TaskState
from shared.contracts import Contract
from shared.contracts.directives import (
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveIssued,
    DirectiveRecalled,
    DirectiveReplaced,
    TaskAssigned,
)
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
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
from shared.contracts.voiding import FactVoided
from shared.contracts.work import (
    ConferenceCancelled,
    ConferenceHeld,
    ConferenceRescheduled,
    ConferenceScheduled,
    PlanApproved,
    PlanReturned,
    PlanSubmitted,
    ReportSubmitted,
)
from shared.errors import InvalidMessageError

T = TypeVar("T")


class Fact(NamedTuple):
    """What a registered fact says to the board."""

    key: UUID
    version: int
    subject: UUID
    received_at: datetime
    registered_at: datetime
    data: Contract

    @property
    def filed(self) -> Filed:
        """Return when it was received and registered, and as which version."""
        return Filed(self.received_at, self.registered_at, self.version)


@dataclass(slots=True)
class Board:
    """What is on the office's board while facts are applied in the order of their versions, and what of it changed.

    `fresh_papers` are the directives, plans and conferences that are new, or handed in anew. Before a directive is amended, corrected,
    replaced or recalled, all its tasks are on the board, in `tasks_of` too.
    """

    directives: dict[UUID, Directive] = field(default_factory=dict)
    tasks: dict[UUID, TaskState] = field(default_factory=dict)
    tasks_of: dict[UUID, dict[UUID, None]] = field(default_factory=dict)
    assignments: dict[UUID, Fact] = field(default_factory=dict)
    plans: dict[UUID, Plan] = field(default_factory=dict)
    conferences: dict[UUID, Conference] = field(default_factory=dict)
    reports: dict[UUID, Report] = field(default_factory=dict)
    extensions: dict[UUID, Extension] = field(default_factory=dict)
    changed_tasks: set[UUID] = field(default_factory=set)
    reassigned: set[UUID] = field(default_factory=set)
    changed_words: set[UUID] = field(default_factory=set)
    fresh_papers: set[UUID] = field(default_factory=set)

    def apply(self, fact: Fact) -> None:
        """Apply a fact; raises InvalidMessageError for one about something that is not there."""
        step = _STEPS.get(type(fact.data))
        if step is not None:
            step(self, fact, fact.data)

    def move_task(self, task: UUID, state: TaskState) -> None:
        """Put a task's new state on the board."""
        self.tasks[task] = state
        self.changed_tasks.add(task)

    def deliver(self, tasks: Iterable[UUID], milestone: Milestone, fact: Fact, of: UUID | None = None) -> None:
        """Hand something in for tasks."""
        for task in tasks:
            state = there(self.tasks, task, "task")
            moved = task_life.delivered(state, milestone, fact.received_at, of)
            if moved is not state:
                self.move_task(task, moved)

    def take_back(self, tasks: Iterable[UUID], of: UUID, *milestones: Milestone) -> None:
        """Take back what a plan or conference had brought."""
        for task in tasks:
            self.move_task(task, task_life.taken_back(there(self.tasks, task, "task"), of, milestones))


def there(things: Mapping[UUID, T], key: UUID, what: str) -> T:
    """Return what is on the board under an id, or raise InvalidMessageError."""
    found = things.get(key)
    if found is None:
        message = f"there is no {what} {key}"
        raise InvalidMessageError(message)
    return found


def standing(facts: Sequence[Fact]) -> list[Fact]:
    """Return a key's facts without those that were voided."""
    voided = {fact.data.version for fact in facts if type(fact.data) is FactVoided}
    return [fact for fact in facts if fact.version not in voided] if voided else list(facts)


def fold(facts: Iterable[Fact]) -> Board:
    """Return the board after the facts of any keys, those of each key in the order of its versions."""
    by_key: dict[UUID, list[Fact]] = {}
    for fact in facts:
        by_key.setdefault(fact.key, []).append(fact)
    board = Board()
    for history in by_key.values():
        for fact in standing(history):
            board.apply(fact)
    return board


def _issue(board: Board, fact: Fact, data: DirectiveIssued) -> None:
    board.directives[fact.key] = Directive(data, fact.filed)
    board.fresh_papers.add(fact.key)


def _change(board: Board, fact: Fact, data: DirectiveAmended | DirectiveCorrected) -> None:
    board.directives[fact.key] = paperwork.changed(there(board.directives, fact.key, "directive"), data, fact.received_at)
    board.changed_words.add(fact.key)


def _end(board: Board, fact: Fact, data: DirectiveReplaced | DirectiveRecalled) -> None:
    board.directives[fact.key] = paperwork.ended(there(board.directives, fact.key, "directive"), data, fact.received_at)
    by: task_life.End = "directive-recalled" if isinstance(data, DirectiveRecalled) else "directive-replaced"
    for task in board.tasks_of.get(fact.key, ()):
        state = board.tasks[task]
        if work_of(state) not in CLOSED:
            board.move_task(task, task_life.ended(state, fact.received_at, by))


def _assign(board: Board, fact: Fact, data: TaskAssigned) -> None:
    board.assignments[fact.subject] = fact
    board.tasks_of.setdefault(fact.key, {})[fact.subject] = None
    board.move_task(fact.subject, task_life.assigned(data))


def _live(board: Board, fact: Fact, data: Contract) -> None:
    board.move_task(fact.subject, task_life.evolve(there(board.tasks, fact.subject, "task"), data, fact.received_at))


def _reassign(board: Board, fact: Fact, data: TaskReassigned) -> None:
    _live(board, fact, data)
    board.reassigned.add(fact.subject)


def _submit_plan(board: Board, fact: Fact, data: PlanSubmitted) -> None:
    milestone: Milestone = "plan_draft" if data.stage == "draft" else "plan_final"
    board.deliver((data.task,), milestone, fact, fact.subject)
    board.plans[fact.subject] = Plan(data, fact.filed)
    board.fresh_papers.add(fact.subject)


def _judge_plan(board: Board, fact: Fact, data: PlanReturned | PlanApproved) -> None:
    plan = there(board.plans, fact.subject, "plan")
    board.plans[fact.subject] = paperwork.judged(plan, data, fact.received_at)
    if isinstance(data, PlanReturned):
        returned: Milestone = "plan_draft" if plan.submitted.stage == "draft" else "plan_final"
        board.take_back((plan.submitted.task,), fact.subject, returned)


def _schedule(board: Board, fact: Fact, data: ConferenceScheduled) -> None:
    board.deliver(data.tasks, "conference_scheduled", fact, fact.subject)
    board.conferences[fact.subject] = Conference(data, fact.filed, data.starts_at)
    board.fresh_papers.add(fact.subject)


def _move_conference(board: Board, fact: Fact, data: ConferenceRescheduled | ConferenceCancelled | ConferenceHeld) -> None:
    conference = there(board.conferences, fact.subject, "conference")
    board.conferences[fact.subject] = paperwork.moved(conference, data, fact.received_at)
    tasks = conference.scheduled.tasks
    if isinstance(data, ConferenceHeld):
        board.deliver(tasks, "conference_held", fact, fact.subject)
    elif isinstance(data, ConferenceCancelled):
        board.take_back(tasks, fact.subject, "conference_scheduled")


def _report(board: Board, fact: Fact, data: ReportSubmitted) -> None:
    board.deliver((data.task,), "report", fact)
    board.reports[fact.subject] = Report(data, fact.filed)


def _ask(board: Board, fact: Fact, data: ExtensionRequested) -> None:
    board.extensions[fact.subject] = Extension(data, fact.filed)


def _decide(board: Board, fact: Fact, data: ExtensionGranted | ExtensionRefused) -> None:
    asked = there(board.extensions, fact.subject, "request for more time")
    board.extensions[fact.subject] = paperwork.decided(asked, data, fact.received_at)


OF_TASKS: tuple[type[Contract], ...] = (
    TaskReceived, TaskAccepted, TaskDeclined, TaskReassigned, TaskSuspended, TaskResumed, TaskCompleted, TaskConfirmed, TaskReopened,
    TaskCancelled, ProgressReported,
)  # fmt: skip
"""What is said of a task itself: the fact's subject is the task."""

_STEPS: Mapping[type[Contract], Callable[[Board, Fact, Any], None]] = {
    DirectiveIssued: _issue,
    DirectiveAmended: _change,
    DirectiveCorrected: _change,
    DirectiveReplaced: _end,
    DirectiveRecalled: _end,
    TaskAssigned: _assign,
    **dict.fromkeys(OF_TASKS, _live),
    TaskReassigned: _reassign,
    PlanSubmitted: _submit_plan,
    PlanReturned: _judge_plan,
    PlanApproved: _judge_plan,
    ConferenceScheduled: _schedule,
    ConferenceRescheduled: _move_conference,
    ConferenceCancelled: _move_conference,
    ConferenceHeld: _move_conference,
    ReportSubmitted: _report,
    ExtensionRequested: _ask,
    ExtensionGranted: _decide,
    ExtensionRefused: _decide,
}
