"""The page of a plan: its lines against what the task and the index demand, and what changed from version to version; live."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from services.directives.domain.plan_review import PARTS
from services.directives.viewing import Console
from services.directives.views import models, papers, stored
from services.directives.views.plan_reviews import read_versions
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.pages import Pages


def build_plan_pages(console: Callable[[], Console]) -> APIRouter:
    """Return the routes of the page."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages("services.directives")

    @router.get("/plans/{plan}")
    async def plan_page(sight: Seen, plan: UUID) -> HTMLResponse:
        return await _answer(pages, "plan.html", console(), plan, sight)

    @router.get("/plans/{plan}/content")
    async def plan_content(sight: Seen, plan: UUID) -> HTMLResponse:
        return await _answer(pages, "_plan.html", console(), plan, sight)

    return router


async def _answer(pages: Pages, template: str, console: Console, plan: UUID, sight: Sight) -> HTMLResponse:
    try:
        return pages.answer(template, **await _show(console, plan, sight))
    except NotFoundError:
        return pages.answer("not_found.html", status=404)


async def _show(console: Console, plan: UUID, sight: Sight) -> dict[str, Any]:
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
        "at": at,
        "mark": mark,
    }


async def _read_task(console: Console, task: UUID, sight: Sight) -> models.Task | None:
    """Return the plan's task; None for a unit that handed the plan in and sees the task no more."""
    try:
        return await stored.read_task(console.reader.pool, task, await console.reader.clock(), sight)
    except NotFoundError:
        return None
