"""A directive and what belongs to it beside its tasks: plans, conferences, reports, requests for more time; one step for each fact."""

from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from msgspec.structs import replace

from shared.contracts.directives import DirectiveAmended, DirectiveCorrected, DirectiveIssued, DirectiveRecalled, DirectiveReplaced
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
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

Standing = Literal["in_force", "replaced", "recalled"]
PlanStanding = Literal["submitted", "returned", "approved"]
ConferenceStanding = Literal["scheduled", "cancelled", "held"]
ExtensionStanding = Literal["requested", "granted", "refused"]


class Filed(NamedTuple):
    """When a paper was received and registered, and as which version of its directive."""

    received_at: datetime
    registered_at: datetime
    version: int


class Directive(NamedTuple):
    """A directive as its amendments and corrections have made it; `ended_at` is when it was replaced or recalled."""

    issued: DirectiveIssued
    filed: Filed
    standing: Standing = "in_force"
    changed_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    replaced_by: UUID | None = None


class Plan(NamedTuple):
    """A plan as it was last handed in, and what the issuer said to that."""

    submitted: PlanSubmitted
    filed: Filed
    standing: PlanStanding = "submitted"
    judged_at: datetime | None = None
    remarks: str | None = None
    faults: tuple[str, ...] = ()


class Conference(NamedTuple):
    """A conference on the calendar as it stands now; `first_starts_at` is when it was to begin at first."""

    scheduled: ConferenceScheduled
    filed: Filed
    first_starts_at: datetime
    standing: ConferenceStanding = "scheduled"
    reschedulings: int = 0
    changed_at: datetime | None = None
    reason: str | None = None
    held: ConferenceHeld | None = None
    held_received_at: datetime | None = None


class Report(NamedTuple):
    """A report as it was last handed in."""

    submitted: ReportSubmitted
    filed: Filed


class Extension(NamedTuple):
    """A request for more time and what became of it."""

    requested: ExtensionRequested
    filed: Filed
    standing: ExtensionStanding = "requested"
    decided_at: datetime | None = None
    last_good_day: date | None = None
    remarks: str | None = None


_CHANGEABLE = ("number", "symbol", "issued_on", "subject", "place", "signer", "addressees")


def changed(directive: Directive, data: DirectiveAmended | DirectiveCorrected, at: datetime) -> Directive:
    """Return the directive as amended or corrected; members left out stay."""
    given = {name: value for name in _CHANGEABLE if (value := getattr(data, name, None)) is not None}
    return directive._replace(issued=replace(directive.issued, **given), changed_at=at)


def ended(directive: Directive, data: DirectiveReplaced | DirectiveRecalled, at: datetime) -> Directive:
    """Return the directive as replaced or recalled."""
    if isinstance(data, DirectiveRecalled):
        return directive._replace(standing="recalled", ended_at=at, end_reason=data.reason)
    return directive._replace(standing="replaced", ended_at=at, end_reason=data.reason, replaced_by=data.replaced_by)


def judged(plan: Plan, data: PlanReturned | PlanApproved, at: datetime) -> Plan:
    """Return the plan as the issuer judged it."""
    if isinstance(data, PlanReturned):
        return plan._replace(standing="returned", judged_at=at, remarks=data.reasons, faults=data.items)
    return plan._replace(standing="approved", judged_at=at, remarks=data.remarks, faults=())


def moved(conference: Conference, data: ConferenceRescheduled | ConferenceCancelled | ConferenceHeld, at: datetime) -> Conference:
    """Return the conference as rescheduled, cancelled or held; of a new date the old end does not stay."""
    match data:
        case ConferenceCancelled():
            return conference._replace(standing="cancelled", changed_at=at, reason=data.reason)
        case ConferenceHeld():
            return conference._replace(standing="held", held=data, held_received_at=at)
        case _:
            place = data.place or conference.scheduled.place
            scheduled = replace(conference.scheduled, starts_at=data.starts_at, ends_at=data.ends_at, place=place)
            return conference._replace(scheduled=scheduled, reschedulings=conference.reschedulings + 1, changed_at=at, reason=data.reason)


def has_moved(conference: Conference) -> bool:
    """Return whether anything happened to a conference after it was scheduled."""
    return conference.standing != "scheduled" or conference.reschedulings > 0


def decided(extension: Extension, data: ExtensionGranted | ExtensionRefused, at: datetime) -> Extension:
    """Return the request for more time as it was decided."""
    if isinstance(data, ExtensionGranted):
        return extension._replace(standing="granted", decided_at=at, last_good_day=data.last_good_day, remarks=data.remarks)
    return extension._replace(standing="refused", decided_at=at, remarks=data.reason)
