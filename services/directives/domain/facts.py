"""What the office has before it when it decides: a fact, and what it knows beyond the fact's own key."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted

FactData: TypeAlias = (
    DirectiveIssued | TaskAssigned | PlanSubmitted | ConferenceScheduled | ConferenceHeld | ReportSubmitted | UnitRegistered
)


class Fact(NamedTuple):
    """What a publisher said: of which directive or unit (`key`), about what (`subject`), and when it was received."""

    key: UUID
    subject: UUID
    received_at: datetime
    data: FactData


class Claim(NamedTuple):
    """A name that may belong to one key only, in all partitions: a unit's code, a document's number, a task's id."""

    kind: str
    name: str


class NamedUnits(NamedTuple):
    """Units that a fact names, and where (JSON Pointer, RFC 6901): one member, or a list of them."""

    pointer: str
    units: tuple[UUID, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class References:
    """What is registered under other keys: the units, and which key each claimed name belongs to."""

    units: Container[UUID]
    owners: Mapping[Claim, UUID]
