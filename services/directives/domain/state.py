"""What the office remembers of a directive or a unit in order to judge the next fact about it."""

from typing import TypeAlias
from uuid import UUID

from msgspec import Struct


class Task(Struct, frozen=True, array_like=True):
    """A task and who answers for it."""

    lead: UUID
    coordinating: tuple[UUID, ...] = ()


class Plan(Struct, frozen=True, array_like=True):
    """A plan that was handed in: for which task, by whom, and whether as the final one."""

    task: UUID
    submitted_by: UUID
    is_final: bool


class Conference(Struct, frozen=True, array_like=True):
    """A conference that has a date; `is_held` once it took place."""

    tasks: tuple[UUID, ...]
    is_held: bool = False


class Directive(Struct, frozen=True, tag="directive", tag_field="is", omit_defaults=True):
    """A directive in force; reports are not kept, since their claimed ids tell all that is asked of them."""

    issuer: UUID
    addressees: tuple[UUID, ...] = ()
    tasks: dict[UUID, Task] = {}
    plans: dict[UUID, Plan] = {}
    conferences: dict[UUID, Conference] = {}


class Unit(Struct, frozen=True, tag="unit", tag_field="is"):
    """A unit in the registry."""

    code: str


State: TypeAlias = Directive | Unit | None
"""None: nothing was registered under the key yet."""


def answers_for(task: Task, unit: UUID) -> bool:
    """Return whether a unit leads or coordinates a task."""
    return unit == task.lead or unit in task.coordinating


def is_concerned(directive: Directive, unit: UUID) -> bool:
    """Return whether a unit issued a directive, is addressed by it, or answers for one of its tasks."""
    if unit == directive.issuer or unit in directive.addressees:
        return True
    return any(answers_for(task, unit) for task in directive.tasks.values())
