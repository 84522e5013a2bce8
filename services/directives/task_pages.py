"""The page of a task: why its deadlines fall when they do, what was handed in for it, what happened; live."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from services.directives.domain.status import OFFICE_ZONE
from services.directives.viewing import Console, tell_entries
from services.directives.views.task_files import HAPPENINGS, read_task_file
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.pages import Pages


def build_task_pages(console: Callable[[], Console]) -> APIRouter:
    """Return the routes of the page."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages("services.directives")

    @router.get("/tasks/{task}")
    async def task_page(sight: Seen, task: UUID) -> HTMLResponse:
        return await _answer(pages, "task.html", console(), task, sight)

    @router.get("/tasks/{task}/content")
    async def task_content(sight: Seen, task: UUID) -> HTMLResponse:
        return await _answer(pages, "_task.html", console(), task, sight)

    return router


async def _answer(pages: Pages, template: str, console: Console, task: UUID, sight: Sight) -> HTMLResponse:
    try:
        return pages.answer(template, **await _show(console, task, sight))
    except NotFoundError:
        return pages.answer("not_found.html", status=404)


async def _show(console: Console, task: UUID, sight: Sight) -> dict[str, Any]:
    mark, at = await console.read_now()
    found = await read_task_file(console.reader.pool, task, at, sight)
    return {
        **found._asdict(),
        **await tell_entries(console, found.happenings, at),
        "tasks": {},
        "is_cut": len(found.happenings) == HAPPENINGS,
        "zone": OFFICE_ZONE,
        "at": at,
        "mark": mark,
    }
