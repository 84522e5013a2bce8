"""Conferences as the calendar shows them: what they serve, what they clash with, and within which time they are to be held."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.directives.domain.clashes import Clash, Meeting, clashes_of, same_words
from services.directives.domain.status import OFFICE_ZONE, last_good_day
from services.directives.queries import CONFERENCES
from services.directives.states import Database
from services.directives.views import models, paper_models
from services.directives.views.questions import ConferenceQuestion, MomentPlace, cursor_of, place_of
from services.directives.views.records import UnitNames, name_unit
from services.directives.views.stored import read_names
from shared.calendar_files import Conference as CalendarEntry
from shared.calendar_files import Party
from shared.errors import NotFoundError
from shared.identity.principals import EVERYTHING, Sight

Row = Mapping[str, Any]
Page = models.Page[paper_models.Conference]


class Served(NamedTuple):
    """A task that a conference serves, and the directive that it is of."""

    id: UUID
    number: str
    content: str
    directive: models.DirectiveRef


async def list_conferences(database: Database, question: ConferenceQuestion, at: datetime, sight: Sight = EVERYTHING) -> Page:
    """Return a page of conferences by their beginning."""
    place = place_of(question.cursor, MomentPlace)
    where = None if question.venue is None else same_words(question.venue)
    rows = await database.fetch(
        CONFERENCES["list_conferences"], question.from_, question.to, question.unit, place and place.at, place and place.id,
        question.limit + 1, question.standing, *sight, where,
    )  # fmt: skip
    shown = rows[: question.limit]
    items = await _present(database, shown, at, sight)
    more = len(rows) > len(shown)
    return models.Page(items=items, next=cursor_of(MomentPlace(items[-1].starts_at, items[-1].id)) if more else None)


async def list_of_task(database: Database, task: UUID, at: datetime, sight: Sight = EVERYTHING) -> list[paper_models.Conference]:
    """Return the conferences of a task that the asker sees, by their beginning."""
    return await _present(database, await database.fetch(CONFERENCES["list_of_task"], task), at, sight)


async def _present(database: Database, rows: Sequence[Row], at: datetime, sight: Sight) -> list[paper_models.Conference]:
    ids = [row["id"] for row in rows]
    meetings = await database.fetch(CONFERENCES["list_meetings"], ids, *sight)
    windows = await database.fetch(CONFERENCES["list_windows"], ids, *sight)
    clashes = clashes_of(map(_meeting, meetings))
    names = await read_names(database, _units_of(rows) | {clash.unit for each in clashes.values() for clash in each if clash.unit}, at)
    met = {row["id"]: row for row in meetings}
    return [
        paper_models.Conference(
            **{
                **row,
                "scheduled_by": name_unit(row["scheduled_by"], names),
                "participants": [name_unit(unit, names) for unit in row["participants"]],
            },
            clashes=[_clash(clash, met[clash.other], names) for clash in clashes.get(row["id"], ())],
            window=[_window(each) for each in windows if each["conference"] == row["id"]],
        )
        for row in rows
    ]


def _units_of(conferences: Collection[Row]) -> set[UUID]:
    return {unit for row in conferences for unit in (row["scheduled_by"], *row["participants"])}


def _meeting(row: Row) -> Meeting:
    return Meeting(row["id"], row["starts_at"], row["ends_at"], row["place"], row["chair"], frozenset(row["units"]))


def _clash(clash: Clash, other: Row, names: UnitNames) -> paper_models.Clash:
    unit = None if clash.unit is None else name_unit(clash.unit, names)
    return paper_models.Clash(
        conference=clash.other, title=other["title"], starts_at=other["starts_at"], ends_at=other["ends_at"], kind=clash.kind, unit=unit
    )


def _window(row: Row) -> paper_models.Window:
    return paper_models.Window(**{**row, "last_good_day": last_good_day(row["due"])})


async def read_served(database: Database, conferences: Collection[UUID], sight: Sight) -> dict[UUID, list[Served]]:
    """Return the tasks in sight that some conferences serve."""
    served: dict[UUID, list[Served]] = {}
    for row in await database.fetch(CONFERENCES["list_served"], conferences, *sight):
        head = models.DirectiveRef(
            id=row["directive"], number=row["directive_number"], symbol=row["symbol"], subject=row["subject"], issued_on=row["issued_on"]
        )
        served.setdefault(row["conference"], []).append(Served(row["id"], row["number"], row["content"], head))
    return served


class Choices(NamedTuple):
    """What the calendar can be narrowed down to in a span: units as (code, name), and places."""

    units: list[tuple[str, str]]
    places: list[str]


async def read_choices(database: Database, since: datetime, until: datetime, sight: Sight) -> Choices:
    """Return the units and places that conferences of a span name."""
    day = since.astimezone(OFFICE_ZONE).date()
    units = [(row["code"], row["name"]) for row in await database.fetch(CONFERENCES["list_concerned"], since, until, day, *sight)]
    return Choices(units, [row["place"] for row in await database.fetch(CONFERENCES["list_places"], since, until, *sight)])


async def read_months(database: Database, sight: Sight) -> list[str]:
    """Return the months (2021-04) in which conferences begin."""
    return [f"{row['month']:%Y-%m}" for row in await database.fetch(CONFERENCES["list_months"], *sight)]


async def read_calendar_entry(database: Database, conference: UUID, public_url: str, at: datetime, sight: Sight) -> CalendarEntry:
    """Return a conference as a calendar takes it in, or raise NotFoundError."""
    row = await database.fetchrow(CONFERENCES["read_calendar_entry"], conference, *sight)
    if row is None:
        raise NotFoundError("conference", str(conference))
    names = await read_names(database, _units_of([row]), at)
    organizer = name_unit(row["scheduled_by"], names)
    month = row["starts_at"].astimezone(OFFICE_ZONE)
    return CalendarEntry(
        id=conference,
        title=row["title"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        place=row["place"],
        organizer=Party(organizer.name or str(organizer.id), f"{public_url}/units/{organizer.code or organizer.id}"),
        sequence=row["sequence"],
        stamped_at=row["stamped_at"],
        is_cancelled=row["standing"] == "cancelled",
        description=_description(row, names),
        page=f"{public_url}/conferences?month={month:%Y-%m}#conference-{conference}",
    )


def _description(row: Row, names: UnitNames) -> str:
    participants = [name_unit(unit, names) for unit in row["participants"]]
    lines = [
        f"Hội nghị đã hủy: {row['reason']}" if row["standing"] == "cancelled" else None,
        f"Chủ tọa: {row['chair']}" if row["chair"] else None,
        f"Thành phần dự: {'; '.join(each.name or str(each.id) for each in participants)}" if participants else None,
    ]
    return "\n".join(filter(None, lines))
