"""Directives, their timelines, plans, conferences and units, read from the stored tables."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.directives.domain.words import match_all
from services.directives.queries import QUERIES
from services.directives.views import folded, models, stored
from services.directives.views.questions import (
    LIMIT,
    ConferenceQuestion,
    DirectiveQuestion,
    MomentPlace,
    TaskQuestion,
    TimelinePlace,
    TimelineQuestion,
    cursor_of,
    place_of,
)
from services.directives.views.records import UnitNames, name_unit
from services.directives.views.stored import Database, count_tasks, read_names
from shared.errors import NotFoundError
from shared.postgres import Pool

Row = Mapping[str, Any]


async def list_directives(database: Database, question: DirectiveQuestion) -> models.Page[models.Directive]:
    """Return a page of directives, those registered last first."""
    place = place_of(question.cursor, MomentPlace)
    rows = await database.fetch(
        QUERIES["list_directives"], question.issuer, match_all(question.q), question.issued_from, question.issued_to,
        place and place.at, place and place.id, question.limit + 1,
    )  # fmt: skip
    shown = rows[: question.limit]
    names = await read_names(database, {row["issuer"] for row in shown})
    items = [models.Directive(**{**row, "issuer": name_unit(row["issuer"], names)}) for row in shown]
    more = len(rows) > len(shown)
    return models.Page(items=items, next=cursor_of(MomentPlace(items[-1].registered_at, items[-1].id)) if more else None)


async def read_directive(pool: Pool, directive: UUID, at: datetime, *, is_past: bool = False) -> models.DirectiveWithTasks:
    """Return a directive with its tasks at an instant, folded for a past one; raises NotFoundError where it was not registered yet."""
    row = await pool.fetchrow(QUERIES["read_directive"], directive)
    if row is None or row["registered_at"] > at:
        raise NotFoundError("directive", str(directive))
    units = {row["issuer"], *row["addressees"]}
    names = await (folded.read_names(pool, units, at) if is_past else read_names(pool, units))
    tasks = await (folded if is_past else stored).read_directive_tasks(pool, directive, at)
    return models.DirectiveWithTasks(
        **{
            **row,
            "issuer": name_unit(row["issuer"], names),
            "addressees": [name_unit(unit, names) for unit in row["addressees"]],
            **{name: _json(row[name]) for name in ("based_on", "signer", "file")},
            "tasks": tasks,
            "as_of": at,
        }
    )


async def read_timeline(database: Database, directive: UUID, question: TimelineQuestion) -> models.Page[models.TimelineEntry]:
    """Return a page of a directive's timeline, oldest first; raises NotFoundError where nothing is known of it."""
    place = place_of(question.cursor, TimelinePlace)
    after = (place.at, place.kind, place.number, place.id) if place else (None, None, None, None)
    rows = await database.fetch(QUERIES["read_timeline"], directive, *after, question.limit + 1)
    if not rows and place is None:
        raise NotFoundError("directive", str(directive))
    shown = rows[: question.limit]
    more = len(rows) > len(shown)
    return models.Page(items=[_entry(row) for row in shown], next=_timeline_cursor(shown[-1]) if more else None)


def _timeline_cursor(row: Row) -> str:
    return cursor_of(TimelinePlace(row["at"], row["kind"], row["number"], row["id"]))


def _entry(row: Row) -> models.TimelineEntry:
    event = msgspec.json.decode(row["value"])
    is_fact = row["kind"] == 0
    return models.TimelineEntry(
        kind="fact" if is_fact else "deadline",
        at=row["at"],
        type=event["type"],
        id=event["id"],
        source=event["source"],
        subject=event["subject"],
        publisher=event.get("publisher"),
        received_at=row["received_at"],
        version=row["number"] if is_fact else None,
        position=None if is_fact else row["number"],
        cause=row["cause"],
        hash=_hex(row["hash"]),
        previous_hash=(_hex(row["previous_hash"]) or "00" * 32) if is_fact else None,
        data=event["data"],
    )


async def read_plan(database: Database, plan: UUID) -> models.Plan:
    """Return a plan with its items, or raise NotFoundError."""
    row = await database.fetchrow(QUERIES["read_plan"], plan)
    if row is None:
        raise NotFoundError("plan", str(plan))
    names = await read_names(database, [row["submitted_by"]])
    items = [models.PlanItem(**item) for item in await database.fetch(QUERIES["read_plan_items"], plan)]
    unit = name_unit(row["submitted_by"], names)
    return models.Plan(**{**row, "submitted_by": unit, "file": _json(row["file"]), "items": items})


async def list_conferences(database: Database, question: ConferenceQuestion) -> models.Page[models.Conference]:
    """Return a page of conferences by their beginning."""
    place = place_of(question.cursor, MomentPlace)
    rows = await database.fetch(
        QUERIES["list_conferences"], question.from_, question.to, question.unit, place and place.at, place and place.id,
        question.limit + 1,
    )  # fmt: skip
    shown = rows[: question.limit]
    names = await read_names(database, _units_of(shown))
    items = [_conference(row, names) for row in shown]
    more = len(rows) > len(shown)
    return models.Page(items=items, next=cursor_of(MomentPlace(items[-1].starts_at, items[-1].id)) if more else None)


def _units_of(conferences: Collection[Row]) -> set[UUID]:
    return {unit for row in conferences for unit in (row["scheduled_by"], *row["participants"])}


def _conference(row: Row, names: UnitNames) -> models.Conference:
    participants = [name_unit(unit, names) for unit in row["participants"]]
    return models.Conference(**{**row, "scheduled_by": name_unit(row["scheduled_by"], names), "participants": participants})


async def read_unit(database: Database, code: str, at: datetime) -> models.Unit:
    """Return the unit that bears a code, with the counts of the tasks that it leads, or raise NotFoundError."""
    row = await database.fetchrow(QUERIES["read_unit"], code)
    if row is None:
        raise NotFoundError("unit", code)
    return models.Unit(**row, tasks=await count_tasks(database, TaskQuestion(unit=code, limit=LIMIT), at))


async def list_lead_units(database: Database) -> list[tuple[str, str]]:
    """Return (code, name) of the units that lead a task."""
    return [(row["code"], row["name"]) for row in await database.fetch(QUERIES["list_lead_units"])]


def _json(text: str | None) -> Any:  # noqa: ANN401  JSON of whatever shape the contract has
    return None if text is None else msgspec.json.decode(text)


def _hex(digest: bytes | None) -> str | None:
    return digest.hex() if digest is not None else None
