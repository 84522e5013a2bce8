"""Pages of what did not go through: what services could not apply, what was refused, what waits for another fact."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.directives import turned_away
from services.directives.api import OpenReader
from services.directives.domain.status import OFFICE_ZONE
from services.directives.domain.unit_files import read_day
from services.directives.live import stream
from services.directives.receipts import Receipts, place_of
from services.directives.turned_away import Question, Told
from services.directives.views import questions, stored
from shared.contracts import name_of
from shared.errors import NotFoundError
from shared.web.pages import Pages
from shared.web.parked_pages import readable
from shared.web.rules import PARKING

TOLD: Mapping[str, str] = {
    "retried": "Đã áp dụng lại {count} sự kiện.",
    "partly": "Đã áp dụng lại {count} sự kiện; {left} mã vẫn chưa áp dụng được và còn treo với lý do mới.",
    "discarded": "Đã bỏ {count} sự kiện, lý do được ghi lại.",
}
YEARS = (1945, 2200)
MAX_COUNT = 9

_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class Filter(BaseModel):
    """What is looked for; it is the page's address. What is no day of ours narrows nothing down, and the page says so."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)
    q: Annotated[str, Field(max_length=200)] = ""
    code: Annotated[str, Field(max_length=100)] = ""
    publisher: Annotated[str, Field(max_length=100)] = ""
    since: Annotated[str, Field(alias="from", max_length=20)] = ""
    until: Annotated[str, Field(alias="to", max_length=20)] = ""
    cursor: Annotated[str, Field(max_length=400)] = ""

    @field_validator("cursor")
    @classmethod
    def _is_ours(cls, cursor: str) -> str:
        questions.place_of(cursor or None, questions.WaitingPlace)
        return cursor

    @property
    def wrong(self) -> list[str]:
        """Return the days that are none."""
        return [text for text in (self.since, self.until) if text and _day(text) is None]

    def question(self) -> Question:
        """Return the filter as a question; both days are included."""
        since, until = _day(self.since), _day(self.until)
        after = until + timedelta(days=1) if until else None
        return Question(self.q, self.publisher, self.code, _midnight(since), _midnight(after), self.cursor)

    def address(self, path: str, cursor: str = "") -> str:
        """Return the address of another part of the same list."""
        chosen = {**self.model_dump(by_alias=True), "cursor": cursor}
        return f"{path}?{urlencode({name: value for name, value in chosen.items() if value})}"


Chosen = Annotated[Filter, Query()]


class Desk(NamedTuple):
    """What the pages work with; `reader` gives the open read model once the app runs."""

    receipts: Receipts
    partitions: int
    reader: OpenReader

    async def name_units(self, texts: Iterable[str]) -> dict[str, str]:
        """Return what the units that some texts name by their ids are called; those that nobody registered are left out."""
        reader = self.reader()
        ids = {UUID(found) for text in texts for found in _ID.findall(text)}
        names = await stored.read_names(reader.pool, ids, await reader.clock()) if ids else {}
        return {str(unit): named.name for unit, named in names.items() if named.name}


def build_parked_pages(desk: Desk) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages, told = Pages("services.directives"), Told(desk.receipts)

    @router.get("/parked")
    async def show_parked(told: str = "", count: str = "", left: str = "") -> HTMLResponse:
        return pages.answer("parked.html", schemas=PARKING, told=TOLD.get(told, "").format(count=_number(count), left=_number(left)))

    @router.get("/parked/stream")
    async def stream_changes(seen: str = "", last_event_id: Annotated[str | None, Header()] = None) -> StreamingResponse:
        events = stream(told, last_event_id if last_event_id is not None else seen)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    _add_refused(router, pages, desk, told)
    _add_waiting(router, pages, desk, told)
    return router


def _add_refused(router: APIRouter, pages: Pages, desk: Desk, told: Told) -> None:
    @router.get("/parked/refused")
    async def show_refused(chosen: Chosen) -> HTMLResponse:
        choices = await turned_away.read_choices(desk.receipts)
        return pages.answer("refused_facts.html", choices=choices, **await _list_refused(desk, told, chosen))

    @router.get("/parked/refused/table")
    async def show_refused_table(chosen: Chosen) -> HTMLResponse:
        return pages.answer("_refused_facts.html", **await _list_refused(desk, told, chosen))

    @router.get("/parked/refused/{receipt}")
    async def show_refused_fact(receipt: str) -> Response:
        return await _show_refused(pages, desk, receipt)


def _add_waiting(router: APIRouter, pages: Pages, desk: Desk, told: Told) -> None:
    @router.get("/parked/waiting")
    async def show_waiting(chosen: Chosen) -> HTMLResponse:
        return pages.answer("waiting_facts.html", **await _list_waiting(desk, told, chosen))

    @router.get("/parked/waiting/table")
    async def show_waiting_table(chosen: Chosen) -> HTMLResponse:
        return pages.answer("_waiting_facts.html", **await _list_waiting(desk, told, chosen))


async def _list_refused(desk: Desk, told: Told, chosen: Filter) -> dict[str, Any]:
    mark = await told.read_mark()
    items, following = await turned_away.list_refused(desk.receipts, chosen.question())
    names = await desk.name_units(fact.reason_vi for fact in items)
    return {"chosen": chosen, "items": items, "next": following, "name_of": name_of, "mark": mark, "named": _naming(names)}


async def _list_waiting(desk: Desk, told: Told, chosen: Filter) -> dict[str, Any]:
    mark = await told.read_mark()
    items, following = await turned_away.list_waiting(desk.receipts, chosen.question())
    return {"chosen": chosen, "items": items, "next": following, "name_of": name_of, "mark": mark}


async def _show_refused(pages: Pages, desk: Desk, receipt: str) -> Response:
    try:
        place = place_of(receipt, desk.partitions)
        fact = await turned_away.read_refused(desk.receipts, place)
    except NotFoundError:
        return pages.refuse(404, "not-found", "no such fact was refused")
    content = await turned_away.read_content(desk.receipts, fact, place)
    text = readable(content.value)
    names = await desk.name_units((fact.reason_vi, fact.key, text))
    data = turned_away.own_data(content.value)
    return pages.answer(
        "refused_fact.html", name_of=name_of, fact=fact, content=content, text=text, data=data, names=names, named=_naming(names)
    )


def _naming(names: Mapping[str, str]) -> Callable[[str], str]:
    """Return what puts the names of units into a text in place of their ids."""
    return lambda text: _ID.sub(lambda found: names.get(found[0], found[0]), text)


def _number(text: str) -> str:
    return text if text.isascii() and text.isdecimal() and len(text) <= MAX_COUNT else ""


def _day(text: str) -> date | None:
    day = read_day(text.strip()) if text.strip() else None
    return day if day and YEARS[0] <= day.year < YEARS[1] else None


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), OFFICE_ZONE)
