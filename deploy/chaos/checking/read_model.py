"""The read model equals the fold of its topics, row by row; the fold here is written anew, so that two must be wrong in one way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deploy.chaos.checking.logs import Logs
from deploy.chaos.checking.office import MILESTONES, by_deadline, done_at, read_tasks, received_at, work_of
from deploy.chaos.evidence import DEADLINES, EVENTS, Evidence, Finding, Message, Row, instant

Table = Mapping[Any, Row]
"""Rows by their key."""


def check_read_model(evidence: Evidence, logs: Logs) -> Iterator[Finding]:
    """Yield rows that are missing, too many, or other than the topics say; none where the read model took no part."""
    if "directives" not in evidence.schemas:
        return
    facts, said = logs.get(EVENTS, ()), logs.get(DEADLINES, ())
    expected: dict[str, Table] = {
        "fact": {(each.key, int(each.event["version"])): (each.value, each.hash) for each in facts},
        "deadline_event": {(each.key, each.id): (each.value, each.position) for each in said},
        "task": _tasks(facts),
        "task_deadline": {deadline: _marks(events) for deadline, events in by_deadline(said).items()},
        **{table: _latest(facts, name) for table, name in _LATEST.items()},
    }
    for table, rows in expected.items():
        yield from _compare(table, rows, _keyed(evidence.tables.get(table, ()), 2 if table in ("fact", "deadline_event") else 1))


_LATEST = {
    "unit": "unit-registered",
    "directive": "directive-issued",
    "plan": "plan-submitted",
    "conference": "conference-scheduled",
    "report": "report-submitted",
}
"""Tables that hold the last fact of a subject, and which fact that is."""


def _keyed(rows: Sequence[Row], width: int) -> Table:
    return {row[0] if width == 1 else row[:width]: tuple(row[width:]) for row in rows}


def _compare(table: str, expected: Table, found: Table) -> Iterator[Finding]:
    for key in expected.keys() - found.keys():
        yield Finding("lost", f"{table} {_shown(key)} is in the topic, but not in the read model")
    for key in found.keys() - expected.keys():
        yield Finding("doubled", f"{table} {_shown(key)} is in the read model, but not in the topic")
    for key in expected.keys() & found.keys():
        if expected[key] != found[key]:
            yield Finding("lost", f"{table} {_shown(key)} is {_shown(found[key])} in the read model, by the topic {_shown(expected[key])}")


def _shown(value: object) -> str:
    return str(value)[:300]


def _latest(facts: Sequence[Message], name: str) -> Table:
    """Return, by subject, when its last fact was received and registered."""
    chosen = sorted((each for each in facts if each.name == name), key=lambda each: int(each.event["version"]))
    return {each.subject: (received_at(each), instant(each.event["registeredtime"])) for each in chosen}


def _tasks(facts: Sequence[Message]) -> Table:
    rows: dict[str, Row] = {}
    for subject, task in read_tasks(facts).items():
        receipts = task.receipts()
        rows[subject] = (work_of(task), done_at(task), *(receipts.get(milestone) for milestone in MILESTONES))
    return rows


def _marks(events: Sequence[Message]) -> Row:
    """Return the first warning's instant, the instant missed, and the last meeting."""
    approaching = [instant(each.data["stage_at"]) for each in events if each.name == "deadline-approaching"]
    missed = [instant(each.data["stage_at"]) for each in events if each.name == "deadline-missed"]
    met = [each.data for each in events if each.name == "deadline-met"]
    due = next((instant(each.data["due"]) for each in events if each.data.get("due")), None)
    last: tuple[Any, ...] = (instant(met[-1]["met_at"]), met[-1].get("on_time"), met[-1]["fact"]) if met else (None, None, None)
    return (due, min(approaching, default=None), missed[0] if missed else None, *last)
