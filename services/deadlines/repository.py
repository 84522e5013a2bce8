"""Deadlines in and out of the database, many at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.deadlines.domain.life import Life, Meeting, Said, name_of, next_stage
from services.deadlines.domain.rules import Rules
from services.deadlines.queries import QUERIES, array_of
from shared.contracts.deadlines import DeadlineEvent, DeadlineSet
from shared.postgres import Connection

Lives = dict[UUID, Life]
"""The lives of deadlines by their ids."""

_Row = Any


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a deadline with what is kept beside it: what it follows from, and when we said it."""

    said: Said
    cause: str
    said_at: datetime
    traceparent: str | None = None


async def load_lives(connection: Connection, tasks: Iterable[UUID]) -> Lives:
    """Return the deadlines of some tasks."""
    return _lives(await connection.fetch(QUERIES["read_lives"], list(tasks)))


async def load_lives_by_id(connection: Connection, deadlines: Iterable[UUID]) -> Lives:
    """Return some deadlines, those that exist."""
    return _lives(await connection.fetch(QUERIES["read_lives_by_id"], list(deadlines)))


async def load_due_lives(connection: Connection, partition: int, now: datetime, limit: int) -> Lives:
    """Return deadlines of a partition whose timer has come, the oldest first."""
    return _lives(await connection.fetch(QUERIES["read_due_lives"], partition, now, limit))


def _lives(rows: Sequence[_Row]) -> Lives:
    return {row["deadline_id"]: _life(row) for row in rows}


def _life(row: _Row) -> Life:
    (deadline, task, directive, number, content, lead, coordinating, name, met_by, plan_stage, due, set_at, approached, missed,
     *meeting) = row  # fmt: skip
    terms = DeadlineEvent(
        deadline=deadline, task=task, directive=directive, task_number=number, content=content, lead=lead,
        coordinating=tuple(coordinating), name=name, met_by=met_by, plan_stage=plan_stage, due=due,
    )  # fmt: skip
    return Life(terms=terms, set_at=set_at, approached=approached, missed=missed, met=_meeting(*meeting))


def _meeting(event: str | None, met_at: datetime, on_time: bool, fact: str, corrects: str | None) -> Meeting | None:  # noqa: FBT001
    if event is None:
        return None
    return Meeting(id=event, met_at=met_at, on_time=on_time, fact=fact, corrects=corrects)


async def store(connection: Connection, partition: int, tellings: Sequence[Telling], lives: Mapping[UUID, Life], rules: Rules) -> None:
    """Write what was said, and the states of `lives`, which are those after the last event; their timers are planned anew."""
    new = [telling.said.data for telling in tellings if isinstance(telling.said.data, DeadlineSet)]
    if new:
        begun = ((*_terms_row(data, lives[data.deadline]), *_timer(lives[data.deadline], rules)) for data in new)
        await connection.execute(QUERIES["add_deadlines"], partition, *zip(*begun, strict=True))
    if lives:
        moved = ((key, *_fate_row(life), *_timer(life, rules)) for key, life in lives.items())
        await connection.execute(QUERIES["move_deadlines"], *zip(*moved, strict=True))
    if tellings:
        await connection.execute(QUERIES["add_history"], *zip(*map(_history_row, tellings), strict=True))


def _terms_row(data: DeadlineSet, life: Life) -> tuple[Any, ...]:
    proof = msgspec.json.encode(data.proof).decode()
    return (
        data.deadline, data.task, data.directive, data.task_number, data.content, data.lead, array_of(data.coordinating), data.name,
        data.met_by, data.plan_stage, data.due, data.kind, data.recurrence, proof, life.set_at,
    )  # fmt: skip


def _fate_row(life: Life) -> tuple[Any, ...]:
    met = life.met
    meeting = (met.id, met.met_at, met.on_time, met.fact, met.corrects) if met else (None,) * 5
    return (life.approached, life.missed, *meeting)


def _timer(life: Life, rules: Rules) -> tuple[str | None, datetime | None]:
    stage = next_stage(life, rules.plan(life))
    return (stage.name, stage.at) if stage else (None, None)


def _history_row(telling: Telling) -> tuple[Any, ...]:
    said = telling.said
    stage_at = getattr(said.data, "stage_at", None)
    late = getattr(said.data, "late_by_seconds", None)
    return (said.data.deadline, said.id, name_of(said.data), said.since, telling.said_at, stage_at, late, telling.cause)
