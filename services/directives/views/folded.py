"""Tasks as they stood at an instant (`as_of`): folded from the facts registered by then, by the same pure functions."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from services.directives.domain.board import Board, Fact
from services.directives.domain.status import Deadline, Status
from services.directives.domain.warnings import Marks, evolve
from services.directives.domain.words import words_of
from services.directives.queries import QUERIES
from services.directives.views import models
from services.directives.views.questions import TaskPlace, TaskQuestion, cursor_of, place_of
from services.directives.views.records import DeadlineRecord, DirectiveHead, TaskRecord, by_task, judge, present, units_in
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineEvent, DeadlineSet
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.envelope import decode
from shared.errors import NotFoundError
from shared.postgres import Connection, Pool

PREFETCH = 2_000
NEVER = datetime.max.replace(tzinfo=UTC)


_KINDS: Mapping[type[Contract], Literal["plan", "report", "conference"]] = {
    PlanSubmitted: "plan",
    ReportSubmitted: "report",
    ConferenceScheduled: "conference",
}


@dataclass(slots=True)
class _Past:
    """A directive while its facts are folded."""

    key: UUID
    head: DirectiveHead | None = None
    assigned: dict[UUID, tuple[TaskAssigned, datetime]] = field(default_factory=dict)
    board: Board = field(default_factory=Board)
    papers: dict[UUID, tuple[tuple[UUID, ...], models.Paper]] = field(default_factory=dict)

    def apply(self, fact: Fact) -> None:
        data = fact.data
        if isinstance(data, DirectiveIssued):
            self.head = DirectiveHead(self.key, data.number, data.symbol, data.subject, data.issued_on)
        if isinstance(data, TaskAssigned):
            self.assigned[fact.subject] = (data, fact.received_at)
        self._keep(fact)
        self.board.apply(fact)

    def _keep(self, fact: Fact) -> None:
        """Keep a paper as it was last handed in."""
        data = fact.data
        if isinstance(data, PlanSubmitted | ReportSubmitted | ConferenceScheduled):
            tasks = data.tasks if isinstance(data, ConferenceScheduled) else (data.task,)
            stage = data.stage if isinstance(data, PlanSubmitted) else None
            paper = models.Paper(kind=_KINDS[type(data)], id=fact.subject, title=data.title, stage=stage, received_at=fact.received_at)
            self.papers[fact.subject] = (tasks, paper)

    def papers_of(self, task: UUID) -> list[models.Paper]:
        """Return what was handed in for a task, in the order of receipt."""
        found = [paper for tasks, paper in self.papers.values() if task in tasks]
        return sorted(found, key=lambda paper: (paper.received_at, paper.id))

    def tasks(self) -> Iterable[TaskRecord]:
        if self.head is None:
            return
        for task, (data, at) in self.assigned.items():
            state = self.board.tasks[task]
            yield TaskRecord(task, self.head, data.number, data.content, data.lead, data.coordinating, at, state)


async def list_tasks(pool: Pool, question: TaskQuestion, at: datetime) -> models.Page[models.Task]:
    """Return a page of tasks as they stood at an instant."""
    async with _reading(pool) as connection:
        found = [task async for past in _replay(connection, question.directive, at) for task in past.tasks()]
        names = await _names(connection, units_in(found), at)
        asked = [task for task in found if _is_asked(task, names, question)]
        deadlines = await _deadlines(connection, {task.directive.id for task in asked}, at)
    judged = [(task, judge(task, deadlines.get(task.id, []), at)) for task in asked]
    kept = sorted(((_order(task, status, question), task) for task, status in judged if _has(status, question)), key=lambda each: each[0])
    place = place_of(question.cursor, TaskPlace)
    if place is not None:
        kept = [each for each in kept if each[0] > (place.is_last_group, place.due or NEVER, place.id)]
    shown = kept[: question.limit]
    items = [present(task, deadlines.get(task.id, []), names, at) for _, task in shown]
    more = len(kept) > len(shown)
    return models.Page(items=items, next=cursor_of(_place(*shown[-1][0])) if more else None)


async def read_directive_tasks(pool: Pool, directive: UUID, at: datetime) -> list[models.Task]:
    """Return a directive's tasks as they stood at an instant; none where it was not registered by then."""
    async with _reading(pool) as connection:
        tasks = [task async for past in _replay(connection, directive, at) for task in past.tasks()]
        names = await _names(connection, units_in(tasks), at)
        deadlines = await _deadlines(connection, {directive}, at)
    return [present(task, deadlines.get(task.id, []), names, at) for task in tasks]


