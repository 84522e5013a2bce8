"""The page of tasks: filtered by its address, counted, live."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.directives.domain.status import CLOSED, Timeliness, Work
from services.directives.domain.unit_files import read_day
from services.directives.live import stream
from services.directives.viewing import Console
from services.directives.views import overviews, papers, stored
from services.directives.views.questions import TaskPlace, TaskQuestion, place_of
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.pages import Pages

StatusFilter = Literal[
    "", "open", "to_hand_in", "open_in_time", "open_due_soon", "open_overdue", "open_without_deadline", "done", "done_on_time",
    "done_late", "done_without_deadline", "awaiting_confirmation", "suspended", "declined", "reopened", "cancelled",
]  # fmt: skip

SINGLE: tuple[Literal["awaiting_confirmation", "suspended", "declined", "reopened", "cancelled"], ...] = (
    "awaiting_confirmation", "suspended", "declined", "reopened", "cancelled",
)  # fmt: skip
"""What stands in the list by itself: states of the work axis that an office looks for."""

OPEN: frozenset[Work] = frozenset(get_args(Work)) - CLOSED
DONE: frozenset[Work] = frozenset({"done"})
FILTERS: Mapping[StatusFilter, tuple[frozenset[Work], frozenset[Timeliness]]] = {
    "": (frozenset(), frozenset()),
    "open": (OPEN, frozenset()),
    "to_hand_in": (OPEN - {"awaiting_confirmation"}, frozenset()),
    "open_in_time": (OPEN, frozenset({"in_time", "due_soon", "on_time"})),
    "open_due_soon": (OPEN, frozenset({"due_soon"})),
    "open_overdue": (OPEN, frozenset({"overdue", "late"})),
    "open_without_deadline": (OPEN, frozenset({"no_deadline"})),
    "done": (DONE, frozenset()),
    "done_on_time": (DONE, frozenset({"on_time"})),
    "done_late": (DONE, frozenset({"late"})),
    "done_without_deadline": (DONE, frozenset({"no_deadline"})),
    **{work: (frozenset({work}), frozenset()) for work in SINGLE},
}
"""What each choice of status on the page means on the two axes."""

PAGE = 30
"""Tasks of one page: what keeps it small."""


class Filter(BaseModel):
    """What is chosen on the page of tasks; it is the page's address. Days are last good days, both included; no day is no limit."""

    model_config = ConfigDict(frozen=True)
    unit: str = ""
    status: StatusFilter = ""
    q: Annotated[str, Field(max_length=200)] = ""
    directive: UUID | Literal[""] = ""
    due_from: Annotated[str, Field(max_length=20)] = ""
    due_to: Annotated[str, Field(max_length=20)] = ""
    cursor: Annotated[str, Field(max_length=400)] | None = None

    @field_validator("cursor")
    @classmethod
    def _is_ours(cls, cursor: str | None) -> str | None:
        place_of(cursor, TaskPlace)
        return cursor

    @property
    def days(self) -> tuple[date | None, date | None]:
        """Return the last good days that are chosen."""
        return read_day(self.due_from.strip()), read_day(self.due_to.strip())

    @property
    def wrong(self) -> tuple[str, ...]:
        """Return the fields in which there is something that is no day."""
        fields = {"due_from": self.due_from, "due_to": self.due_to}
        return tuple(name for (name, text), day in zip(fields.items(), self.days, strict=True) if text.strip() and day is None)

    def question(self) -> TaskQuestion:
        """Return the filter as a question to the read model."""
        work, time = FILTERS[self.status]
        after, before = overviews.span_of(*self.days)
        return TaskQuestion(
            unit=self.unit or None, work=work, time=time, q=self.q or None, directive=self.directive or None, due_after=after,
            due_before=before, sort="urgency", limit=PAGE, cursor=self.cursor,
        )  # fmt: skip

    def address(self, **changed: str | None) -> str:
        """Return the address of the page with some choices changed; a page further on is left unless it is named."""
        chosen = {**self.model_dump(), "cursor": None, **changed}
        return "/tasks?" + urlencode({name: value for name, value in chosen.items() if value})


Chosen = Annotated[Filter, Query()]


def build_console(console: Callable[[], Console]) -> APIRouter:
    """Return the routes of the page."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages("services.directives")

    @router.get("/tasks")
    async def tasks(sight: Seen, chosen: Chosen) -> HTMLResponse:
        return pages.answer("tasks.html", **await _show_tasks(console(), chosen, sight), units=await _lead_units(console(), sight))

    @router.get("/tasks/table")
    async def tasks_table(sight: Seen, chosen: Chosen) -> HTMLResponse:
        return pages.answer("_tasks.html", **await _show_tasks(console(), chosen, sight))

    @router.get("/tasks/stream")
    async def tasks_stream(seen: str = "", last_event_id: Annotated[str | None, Header()] = None) -> StreamingResponse:
        events = stream(console().changes, last_event_id if last_event_id is not None else seen)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    return router


async def _lead_units(console: Console, sight: Sight) -> list[tuple[str, str]]:
    return await papers.list_lead_units(console.reader.pool, await console.reader.clock(), sight)


async def _show_tasks(console: Console, chosen: Filter, sight: Sight) -> dict[str, Any]:
    mark, at = await console.read_now()
    question = chosen.question()
    return {
        "chosen": chosen,
        "page": await stored.list_tasks(console.reader.pool, question, at, sight),
        "counts": await stored.count_tasks(console.reader.pool, question, at, sight),
        "at": at,
        "mark": mark,
    }
