"""Pages of what did not go through: what services could not apply, what was refused, what waits for another fact."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.directives import turned_away
from services.directives.domain.status import OFFICE_ZONE
from services.directives.domain.unit_files import read_day
from services.directives.receipts import Receipts, place_of
from services.directives.turned_away import Question
from services.directives.views import questions
from shared.contracts import name_of
from shared.errors import NotFoundError
from shared.web.pages import Pages
from shared.web.parked_pages import readable
from shared.web.rules import PARKING

TOLD: Mapping[str, str] = {
    "retried": "Đã áp dụng lại {count} sự kiện.",
    "discarded": "Đã bỏ sự kiện, lý do được ghi lại.",
}
YEARS = (1945, 2200)
MAX_COUNT = 9


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


def build_parked_pages(receipts: Receipts, partitions: int) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages("services.directives")

    @router.get("/parked")
    async def show_parked(told: str = "", count: str = "") -> HTMLResponse:
        number = count if count.isascii() and count.isdecimal() and len(count) <= MAX_COUNT else ""
        return pages.answer("parked.html", schemas=PARKING, told=TOLD.get(told, "").format(count=number))

    @router.get("/parked/refused")
    async def show_refused(chosen: Chosen) -> HTMLResponse:
        items, following = await turned_away.list_refused(receipts, chosen.question())
        choices = await turned_away.read_choices(receipts)
        return pages.answer("refused_facts.html", chosen=chosen, items=items, next=following, choices=choices, name_of=name_of)

    @router.get("/parked/refused/{receipt}")
    async def show_refused_fact(receipt: str) -> Response:
        return await _show_refused(pages, receipts, receipt, partitions)

    @router.get("/parked/waiting")
    async def show_waiting(chosen: Chosen) -> HTMLResponse:
        items, following = await turned_away.list_waiting(receipts, chosen.question())
        return pages.answer("waiting_facts.html", chosen=chosen, items=items, next=following, name_of=name_of)

    return router


async def _show_refused(pages: Pages, receipts: Receipts, receipt: str, partitions: int) -> Response:
    try:
        place = place_of(receipt, partitions)
        fact = await turned_away.read_refused(receipts, place)
    except NotFoundError:
        return pages.refuse(404, "not-found", "no such fact was refused")
    content = await turned_away.read_content(receipts, fact, place)
    shown: dict[str, Any] = {"fact": fact, "content": content, "text": readable(content.value), "data": turned_away.own_data(content.value)}
    return pages.answer("refused_fact.html", name_of=name_of, **shown)


def _day(text: str) -> date | None:
    day = read_day(text.strip()) if text.strip() else None
    return day if day and YEARS[0] <= day.year < YEARS[1] else None


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), OFFICE_ZONE)
