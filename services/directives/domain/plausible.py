"""Years that an office can mean: dates at the ends of what computers can count would break whoever reckons with them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from services.directives.domain.facts import FactData
from services.directives.domain.refusals import refused
from shared.contracts.directives import (
    Basis,
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveIssued,
    DirectiveRecalled,
    DirectiveReplaced,
)
from shared.contracts.extensions import ExtensionGranted, ExtensionRequested
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import PublisherAuthorised, UnitRegistered, UnitRenamed, UnitSucceeded
from shared.contracts.tasks import NewDay, TaskReassigned, TaskResumed
from shared.contracts.work import ConferenceHeld, ConferenceRescheduled, ConferenceScheduled, PlanApproved

if TYPE_CHECKING:
    from datetime import date

FIRST_YEAR, LAST_YEAR = 1000, 2200

DATES: Mapping[type, tuple[str, ...]] = {
    DirectiveIssued: ("issued_on",),
    DirectiveCorrected: ("issued_on",),
    ConferenceScheduled: ("starts_at", "ends_at"),
    ConferenceRescheduled: ("starts_at", "ends_at"),
    ConferenceHeld: ("held_at",),
    ExtensionRequested: ("requested_day",),
    ExtensionGranted: ("last_good_day",),
    UnitRegistered: ("valid_from",),
    UnitRenamed: ("valid_from",),
    UnitSucceeded: ("valid_from",),
    PublisherAuthorised: ("valid_from", "valid_until"),
}
"""The members of a fact's data that are dates or instants; those of a calendar lie in its year."""

PARTS: Mapping[type, tuple[str, str]] = {
    DirectiveIssued: ("based_on", "issued_on"),
    DirectiveAmended: ("document", "issued_on"),
    DirectiveCorrected: ("document", "issued_on"),
    DirectiveReplaced: ("document", "issued_on"),
    DirectiveRecalled: ("document", "issued_on"),
    PlanApproved: ("document", "issued_on"),
    IndexPublished: ("document", "issued_on"),
    TaskReassigned: ("new_days", "last_good_day"),
    TaskResumed: ("new_days", "last_good_day"),
}
"""The members that are parts, or lists of parts, with a date, and what that is called in them."""


def require_plausible(data: FactData) -> None:
    """Raise FactRefusedError (`year-implausible`) when a date of a fact lies outside the years that the office registers."""
    kind = type(data)
    for member in DATES.get(kind, ()):
        _require(getattr(data, member), "/data", member)
    if kind in PARTS:
        member, name = PARTS[kind]
        for pointer, part in _parts(getattr(data, member), f"/data/{member}"):
            _require(getattr(part, name), pointer, name)


def _parts(value: Basis | tuple[Basis | NewDay, ...] | None, pointer: str) -> Iterator[tuple[str, Basis | NewDay]]:
    if isinstance(value, tuple):
        yield from ((f"{pointer}/{index}", part) for index, part in enumerate(value))
    elif value is not None:
        yield pointer, value


def _require(day: "date | None", pointer: str, member: str) -> None:
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise refused("year-implausible", f"{pointer}/{member}", year=day.year, first=FIRST_YEAR, last=LAST_YEAR)
