"""The life of a task: what its facts have come to, one step for each fact.

What a unit hands in stays with the task as deliveries, each named by the plan, conference or report that it came with, so that a plan that
is returned and a conference that is cancelled take back exactly what they brought. Of several deliveries of one kind the earliest receipt
counts, whatever order they were registered in. A task that is reopened begins anew: nothing that came before counts for it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, TaskAssigned
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
from shared.contracts.types import Deliverable, Percent

Milestone = Literal["plan_draft", "plan_final", "conference_scheduled", "conference_held", "report", "completed"]
End = Literal["task-cancelled", "directive-recalled", "directive-replaced"]
"""Why an open task ended without being done."""

MILESTONES: tuple[Milestone, ...] = get_args(Milestone)
Receipts = Mapping[Milestone, datetime]
"""When the first delivery of each milestone was received."""


class Delivery(Struct, frozen=True, array_like=True):
    """Something that was handed in for a task; `of` is the plan or conference that may take it back, None for what stays."""

    milestone: Milestone
    of: UUID | None
    at: datetime


class Reception(Struct, frozen=True, array_like=True):
    """A unit said that it received the task."""

    unit: UUID
    at: datetime


class TaskState(Struct, frozen=True, omit_defaults=True):
    """What the facts of a task have come to."""

    lead: UUID
    deliverable: Deliverable
    coordinating: tuple[UUID, ...] = ()
    clauses: tuple[DeadlineClause, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    received: tuple[Reception, ...] = ()
    accepted_at: datetime | None = None
    declined_at: datetime | None = None
    suspended_at: datetime | None = None
    confirmed_at: datetime | None = None
    reopened_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: End | None = None
    percent: Percent | None = None
    progress_at: datetime | None = None

    @property
    def receipts(self) -> Receipts:
        """Return when the first delivery of each milestone was received."""
        found: dict[Milestone, datetime] = {}
        for each in self.deliveries:
            if each.milestone not in found or each.at < found[each.milestone]:
                found[each.milestone] = each.at
        return found


def assigned(data: TaskAssigned) -> TaskState:
    """Return the state of a task that was just assigned."""
    return TaskState(data.lead, data.deliverable, data.coordinating, data.deadlines)


def delivered(state: TaskState, milestone: Milestone, at: datetime, of: UUID | None = None) -> TaskState:
    """Return the state after something was handed in; a later receipt of the same thing changes nothing."""
    kept = []
    for each in state.deliveries:
        if each.milestone == milestone and each.of == of:
            if each.at <= at:
                return state
        else:
            kept.append(each)
    return replace(state, deliveries=(*kept, Delivery(milestone, of, at)))


def taken_back(state: TaskState, of: UUID, milestones: Iterable[Milestone]) -> TaskState:
    """Return the state without what a plan or conference had brought."""
    gone = set(milestones)
    kept = tuple(each for each in state.deliveries if each.of != of or each.milestone not in gone)
    return state if len(kept) == len(state.deliveries) else replace(state, deliveries=kept)


def ended(state: TaskState, at: datetime, by: End) -> TaskState:
    """Return the state of a task that ends without being done."""
    return replace(state, ended_at=at, ended_by=by)


def evolve(state: TaskState, data: Contract, at: datetime) -> TaskState:  # noqa: C901, PLR0911  one branch a fact
    """Return the state after a fact about the task itself that was received at an instant; other facts leave it as it is."""
    match data:
        case TaskReceived(received_by=unit):
            return replace(state, received=(*state.received, Reception(unit, at)))
        case TaskAccepted():
            return replace(state, accepted_at=at, declined_at=None)
        case TaskDeclined():
            return replace(state, declined_at=at, accepted_at=None)
        case TaskReassigned():
            return replace(state, lead=data.lead, coordinating=data.coordinating, declined_at=None, accepted_at=None)
        case TaskSuspended():
            return replace(state, suspended_at=at)
        case TaskResumed():
            return replace(state, suspended_at=None)
        case TaskCompleted():
            return delivered(state, "completed", at)
        case TaskConfirmed():
            return replace(state, confirmed_at=at)
        case TaskReopened():
            return _reopened(state, data, at)
        case TaskCancelled():
            return ended(state, at, "task-cancelled")
        case ProgressReported(percent=percent):
            return replace(state, percent=percent if percent is not None else state.percent, progress_at=at)
        case _:
            return state


def _reopened(state: TaskState, data: TaskReopened, at: datetime) -> TaskState:
    return TaskState(
        state.lead, state.deliverable, state.coordinating, data.deadlines or state.clauses, received=state.received, reopened_at=at
    )
