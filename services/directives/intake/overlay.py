"""A letter as it will be published: what was read in it, with what people have answered in its place; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from services.directives.intake.answers import ADDED, FIELDS, TASKS
from services.directives.intake.flow import fold
from services.directives.intake.marking import leaves
from services.directives.intake.matching import Entry, Matching

Json = dict[str, Any]

SINGLE = ("number", "issued_on", "symbol", "subject", "place", "document_type")
OF_TASK = ("number", "content", "deliverable")


class UnitOption(msgspec.Struct, frozen=True):
    """A registered unit."""

    id: str
    code: str
    name: str


def fields_of(document: Json, answers: Json) -> Json:
    """Return what the letter says of itself, answered values in place of those that were read."""
    fields = dict(document["fields"])
    for name in SINGLE:
        if f"{FIELDS}/{name}" in answers:
            fields[name] = _leaf(answers[f"{FIELDS}/{name}"], fields.get(name))
    return fields


def tasks_of(document: Json, answers: Json, events: Sequence[Json]) -> dict[str, Json]:
    """Return the tasks that will be published by their names: those of the letter that were not dropped, then those that were added."""
    names = {f"{TASKS}/{number}": task for number, task in enumerate(document["tasks"])}
    kept = {name: _task(name, task, answers, events) for name, task in names.items() if not _is_left_out(name, answers)}
    added = {f"{ADDED}/{number}": _added(task, document["text"], events) for number, task in enumerate(answers.get(ADDED, ()))}
    return {**kept, **added}


def units_in(fields: Json, tasks: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the units as the letter writes them: their names on the sheet, and what is written."""
    heads = {name: fields.get(name) for name in ("issuer", "addressees")}
    yield from ((name, value) for name, value, _ in leaves(heads, FIELDS) if value)
    for at, task in tasks.items():
        if not at.startswith(f"{ADDED}/"):
            yield from ((name, value) for name, value, _ in leaves({name: task[name] for name in ("lead", "coordinating")}, at))


def match_units(
    written: Sequence[tuple[str, str]], answers: Json, match: Matching, entries: Mapping[UUID, Entry]
) -> dict[str, list[UnitOption]]:
    """Return which registered units are meant, by their names on the sheet: chosen there or where the same words stand, else matched."""
    given = {name: _ids(answers[name]) for name in answers if isinstance(answers[name], str | list) and name != ADDED}
    chosen = {fold(words): given[name] for name, words in written if given.get(name)}
    issuer = next(iter(given.get(f"{FIELDS}/issuer", ())), None)
    if issuer is None:
        issuer = next((match(words, None).unit for name, words in written if name == f"{FIELDS}/issuer"), None)
    found: dict[str, list[UUID]] = {name: ids for name, ids in given.items() if any(each in entries for each in ids)}
    for name, words in written:
        if name not in answers:
            unit = match(words, issuer if name != f"{FIELDS}/issuer" else None).unit
            found[name] = [unit] if unit is not None else chosen.get(fold(words), [])
    return {name: [option_of(entries[each]) for each in ids if each in entries] for name, ids in found.items()}


def option_of(entry: Entry) -> UnitOption:
    """Return a registered unit as it is shown."""
    return UnitOption(str(entry.unit), entry.code or "", entry.name)


def _ids(value: object) -> list[UUID]:
    found = []
    for each in value if isinstance(value, list) else [value]:
        try:
            found.append(UUID(str(each)))
        except ValueError:
            continue
    return found


def _is_left_out(name: str, answers: Json) -> bool:
    return name in answers and answers[name] is None


def _leaf(value: object, before: Json | None) -> Json:
    return {"value": value, "span": before["span"] if before else None}


def _task(name: str, task: Json, answers: Json, events: Sequence[Json]) -> Json:
    made = dict(task)
    for part in OF_TASK:
        if f"{name}/{part}" in answers:
            made[part] = _leaf(answers[f"{name}/{part}"], task.get(part))
    if f"{name}/deadlines" in answers:
        made["deadlines"] = _clauses(made["number"]["value"], events)
        return made
    made["deadlines"] = [_deadline(f"{name}/deadlines/{at}", each, answers) for at, each in enumerate(task["deadlines"])]
    return made


def _deadline(name: str, deadline: Json, answers: Json) -> Json:
    about = f"{name}/phrase"
    return {**deadline, "phrase": _leaf(answers[about], deadline["phrase"])} if about in answers else deadline


def _clauses(number: str, events: Sequence[Json]) -> list[Json]:
    """Return the deadlines of a task as they will be published, where the letter is not their source."""
    data: Json = next((event["data"] for event in events if event["data"].get("number") in (number, f"{number}/1")), {})
    return [
        {part: {"value": clause.get(part), "span": None} for part in ("name", "met_by", "plan_stage", "phrase")}
        for clause in data.get("deadlines", ())
    ]


def _added(task: Json, text: str, events: Sequence[Json]) -> Json:
    start, end = task["span"]
    return {
        "number": _leaf(task["number"], None),
        "content": {"value": " ".join(text[start:end].split()), "span": [start, end]},
        "lead": [],
        "coordinating": [],
        "deliverable": _leaf(task.get("deliverable") or "other", None),
        "required": None,
        "deadlines": _clauses(task["number"], events),
    }


def units_of_added(answers: Json, entries: Mapping[UUID, Entry]) -> dict[str, list[UnitOption]]:
    """Return the units of added tasks by the names of what they are there."""
    return {
        f"{ADDED}/{number}/{part}": [option_of(entries[each]) for each in _ids(task.get(part) or []) if each in entries]
        for number, task in enumerate(answers.get(ADDED, ()))
        for part in ("lead", "coordinating")
    }