async def read_task(pool: Pool, task: UUID, at: datetime) -> models.TaskWithPapers:
    """Return a task as it stood at an instant; raises NotFoundError where it was not registered by then."""
    directive = await pool.fetchval(QUERIES["find_directive_of"], task)
    if directive is None:
        raise NotFoundError("task", str(task))
    async with _reading(pool) as connection:
        pasts = [past async for past in _replay(connection, directive, at)]
        found = [(each, past) for past in pasts for each in past.tasks() if each.id == task]
        if not found:
            raise NotFoundError("task", str(task))
        record, past = found[0]
        names = await _names(connection, units_in([record]), at)
        deadlines = await _deadlines(connection, {directive}, at)
    shown = present(record, deadlines.get(task, []), names, at)
    return models.TaskWithPapers(**dict(shown), papers=past.papers_of(task), as_of=at)


async def read_names(pool: Pool, units: Collection[UUID], at: datetime) -> dict[UUID, models.UnitRef]:
    """Return what units were called at an instant; those that were not registered by then are left out."""
    async with _reading(pool) as connection:
        return await _names(connection, units, at)


@asynccontextmanager
async def _reading(pool: Pool) -> AsyncIterator[Connection]:
    """Read one state of the database throughout."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        yield connection


async def _replay(connection: Connection, directive: UUID | None, at: datetime) -> AsyncIterator[_Past]:
    """Fold one directive after the other, so that only what is asked for stays in memory."""
    past: _Past | None = None
    async for row in connection.cursor(QUERIES["read_facts"], directive, at, prefetch=PREFETCH):
        if past is None or past.key != row["key"]:
            if past is not None:
                yield past
            past = _Past(row["key"])
        past.apply(Fact(row["subject"], row["received_at"], decode(row["value"]).data))
    if past is not None:
        yield past


async def _deadlines(connection: Connection, directives: Collection[UUID], at: datetime) -> dict[UUID, list[DeadlineRecord]]:
    sets: dict[UUID, DeadlineSet] = {}
    marks: dict[UUID, Marks] = {}
    async for row in connection.cursor(QUERIES["read_deadline_events"], directives, at, prefetch=PREFETCH):
        data: Any = decode(row["value"]).data
        if isinstance(data, DeadlineSet):
            sets[data.deadline] = data
        if isinstance(data, DeadlineEvent):
            marks[data.deadline] = evolve(marks.get(data.deadline, Marks()), data)
    found = [_deadline(each, marks[each.deadline]) for each in sets.values()]
    return by_task(sorted(found, key=lambda each: (each.terms.due or NEVER, each.name)))


def _deadline(data: DeadlineSet, marks: Marks) -> DeadlineRecord:
    terms = Deadline(data.met_by, data.plan_stage, data.due, marks.soon_at)
    return DeadlineRecord(data.deadline, data.task, data.name, data.proof.phrase, data.kind, data.recurrence, terms)


async def _names(connection: Connection, units: Collection[UUID], at: datetime) -> dict[UUID, models.UnitRef]:
    names = {}
    for row in await connection.fetch(QUERIES["read_unit_facts"], units, at):
        data = decode(row["value"]).data
        if isinstance(data, UnitRegistered):
            names[row["key"]] = models.UnitRef(id=row["key"], code=data.code, name=data.name, short_name=data.short_name)
    return names


def _is_asked(task: TaskRecord, names: dict[UUID, models.UnitRef], question: TaskQuestion) -> bool:
    lead = names.get(task.lead)
    if question.unit is not None and (lead is None or lead.code != question.unit):
        return False
    return _holds(task, lead, words_of((question.q,)).split())


def _holds(task: TaskRecord, lead: models.UnitRef | None, asked: Sequence[str]) -> bool:
    """Return whether a task (with its directive), or its lead unit, holds all words; the last one may be a beginning."""
    if not asked:
        return True
    head = task.directive
    number = None if head.number is None else str(head.number)
    texts = [(task.number, task.content, number, head.symbol, head.subject)]
    if lead is not None:
        texts.append((lead.code or "", lead.name or "", lead.short_name, "", ""))
    return any(_has_words(set(words_of(text).split()), asked) for text in texts)


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
    return (question.sort == "urgency" and status.work == "done", status.due or NEVER, task.id)


def _place(is_last_group: bool, due: datetime, task: UUID) -> TaskPlace:  # noqa: FBT001  the order, taken apart
    return TaskPlace(is_last_group, None if due == NEVER else due, task)
