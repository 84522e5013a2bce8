"""Events of notifications.events.v1."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.types import (
    ConferenceId,
    Contract,
    Count,
    DeadlineId,
    DirectiveId,
    Instant,
    Line,
    Ordinal,
    Part,
    TaskId,
    Text,
    UnitId,
)

NoticeRule = Literal[
    "directive-amended", "directive-corrected", "directive-replaced", "directive-recalled",
    "task-assigned", "task-declined", "task-reassigned", "task-suspended", "task-resumed", "task-completed", "task-confirmed",
    "task-reopened", "task-cancelled",
    "plan-returned", "plan-approved",
    "conference-scheduled", "conference-rescheduled", "conference-cancelled",
    "extension-requested", "extension-granted", "extension-refused",
    "deadline-changed", "deadline-approaching", "deadline-missed", "deadline-met", "deadline-at-risk", "deadline-withdrawn",
    "fact-voided", "notice-escalated",
]  # fmt: skip
"""Which rule called for a notice: the bare name of the event that it tells of."""
Channel = Literal["inbox", "mail", "webhook"]
"""How a unit is told: in its inbox always, by mail and webhook where it can be reached that way."""


class Invitation(Part, frozen=True, kw_only=True):
    """A conference as a calendar takes it in (RFC 5545): `sequence` grows with each change, `cancel` takes it out again."""

    conference: ConferenceId
    method: Literal["request", "cancel"]
    sequence: Count
    title: Line
    starts_at: Instant
    ends_at: Instant | None = None
    place: Line


class NoticeIssued(Contract, frozen=True, kw_only=True):
    """A unit was told something: one notice per (event, rule, recipient, channel)."""

    NAME: ClassVar[str] = "notice-issued"
    notice: UUID
    rule: NoticeRule
    recipient: UnitId
    channel: Channel
    directive: DirectiveId
    task: TaskId | None = None
    about: str
    title: Line
    body: Text
    corrects: UUID | None = None
    escalates: UUID | None = None
    invitation: Invitation | None = None


class NoticeAcknowledged(Contract, frozen=True, kw_only=True):
    """A unit said that it has read a notice."""

    NAME: ClassVar[str] = "notice-acknowledged"
    notice: UUID
    recipient: UnitId
    directive: DirectiveId
    acknowledged_by: Line


class NoticeDelivered(Contract, frozen=True, kw_only=True):
    """A notice was taken by the recipient's mail server or webhook, at which attempt and with which answer."""

    NAME: ClassVar[str] = "notice-delivered"
    notice: UUID
    recipient: UnitId
    directive: DirectiveId
    channel: Channel
    attempts: Ordinal
    answer: Line | None = None


class NoticeFailed(Contract, frozen=True, kw_only=True):
    """A notice could not be delivered, or (`unknown`) an attempt broke off when it may have been taken; nothing more is tried."""

    NAME: ClassVar[str] = "notice-failed"
    notice: UUID
    recipient: UnitId
    directive: DirectiveId
    channel: Channel
    attempts: Count
    outcome: Literal["failed", "unknown"]
    reason: Line


class NoticeEscalated(Contract, frozen=True, kw_only=True):
    """A missed deadline is still open: the next level is told, first the head of the lead unit (1), then the issuer's office (2)."""

    NAME: ClassVar[str] = "notice-escalated"
    notice: UUID
    deadline: DeadlineId
    task: TaskId
    directive: DirectiveId
    recipient: UnitId
    level: Ordinal
    days_late: Count
