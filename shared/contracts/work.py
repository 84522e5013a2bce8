"""Facts of the families plan, conference and report: what units hand in."""

from typing import Annotated, ClassVar

from msgspec import Meta

from shared.contracts.directives import Basis
from shared.contracts.types import Contract, Count, File, Instant, Line, Part, PlanStage, TaskId, Text, UnitId


class PlanItem(Part, frozen=True, kw_only=True):
    """One line of a plan: what falls short for a component of the index, why, and what is done about it by whom and when."""

    area: Line
    criterion: Line | None = None
    component: Line | None = None
    shortcoming: Text | None = None
    cause: Text | None = None
    solution: Text | None = None
    time: Line | None = None
    responsible_head: Line | None = None


class PlanSubmitted(Contract, frozen=True, kw_only=True):
    """A unit handed in a plan, as a draft or as the final one; the event's subject is the plan's id."""

    NAME: ClassVar[str] = "plan-submitted"
    task: TaskId
    submitted_by: UnitId
    stage: PlanStage
    title: Line
    items: Annotated[tuple[PlanItem, ...], Meta(max_length=500)] = ()
    file: File | None = None


class PlanReturned(Contract, frozen=True, kw_only=True):
    """The issuer sent a plan back to be mended; the deadline that it had met is open again. The event's subject is the plan's id."""

    NAME: ClassVar[str] = "plan-returned"
    reasons: Text
    items: Annotated[tuple[Line, ...], Meta(max_length=500)] = ()


class PlanApproved(Contract, frozen=True, kw_only=True):
    """The issuer approved a final plan; the event's subject is the plan's id."""

    NAME: ClassVar[str] = "plan-approved"
    remarks: Text | None = None
    document: Basis | None = None


class ConferenceScheduled(Contract, frozen=True, kw_only=True):
    """A conference has a date and a place; the event's subject is the conference's id."""

    NAME: ClassVar[str] = "conference-scheduled"
    tasks: Annotated[tuple[TaskId, ...], Meta(min_length=1, max_length=50)]
    scheduled_by: UnitId
    title: Line
    starts_at: Instant
    ends_at: Instant | None = None
    place: Line
    chair: Line | None = None
    participants: tuple[UnitId, ...] = ()


class ConferenceRescheduled(Contract, frozen=True, kw_only=True):
    """A scheduled conference has another date; its place stays where none is named. The event's subject is the conference's id."""

    NAME: ClassVar[str] = "conference-rescheduled"
    rescheduled_by: UnitId
    starts_at: Instant
    ends_at: Instant | None = None
    place: Line | None = None
    reason: Text | None = None


class ConferenceCancelled(Contract, frozen=True, kw_only=True):
    """A scheduled conference will not take place; the event's subject is the conference's id."""

    NAME: ClassVar[str] = "conference-cancelled"
    cancelled_by: UnitId
    reason: Text


class ConferenceHeld(Contract, frozen=True, kw_only=True):
    """A scheduled conference took place; the event's subject is the conference's id."""

    NAME: ClassVar[str] = "conference-held"
    held_at: Instant
    reported_by: UnitId
    attendance: Count | None = None
    minutes: File | None = None


class ReportSubmitted(Contract, frozen=True, kw_only=True):
    """A unit handed in a report; the event's subject is the report's id."""

    NAME: ClassVar[str] = "report-submitted"
    task: TaskId
    submitted_by: UnitId
    title: Line
    period: Line | None = None
    file: File | None = None
