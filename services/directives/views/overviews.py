"""What the first page tells: counts, what falls due this week, who is behind, and what was registered last."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from services.directives.domain.status import OFFICE_ZONE
from services.directives.queries import CONSOLE
from services.directives.states import Database
from services.directives.views import models, registry_models
from services.directives.views.papers import Row, read_entries
from services.directives.views.questions import TaskQuestion
from services.directives.views.records import name_unit
from services.directives.views.stored import count_tasks, counts_of, read_names
from shared.identity.principals import EVERYTHING, Sight

LATE_UNITS = 20
NEWEST = 12
DAYS_OF_A_WEEK = 7


class Day(NamedTuple):
    """A day and how many tasks that are yet to be handed in have it as their last good day."""

    day: date
    tasks: int


class LateUnit(NamedTuple):
    """A unit that leads overdue tasks, and by how many calendar days the longest of them is overdue."""

    unit: models.UnitRef
    tasks: int
    days_late: int


class Newest(NamedTuple):
    """A fact that was registered of late, and its directive."""

    entry: models.TimelineEntry
    directive: models.DirectiveRef


class Overview(NamedTuple):
    """What the first page tells; the week is that of the instant, from Monday."""

    counts: registry_models.Counts
    week: Sequence[Day]
    late: Sequence[LateUnit]
    newest: Sequence[Newest]


async def read_overview(database: Database, at: datetime, sight: Sight = EVERYTHING) -> Overview:
    """Return what the first page tells at an instant (now)."""
    return Overview(
        await count_tasks(database, TaskQuestion(), at, sight),
        await _read_week(database, at, sight),
        await _read_late(database, at, sight),
        await _read_newest(database, sight),
    )


async def _read_week(database: Database, at: datetime, sight: Sight) -> list[Day]:
    today = at.astimezone(OFFICE_ZONE).date()
    days = [today - timedelta(days=today.weekday() - number) for number in range(DAYS_OF_A_WEEK)]
    rows = await database.fetch(CONSOLE["count_due_by_day"], at, *span_of(days[0], days[-1]), *sight)
    counted = {row["day"]: row["tasks"] for row in rows}
    return [Day(day, counted.get(day, 0)) for day in days]


def span_of(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """Return between which instants (the second not included) deadlines fall due whose last good days are these, both included.

    A deadline by the end of a day falls due at the next midnight, which still belongs to that day.
    """
    step = timedelta(microseconds=1)
    after = None if first is None else _midnight(first) + step
    return after, None if last is None else _midnight(last) + timedelta(days=1) + step


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_ZONE)


async def _read_late(database: Database, at: datetime, sight: Sight) -> list[LateUnit]:
    rows = await database.fetch(CONSOLE["list_late_units"], at, *sight, LATE_UNITS)
    names = await read_names(database, {row["unit"] for row in rows}, at)
    return [LateUnit(name_unit(row["unit"], names), row["tasks"], row["days_late"]) for row in rows]


async def _read_newest(database: Database, sight: Sight) -> list[Newest]:
    rows = await database.fetch(CONSOLE["list_newest_facts"], *sight, NEWEST)
    entries = await read_entries(database, rows, sight)
    return [Newest(entry, _directive(row)) for entry, row in zip(entries, rows, strict=True)]


def _directive(row: Row) -> models.DirectiveRef:
    head = {name: row[name] for name in ("symbol", "subject", "issued_on")}
    return models.DirectiveRef(id=row["directive"], number=row["directive_number"], **head)


async def count_by_directive(
    database: Database, directives: Collection[UUID], at: datetime, sight: Sight = EVERYTHING
) -> dict[UUID, registry_models.Counts]:
    """Return the counts of the tasks of some directives."""
    groups: dict[UUID, dict[tuple[str, str], int]] = {directive: {} for directive in directives}
    for row in await database.fetch(CONSOLE["count_by_directive"], at, directives, *sight):
        groups[row["directive"]][row["work"], row["time"]] = row["tasks"]
    return {directive: counts_of(group) for directive, group in groups.items()}


async def list_issuers(database: Database, at: datetime, sight: Sight = EVERYTHING) -> list[tuple[str, str]]:
    """Return (code, name) of the units that issued a directive."""
    day = at.astimezone(OFFICE_ZONE).date()
    return [(row["code"], row["name"]) for row in await database.fetch(CONSOLE["list_issuers"], day, *sight)]
