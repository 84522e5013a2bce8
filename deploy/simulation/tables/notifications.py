"""The tables of notifications: rolls, what is judged again, notices, contacts, escalation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from deploy.simulation.database import Database, answers
from deploy.simulation.tables.streaming import first_of
from services.notifications.escalation_rows import QUERIES as ESCALATION
from services.notifications.queries import QUERIES

Rows = Sequence[Any]
NOTICE = (
    "notice", "recipient", "rule", "channel", "directive", "task", "about", "title", "body", "corrects", "issued_at", "escalates",
    "invitation",
)  # fmt: skip


def _nothing(_db: Database, *_args: object) -> Rows:
    return []


for _name in ("store_units", "rename_units"):
    answers(QUERIES, _name)(_nothing)
answers(ESCALATION, "wake_escalations")(_nothing)


@answers(QUERIES, "read_rolls")
def read_rolls(db: Database, directives: Sequence[UUID]) -> Rows:
    """Tell who is concerned with directives."""
    return [{"directive": each, "state": db["roll"][each]} for each in directives if each in db["roll"]]


@answers(QUERIES, "store_rolls")
def store_rolls(db: Database, directives: Sequence[UUID], states: Sequence[bytes]) -> Rows:
    """Keep who is concerned with directives."""
    for directive, state in zip(directives, states, strict=True):
        db.put("roll", directive, state)
    return []


@answers(QUERIES, "read_facts")
def read_facts(db: Database, directives: Sequence[UUID]) -> Rows:
    """Tell the facts of directives, in order."""
    return [
        {"directive": key, "version": version, "value": value}
        for (key, version), value in sorted(db["fact"].items())
        if key in directives
    ]  # fmt: skip


@answers(QUERIES, "store_facts")
def store_facts(db: Database, *columns: Rows) -> Rows:
    """Keep facts."""
    for directive, version, value in zip(*columns, strict=True):
        db.put("fact", (directive, version), value)
    return []


def _store(table: str, db: Database, partition: int, columns: Sequence[Rows]) -> Rows:
    for offset, directive, value in zip(*columns, strict=True):
        if (partition, offset) not in db[table]:
            db.put(table, (partition, offset), (directive, value))
    return []


def _read(table: str, db: Database, directives: Sequence[UUID]) -> Rows:
    return [
        {"partition": partition, "kafka_offset": offset, "value": value}
        for (partition, offset), (directive, value) in sorted(db[table].items())
        if directive in directives
    ]


@answers(QUERIES, "store_conferences")
def store_conferences(db: Database, partition: int, *columns: Rows) -> Rows:
    """Keep conferences."""
    return _store("conference", db, partition, columns)


@answers(QUERIES, "store_outcomes")
def store_outcomes(db: Database, partition: int, *columns: Rows) -> Rows:
    """Keep what issuers are told of."""
    return _store("outcome", db, partition, columns)


@answers(QUERIES, "read_conferences")
def read_conferences(db: Database, directives: Sequence[UUID]) -> Rows:
    """Tell the conferences of directives."""
    return _read("conference", db, directives)


@answers(QUERIES, "read_outcomes")
def read_outcomes(db: Database, directives: Sequence[UUID]) -> Rows:
    """Tell what issuers of directives are told of."""
    return _read("outcome", db, directives)


@answers(QUERIES, "read_told")
def read_told(db: Database, about: Sequence[str], directives: Sequence[UUID]) -> Rows:
    """Tell who was told of events."""
    rows = db["notice"].values()
    return [row for row in rows if row["about"] in about and row["directive"] in directives and row["channel"] == "inbox"]


@answers(QUERIES, "read_issued")
def read_issued(db: Database, notices: Sequence[UUID]) -> Rows:
    """Tell which notices were issued."""
    return [{"notice": each} for each in notices if each in db["notice"]]


@answers(QUERIES, "add_notices")
def add_notices(db: Database, partition: int, positions: Sequence[int], *columns: Rows) -> Rows:
    """Add notices."""
    for position, *values in zip(positions, *columns, strict=True):
        row = dict(zip(NOTICE, values, strict=True))
        db.put("notice", row["notice"], {**row, "partition": partition, "position": position})
    return []


@answers(QUERIES, "read_reachable")
def read_reachable(db: Database, units: Sequence[UUID], kinds: Sequence[str]) -> Rows:
    """Tell how units are reached."""
    rows = sorted(db["contact"].items())
    return [{"unit": unit, "id": key, "kind": kind, "value": value} for key, (unit, kind, value) in rows if unit in units and kind in kinds]


@answers(ESCALATION, "read_cases")
def read_cases(db: Database, deadlines: Sequence[UUID]) -> Rows:
    """Tell what is known of missed deadlines."""
    return [{"deadline": each, "state": db["escalation"][each][2]} for each in deadlines if each in db["escalation"]]


@answers(ESCALATION, "store_cases")
def store_cases(db: Database, partition: int, deadlines: Sequence[UUID], *columns: Rows) -> Rows:
    """Keep what is known of missed deadlines."""
    for deadline, directive, state, at in zip(deadlines, *columns, strict=True):
        db.put("escalation", deadline, (partition, directive, state, at))
    return []


@answers(ESCALATION, "read_next_escalations")
def read_next_escalations(db: Database) -> Rows:
    """Tell when the next level is told in each partition."""
    return first_of((place, at) for place, directive, _, at in db["escalation"].values() if directive in db["roll"])


@answers(ESCALATION, "read_due_cases")
def read_due_cases(db: Database, partition: int, now: datetime, limit: int) -> Rows:
    """Tell of which deadlines a level is due."""
    rows = db["escalation"].items()
    due = [
        (at, deadline, directive, state)
        for deadline, (place, directive, state, at) in rows
        if place == partition and at is not None and at <= now and directive in db["roll"]
    ]
    found = sorted(due, key=lambda row: row[:2])[:limit]
    return [{"deadline": deadline, "directive": directive, "state": state} for _, deadline, directive, state in found]
