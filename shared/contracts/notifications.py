"""Events of notifications.events.v1."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.types import Contract, DirectiveId, Line, TaskId, Text, UnitId

NoticeRule = Literal[
    "directive-amended", "directive-corrected", "directive-replaced", "directive-recalled",
    "task-assigned", "task-declined", "task-reassigned", "task-suspended", "task-resumed", "task-completed", "task-confirmed",
    "task-reopened", "task-cancelled",
    "plan-returned", "plan-approved",
    "conference-scheduled", "conference-rescheduled", "conference-cancelled",
    "extension-requested", "extension-granted", "extension-refused",
    "deadline-changed", "deadline-approaching", "deadline-missed", "deadline-met", "deadline-at-risk", "deadline-withdrawn",
    "fact-voided",
]  # fmt: skip
"""Which rule called for a notice: the bare name of the event that it tells of."""
Channel = Literal["inbox"]


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


class NoticeAcknowledged(Contract, frozen=True, kw_only=True):
    """A unit said that it has read a notice."""

    NAME: ClassVar[str] = "notice-acknowledged"
    notice: UUID
    recipient: UnitId
    directive: DirectiveId
    acknowledged_by: Line
