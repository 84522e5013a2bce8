"""Pages of directives: all of them, filtered by the address; one with its document, its tasks and its timeline, live."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.directives.domain.paperwork import Standing
from services.directives.domain.unit_files import read_day
from services.directives.viewing import Console, tell_entries
from services.directives.views import overviews, papers
from services.directives.views.questions import DirectiveQuestion, MomentPlace, TimelinePlace, TimelineQuestion, place_of
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.pages import Pages

PAGE = 40
TASKS = 15
TIMELINE = 25
"""How much a page shows of each: what keeps it small."""


class Filter(BaseModel):
    """What is chosen on the page of directives; it is the page's address. Both days of issue are included; no day is no limit."""

    model_config = ConfigDict(frozen=True)
    q: Annotated[str, Field(max_length=200)] = ""
    issuer: Annotated[str, Field(max_length=60)] = ""
    standing: Standing | Literal[""] = ""
    issued_from: Annotated[str, Field(max_length=20)] = ""
    issued_to: Annotated[str, Field(max_length=20)] = ""
    cursor: Annotated[str, Field(max_length=400)] = ""

    @field_validator("cursor")
    @classmethod
    def _is_ours(cls, cursor: str) -> str:
        place_of(cursor or None, MomentPlace)
        return cursor

    @property
    def days(self) -> tuple[date | None, date | None]:
        """Return the days of issue that are chosen."""
        return read_day(self.issued_from.strip()), read_day(self.issued_to.strip())

    @property
    def wrong(self) -> tuple[str, ...]:
        """Return the fields in which there is something that is no day."""
        fields = {"issued_from": self.issued_from, "issued_to": self.issued_to}
        return tuple(name for (name, text), day in zip(fields.items(), self.days, strict=True) if text.strip() and day is None)

    def question(self) -> DirectiveQuestion:
        """Return the filter as a question to the read model."""
        first, last = self.days
        standing: frozenset[Standing] = frozenset({self.standing} if self.standing else ())
        return DirectiveQuestion(
            issuer=self.issuer or None, q=self.q or None, issued_from=first, issued_to=last, standing=standing, limit=PAGE,
            cursor=self.cursor or None,
        )  # fmt: skip

    def address(self, **changed: str) -> str:
        """Return the address of the page with some choices changed; a page further on is left unless it is named."""
        chosen = {**self.model_dump(), "cursor": "", **changed}
        return "/directives?" + urlencode({name: value for name, value in chosen.items() if value})


class Place(BaseModel):
    """Where the timeline of a directive goes on."""

    model_config = ConfigDict(frozen=True)
    cursor: Annotated[str, Field(max_length=400)] = ""

    @field_validator("cursor")
    @classmethod
    def _is_ours(cls, cursor: str) -> str:
        place_of(cursor or None, TimelinePlace)
        return cursor


Chosen = Annotated[Filter, Query()]


def build_directive_pages(console: Callable[[], Console]) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages("services.directives")
    _add_list(router, pages, console)

    @router.get("/directives/{directive}")
    async def directive_page(sight: Seen, directive: UUID, place: Annotated[Place, Query()]) -> HTMLResponse:
        return await _answer(pages, "directive.html", console(), directive, place, sight)

    @router.get("/directives/{directive}/content")
    async def directive_content(sight: Seen, directive: UUID, place: Annotated[Place, Query()]) -> HTMLResponse:
        return await _answer(pages, "_directive.html", console(), directive, place, sight)

    return router


def _add_list(router: APIRouter, pages: Pages, console: Callable[[], Console]) -> None:
    @router.get("/directives")
    async def directives(sight: Seen, chosen: Chosen) -> HTMLResponse:
        shown = await _show_list(console(), chosen, sight)
        issuers = await overviews.list_issuers(console().reader.pool, shown["at"], sight)
        return pages.answer("directives.html", **shown, issuers=issuers)

    @router.get("/directives/table")
    async def directives_table(sight: Seen, chosen: Chosen) -> HTMLResponse:
        return pages.answer("_directives.html", **await _show_list(console(), chosen, sight))


async def _show_list(console: Console, chosen: Filter, sight: Sight) -> dict[str, Any]:
    mark, at = await console.read_now()
    page = await papers.list_directives(console.reader.pool, chosen.question(), at, sight)
    counts = await overviews.count_by_directive(console.reader.pool, [each.id for each in page.items], at, sight)
    return {"chosen": chosen, "page": page, "counts": counts, "at": at, "mark": mark}


async def _answer(pages: Pages, template: str, console: Console, directive: UUID, place: Place, sight: Sight) -> HTMLResponse:
    try:
        return pages.answer(template, **await _show(console, directive, place, sight))
    except NotFoundError:
        return pages.answer("not_found.html", status=404)


async def _show(console: Console, directive: UUID, place: Place, sight: Sight) -> dict[str, Any]:
    pool = console.reader.pool
    mark, at = await console.read_now()
    found = await papers.read_directive(pool, directive, at, sight)
    timeline = await papers.read_timeline(pool, directive, TimelineQuestion(limit=TIMELINE, cursor=place.cursor or None), sight)
    related = {UUID(basis["directive"]) for basis in found.based_on if "directive" in basis}
    related |= {found.replaced_by} if found.replaced_by else set()
    return {
        **await tell_entries(console, timeline.items, at),
        "directive": found,
        "seen": {str(each) for each in await papers.read_seen(pool, related, sight)},
        "timeline": timeline,
        "TASKS": TASKS,
        "place": place,
        "tasks": {str(task.id): task for task in found.tasks},
        "at": at,
        "mark": mark,
    }
