"""Events of deadlines.events.v1; each carries all that a notice needs, so that no reader has to join."""

from datetime import date
from typing import ClassVar, Literal

from shared.contracts.directives import MetBy
from shared.contracts.types import (
    Contract,
    Count,
    DeadlineId,
    DirectiveId,
    Instant,
    Line,
    Ordinal,
    Part,
    Period,
    PlanStage,
    TaskId,
    Text,
    UnitId,
)

DeadlineKind = Literal["fixed", "period", "recurring", "none", "unresolved", "pending", "granted", "suspended"]

ChangeReason = Literal[
    "clarified", "received", "extension-granted", "suspended", "resumed", "reassigned", "reopened", "plan-returned",
    "directive-corrected", "calendar-amended", "conference-cancelled", "fact-voided",
]  # fmt: skip
"""Why a deadline is another one, or open again."""

WithdrawalReason = Literal[
    "task-cancelled", "task-confirmed", "task-reopened", "directive-replaced", "directive-recalled", "fact-voided", "series-changed",
]  # fmt: skip

RiskReason = Literal["conference-outside-window", "conference-after-due", "low-progress", "task-declined"]


class Proof(Part, frozen=True, kw_only=True):
    """Why a deadline falls when it does: the phrase, the rule and its ground, and the calendar that was used.

    `provisional` where the days off of the year are not announced yet; `suspended_days` is what suspensions added to a period.
    """

    phrase: str
    rule: str
    ground: str
    calendar_version: str
    days_skipped: tuple[str, ...] = ()
    last_good_day: str | None = None
    counted_from: date | None = None
    provisional: bool = False
    suspended_days: Count = 0
    reason: str | None = None


class DeadlineEvent(Contract, frozen=True, kw_only=True):
    """What every deadline event says of its deadline; `series`, `occurrence` and `period` where it is one of a duty that comes back."""

    deadline: DeadlineId
    task: TaskId
    directive: DirectiveId
    task_number: Line
    content: Text
    lead: UnitId
    coordinating: tuple[UnitId, ...] = ()
    name: Line
    met_by: MetBy
    plan_stage: PlanStage | None = None
    due: Instant | None = None
    series: DeadlineId | None = None
    occurrence: Ordinal | None = None
    period: Period | None = None


class DeadlineSet(DeadlineEvent, frozen=True, kw_only=True):
    """A deadline was computed from a task's phrase; `due` is null where no instant can be computed."""

    NAME: ClassVar[str] = "deadline-set"
    kind: DeadlineKind
    recurrence: str | None = None
    proof: Proof


class DeadlineApproaching(DeadlineEvent, frozen=True, kw_only=True):
    """A deadline is near: `working_days_left` working days before its last good day."""

    NAME: ClassVar[str] = "deadline-approaching"
    working_days_left: Count
    stage_at: Instant
    late_by_seconds: Count = 0


class DeadlineMissed(DeadlineEvent, frozen=True, kw_only=True):
    """A deadline passed without the event that meets it having been received."""

    NAME: ClassVar[str] = "deadline-missed"
    stage_at: Instant
    late_by_seconds: Count = 0


class DeadlineMet(DeadlineEvent, frozen=True, kw_only=True):
    """The event that meets a deadline was received, on time (before `due`) or late; it may correct an earlier "missed" or "met".

    `on_time` is null while nobody knows when the deadline falls due.
    """

    NAME: ClassVar[str] = "deadline-met"
    met_at: Instant
    on_time: bool | None = None
    fact: str
    corrects: str | None = None


class DeadlineChanged(DeadlineEvent, frozen=True, kw_only=True):
    """A deadline is another one, or open again: from `previous_due` to `due`; `original_due` is the first one that it ever had.

    `is_open_again` where the event that had met it counts no more.
    """

    NAME: ClassVar[str] = "deadline-changed"
    why: ChangeReason
    kind: DeadlineKind
    recurrence: str | None = None
    proof: Proof
    previous_due: Instant | None = None
    original_due: Instant | None = None
    is_open_again: bool = False
    fact: str


class DeadlineAtRisk(DeadlineEvent, frozen=True, kw_only=True):
    """Something says already now that a deadline will not be kept (a conference set for a day after it).

    `is_lifted` where a risk that was told before is gone (the conference was set for another day); `why` and `planned_at` are then its own.
    """

    NAME: ClassVar[str] = "deadline-at-risk"
    why: RiskReason
    fact: str
    planned_at: Instant | None = None
    is_lifted: bool = False


class DeadlineWithdrawn(DeadlineEvent, frozen=True, kw_only=True):
    """A deadline counts no more, met or not."""

    NAME: ClassVar[str] = "deadline-withdrawn"
    why: WithdrawalReason
    fact: str
