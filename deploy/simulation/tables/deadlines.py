"""The tables of deadlines: dossiers and their facts, calendars, deadlines with their timers, series."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from deploy.simulation.database import Database, answers
from deploy.simulation.tables.streaming import first_of, kept
from services.deadlines.queries import QUERIES

Rows = Sequence[Any]
TERMS = (
    "deadline_id", "task", "directive", "task_number", "content", "lead", "coordinating", "name", "met_by", "plan_stage", "due", "kind",
    "recurrence", "proof", "set_at", "original_due", "moved_at", "changes", "series", "occurrence", "period",
)  # fmt: skip
PROGRESS = (
    "approached", "missed_event", "risk", "risk_planned_at", "withdrawn", "met_event", "met_at", "on_time", "met_fact", "corrects",
    "next_stage", "fire_at",
)  # fmt: skip
FIRED = ("approached", "missed_event", "next_stage", "fire_at")
LIFE = (
    "deadline_id", "task", "directive", "task_number", "content", "lead", "coordinating", "name", "met_by", "plan_stage", "due", "series",
    "occurrence", "period", "kind", "recurrence", "phrase", "original_due", "set_at", "moved_at", "changes", "approached", "missed_event",
    "risk", "risk_planned_at", "withdrawn", "met_event", "met_at", "on_time", "met_fact", "corrects",
)  # fmt: skip


class LifeRow(tuple[Any, ...]):
    """A deadline as a row, whose id is also found by its name."""

    __slots__ = ()

    def __getitem__(self, column: Any) -> Any:  # noqa: ANN401  as asyncpg's Record
        """Return a column by number, or the id by its name."""
        return tuple.__getitem__(self, 0 if column == "deadline_id" else column)


def _nothing(_db: Database, *_args: object) -> Rows:
    return []


for _name in ("wake_timers", "read_calendar_versions", "read_calendars", "read_learned", "void_calendar", "rename_units", "put_units"):
    answers(QUERIES, _name)(_nothing)


@answers(QUERIES, "read_dossiers")
def read_dossiers(db: Database, directives: Iterable[UUID]) -> Rows:
    """Tell what is known of directives."""
    return [{"directive_id": each, "state": db["dossier"][each]} for each in directives if each in db["dossier"]]


@answers(QUERIES, "put_dossiers")
def put_dossiers(db: Database, directives: Sequence[UUID], states: Sequence[bytes]) -> Rows:
    """Keep what is known of directives."""
    for directive, state in zip(directives, states, strict=True):
        db.put("dossier", directive, state)
    return []


@answers(QUERIES, "read_facts")
def read_facts(db: Database, directives: Sequence[UUID]) -> Rows:
    """Tell the facts of directives, in order."""
    return [
        {"directive_id": directive, "value": value}
        for (directive, _), value in sorted(db["fact"].items())
        if directive in directives
    ]  # fmt: skip


@answers(QUERIES, "put_facts")
def put_facts(db: Database, *columns: Rows) -> Rows:
    """Keep facts."""
    for directive, version, value in zip(*columns, strict=True):
        db.put("fact", (directive, version), value)
    return []


@answers(QUERIES, "put_issuers")
def put_issuers(db: Database, directives: Sequence[UUID], issuers: Sequence[UUID]) -> Rows:
    """Keep who issued directives."""
    for directive, issuer in zip(directives, issuers, strict=True):
        db.put("issued", directive, issuer)
    return []


@answers(QUERIES, "put_deadlines")
def put_deadlines(db: Database, *columns: Rows) -> Rows:
    """Keep the terms of deadlines."""
    for values in zip(*columns, strict=True):
        row = dict(zip(TERMS, map(kept, values), strict=True))
        row["coordinating"] = [UUID(each) for each in row["coordinating"].strip("{}").split(",") if each]
        row["phrase"] = msgspec.json.decode(row.pop("proof"))["phrase"]
        db.put("deadline", row["deadline_id"], row)
    return []


@answers(QUERIES, "put_progress")
def put_progress(db: Database, partition: int, deadlines: Sequence[UUID], *columns: Rows) -> Rows:
    """Keep what became of deadlines, and their timers."""
    for deadline, *values, history in zip(deadlines, *columns, strict=True):
        said = [*db["progress"].get(deadline, {}).get("history", ()), *msgspec.json.decode(history)]
        row = dict(zip(PROGRESS, map(kept, values), strict=True))
        db.put("progress", deadline, {**row, "partition": partition, "history": said})
    return []


@answers(QUERIES, "put_fired")
def put_fired(db: Database, deadlines: Sequence[UUID], *columns: Rows) -> Rows:
    """Keep the stages that were fired."""
    for deadline, *values, history in zip(deadlines, *columns, strict=True):
        before = db["progress"][deadline]
        said = [*before["history"], *msgspec.json.decode(history)]
        db.put("progress", deadline, {**before, **dict(zip(FIRED, map(kept, values), strict=True)), "history": said})
    return []


def _life(db: Database, deadline: UUID) -> LifeRow:
    terms, progress = db["deadline"][deadline], db["progress"][deadline]
    return LifeRow(terms[name] if name in terms else progress[name] for name in LIFE)


@answers(QUERIES, "read_lives")
def read_lives(db: Database, directives: Sequence[UUID]) -> Rows:
    """Tell the deadlines of directives."""
    return [_life(db, key) for key, row in sorted(db["deadline"].items()) if row["directive"] in directives]


@answers(QUERIES, "read_lives_by_id")
def read_lives_by_id(db: Database, deadlines: Sequence[UUID]) -> Rows:
    """Tell deadlines."""
    return [_life(db, each) for each in deadlines if each in db["deadline"]]


@answers(QUERIES, "read_due_lives")
def read_due_lives(db: Database, partition: int, now: datetime, limit: int) -> Rows:
    """Tell the deadlines whose timer has come."""
    rows = db["progress"].items()
    due = [(row["fire_at"], key) for key, row in rows if row["partition"] == partition and row["fire_at"] and row["fire_at"] <= now]
    return [_life(db, key) for _, key in sorted(due)[:limit]]


@answers(QUERIES, "read_answers")
def read_answers(db: Database, topic: str, partition: int, causes: Sequence[str]) -> Rows:
    """Tell which requests were answered."""
    rows = [row for (name, number, _), row in db["journal"].items() if (name, number) == (topic, partition)]
    return [{"cause": row["cause"]} for row in rows if row["cause"] in causes]


@answers(QUERIES, "put_series")
def put_series(db: Database, partition: int, *columns: Rows) -> Rows:
    """Keep when series are looked at."""
    for series, directive, at in zip(*columns, strict=True):
        db.put("series", series, (partition, directive, at))
    return []


@answers(QUERIES, "recall_series")
def recall_series(db: Database, partition: int, *columns: Rows) -> Rows:
    """Have series looked at again."""
    for series, directive, at in zip(*columns, strict=True):
        before = db["series"].get(series, (partition, directive, None))[2]
        db.put("series", series, (partition, directive, min(at, before or at)))
    return []


@answers(QUERIES, "read_due_series")
def read_due_series(db: Database, partition: int, now: datetime, limit: int) -> Rows:
    """Tell the series that are to be looked at."""
    rows = db["series"].items()
    due = [(at, key, directive) for key, (place, directive, at) in rows if place == partition and at is not None and at <= now]
    found = [(key, directive) for _, key, directive in sorted(due) if directive in db["dossier"]]
    return [{"series_id": key, "directive_id": directive} for key, directive in found[:limit]]


@answers(QUERIES, "read_next_timers")
def read_next_timers(db: Database) -> Rows:
    """Tell when the next timer of each partition fires."""
    stages = [(row["partition"], row["fire_at"]) for row in db["progress"].values()]
    return first_of([*stages, *((place, at) for place, directive, at in db["series"].values() if directive in db["dossier"])])
