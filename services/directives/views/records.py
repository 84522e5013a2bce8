"""A task as the read model knows it, whether read from tables or folded from facts, and how it is answered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from services.directives.domain.board import Fact
from services.directives.domain.paperwork import Extension
from services.directives.domain.status import (
    OFFICE_ZONE,
    Axis,
    Status,
    axis_of,
    deadline_time,
    last_good_day,
    met_of,
    status_of,
)
from services.directives.domain.task_life import Receipts, TaskState
from services.directives.domain.warnings import Marks, counts, terms_of
from services.directives.views import models
from shared.contracts.tasks import ProgressReported

NEWEST = 4
NEWEST_OPEN = 24
"""How many occurrences of a series are told with its task."""

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
    assigned_at: datetime
    state: TaskState


class DeadlineRecord(NamedTuple):
    """A deadline of a task."""

    id: UUID
    marks: Marks


def by_task(deadlines: Iterable[DeadlineRecord]) -> dict[UUID, list[DeadlineRecord]]:
    """Return deadlines by their task."""
    found: dict[UUID, list[DeadlineRecord]] = {}
    for deadline in deadlines:
        found.setdefault(deadline.marks.task, []).append(deadline)
    return found


def units_in(tasks: Iterable[TaskRecord]) -> set[UUID]:
    """Return the units that some tasks name."""
    found: set[UUID] = set()
    for task in tasks:
        found.update((task.state.lead, *task.state.coordinating, *(each.unit for each in task.state.received)))
    return found


def name_unit(unit: UUID, names: UnitNames) -> models.UnitRef:
    """Return a unit by its id, with its names where they are known."""
    return names.get(unit) or models.UnitRef(id=unit)


def judge(task: TaskRecord, deadlines: Collection[DeadlineRecord], at: datetime) -> Status:
    """Return a task's status at an instant."""
    return status_of(task.state, [terms_of(each.marks) for each in deadlines if counts(each.marks)], at)


def present(task: TaskRecord, deadlines: Sequence[DeadlineRecord], names: UnitNames, at: datetime) -> models.Task:
    """Return a task as it is answered, evaluated at an instant."""
    status, state, head = judge(task, deadlines, at), task.state, task.directive
    receipts = state.receipts
    axis = axis_of(state, receipts)
    return models.Task(
        id=task.id,
        directive=models.DirectiveRef(id=head.id, number=head.number, symbol=head.symbol, subject=head.subject, issued_on=head.issued_on),
        number=task.number,
        content=task.content,
        lead=name_unit(state.lead, names),
        coordinating=[name_unit(unit, names) for unit in state.coordinating],
        deliverable=state.deliverable,
        status=models.Status(work=status.work, time=status.time),
        due=local(status.due),
        last_good_day=last_good_day(status.due),
        deadlines=[_present_deadline(each, receipts, axis, at) for each in shown(deadlines)],
        assigned_at=task.assigned_at,
        percent=state.percent,
    )


def shown(deadlines: Sequence[DeadlineRecord]) -> list[DeadlineRecord]:
    """Return the deadlines of a task that people look at: of a series the newest occurrences, and the newest before that are open."""
    newest: dict[UUID, int] = {}
    for _, marks in deadlines:
        if marks.series is not None:
            newest[marks.series] = max(newest.get(marks.series, 1), marks.occurrence or 1)
    return [each for each in deadlines if each.marks.series is None or _is_new(each.marks, newest[each.marks.series])]


def _is_new(marks: Marks, newest: int) -> bool:
    age = newest - (marks.occurrence or 1)
    is_open = marks.met_at is None and marks.withdrawn_by is None
    return age < NEWEST or (is_open and age < NEWEST_OPEN)


def present_life(state: TaskState) -> models.Life:
    """Return what last happened to a task."""
    return models.Life(
        accepted_at=state.accepted_at,
        declined_at=state.declined_at,
        suspended_at=state.suspended_at,
        completed_at=state.receipts.get("completed"),
        confirmed_at=state.confirmed_at,
        reopened_at=state.reopened_at,
        ended_at=state.ended_at,
        ended_by=state.ended_by,
    )


def present_extension(extension_id: UUID, extension: Extension, names: UnitNames) -> models.Extension:
    """Return a request for more time as it is answered."""
    asked = extension.requested
    return models.Extension(
        id=extension_id,
        name=asked.name,
        requested_by=name_unit(asked.requested_by, names),
        requested_day=asked.requested_day,
        reasons=asked.reasons,
        received_at=extension.filed.received_at,
        standing=extension.standing,
        decided_at=extension.decided_at,
        last_good_day=extension.last_good_day,
        remarks=extension.remarks,
    )


def present_progress(fact: Fact, data: ProgressReported, names: UnitNames) -> models.Progress:
    """Return what a unit said of its progress as it is answered."""
    unit = name_unit(data.reported_by, names)
    return models.Progress(at=fact.received_at, unit=unit, percent=data.percent, content=data.content, obstacles=data.obstacles)


def local(instant: datetime | None) -> datetime | None:
    """Return an instant with the office's offset, as deadlines are told to people."""
    return instant.astimezone(OFFICE_ZONE) if instant is not None else None


def _present_deadline(deadline: DeadlineRecord, receipts: Receipts, axis: Axis, at: datetime) -> models.TaskDeadline:
    marks = deadline.marks
    terms = terms_of(marks)
    now = at if axis.still_since is None else min(at, axis.still_since)
    return models.TaskDeadline(
        id=deadline.id,
        name=marks.name,
        met_by=marks.met_by,
        plan_stage=marks.plan_stage,
        phrase=marks.proof.phrase,
        kind=marks.kind,
        due=local(marks.due),
        last_good_day=last_good_day(marks.due),
        recurrence=marks.recurrence,
        occurrence=marks.occurrence,
        period=marks.period,
        time=deadline_time(terms, receipts, now, axis.settled_at) if counts(marks) else "no_deadline",
        met_at=met_of(terms, receipts),
        original_due=local(marks.original_due),
        original_last_good_day=last_good_day(marks.original_due),
        changes=marks.changes,
        changed_by=marks.changed_by,
        risk=marks.risk,
        withdrawn_by=marks.withdrawn_by,
    )
