"""What the deadlines service has said of one deadline.

A deadline that is set, or set anew, begins afresh. One that is changed keeps what it was first due at, and forgets the warnings of the
instant that it no longer falls on; what had met it stays unless it is open again. One that is withdrawn counts no more, except where the
issuer's confirmation of the task ended it: the work was still due then.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.directives.domain.status import Deadline
from shared.contracts.deadlines import (
    ChangeReason,
    DeadlineApproaching,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineEvent,
    DeadlineKind,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DeadlineWithdrawn,
    Proof,
    RiskReason,
    WithdrawalReason,
)
from shared.contracts.directives import MetBy
from shared.contracts.types import PlanStage
from shared.errors import InvalidMessageError


@dataclass(frozen=True, slots=True)
class Marks:
    """A deadline with its moving parts; `soon_at` is its first warning stage, `original_due` the first instant that it ever had."""

    task: UUID
    directive: UUID
    name: str
    met_by: MetBy
    plan_stage: PlanStage | None
    kind: DeadlineKind
    due: datetime | None
    original_due: datetime | None
    recurrence: str | None
    proof: Proof
    changes: int = 0
    changed_by: ChangeReason | None = None
    soon_at: datetime | None = None
    missed_at: datetime | None = None
    met_at: datetime | None = None
    is_on_time: bool | None = None
    met_fact: str | None = None
    risk: RiskReason | None = None
    withdrawn_by: WithdrawalReason | None = None
    series: UUID | None = None
    occurrence: int | None = None
    period: str | None = None


def counts(marks: Marks) -> bool:
    """Return whether a deadline counts for the status of its task."""
    return marks.withdrawn_by in (None, "task-confirmed")


def terms_of(marks: Marks) -> Deadline:
    """Return what the status of a task is judged by."""
    return Deadline(marks.met_by, marks.plan_stage, marks.due, marks.soon_at, marks.series is not None, marks.met_at)


def evolve(marks: Marks | None, event: DeadlineEvent) -> Marks:
    """Return a deadline after an event of it; raises InvalidMessageError where it was never set."""
    if isinstance(event, DeadlineSet):
        return _set(event)
    if marks is None:
        message = f"deadline {event.deadline} was never set"
        raise InvalidMessageError(message)
    return _changed(marks, event) if isinstance(event, DeadlineChanged) else _marked(marks, event)


def _marked(marks: Marks, event: DeadlineEvent) -> Marks:
    match event:
        case DeadlineApproaching(stage_at=at):
            return replace(marks, soon_at=min(marks.soon_at or at, at))
        case DeadlineMissed(stage_at=at):
            return replace(marks, missed_at=marks.missed_at or at)
        case DeadlineMet():
            return replace(marks, met_at=event.met_at, is_on_time=event.on_time, met_fact=event.fact, risk=None)
        case DeadlineAtRisk(why=why):
            return replace(marks, risk=None if event.is_lifted else why)
        case DeadlineWithdrawn(why=why):
            return replace(marks, withdrawn_by=why)
        case _:
            return marks


def _set(event: DeadlineSet) -> Marks:
    return Marks(
        event.task, event.directive, event.name, event.met_by, event.plan_stage, event.kind, event.due, event.due, event.recurrence,
        event.proof, series=event.series, occurrence=event.occurrence, period=event.period,
    )  # fmt: skip


def _changed(marks: Marks, event: DeadlineChanged) -> Marks:
    # Of a suspended deadline the instant is unknown until the task goes on; the one that it had still says what was due.
    due = marks.due if event.kind == "suspended" and event.due is None else event.due
    moved = replace(
        marks, kind=event.kind, due=due, original_due=event.original_due or marks.original_due or due, recurrence=event.recurrence,
        proof=event.proof, changes=marks.changes + 1, changed_by=event.why, withdrawn_by=None, risk=None,
        series=event.series, occurrence=event.occurrence, period=event.period,
    )  # fmt: skip
    if due != marks.due:
        moved = replace(moved, soon_at=None, missed_at=None)
    return replace(moved, met_at=None, is_on_time=None, met_fact=None, missed_at=None) if event.is_open_again else moved
