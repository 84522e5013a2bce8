"""Directives, their timelines, plans and indexes, read from the stored tables."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.directives.domain.paperwork import Directive
from services.directives.domain.status import OFFICE_ZONE
from services.directives.domain.words import match_all
from services.directives.queries import QUERIES
from services.directives.states import Database, directive_of
from services.directives.views import folded, models, paper_models, registry_models, stored
from services.directives.views.changes import read_changes
from services.directives.views.plan_reviews import read_review
from services.directives.views.questions import (
    DirectiveQuestion,
    IndexQuestion,
    MomentPlace,
    TimelinePlace,
    TimelineQuestion,
    cursor_of,
    place_of,
)
from services.directives.views.records import UnitNames, name_unit
from services.directives.views.stored import read_names
from shared.errors import NotFoundError
from shared.identity.principals import EVERYTHING, Sight
from shared.postgres import Pool

Row = Mapping[str, Any]


async def list_directives(
    database: Database, question: DirectiveQuestion, at: datetime, sight: Sight = EVERYTHING
) -> models.Page[models.Directive]:
    """Return a page of directives, those registered last first."""
    place = place_of(question.cursor, MomentPlace)
    rows = await database.fetch(
        QUERIES["list_directives"], question.issuer, match_all(question.q), question.issued_from, question.issued_to,
        place and place.at, place and place.id, question.limit + 1, question.standing, *sight,
    )  # fmt: skip
    shown = rows[: question.limit]
    names = await read_names(database, {row["issuer"] for row in shown}, at)
    items = [models.Directive(**{**row, "issuer": name_unit(row["issuer"], names)}) for row in shown]
    more = len(rows) > len(shown)
    return models.Page(items=items, next=cursor_of(MomentPlace(items[-1].registered_at, items[-1].id)) if more else None)


async def read_directive(
    pool: Pool, directive: UUID, at: datetime, sight: Sight = EVERYTHING, *, is_past: bool = False
) -> models.DirectiveWithTasks:
    """Return a directive with its tasks at an instant, folded for a past one; raises NotFoundError where it was not registered yet."""
    await _require_sight(pool, directive, sight)
    found = await (folded.read_directive(pool, directive, at) if is_past else _read_stored(pool, directive, at))
    issued = found.issued
    units = {issued.issuer, *issued.addressees}
    names = await (folded if is_past else stored).read_names(pool, units, at)
    data: dict[str, Any] = msgspec.to_builtins(issued)
    given = {name: data.get(name) for name in ("place", "signer", "file", "number", "issued_on")}
    return models.DirectiveWithTasks(
        id=directive,
        key=issued.key,
        issuer=name_unit(issued.issuer, names),
        subject=issued.subject,
        document_type=issued.document_type,
        symbol=issued.symbol,
        **given,
        addressees=[name_unit(unit, names) for unit in issued.addressees],
        based_on=data.get("based_on", []),
        urgency=issued.urgency,
        received_at=found.filed.received_at,
        registered_at=found.filed.registered_at,
        standing=found.standing,
        changed_at=found.changed_at,
        ended_at=found.ended_at,
        end_reason=found.end_reason,
        replaced_by=found.replaced_by,
        changes=await read_changes(pool, directive, at),
        links=await (folded.read_links(pool, directive, at, sight) if is_past else _read_links(pool, directive, sight)),
        tasks=await (folded if is_past else stored).read_directive_tasks(pool, directive, at, sight),
        as_of=at,
    )


async def read_head(pool: Pool, directive: UUID, sight: Sight = EVERYTHING) -> models.DirectiveRef | None:
    """Return what people call a directive by; None where the asker does not see it."""
    row = await pool.fetchrow(QUERIES["load_directives"], [directive])
    if row is None or (sight.unit is not None and not await pool.fetchval(QUERIES["sees_directive"], directive, *sight)):
        return None
    return models.DirectiveRef(id=directive, **{name: row[name] for name in ("number", "symbol", "subject", "issued_on")})


async def _require_sight(pool: Pool, directive: UUID, sight: Sight) -> None:
    if sight.unit is not None and not await pool.fetchval(QUERIES["sees_directive"], directive, *sight):
        raise NotFoundError("directive", str(directive))


async def _read_stored(pool: Pool, directive: UUID, at: datetime) -> Directive:
    row = await pool.fetchrow(QUERIES["load_directives"], [directive])
    if row is None or row["registered_at"] > at:
        raise NotFoundError("directive", str(directive))
    return directive_of(row)


async def _read_links(database: Database, directive: UUID, sight: Sight) -> list[models.Link]:
    rows = await database.fetch(QUERIES["list_links"], directive, *sight)
    return [models.Link(kind=row["kind"], directive=models.DirectiveRef(**row)) for row in rows]


async def read_timeline(
    database: Database, directive: UUID, question: TimelineQuestion, sight: Sight = EVERYTHING
) -> models.Page[models.TimelineEntry]:
    """Return a page of a directive's timeline, oldest first; raises NotFoundError where nothing is known of it."""
    place = place_of(question.cursor, TimelinePlace)
    after = (place.at, place.kind, place.number, place.id) if place else (None, None, None, None)
    rows = await database.fetch(QUERIES["read_timeline"], directive, *after, question.limit + 1, *sight)
    if not rows and place is None:
        raise NotFoundError("directive", str(directive))
    shown = rows[: question.limit]
    more = len(rows) > len(shown)
    return models.Page(items=await read_entries(database, shown, sight), next=_timeline_cursor(shown[-1]) if more else None)


