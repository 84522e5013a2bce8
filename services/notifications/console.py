"""The page of a unit's inbox, kept up to date while it is open."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from services.notifications.cursors import InvalidCursorError, Place
from services.notifications.desk import Desk, GetDesk, open_stream
from services.notifications.views import find_unit, read_page
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.pages import Pages

PAGE = 50


def build_console(desk: GetDesk) -> APIRouter:
    """Return the pages over a desk that is opened later."""
    router, pages = APIRouter(include_in_schema=False), Pages("services.notifications")

    @router.get("/units/{code}/inbox")
    async def inbox(sight: Seen, code: str, cursor: str = "", *, unread: bool = False) -> Response:
        return await _show(pages, "inbox.html", desk(), sight, code, cursor, unread=unread)

    @router.get("/units/{code}/inbox/items")
    async def items(sight: Seen, code: str, cursor: str = "", *, unread: bool = False) -> Response:
        return await _show(pages, "_items.html", desk(), sight, code, cursor, unread=unread)

    @router.get("/units/{code}/inbox/changes")
    async def changes(
        sight: Seen, code: str, seen: str = "", last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None
    ) -> Response:
        return await open_stream(desk(), sight, code, last_event_id if last_event_id is not None else seen, event="change")

    return router


async def _show(pages: Pages, template: str, desk: Desk, sight: Sight, code: str, cursor: str, *, unread: bool) -> Response:
    try:
        after = Place.parse(cursor) if cursor else None
        unit = await find_unit(desk.pool, code, sight)
    except (InvalidCursorError, NotFoundError):
        return pages.answer("not_found.html", status=404)
    page = await read_page(desk.pool, unit.unit, after, PAGE, unread=unread)
    return pages.answer(template, unit=unit, page=page, unread=unread)
