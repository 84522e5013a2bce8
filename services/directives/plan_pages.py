"""The page of a plan: its lines against what the task and the index demand, and what changed from version to version; live."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from services.directives.domain.plan_review import PARTS
from services.directives.viewing import Console
from services.directives.views import models, papers, stored
from services.directives.views.plan_reviews import read_versions
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.pages import Pages

LINES = 30
CHANGES = 30
"""How many lines of a plan, and of changes of a version, a page shows: what keeps it small."""

PageNumber = Annotated[int, Query(ge=1, le=1000)]


def build_plan_pages(console: Callable[[], Console]) -> APIRouter:
    """Return the routes of the page."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages("services.directives")

    @router.get("/plans/{plan}")
    async def plan_page(sight: Seen, plan: UUID, page: PageNumber = 1) -> HTMLResponse:
        return await _answer(pages, "plan.html", console(), plan, page, sight)

    @router.get("/plans/{plan}/content")
    async def plan_content(sight: Seen, plan: UUID, page: PageNumber = 1) -> HTMLResponse:
        return await _answer(pages, "_plan.html", console(), plan, page, sight)

    return router


async def _answer(pages: Pages, template: str, console: Console, plan: UUID, page: int, sight: Sight) -> HTMLResponse:
    try:
        return pages.answer(template, **await _show(console, plan, page, sight))
    except NotFoundError:
        return pages.answer("not_found.html", status=404)


async def _show(console: Console, plan: UUID, page: int, sight: Sight) -> dict[str, Any]:
    pool = console.reader.pool
    mark, at = await console.read_now()
    found = await papers.read_plan(pool, plan, at, sight)
    lines = {} if found.review is None else {each.item: each for each in found.review.lines}
    return {
        "plan": found,
        "task": await _read_task(console, found.task, sight),
        "directive": await papers.read_head(pool, found.directive, sight),
        "versions": await read_versions(pool, found.directive, plan),
        "lines": lines,
        "lacking": {part: [each.item for each in lines.values() if part in each.missing] for part in PARTS},
        "PARTS": PARTS,
        "LINES": LINES,
        "CHANGES": CHANGES,
        "page": page,
        "first": LINES * (page - 1),
        "at": at,
        "mark": mark,
    }


async def _read_task(console: Console, task: UUID, sight: Sight) -> models.Task | None:
    """Return the plan's task; None for a unit that handed the plan in and sees the task no more."""
    try:
        return await stored.read_task(console.reader.pool, task, await console.reader.clock(), sight)
    except NotFoundError:
        return None
