"""What the office remembers of a key in order to judge the next fact about it; small, since it is stored with every batch."""

from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

from shared.contracts.types import PlanStage

TaskStatus = Literal["assigned", "accepted", "suspended", "declined", "completed", "confirmed", "cancelled"]
PlanStatus = Literal["submitted", "returned", "approved"]
ConferenceStatus = Literal["scheduled", "held", "cancelled"]
DirectiveStatus = Literal["in-force", "replaced", "recalled"]


class Task(Struct, frozen=True, array_like=True):
    """A task, who answers for it, and its deadlines' names as names are compared.

    `received` are those of its units that received it; `is_accepted` stays known while the task is suspended.
    """

    lead: UUID
    coordinating: tuple[UUID, ...] = ()
    deadlines: tuple[str, ...] = ()
    status: TaskStatus = "assigned"
    is_accepted: bool = False
    received: tuple[UUID, ...] = ()


class Plan(Struct, frozen=True, array_like=True):
    """A plan: for which task, by whom, at which stage it was handed in last, and what became of it."""

    task: UUID
    submitted_by: UUID
    stage: PlanStage
    status: PlanStatus = "submitted"


class Conference(Struct, frozen=True, array_like=True):
    """A conference that has a date."""

    tasks: tuple[UUID, ...]
    status: ConferenceStatus = "scheduled"


class Extension(Struct, frozen=True, array_like=True):
    """A request for more time: for which task and deadline; `is_open` until it is answered or its task is reopened."""

    task: UUID
    name: str
    is_open: bool = True


class Directive(Struct, frozen=True, tag="directive", tag_field="is", omit_defaults=True):
    """A directive; a draft has no number, and may have no date of issue.

    Reports are not kept, since their claimed ids tell all that is asked of them.
    """

    issuer: UUID
    status: DirectiveStatus = "in-force"
    issued_on: date | None = None
    is_numbered: bool = False
    addressees: tuple[UUID, ...] = ()
    tasks: dict[UUID, Task] = {}
    plans: dict[UUID, Plan] = {}
    conferences: dict[UUID, Conference] = {}
    extensions: dict[UUID, Extension] = {}


class Index(Struct, frozen=True, tag="index", tag_field="is"):
    """An index that was published."""

    published_by: UUID


class Unit(Struct, frozen=True, tag="unit", tag_field="is", omit_defaults=True):
    """A unit in the registry: its code, since when it has been and has had its newest name, and the units that took its place."""

    code: str
    valid_from: date | None = None
    named_from: date | None = None
    successors: tuple[UUID, ...] = ()


class Publisher(Struct, frozen=True, tag="publisher", tag_field="is"):
    """A publisher that has, or had, rights; the rights themselves are what its newest fact says."""

    slug: str


class Calendar(Struct, frozen=True, tag="calendar", tag_field="is"):
    """A year's calendar."""

    year: int


State: TypeAlias = Directive | Index | Unit | Publisher | Calendar | None
"""None: nothing is registered under the key."""


def answers_for(task: Task, unit: UUID) -> bool:
    """Return whether a unit leads or coordinates a task."""
    return unit == task.lead or unit in task.coordinating


def is_concerned(directive: Directive, unit: UUID) -> bool:
    """Return whether a unit issued a directive, is addressed by it, or answers for one of its tasks."""
    if unit == directive.issuer or unit in directive.addressees:
        return True
    return any(answers_for(task, unit) for task in directive.tasks.values())
