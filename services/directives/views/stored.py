"""Tasks as they stand now, read from the stored tables."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.directives.domain.status import OFFICE_ZONE
from services.directives.domain.words import match_all
from services.directives.queries import QUERIES
from services.directives.states import Database, extension_of, marks_of, task_state_of
from services.directives.views import models, registry_models
from services.directives.views.changes import read_progress
from services.directives.views.questions import TaskPlace, TaskQuestion, cursor_of, is_last, place_of
from services.directives.views.records import (
    DeadlineRecord,
    DirectiveHead,
    TaskRecord,
    by_task,
    name_unit,
    present,
    present_extension,
    present_life,
    present_progress,
    units_in,
)
from shared.errors import NotFoundError
from shared.identity.principals import EVERYTHING, Sight


async def list_tasks(database: Database, question: TaskQuestion, at: datetime, sight: Sight = EVERYTHING) -> models.Page[models.Task]:
    """Return a page of tasks, evaluated at an instant (now)."""
    place = place_of(question.cursor, TaskPlace)
    urgency = question.sort == "urgency"
    rows = await database.fetch(
        QUERIES["list_tasks"], at, question.directive, question.unit, match_all(question.q), question.work, question.time,
        question.due_after, question.due_before, urgency, place and place.is_last_group, place and place.due, place and place.id,
        question.limit + 1, *sight,
    )  # fmt: skip
    tasks = [task_of(row) for row in rows]
    shown = tasks[: question.limit]
    items = await present_all(database, shown, at)
    return models.Page(items=items, next=_next(items, urgency=urgency) if len(tasks) > len(shown) else None)


def _next(items: list[models.Task], *, urgency: bool) -> str:
    last = items[-1]
    return cursor_of(TaskPlace(urgency and is_last(last.status.work), last.due, last.id))


async def read_directive_tasks(database: Database, directive: UUID, at: datetime, sight: Sight = EVERYTHING) -> list[models.Task]:
    """Return a directive's tasks in the order of their assignment."""
    rows = await database.fetch(QUERIES["read_tasks"], directive, None, *sight)
    return await present_all(database, [task_of(row) for row in rows], at)


async def read_task(database: Database, task: UUID, at: datetime, sight: Sight = EVERYTHING) -> models.TaskWithPapers:
    """Return a task with what was handed in for it, or raise NotFoundError."""
    rows = await database.fetch(QUERIES["read_tasks"], None, task, *sight)
    if not rows:
        raise NotFoundError("task", str(task))
    record = task_of(rows[0])
    extensions = {row["id"]: extension_of(row) for row in await database.fetch(QUERIES["list_task_extensions"], task)}
    progress = await read_progress(database, record.directive.id, task, at)
    units = {each.requested.requested_by for each in extensions.values()} | {data.reported_by for _, data in progress}
    names = await read_names(database, units | units_in([record]), at)
    deadlines = (await deadlines_of(database, [record])).get(task, [])
    return models.TaskWithPapers(
        **dict(present(record, deadlines, names, at)),
        life=present_life(record.state),
        received=[models.Reception(unit=name_unit(each.unit, names), at=each.at) for each in record.state.received],
        papers=[models.Paper(**row) for row in await database.fetch(QUERIES["list_task_papers"], task)],
        extensions=[present_extension(each, extension, names) for each, extension in extensions.items()],
        progress=[present_progress(fact, data, names) for fact, data in progress],
        as_of=at,
    )


async def count_tasks(database: Database, question: TaskQuestion, at: datetime, sight: Sight = EVERYTHING) -> registry_models.Counts:
    """Return the counts of tasks on both axes, of all statuses whichever one the question asks for."""
    span = (question.due_after, question.due_before)
    rows = await database.fetch(QUERIES["count_tasks"], at, question.directive, question.unit, match_all(question.q), *sight, *span)
    return counts_of({(row["work"], row["time"]): row["tasks"] for row in rows})


def counts_of(groups: Mapping[tuple[str, str], int]) -> registry_models.Counts:
    """Return the counts of official reports out of the counts by (work, time)."""

    def done(time: str) -> int:
        return groups.get(("done", time), 0)

    def open_(*times: str) -> int:
        return sum(tasks for (work, time), tasks in groups.items() if work not in ("done", "cancelled") and time in times)

    return registry_models.Counts(
        done_on_time=done("on_time"),
        done_late=done("late"),
        done_without_deadline=done("no_deadline"),
        open_in_time=open_("in_time", "due_soon", "on_time"),
        open_due_soon=open_("due_soon"),
        open_overdue=open_("overdue", "late"),
        open_without_deadline=open_("no_deadline"),
        cancelled=sum(tasks for (work, _), tasks in groups.items() if work == "cancelled"),
    )


async def read_names(database: Database, units: Collection[UUID], at: datetime) -> dict[UUID, models.UnitRef]:
    """Return what units are called on the day of an instant; those that are not registered are left out."""
    rows = await database.fetch(QUERIES["read_units"], units, at.astimezone(OFFICE_ZONE).date())
    return {row["id"]: models.UnitRef(**row) for row in rows}


async def present_all(database: Database, tasks: list[TaskRecord], at: datetime) -> list[models.Task]:
    """Return tasks as they are answered, evaluated at an instant."""
    deadlines = await deadlines_of(database, tasks)
    names = await read_names(database, units_in(tasks), at)
    return [present(task, deadlines.get(task.id, []), names, at) for task in tasks]


async def deadlines_of(database: Database, tasks: Iterable[TaskRecord]) -> dict[UUID, list[DeadlineRecord]]:
    """Return the deadlines of some tasks by task."""
    rows = await database.fetch(QUERIES["read_deadlines"], [task.id for task in tasks])
    return by_task(DeadlineRecord(row["id"], marks_of(row)) for row in rows)


def task_of(row: Mapping[str, Any]) -> TaskRecord:
    """Return a task out of its row."""
    head = DirectiveHead(row["directive"], row["directive_number"], row["symbol"], row["subject"], row["issued_on"])
    return TaskRecord(row["id"], head, row["number"], row["content"], row["assigned_at"], task_state_of(row))
