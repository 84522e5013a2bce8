"""Tasks and directives as they stood at an instant (`as_of`): folded from the facts registered by then, by the same pure functions."""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from services.directives.domain.board import Board, Fact, fold
from services.directives.domain.paperwork import Directive
from services.directives.domain.status import Status
from services.directives.domain.warnings import Marks, evolve
from services.directives.domain.words import words_of
from services.directives.queries import QUERIES, SCORECARDS
from services.directives.views import models
from services.directives.views.called import Called, read_called
from services.directives.views.changes import read_progress
from services.directives.views.questions import TaskPlace, TaskQuestion, cursor_of, is_last, place_of
from services.directives.views.records import (
    DeadlineRecord,
    DirectiveHead,
    TaskRecord,
    by_task,
    judge,
    name_unit,
    present,
    present_extension,
    present_life,
    present_progress,
    units_in,
)
from shared.contracts import type_of
from shared.contracts.deadlines import DeadlineEvent
from shared.contracts.directives import TaskAssigned
from shared.contracts.tasks import TaskReassigned
from shared.envelope import decode
from shared.errors import NotFoundError
from shared.identity.principals import EVERYTHING, Sight
from shared.postgres import Connection, Pool

PREFETCH = 2_000
NEVER = datetime.max.replace(tzinfo=UTC)
GIVING = (type_of(TaskAssigned), type_of(TaskReassigned))
"""The facts that make a unit lead a task."""


async def list_tasks(pool: Pool, question: TaskQuestion, at: datetime, sight: Sight = EVERYTHING) -> models.Page[models.Task]:
    """Return a page of tasks as they stood at an instant."""
    async with _reading(pool) as connection:
        found = await _find_tasks(connection, question.directive, at, sight)
        called = await read_called(connection, units_in(found), at)
        asked = [task for task in found if _is_asked(task, called, question)]
        deadlines = await _deadlines(connection, {task.directive.id for task in asked}, at)
    judged = [(task, judge(task, deadlines.get(task.id, []), at)) for task in asked]
    kept = sorted(((_order(task, status, question), task) for task, status in judged if _has(status, question)), key=lambda each: each[0])
    place = place_of(question.cursor, TaskPlace)
    if place is not None:
        kept = [each for each in kept if each[0] > (place.is_last_group, place.due or NEVER, place.id)]
    shown = kept[: question.limit]
    items = [present(task, deadlines.get(task.id, []), called.names, at) for _, task in shown]
    more = len(kept) > len(shown)
    return models.Page(items=items, next=cursor_of(_place(*shown[-1][0])) if more else None)


async def read_directive(pool: Pool, directive: UUID, at: datetime) -> Directive:
    """Return a directive as it stood at an instant; raises NotFoundError where it was not registered by then."""
    async with _reading(pool) as connection:
        boards = [board async for board in _replay(connection, directive, at)]
    if not boards or directive not in boards[0].directives:
        raise NotFoundError("directive", str(directive))
    return boards[0].directives[directive]


async def read_links(pool: Pool, directive: UUID, at: datetime, sight: Sight = EVERYTHING) -> list[models.Link]:
    """Return the directives that had carried out a directive by an instant, and those that it had replaced."""
    links: list[models.Link] = []
    async with _reading(pool) as connection:
        for row in await connection.fetch(QUERIES["list_once_linked"], directive):
            async for board in _replay(connection, row["id"], at, sight):
                links += [_link(kind, *each) for each in board.directives.items() for kind in _ties(each[1], directive)]
    return sorted(links, key=lambda link: (link.kind, link.directive.issued_on or date.max, link.directive.id))


def _ties(other: Directive, directive: UUID) -> Iterator[Literal["carried_out_by", "replaces"]]:
    if any(basis.directive == directive for basis in other.issued.based_on):
        yield "carried_out_by"
    if other.replaced_by == directive:
        yield "replaces"


def _link(kind: Literal["carried_out_by", "replaces"], key: UUID, other: Directive) -> models.Link:
    data = other.issued
    head = models.DirectiveRef(id=key, number=data.number, symbol=data.symbol, subject=data.subject, issued_on=data.issued_on)
    return models.Link(kind=kind, directive=head)


