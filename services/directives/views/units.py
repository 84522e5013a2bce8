"""Units of the registry, read from the stored tables."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services.directives.domain.status import OFFICE_ZONE
from services.directives.domain.words import match_all
from services.directives.queries import QUERIES
from services.directives.states import Database, Row
from services.directives.views import models, registry_models
from services.directives.views.questions import LIMIT, CodePlace, TaskQuestion, UnitQuestion, cursor_of, place_of
from services.directives.views.records import UnitNames, name_unit
from services.directives.views.stored import count_tasks, read_names
from shared.contracts.codes import canonical_code
from shared.errors import NotFoundError
from shared.identity.principals import EVERYTHING, Sight


async def list_units(database: Database, question: UnitQuestion, at: datetime) -> models.Page[registry_models.UnitHead]:
    """Return a page of units by code, named as they are called on the day of an instant."""
    place = place_of(question.cursor, CodePlace)
    parent = None if question.parent is None else (await find_unit(database, question.parent))["id"]
    rows = await database.fetch(
        QUERIES["list_units"], _day(at), match_all(question.q), parent, place and place.code, place and place.id, question.limit + 1
    )
    shown = [registry_models.UnitHead(**row) for row in rows[: question.limit]]
    more = len(rows) > len(shown)
    return models.Page(items=shown, next=cursor_of(CodePlace(shown[-1].code or "", shown[-1].id)) if more else None)


async def read_unit(database: Database, code: str, at: datetime, sight: Sight = EVERYTHING) -> registry_models.Unit:
    """Return the unit that bears a code with its names, relations and counts of the tasks that it leads, or raise NotFoundError."""
    row = await find_unit(database, code)
    relations = await database.fetch(QUERIES["list_unit_relations"], row["id"])
    units = {row["id"], *(each["id"] for each in relations)} | ({row["parent"]} if row["parent"] else set())
    names = await read_names(database, units, at)
    own = name_unit(row["id"], names)
    return registry_models.Unit(
        id=row["id"],
        code=row["code"],
        name=own.name or row["code"],
        short_name=own.short_name,
        parent=None if row["parent"] is None else name_unit(row["parent"], names),
        valid_from=row["valid_from"],
        registered_at=row["registered_at"],
        names=[_name(each) for each in await database.fetch(QUERIES["read_unit_names"], row["id"])],
        predecessors=_relatives(relations, "predecessor", names),
        successors=_relatives(relations, "successor", names),
        subordinates=_by_code(name_unit(each["id"], names) for each in relations if each["kind"] == "subordinate"),
        tasks=await count_tasks(database, TaskQuestion(unit=row["code"], limit=LIMIT), at, sight),
    )


async def find_unit(database: Database, code: str) -> Row:
    """Return the row of the unit that bears a code, or raise NotFoundError."""
    row: Row | None = await database.fetchrow(QUERIES["find_unit"], canonical_code(code))
    if row is None:
        raise NotFoundError("unit", code)
    return row


def _name(row: Row) -> registry_models.UnitName:
    return registry_models.UnitName(name=row["name"], short_name=row["short_name"], valid_from=row["valid_from"], document=row["document"])


def _relatives(rows: Sequence[Row], kind: str, names: UnitNames) -> list[registry_models.Relative]:
    found = [
        registry_models.Relative(unit=name_unit(row["id"], names), valid_from=row["valid_from"], document=row["document"])
        for row in rows
        if row["kind"] == kind
    ]
    return sorted(found, key=lambda each: (each.valid_from, each.unit.code or "", each.unit.id))


def _by_code(units: Any) -> list[models.UnitRef]:  # noqa: ANN401  an iterable of units
    return sorted(units, key=lambda each: (each.code or "", each.id))


def _day(at: datetime) -> date:
    return at.astimezone(OFFICE_ZONE).date()
