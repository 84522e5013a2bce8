"""Which unit speaks in a fact."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from services.directives.domain.facts import Fact
from services.directives.domain.state import Directive, State
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
from shared.contracts.registry import UnitRegistered, UnitRenamed, UnitSucceeded
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

ISSUER_FACTS: frozenset[type] = frozenset({
    DirectiveAmended, DirectiveCorrected, DirectiveReplaced, DirectiveRecalled,
    TaskAssigned, TaskReassigned, TaskSuspended, TaskResumed, TaskConfirmed, TaskReopened, TaskCancelled,
    PlanReturned, PlanApproved, DeadlineClarified, ExtensionGranted, ExtensionRefused,
})  # fmt: skip
"""What only the issuer of the directive says."""

SPEAKERS: Mapping[type, str] = {
    DirectiveIssued: "issuer",
    TaskReceived: "received_by",
    TaskAccepted: "accepted_by",
    TaskDeclined: "declined_by",
    TaskCompleted: "completed_by",
    ProgressReported: "reported_by",
    PlanSubmitted: "submitted_by",
    ReportSubmitted: "submitted_by",
    ConferenceScheduled: "scheduled_by",
    ConferenceRescheduled: "rescheduled_by",
    ConferenceCancelled: "cancelled_by",
    ConferenceHeld: "reported_by",
    ExtensionRequested: "requested_by",
    IndexPublished: "published_by",
    UnitRegistered: "parent",
}
"""The member of a fact's data that names who speaks; a new unit is registered by the one above it."""


def speaker_of(state: State, fact: Fact) -> UUID | None:
    """Return the unit that speaks in a fact.

    None: one who may speak for every unit (a calendar, a unit at the top, a publisher's rights), or nobody known yet (the issuer of a
    directive that is not registered). In fact-voided the speaker of the voided fact speaks, which only the history tells: see `void`.
    """
    kind = type(fact.data)
    if kind in ISSUER_FACTS:
        return state.issuer if isinstance(state, Directive) else None
    if kind is UnitRenamed or kind is UnitSucceeded:
        return fact.key
    member = SPEAKERS.get(kind)
    return None if member is None else cast("UUID | None", getattr(fact.data, member))