async def read_directive_tasks(pool: Pool, directive: UUID, at: datetime, sight: Sight = EVERYTHING) -> list[models.Task]:
    """Return a directive's tasks as they stood at an instant; none where it was not registered by then."""
    async with _reading(pool) as connection:
        tasks = await _find_tasks(connection, directive, at, sight)
        called = await read_called(connection, units_in(tasks), at)
        deadlines = await _deadlines(connection, {directive}, at)
    return [present(task, deadlines.get(task.id, []), called.names, at) for task in tasks]


async def read_task(pool: Pool, task: UUID, at: datetime, sight: Sight = EVERYTHING) -> models.TaskWithPapers:
    """Return a task as it stood at an instant; raises NotFoundError where it was not registered by then."""
    directive = await pool.fetchval(QUERIES["find_directive_of"], task)
    async with _reading(pool) as connection:
        boards = [board async for board in _replay(connection, directive, at, sight)] if directive else []
        seen = await _read_sight(connection, directive, sight)
        found = [(each, board) for board in boards for each in _tasks(board) if each.id == task and (seen is None or task in seen)]
        if not found:
            raise NotFoundError("task", str(task))
        return await _present_task(connection, *found[0], at)


async def _present_task(connection: Connection, record: TaskRecord, board: Board, at: datetime) -> models.TaskWithPapers:
    extensions = {each: extension for each, extension in board.extensions.items() if extension.requested.task == record.id}
    progress = await read_progress(connection, record.directive.id, record.id, at)
    units = {each.requested.requested_by for each in extensions.values()} | {data.reported_by for _, data in progress}
    names = (await read_called(connection, units | units_in([record]), at)).names
    deadlines = (await _deadlines(connection, {record.directive.id}, at)).get(record.id, [])
    return models.TaskWithPapers(
        **dict(present(record, deadlines, names, at)),
        life=present_life(record.state),
        received=[models.Reception(unit=name_unit(each.unit, names), at=each.at) for each in record.state.received],
        papers=sorted(_papers(board, record.id), key=lambda paper: (paper.received_at, paper.id)),
        extensions=[present_extension(each, extension, names) for each, extension in extensions.items()],
        progress=[present_progress(fact, data, names) for fact, data in progress],
        as_of=at,
    )


async def read_led(pool: Pool, unit: UUID, at: datetime, sight: Sight = EVERYTHING) -> list[tuple[TaskRecord, list[DeadlineRecord]]]:
    """Return the tasks that a unit led at an instant, as they stood then, each with its deadlines."""
    async with _reading(pool) as connection:
        keys = [row["key"] for row in await connection.fetch(SCORECARDS["list_once_led"], GIVING, at, str(unit))]
        tasks = [task for key in keys for task in await _find_tasks(connection, key, at, sight) if task.state.lead == unit]
        deadlines = await _deadlines(connection, keys, at)
    return [(task, deadlines.get(task.id, [])) for task in tasks]


async def read_names(pool: Pool, units: Collection[UUID], at: datetime) -> dict[UUID, models.UnitRef]:
    """Return what units were called at an instant; those that were not registered by then are left out."""
    async with _reading(pool) as connection:
        return dict((await read_called(connection, units, at)).names)


