"""Which contract belongs to which CloudEvents type."""

from shared.contracts.deadlines import (
    DeadlineApproaching,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DeadlineWithdrawn,
)
from shared.contracts.directives import (
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveIssued,
    DirectiveRecalled,
    DirectiveReplaced,
    TaskAssigned,
)
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.indexes import IndexPublished
from shared.contracts.notifications import NoticeAcknowledged, NoticeDelivered, NoticeEscalated, NoticeFailed, NoticeIssued
from shared.contracts.registry import CalendarAmended, PublisherAuthorised, UnitRegistered, UnitRenamed, UnitSucceeded
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
from shared.contracts.types import Contract
from shared.contracts.verdicts import FactExpired, FactRefused, FactRegistered, FactReleased, FactWaiting
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

FACTS: tuple[type[Contract], ...] = (
    DirectiveIssued,
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveReplaced,
    DirectiveRecalled,
    TaskAssigned,
    TaskReceived,
    TaskAccepted,
    TaskDeclined,
    TaskReassigned,
    TaskSuspended,
    TaskResumed,
    TaskCompleted,
    TaskConfirmed,
    TaskReopened,
    TaskCancelled,
    ProgressReported,
    PlanSubmitted,
    PlanReturned,
    PlanApproved,
    ConferenceScheduled,
    ConferenceRescheduled,
    ConferenceCancelled,
    ConferenceHeld,
    ReportSubmitted,
    DeadlineClarified,
    ExtensionRequested,
    ExtensionGranted,
    ExtensionRefused,
    IndexPublished,
    UnitRegistered,
    UnitRenamed,
    UnitSucceeded,
    PublisherAuthorised,
    CalendarAmended,
    FactVoided,
)
"""What publishers send and the registrar registers."""

OWN_KEY: frozenset[type[Contract]] = frozenset(
    {
        DirectiveIssued,
        DirectiveAmended,
        DirectiveCorrected,
        DirectiveReplaced,
        DirectiveRecalled,
        IndexPublished,
        UnitRegistered,
        UnitRenamed,
        UnitSucceeded,
        PublisherAuthorised,
        CalendarAmended,
        FactVoided,
    }
)
"""Facts about their key itself: subject and partition key are the same id."""

EVENTS: tuple[type[Contract], ...] = (
    FactRegistered,
    FactRefused,
    FactWaiting,
    FactReleased,
    FactExpired,
    DeadlineSet,
    DeadlineChanged,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMet,
    DeadlineAtRisk,
    DeadlineWithdrawn,
    NoticeIssued,
    NoticeDelivered,
    NoticeFailed,
    NoticeAcknowledged,
    NoticeEscalated,
)
"""What our services say."""


def type_of(contract: type[Contract]) -> str:
    """Return the CloudEvents type of a contract: `vn.dondoc.<name>.v1`."""
    return f"vn.dondoc.{contract.NAME}.v1"


def name_of(event_type: str) -> str:
    """Return the bare name in a CloudEvents type: `task-assigned` for `vn.dondoc.task-assigned.v1`."""
    return event_type.removeprefix("vn.dondoc.").rpartition(".")[0]


TYPES: dict[str, type[Contract]] = {type_of(contract): contract for contract in (*FACTS, *EVENTS)}
"""Each contract by its CloudEvents type."""
