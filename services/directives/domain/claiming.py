"""What a fact names: the names that it would take for its key, and the units that must be registered before it."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from services.directives.domain import directives, units
from services.directives.domain.facts import Claim, Fact, NamedUnits
from services.directives.domain.speaking import SPEAKERS
from shared.contracts.directives import DirectiveAmended, DirectiveCorrected, DirectiveIssued, TaskAssigned
from shared.contracts.extensions import ExtensionRequested
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import PublisherAuthorised, UnitRegistered, UnitSucceeded
from shared.contracts.tasks import TaskReassigned
from shared.contracts.work import ConferenceScheduled, PlanSubmitted, ReportSubmitted

SUBJECT_KINDS: Mapping[type, str] = {
    TaskAssigned: "task",
    PlanSubmitted: "plan",
    ConferenceScheduled: "conference",
    ReportSubmitted: "report",
    ExtensionRequested: "extension",
}
"""Facts whose subject's id belongs to one directive only."""

UNIT_MEMBERS: Mapping[type, tuple[str, ...]] = {
    DirectiveIssued: ("addressees",),
    DirectiveAmended: ("addressees",),
    TaskAssigned: ("lead", "coordinating"),
    TaskReassigned: ("lead", "coordinating"),
    ConferenceScheduled: ("participants",),
    UnitSucceeded: ("successors",),
    PublisherAuthorised: ("units",),
}
"""The members of a fact's data that name units, beside the one that speaks."""


def claims_of(fact: Fact) -> tuple[Claim, ...]:
    """Return the names that a fact would take for its key, if it is registered."""
    kind = SUBJECT_KINDS.get(type(fact.data))
    if kind is not None:
        return (Claim(kind, str(fact.subject)),)
    match fact.data:
        case DirectiveIssued() as issued:
            return directives.issued_claims(issued)
        case DirectiveCorrected() as corrected:
            return directives.corrected_claims(corrected)
        case UnitRegistered() as registered:
            return units.claims(registered)
        case _:
            return ()


def units_of(fact: Fact) -> Sequence[NamedUnits]:
    """Return the units that a fact names; each must be registered before it."""
    data = fact.data
    kind = type(data)
    named = []
    speaker = SPEAKERS.get(kind)
    if speaker is not None and (unit := cast("UUID | None", getattr(data, speaker))) is not None:
        named.append(NamedUnits(f"/data/{speaker}", (unit,)))
    for member in UNIT_MEMBERS.get(kind, ()):
        value: UUID | tuple[UUID, ...] | None = getattr(data, member)
        if isinstance(value, UUID):
            named.append(NamedUnits(f"/data/{member}", (value,)))
        elif value:
            named.append(NamedUnits(f"/data/{member}", value, is_list=True))
    if isinstance(data, IndexPublished):
        named.extend(NamedUnits(f"/data/scores/{index}/unit", (score.unit,)) for index, score in enumerate(data.scores))
    return named