@asynccontextmanager
async def _reading(pool: Pool) -> AsyncIterator[Connection]:
    """Read one state of the database throughout."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        yield connection


async def _find_tasks(connection: Connection, directive: UUID | None, at: datetime, sight: Sight) -> list[TaskRecord]:
    """Return the tasks of a directive, or of all, as they stood at an instant; a unit finds those that it may see now."""
    seen = await _read_sight(connection, directive, sight)
    found = [task async for board in _replay(connection, directive, at, sight) for task in _tasks(board)]
    return [task for task in found if seen is None or task.id in seen]


async def _read_sight(connection: Connection, directive: UUID | None, sight: Sight) -> set[UUID] | None:
    """Return the tasks that a unit sees, None for whoever sees all."""
    if sight.unit is None:
        return None
    return {row["task"] for row in await connection.fetch(QUERIES["list_tasks_in_sight"], *sight, directive)}


async def _replay(connection: Connection, directive: UUID | None, at: datetime, sight: Sight = EVERYTHING) -> AsyncIterator[Board]:
    """Fold one directive after the other, so that only what is asked for stays in memory."""
    history: list[Fact] = []
    async for row in connection.cursor(QUERIES["read_facts"], directive, at, *sight, prefetch=PREFETCH):
        if history and history[0].key != row["key"]:
            yield fold(history)
            history = []
        data = decode(row["value"]).data
        history.append(Fact(row["key"], row["version"], row["subject"], row["received_at"], row["registered_at"], data))
    if history:
        yield fold(history)


def _tasks(board: Board) -> Iterator[TaskRecord]:
    """Yield the tasks of a board that holds one directive, in the order of their assignment."""
    for key, directive in board.directives.items():
        issued = directive.issued
        head = DirectiveHead(key, issued.number, issued.symbol, issued.subject, issued.issued_on)
        for task, fact in board.assignments.items():
            data = fact.data
            yield TaskRecord(task, head, data.number, data.content, fact.received_at, board.tasks[task])  # type: ignore[attr-defined]


def _papers(board: Board, task: UUID) -> Iterator[models.Paper]:
    """Yield what was handed in for a task, as it stood."""
    for each, plan in board.plans.items():
        if plan.submitted.task == task:
            data, at = plan.submitted, plan.filed.received_at
            yield models.Paper(kind="plan", id=each, title=data.title, stage=data.stage, standing=plan.standing, received_at=at)
    for each, report in board.reports.items():
        if report.submitted.task == task:
            title, at = report.submitted.title, report.filed.received_at
            yield models.Paper(kind="report", id=each, title=title, stage=None, standing=None, received_at=at)
    for each, conference in board.conferences.items():
        if task in conference.scheduled.tasks:
            title, at = conference.scheduled.title, conference.filed.received_at
            yield models.Paper(kind="conference", id=each, title=title, stage=None, standing=conference.standing, received_at=at)


async def _deadlines(connection: Connection, directives: Collection[UUID], at: datetime) -> dict[UUID, list[DeadlineRecord]]:
    marks: dict[UUID, Marks] = {}
    async for row in connection.cursor(QUERIES["read_deadline_events"], directives, at, prefetch=PREFETCH):
        data = decode(row["value"]).data
        if isinstance(data, DeadlineEvent):
            marks[data.deadline] = evolve(marks.get(data.deadline), data)
    found = [DeadlineRecord(*each) for each in marks.items()]
    return by_task(sorted(found, key=lambda each: (each.marks.due or NEVER, each.marks.name, each.id)))


def _is_asked(task: TaskRecord, called: Called, question: TaskQuestion) -> bool:
    lead = called.names.get(task.state.lead)
    if question.unit is not None and (lead is None or lead.code != question.unit):
        return False
    return _holds(task, called.words.get(task.state.lead, ""), words_of((question.q,)).split())


def _holds(task: TaskRecord, lead: str, asked: Sequence[str]) -> bool:
    """Return whether a task (with its directive), or its lead unit, holds all words; the last one may be a beginning."""
    if not asked:
        return True
    head = task.directive
    number = None if head.number is None else str(head.number)
    own = words_of((task.number, task.content, number, head.symbol, head.subject))
    return any(_has_words(set(words.split()), asked) for words in (own, lead))


def _has_words(words: set[str], asked: Sequence[str]) -> bool:
    return words.issuperset(asked[:-1]) and any(word.startswith(asked[-1]) for word in words)


def _has(status: Status, question: TaskQuestion) -> bool:
    if (question.work and status.work not in question.work) or (question.time and status.time not in question.time):
        return False
    if question.due_after is not None and (status.due is None or status.due < question.due_after):
        return False
    return question.due_before is None or (status.due is not None and status.due < question.due_before)


_Order = tuple[bool, datetime, UUID]


def _order(task: TaskRecord, status: Status, question: TaskQuestion) -> _Order:
    return (question.sort == "urgency" and is_last(status.work), status.due or NEVER, task.id)


def _place(is_last_group: bool, due: datetime, task: UUID) -> TaskPlace:  # noqa: FBT001  the order, taken apart
    return TaskPlace(is_last_group, None if due == NEVER else due, task)
