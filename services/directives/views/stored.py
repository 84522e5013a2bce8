"""Tasks as they stand now, read from the stored tables."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.directives.domain.status import MILESTONES, Deadline, TaskState
from services.directives.domain.words import match_all
from services.directives.queries import QUERIES
from services.directives.views import models
from services.directives.views.questions import TaskPlace, TaskQuestion, cursor_of, place_of
from services.directives.views.records import DeadlineRecord, DirectiveHead, TaskRecord, by_task, present, units_in
from shared.contracts.deadlines import Proof
from shared.contracts.directives import DeadlineClause
from shared.errors import NotFoundError
from shared.postgres import Connection, Pool

_clauses = msgspec.json.Decoder(tuple[DeadlineClause, ...])
_proof = msgspec.json.Decoder(Proof)

Database = Connection | Pool


async def list_tasks(database: Database, question: TaskQuestion, at: datetime) -> models.Page[models.Task]:
    """Return a page of tasks, evaluated at an instant (now)."""
    place = place_of(question.cursor, TaskPlace)
    urgency = question.sort == "urgency"
    rows = await database.fetch(
        QUERIES["list_tasks"], at, question.directive, question.unit, match_all(question.q), question.work, question.time,
        question.due_after, question.due_before, urgency, place and place.is_last_group, place and place.due, place and place.id,
        question.limit + 1,
    )  # fmt: skip
    tasks = [_task(row) for row in rows]
    shown = tasks[: question.limit]
    deadlines = await _deadlines_of(database, shown)
    names = await read_names(database, units_in(shown))
    items = [present(task, deadlines.get(task.id, []), names, at) for task in shown]
    return models.Page(items=items, next=_next(items, urgency=urgency) if len(tasks) > len(shown) else None)


def _next(items: list[models.Task], *, urgency: bool) -> str:
    last = items[-1]
    return cursor_of(TaskPlace(urgency and last.status.work == "done", last.due, last.id))


async def read_directive_tasks(database: Database, directive: UUID, at: datetime) -> list[models.Task]:
    """Return a directive's tasks in the order of their assignment."""
    return await _present_all(database, [_task(row) for row in await database.fetch(QUERIES["read_tasks"], directive, None)], at)


async def read_task(database: Database, task: UUID, at: datetime) -> models.TaskWithPapers:
    """Return a task with what was handed in for it, or raise NotFoundError."""
    rows = await database.fetch(QUERIES["read_tasks"], None, task)
    if not rows:
        raise NotFoundError("task", str(task))
    shown = (await _present_all(database, [_task(rows[0])], at))[0]
    papers = [models.Paper(**row) for row in await database.fetch(QUERIES["list_task_papers"], task)]
    return models.TaskWithPapers(**dict(shown), papers=papers, as_of=at)


async def count_tasks(database: Database, question: TaskQuestion, at: datetime) -> models.Counts:
    """Return the counts of tasks on both axes, of all statuses whichever one the question asks for."""
    rows = await database.fetch(QUERIES["count_tasks"], at, question.directive, question.unit, match_all(question.q))
    return counts_of({(row["work"], row["time"]): row["tasks"] for row in rows})


def counts_of(groups: Mapping[tuple[str, str], int]) -> models.Counts:
    """Return the counts of official reports out of the counts by (work, time)."""

    def count(*times: str, is_done: bool) -> int:
        return sum(tasks for (work, time), tasks in groups.items() if (work == "done") == is_done and time in times)

    return models.Counts(
        done_on_time=count("on_time", is_done=True),
        done_late=count("late", is_done=True),
        done_without_deadline=count("no_deadline", is_done=True),
        open_in_time=count("in_time", "due_soon", is_done=False),
        open_due_soon=count("due_soon", is_done=False),
        open_overdue=count("overdue", is_done=False),
        open_without_deadline=count("no_deadline", is_done=False),
    )


async def read_names(database: Database, units: Collection[UUID]) -> dict[UUID, models.UnitRef]:
    """Return what units are called now; those that are not registered are left out."""
    rows = await database.fetch(QUERIES["read_units"], units)
    return {row["id"]: models.UnitRef(**row) for row in rows}


async def _present_all(database: Database, tasks: list[TaskRecord], at: datetime) -> list[models.Task]:
    deadlines = await _deadlines_of(database, tasks)
    names = await read_names(database, units_in(tasks))
    return [present(task, deadlines.get(task.id, []), names, at) for task in tasks]


async def _deadlines_of(database: Database, tasks: Iterable[TaskRecord]) -> dict[UUID, list[DeadlineRecord]]:
    rows = await database.fetch(QUERIES["read_deadlines"], [task.id for task in tasks])
    return by_task(_deadline(row) for row in rows)


def _task(row: Mapping[str, Any]) -> TaskRecord:
    head = DirectiveHead(row["directive"], row["directive_number"], row["symbol"], row["subject"], row["issued_on"])
    receipts = {milestone: row[f"{milestone}_at"] for milestone in MILESTONES if row[f"{milestone}_at"] is not None}
    state = TaskState(row["deliverable"], _clauses.decode(row["clauses"]), receipts)
    return TaskRecord(row["id"], head, row["number"], row["content"], row["lead"], tuple(row["coordinating"]), row["assigned_at"], state)


def _deadline(row: Mapping[str, Any]) -> DeadlineRecord:
    terms = Deadline(row["met_by"], row["plan_stage"], row["due"], row["soon_at"])
    phrase = _proof.decode(row["proof"]).phrase
    return DeadlineRecord(row["id"], row["task"], row["name"], phrase, row["kind"], row["recurrence"], terms)