def _timeline_cursor(row: Row) -> str:
    return cursor_of(TimelinePlace(row["at"], row["kind"], row["number"], row["id"]))


async def read_entries(database: Database, rows: Sequence[Row], sight: Sight) -> list[models.TimelineEntry]:
    """Return entries of a timeline out of their rows; of the tasks that a conference serves they tell those in sight."""
    entries = [_entry_of(row) for row in rows]
    if sight.unit is not None:
        named = [entry for entry in entries if "tasks" in entry.data]
        seen = await read_seen(database, {UUID(task) for entry in named for task in entry.data["tasks"]}, sight)
        for entry in named:
            entry.data["tasks"] = [task for task in entry.data["tasks"] if UUID(task) in seen]
    return entries


async def read_seen(database: Database, named: Collection[UUID], sight: Sight) -> frozenset[UUID]:
    """Return which of some tasks or directives the asker sees."""
    return frozenset(row["id"] for row in await database.fetch(QUERIES["list_seen"], named, *sight)) if named else frozenset()


def _entry_of(row: Row) -> models.TimelineEntry:
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
        voided=None if row["voiding"] is None else _voiding(row["voiding"]),
        data=event["data"],
    )


def _voiding(value: bytes) -> models.Voiding:
    event = msgspec.json.decode(value)
    return models.Voiding(version=event["version"], at=event["registeredtime"], reason=event["data"]["reason"])


async def read_plan(database: Database, plan: UUID, at: datetime, sight: Sight = EVERYTHING) -> paper_models.Plan:
    """Return a plan with its items and what it leaves out, or raise NotFoundError."""
    row = await database.fetchrow(QUERIES["read_plan"], plan, *sight)
    if row is None:
        raise NotFoundError("plan", str(plan))
    names = await read_names(database, [row["submitted_by"]], at)
    items = [paper_models.PlanItem(**item) for item in await database.fetch(QUERIES["read_plan_items"], plan)]
    made = {
        "submitted_by": name_unit(row["submitted_by"], names),
        "file": _json(row["file"]),
        "faults": _json(row["faults"]),
        "items": items,
        "review": await read_review(database, row["directive"], row["task"], items),
    }
    return paper_models.Plan(**{**row, **made})


async def list_indexes(database: Database, question: IndexQuestion, at: datetime) -> models.Page[registry_models.Index]:
    """Return a page of published indexes, those registered last first."""
    place = place_of(question.cursor, MomentPlace)
    rows = await database.fetch(
        QUERIES["list_indexes"], question.year, question.unit, place and place.at, place and place.id, question.limit + 1
    )
    shown = rows[: question.limit]
    names = await read_names(database, {row["published_by"] for row in shown}, at)
    items = [registry_models.Index(**_index(row, names)) for row in shown]
    more = len(rows) > len(shown)
    return models.Page(items=items, next=cursor_of(MomentPlace(items[-1].registered_at, items[-1].id)) if more else None)


async def read_index(database: Database, index: UUID, at: datetime) -> registry_models.IndexWithScores:
    """Return a published index with its scores, or raise NotFoundError."""
    row = await database.fetchrow(QUERIES["read_index"], index)
    if row is None:
        raise NotFoundError("index", str(index))
    scores = await database.fetch(QUERIES["read_index_scores"], index)
    names = await read_names(database, {row["published_by"], *(score["unit"] for score in scores)}, at)
    shown = [
        registry_models.IndexScore(**{**each, "unit": name_unit(each["unit"], names), "parts": _json(each["parts"])}) for each in scores
    ]
    return registry_models.IndexWithScores(**_index(row, names), scores=shown)


def _index(row: Row, names: UnitNames) -> dict[str, Any]:
    return {**row, "published_by": name_unit(row["published_by"], names), "document": _json(row["document"])}


async def list_lead_units(database: Database, at: datetime, sight: Sight = EVERYTHING) -> list[tuple[str, str]]:
    """Return (code, name) of the units that lead a task."""
    day = at.astimezone(OFFICE_ZONE).date()
    return [(row["code"], row["name"]) for row in await database.fetch(QUERIES["list_lead_units"], day, *sight)]


def _json(text: str | None) -> Any:  # noqa: ANN401  JSON of whatever shape the contract has
    return None if text is None else msgspec.json.decode(text)


def _hex(digest: bytes | None) -> str | None:
    return digest.hex() if digest is not None else None
