"""The first page: how far the tasks are, what falls due this week, who is behind, what was registered last."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from services.directives.domain.status import OFFICE_ZONE
from services.directives.viewing import Console, tell_entries
from services.directives.views import overviews
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.pages import Pages


def build_overview_pages(console: Callable[[], Console]) -> APIRouter:
    """Return the routes of the page."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages("services.directives")

    @router.get("/")
    async def overview(sight: Seen) -> HTMLResponse:
        return pages.answer("overview.html", **await _show(console(), sight))

    @router.get("/overview/content")
    async def overview_content(sight: Seen) -> HTMLResponse:
        return pages.answer("_overview.html", **await _show(console(), sight))

    return router


async def _show(console: Console, sight: Sight) -> dict[str, Any]:
    mark, at = await console.read_now()
    found = await overviews.read_overview(console.reader.pool, at, sight)
    return {
        **found._asdict(),
        **await tell_entries(console, [each.entry for each in found.newest], at),
        "is_cut": len(found.late) == overviews.LATE_UNITS,
        "today": at.astimezone(OFFICE_ZONE).date(),
        "at": at,
        "mark": mark,
    }
