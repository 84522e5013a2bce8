"""Deadlines in and out of the database, many at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.deadlines.domain.calendar import HANOI
from services.deadlines.domain.life import Life, Met, next_stage
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.said import Said, name_of
from services.deadlines.domain.stages import Stage
from services.deadlines.domain.targets import Risk
from services.deadlines.queries import QUERIES, array_of
from shared.contracts.deadlines import DeadlineChanged, DeadlineEvent, DeadlineSet
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


async def load_lives(connection: Connection, directives: Iterable[UUID]) -> Lives:
    """Return the deadlines of some directives."""
    return _lives(await connection.fetch(QUERIES["read_lives"], list(directives)))


async def load_lives_by_id(connection: Connection, deadlines: Iterable[UUID]) -> Lives:
    """Return some deadlines, those that exist."""
    return _lives(await connection.fetch(QUERIES["read_lives_by_id"], list(deadlines)))


async def load_due_lives(connection: Connection, partition: int, now: datetime, limit: int) -> Lives:
    """Return deadlines of a partition whose timer has come, the oldest first."""
    return _lives(await connection.fetch(QUERIES["read_due_lives"], partition, now, limit))


def _lives(rows: Sequence[_Row]) -> Lives:
    return {row["deadline_id"]: life_of(row) for row in rows}


def life_of(row: _Row) -> Life:
    """Return a deadline's life from its row."""
    (deadline, task, directive, number, content, lead, coordinating, name, met_by, plan_stage, due, series, occurrence, period, kind,
     recurrence, phrase, original_due, set_at, moved_at, changes, approached, missed, risk, planned_at, withdrawn,
     *meeting) = row  # fmt: skip
    terms = DeadlineEvent(
        deadline=deadline, task=task, directive=directive, task_number=number, content=content, lead=lead,
        coordinating=tuple(coordinating), name=name, met_by=met_by, plan_stage=plan_stage, due=due, series=series,
        occurrence=occurrence, period=period,
    )  # fmt: skip
    return Life(
        terms=terms, kind=kind, recurrence=recurrence, phrase=phrase, original_due=original_due, set_at=set_at, moved_at=moved_at,
        changes=changes, approached=approached, missed=missed, risk=Risk(why=risk, planned_at=planned_at) if risk else None,
        withdrawn=withdrawn, met=_meeting(*meeting),
    )  # fmt: skip


def _meeting(event: str | None, met_at: datetime, on_time: bool | None, fact: str, corrects: str | None) -> Met | None:  # noqa: FBT001
    if event is None:
        return None
    return Met(id=event, met_at=met_at, on_time=on_time, fact=fact, corrects=corrects)


async def store(connection: Connection, partition: int, tellings: Sequence[Telling], lives: Mapping[UUID, Life], rules: Rules) -> None:
    """Write what was said, and the states of `lives`, which are those after the last event; their timers are planned anew."""
    said = (telling.said.data for telling in tellings)
    moved = {data.deadline: data for data in said if isinstance(data, DeadlineSet | DeadlineChanged)}
    if moved:
        terms = (_terms_row(data, lives[deadline]) for deadline, data in moved.items())
        await connection.execute(QUERIES["put_deadlines"], *zip(*terms, strict=True))
    if lives:
        history = _history_of(tellings)
        states = (
            (key, *_state_row(life), *_timer(next_stage(life, rules.plan(life))), history.get(key, "[]")) for key, life in lives.items()
        )
        await connection.execute(QUERIES["put_progress"], partition, *zip(*states, strict=True))


async def store_fired(
    connection: Connection, tellings: Sequence[Telling], lives: Mapping[UUID, Life], ahead: Sequence[Stage | None]
) -> None:
    """Write what timers have done to `lives`, whose next stages are `ahead`; terms and meetings are as they were."""
    if lives:
        history = _history_of(tellings)
        states = ((key, life.approached, life.missed) for key, life in lives.items())
        rows = ((*state, *_timer(stage), history.get(state[0], "[]")) for state, stage in zip(states, ahead, strict=True))
        await connection.execute(QUERIES["put_fired"], *zip(*rows, strict=True))


def _terms_row(data: DeadlineSet | DeadlineChanged, life: Life) -> tuple[Any, ...]:
    proof = msgspec.json.encode(data.proof).decode()
    return (
        data.deadline, data.task, data.directive, data.task_number, data.content, data.lead, array_of(data.coordinating), data.name,
        data.met_by, data.plan_stage, data.due, data.kind, data.recurrence, proof, life.set_at,
        life.original_due, life.moved_at, life.changes, data.series, data.occurrence, data.period,
    )  # fmt: skip


def _state_row(life: Life) -> tuple[Any, ...]:
    met, risk = life.met, life.risk
    meeting = (met.id, met.met_at, met.on_time, met.fact, met.corrects) if met else (None,) * 5
    danger = (risk.why, risk.planned_at) if risk else (None, None)
    return (life.approached, life.missed, *danger, life.withdrawn, *meeting)


def _timer(stage: Stage | None) -> tuple[str | None, datetime | None]:
    return (stage.name, stage.at) if stage else (None, None)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a deadline's history; of a change also why, by which fact, and from which instant to which."""

    event: str
    name: str
    since: datetime
    said_at: datetime
    cause: str
    stage_at: datetime | None = None
    late_by_seconds: int | None = None
    why: str | None = None
    fact: str | None = None
    due: datetime | None = None
    previous_due: datetime | None = None


def _history_of(tellings: Sequence[Telling]) -> dict[UUID, str]:
    entries: dict[UUID, list[Entry]] = {}
    for telling in tellings:
        entries.setdefault(telling.said.data.deadline, []).append(_entry_of(telling))
    return {deadline: msgspec.json.encode(lines).decode() for deadline, lines in entries.items()}


def _entry_of(telling: Telling) -> Entry:
    said, data = telling.said, telling.said.data
    more = {name: getattr(data, name) for name in ("stage_at", "late_by_seconds", "why", "fact") if hasattr(data, name)}
    return Entry(
        event=said.id, name=name_of(data), since=said.since, said_at=telling.said_at, cause=telling.cause, due=_in_vietnam(data.due),
        previous_due=_in_vietnam(getattr(data, "previous_due", None)), **more,
    )  # fmt: skip


def _in_vietnam(instant: datetime | None) -> datetime | None:
    return instant.astimezone(HANOI) if instant else None
