"""The roll of a directive: who is concerned with it and with its tasks, plans, conferences and requests, as its facts have come to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.contracts import Contract
from shared.contracts.directives import DirectiveAmended, DirectiveCorrected, DirectiveIssued, TaskAssigned
from shared.contracts.extensions import ExtensionRequested
from shared.contracts.tasks import TaskReassigned
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceRescheduled, ConferenceScheduled, PlanSubmitted


class Task(msgspec.Struct, frozen=True, array_like=True):
    """Who answers for a task, and its number in the directive."""

    number: str
    lead: UUID
    coordinating: tuple[UUID, ...] = ()

    @property
    def units(self) -> tuple[UUID, ...]:
        """Return the lead and the coordinating units."""
        return (self.lead, *self.coordinating)


class Plan(msgspec.Struct, frozen=True, array_like=True):
    """Whose plan it is, and of which task."""

    task: UUID
    submitted_by: UUID
    title: str


class Conference(msgspec.Struct, frozen=True, array_like=True):
    """Who takes part in a conference, for which tasks; an end that is None is open (or was not kept, before rolls knew of it)."""

    title: str
    tasks: tuple[UUID, ...]
    participants: tuple[UUID, ...]
    starts_at: datetime
    place: str
    ends_at: datetime | None = None


class Request(msgspec.Struct, frozen=True, array_like=True):
    """Who asked for more time, for which deadline of which task."""

    task: UUID
    name: str
    requested_by: UUID
    requested_day: date


class Roll(msgspec.Struct, frozen=True, array_like=True):
    """Who is concerned with a directive; `document` is what it is called by, `subject` what it is about."""

    issuer: UUID | None = None
    number: int | None = None
    symbol: str = ""
    subject: str = ""
    addressees: tuple[UUID, ...] = ()
    tasks: Mapping[UUID, Task] = {}
    plans: Mapping[UUID, Plan] = {}
    conferences: Mapping[UUID, Conference] = {}
    requests: Mapping[UUID, Request] = {}

    @property
    def document(self) -> str:
        """Return what the directive is called by: its number and symbol, of a draft the symbol alone."""
        return f"số {self.number}/{self.symbol}" if self.number else f"ký hiệu {self.symbol}"

    def concerns(self, unit: UUID) -> bool:
        """Return whether the directive is addressed to a unit, or one of its tasks is led or coordinated by it."""
        return unit in self.addressees or any(unit in task.units for task in self.tasks.values())


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered fact of a directive: its version, its event's source and id, and what it says of which thing."""

    version: int
    identity: tuple[str, str]
    subject: UUID
    data: Contract


def evolve(roll: Roll, subject: UUID, data: Contract) -> Roll:  # noqa: C901, PLR0911  one branch a fact
    """Return the roll after one more fact; one that concerns nobody anew leaves it as it is."""
    match data:
        case DirectiveIssued():
            return replace(
                roll, issuer=data.issuer, number=data.number, symbol=data.symbol, subject=data.subject, addressees=data.addressees
            )
        case DirectiveAmended():
            told = roll.addressees if data.addressees is None else data.addressees
            return replace(roll, subject=data.subject or roll.subject, addressees=told)
        case DirectiveCorrected():
            return replace(roll, number=data.number or roll.number, symbol=data.symbol or roll.symbol, subject=data.subject or roll.subject)
        case TaskAssigned():
            return replace(roll, tasks={**roll.tasks, subject: Task(data.number, data.lead, data.coordinating)})
        case TaskReassigned() if subject in roll.tasks:
            task = Task(roll.tasks[subject].number, data.lead, data.coordinating)
            return replace(roll, tasks={**roll.tasks, subject: task})
        case PlanSubmitted():
            return replace(roll, plans={**roll.plans, subject: Plan(data.task, data.submitted_by, data.title)})
        case ConferenceScheduled():
            made = Conference(data.title, data.tasks, data.participants, data.starts_at, data.place, data.ends_at)
            return replace(roll, conferences={**roll.conferences, subject: made})
        case ConferenceRescheduled() if subject in roll.conferences:
            known = roll.conferences[subject]
            moved = replace(known, starts_at=data.starts_at, ends_at=data.ends_at, place=data.place or known.place)
            return replace(roll, conferences={**roll.conferences, subject: moved})
        case ExtensionRequested():
            asked = Request(data.task, data.name, data.requested_by, data.requested_day)
            return replace(roll, requests={**roll.requests, subject: asked})
        case _:
            return roll


def fold(history: Iterable[Entry]) -> Roll:
    """Return the roll of a history in order of versions, without the facts that were voided."""
    roll = Roll()
    for entry in standing(history):
        roll = evolve(roll, entry.subject, entry.data)
    return roll


def standing(history: Iterable[Entry]) -> list[Entry]:
    """Return the facts of a history that were not voided."""
    entries = list(history)
    voided = {entry.data.version for entry in entries if isinstance(entry.data, FactVoided)}
    return [entry for entry in entries if entry.version not in voided]
