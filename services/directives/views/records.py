"""A task as the read model knows it, whether read from tables or folded from facts, and how it is answered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from services.directives.domain.status import (
    OFFICE_ZONE,
    Deadline,
    Status,
    TaskState,
    deadline_time,
    last_good_day,
    met_at,
    status_of,
)
from services.directives.views import models
from shared.contracts.deadlines import DeadlineKind

UnitNames: TypeAlias = Mapping[UUID, models.UnitRef]


@dataclass(frozen=True, slots=True)
class DirectiveHead:
    """What a task says of its directive."""

    id: UUID
    number: int | None
    symbol: str
    subject: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A task and the state of its facts."""

    id: UUID
    directive: DirectiveHead
    number: str
    content: str
    lead: UUID
    coordinating: tuple[UUID, ...]
    assigned_at: datetime
    state: TaskState


@dataclass(frozen=True, slots=True)
class DeadlineRecord:
    """A deadline of a task."""

    id: UUID
    task: UUID
    name: str
    phrase: str
    kind: DeadlineKind
    recurrence: str | None
    terms: Deadline


def by_task(deadlines: Iterable[DeadlineRecord]) -> dict[UUID, list[DeadlineRecord]]:
    """Return deadlines by their task."""
    found: dict[UUID, list[DeadlineRecord]] = {}
    for deadline in deadlines:
        found.setdefault(deadline.task, []).append(deadline)
    return found


def units_in(tasks: Iterable[TaskRecord]) -> set[UUID]:
    """Return the units that some tasks name."""
    return {unit for task in tasks for unit in (task.lead, *task.coordinating)}


def name_unit(unit: UUID, names: UnitNames) -> models.UnitRef:
    """Return a unit by its id, with its names where they are known."""
    return names.get(unit) or models.UnitRef(id=unit)


def judge(task: TaskRecord, deadlines: Collection[DeadlineRecord], at: datetime) -> Status:
    """Return a task's status at an instant."""
    return status_of(task.state, [each.terms for each in deadlines], at)


def present(task: TaskRecord, deadlines: Sequence[DeadlineRecord], names: UnitNames, at: datetime) -> models.Task:
    """Return a task as it is answered, evaluated at an instant."""
    status = judge(task, deadlines, at)
    head = task.directive
    return models.Task(
        id=task.id,
        directive=models.DirectiveRef(id=head.id, number=head.number, symbol=head.symbol, subject=head.subject, issued_on=head.issued_on),
        number=task.number,
        content=task.content,
        lead=name_unit(task.lead, names),
        coordinating=[name_unit(unit, names) for unit in task.coordinating],
        deliverable=task.state.deliverable,
        status=models.Status(work=status.work, time=status.time),
        due=local(status.due),
        last_good_day=last_good_day(status.due),
        deadlines=[_present_deadline(each, task.state, at) for each in deadlines],
        assigned_at=task.assigned_at,
    )


def local(instant: datetime | None) -> datetime | None:
    """Return an instant with the office's offset, as deadlines are told to people."""
    return instant.astimezone(OFFICE_ZONE) if instant is not None else None


def _present_deadline(deadline: DeadlineRecord, state: TaskState, at: datetime) -> models.TaskDeadline:
    terms = deadline.terms
    return models.TaskDeadline(
        id=deadline.id,
        name=deadline.name,
        met_by=terms.met_by,
        plan_stage=terms.plan_stage,
        phrase=deadline.phrase,
        kind=deadline.kind,
        due=local(terms.due),
        last_good_day=last_good_day(terms.due),
        recurrence=deadline.recurrence,
        time=deadline_time(terms, state.receipts, at),
        met_at=met_at(terms.met_by, terms.plan_stage, state.receipts),
    )
