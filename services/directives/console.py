"""The operator's pages: tasks with their status, live; a directive with its tasks and its timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.directives.api import Reader
from services.directives.domain.status import CLOSED, Timeliness, Work
from services.directives.live import Changes, stream
from services.directives.views import papers, stored
from services.directives.views.questions import TaskPlace, TaskQuestion, TimelineQuestion, place_of
from shared.contracts import name_of
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.pages import Pages

StatusFilter = Literal[
    "", "open", "open_in_time", "open_due_soon", "open_overdue", "open_without_deadline", "done", "done_on_time", "done_late",
    "done_without_deadline", "awaiting_confirmation", "suspended", "declined", "reopened", "cancelled",
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

PAGE = 100
TIMELINE = 200


@dataclass(frozen=True)
class Console:
    """What the pages work with."""

    reader: Reader
    changes: Changes


class Filter(BaseModel):
    """What is chosen on the page of tasks; it is the page's address."""

    model_config = ConfigDict(frozen=True)
    unit: str = ""
    status: StatusFilter = ""
    q: Annotated[str, Field(max_length=200)] = ""
    cursor: Annotated[str, Field(max_length=400)] | None = None

    @field_validator("cursor")
    @classmethod
    def _is_ours(cls, cursor: str | None) -> str | None:
        place_of(cursor, TaskPlace)
        return cursor

    def question(self) -> TaskQuestion:
        """Return the filter as a question to the read model."""
        work, time = FILTERS[self.status]
        unit, q = self.unit or None, self.q or None
        return TaskQuestion(unit=unit, work=work, time=time, q=q, sort="urgency", limit=PAGE, cursor=self.cursor)

    def address(self, **changed: str | None) -> str:
        """Return the address of the page with some choices changed; a page further on is left unless it is named."""
        chosen = {**self.model_dump(), "cursor": None, **changed}
        return "?" + urlencode({name: value for name, value in chosen.items() if value})


Chosen = Annotated[Filter, Query()]


def build_console(console: Callable[[], Console]) -> APIRouter:
    """Return the routes of the pages."""
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

    @router.get("/directives/{directive}")
    async def directive_page(sight: Seen, directive: UUID) -> HTMLResponse:
        return await _answer_directive(pages, "directive.html", console(), directive, sight)

    @router.get("/directives/{directive}/content")
    async def directive_content(sight: Seen, directive: UUID) -> HTMLResponse:
        return await _answer_directive(pages, "_directive.html", console(), directive, sight)

    return router


async def _lead_units(console: Console, sight: Sight) -> list[tuple[str, str]]:
    return await papers.list_lead_units(console.reader.pool, await console.reader.clock(), sight)


async def _show_tasks(console: Console, chosen: Filter, sight: Sight) -> dict[str, Any]:
    mark, at = await console.changes.read_mark(), await console.reader.clock()
    question = chosen.question()
    return {
        "chosen": chosen,
        "page": await stored.list_tasks(console.reader.pool, question, at, sight),
        "counts": await stored.count_tasks(console.reader.pool, question, at, sight),
        "at": at,
        "mark": mark,
    }


async def _answer_directive(pages: Pages, template: str, console: Console, directive: UUID, sight: Sight) -> HTMLResponse:
    try:
        return pages.answer(template, **await _show_directive(console, directive, sight))
    except NotFoundError:
        return pages.answer("not_found.html", status=404)


async def _show_directive(console: Console, directive: UUID, sight: Sight) -> dict[str, Any]:
    pool, mark, at = console.reader.pool, await console.changes.read_mark(), await console.reader.clock()
    found = await papers.read_directive(pool, directive, at, sight)
    timeline = await papers.read_timeline(pool, directive, TimelineQuestion(limit=TIMELINE), sight)
    names = await stored.read_names(pool, {unit for entry in timeline.items for unit in _units_of(entry.data)}, at)
    return {
        "directive": found,
        "timeline": timeline,
        "who": {str(unit): name.name for unit, name in names.items()},
        "tasks": {str(task.id): task for task in found.tasks},
        "name_of": name_of,
        "ROLES": ACTORS,
        "at": at,
        "mark": mark,
    }


ACTORS = (
    "issuer", "submitted_by", "scheduled_by", "rescheduled_by", "cancelled_by", "reported_by", "received_by", "accepted_by", "declined_by",
    "completed_by", "requested_by", "published_by", "lead",
)  # fmt: skip
"""Members of facts that name who acts: the unit that issued, submitted, scheduled, …, or that leads the task."""


def _units_of(data: Mapping[str, Any]) -> list[UUID]:
    return [UUID(data[name]) for name in ACTORS if name in data]
