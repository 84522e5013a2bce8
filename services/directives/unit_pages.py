"""Pages of units: all of them with the counts of their tasks; one with its names, its open tasks, its scorecard, its conferences."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.directives.api import OpenReader, Reader
from services.directives.domain.status import OFFICE_ZONE
from services.directives.domain.unit_files import read_day
from services.directives.live import Changes
from services.directives.views import conferences, registry_models, scorecards, units
from services.directives.views.questions import CodePlace, ConferenceQuestion, ScorecardQuestion, UnitQuestion, place_of
from shared.errors import NotFoundError
from shared.identity.principals import Principal, Sight
from shared.web.access import Asker, Seen
from shared.web.pages import Pages, say_day, squeezed
from shared.web.rules import RULES

PAGE = 50
DUTIES = 15
"""Tasks that a list of the page shows."""
COMING = 5
JULY = 7


class Search(BaseModel):
    """Which units are looked for; it is the page's address."""

    model_config = ConfigDict(frozen=True)
    q: Annotated[str, Field(max_length=200)] = ""
    cursor: Annotated[str, Field(max_length=400)] = ""

    @field_validator("cursor")
    @classmethod
    def _is_ours(cls, cursor: str) -> str:
        place_of(cursor or None, CodePlace)
        return cursor

    def address(self, cursor: str = "") -> str:
        """Return the address of another page of the same search."""
        chosen = {"q": self.q, "cursor": cursor}
        return "/units?" + urlencode({name: value for name, value in chosen.items() if value})


class Period(BaseModel):
    """Which days the scorecard is of, as people write them (1/4/2021) or as addresses have them; what is no day is said on the page."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)
    since: Annotated[str, Field(alias="from", max_length=20)] = ""
    until: Annotated[str, Field(alias="to", max_length=20)] = ""

    def question(self) -> ScorecardQuestion:
        """Return the period as a question to the read model; raises ValueError where one is no day of ours."""
        return ScorecardQuestion.model_validate({"from": _day(self.since), "to": _day(self.until)})


def _day(text: str) -> date | None:
    day = read_day(text) if text.strip() else None
    if text.strip() and day is None:
        raise ValueError("this is no day")
    return day


class Desk(NamedTuple):
    """What the pages work with."""

    reader: OpenReader
    changes: Callable[[], Changes]


class Asked(NamedTuple):
    """Who asks for which unit and period, and what they may see."""

    asker: Principal
    sight: Sight
    code: str
    period: Period


def build_unit_pages(desk: Desk) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages("services.directives")

    @router.get("/units")
    async def list_units(sight: Seen, search: Annotated[Search, Query()]) -> HTMLResponse:
        return pages.answer("units.html", **await _list(desk.reader(), search, sight))

    @router.get("/units/{code}")
    async def show_unit(asker: Asker, sight: Seen, code: str, period: Annotated[Period, Query()]) -> HTMLResponse:
        return await _answer(pages, "unit.html", desk, Asked(asker, sight, code, period))

    @router.get("/units/{code}/content")
    async def show_content(asker: Asker, sight: Seen, code: str, period: Annotated[Period, Query()]) -> HTMLResponse:
        return await _answer(pages, "_unit.html", desk, Asked(asker, sight, code, period))

    return router


async def _list(reader: Reader, search: Search, sight: Sight) -> dict[str, Any]:
    at = await reader.clock()
    question = UnitQuestion(q=search.q or None, cursor=search.cursor or None, limit=PAGE)
    page = await units.list_units(reader.pool, question, at)
    counts = await scorecards.count_by_unit(reader.pool, [each.id for each in page.items], at, sight)
    return {"search": search, "rows": [(each, counts[each.id]) for each in page.items], "next": page.next, "at": at}


async def _answer(pages: Pages, template: str, desk: Desk, asked: Asked) -> HTMLResponse:
    try:
        return squeezed(pages.answer(template, **await _show(desk, asked)))
    except NotFoundError:
        return pages.refuse(404, "not-found", "there is no such unit")


async def _show(desk: Desk, asked: Asked) -> dict[str, Any]:
    reader, sight, mark = desk.reader(), asked.sight, await desk.changes().read_mark()
    at = await reader.clock()
    unit = await units.read_unit(reader.pool, asked.code, at, sight)
    leads, coordinates = [
        await scorecards.list_duties(reader.pool, unit.id, at, sight, is_lead=is_lead, limit=DUTIES) for is_lead in (True, False)
    ]
    return {
        "unit": unit,
        "leads": leads,
        "coordinates": coordinates,
        "scorecard": await _read_scorecard(reader, unit.code, asked.period, at, sight),
        "period": asked.period,
        "zone": OFFICE_ZONE,
        "shown": DUTIES,
        "presets": _presets(at.astimezone(OFFICE_ZONE).date()),
        "coming": await _read_coming(reader, unit.code, at, sight),
        "may_open_inbox": asked.sight.unit in (None, unit.id),
        "keeps_registry": asked.asker.role in RULES["GET /registry/{code}"].grants,
        "at": at,
        "mark": mark,
    }


async def _read_scorecard(reader: Reader, code: str, period: Period, at: datetime, sight: Sight) -> registry_models.Scorecard | None:
    """Return the scorecard of a period, None where the period is none."""
    try:
        question = period.question()
    except ValueError:
        return None
    return await scorecards.read_scorecard(reader.pool, code, question, at, sight)


async def _read_coming(reader: Reader, code: str, at: datetime, sight: Sight) -> conferences.Page:
    question = ConferenceQuestion.model_validate({"from": at, "unit": code, "limit": COMING})
    return await conferences.list_conferences(reader.pool, question, at, sight)


def _presets(today: date) -> list[tuple[str, str]]:
    """Return the periods that reports are usually of, each with its address: this month, quarter, half-year, year."""
    first_months = {
        "Tháng này": today.month,
        "Quý này": today.month - (today.month - 1) % 3,
        "6 tháng": 1 if today.month < JULY else JULY,
        "Năm nay": 1,
    }
    return [(name, "?" + urlencode({"from": f"1/{month}/{today.year}", "to": say_day(today)})) for name, month in first_months.items()]
