"""The page of a unit's inbox, kept up to date while it is open, where people acknowledge notices."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.notifications.cursors import InvalidCursorError, Place
from services.notifications.desk import Desk, GetDesk, open_stream
from services.notifications.handlers import Acknowledger, say_read
from services.notifications.views import find_unit, read_page
from shared.errors import NotFoundError
from shared.identity.principals import Principal, Sight
from shared.web.access import Asker, Seen
from shared.web.forms import address_of, read_form
from shared.web.pages import Pages
from shared.web.rules import RULES

PAGE = 50
ACKNOWLEDGE = "POST /units/{code}/inbox/{notice}/acknowledgement"
TOLD = {
    "read": "Đã xác nhận thông báo.",
    "sending": "Đã ghi nhận xác nhận và đang gửi đi; tải lại trang sau giây lát để thấy.",
}
"""What the page says after an acknowledgement: whether Kafka has got it."""


class Choice(BaseModel):
    """What of an inbox is looked at; it is the page's address."""

    model_config = ConfigDict(frozen=True)
    cursor: str = ""
    unread: bool = False
    told: str = ""


Chosen = Annotated[Choice, Query()]


def build_console(desk: GetDesk) -> APIRouter:
    """Return the pages over a desk that is opened later."""
    router, pages = APIRouter(include_in_schema=False), Pages("services.notifications")

    @router.get("/units/{code}/inbox")
    async def inbox(asker: Asker, sight: Seen, code: str, chosen: Chosen) -> Response:
        return await _show(pages, "inbox.html", desk(), sight, code, chosen, may_acknowledge=may_acknowledge(asker))

    @router.get("/units/{code}/inbox/items")
    async def items(asker: Asker, sight: Seen, code: str, chosen: Chosen) -> Response:
        return await _show(pages, "_items.html", desk(), sight, code, chosen, may_acknowledge=may_acknowledge(asker))

    @router.post(ACKNOWLEDGE.partition(" ")[2])
    async def acknowledge(request: Request, asker: Asker, sight: Seen, code: str, notice: UUID) -> Response:
        reader = Acknowledger(asker, sight, address_of(request.scope))
        return await _acknowledge(pages, desk(), reader, code, notice, await read_form(request))

    @router.get("/units/{code}/inbox/changes")
    async def changes(
        sight: Seen, code: str, seen: str = "", last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None
    ) -> Response:
        return await open_stream(desk(), sight, code, last_event_id if last_event_id is not None else seen, event="change")

    return router


def may_acknowledge(asker: Principal) -> bool:
    """Tell whether the table of rules lets somebody acknowledge on the page; only people have its form's word."""
    return asker.role in RULES[ACKNOWLEDGE].grants


async def _acknowledge(pages: Pages, desk: Desk, reader: Acknowledger, code: str, notice: UUID, fields: Mapping[str, str]) -> Response:
    """Acknowledge and lead back to the same part of the inbox."""
    try:
        said = await say_read(desk.ledger, reader, code, notice, await desk.clock())
    except NotFoundError:
        return pages.answer("not_found.html", status=404)
    is_sent = await desk.bell.wait_sent(said.partition, said.position, desk.acknowledge_seconds)
    place = {name: fields[name] for name in ("cursor", "unread") if fields.get(name)}
    address = f"/units/{quote(code, safe='')}/inbox?{urlencode({**place, 'told': 'read' if is_sent else 'sending'})}"
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


async def _show(
    pages: Pages, template: str, desk: Desk, sight: Sight, code: str, chosen: Choice, *, may_acknowledge: bool
) -> Response:  # fmt: skip
    try:
        after = Place.parse(chosen.cursor) if chosen.cursor else None
        unit = await find_unit(desk.pool, code, sight)
    except (InvalidCursorError, NotFoundError):
        return pages.answer("not_found.html", status=404)
    page = await read_page(desk.pool, unit.unit, after, PAGE, unread=chosen.unread)
    return pages.answer(template, unit=unit, page=page, chosen=chosen, told=TOLD.get(chosen.told, ""), may_acknowledge=may_acknowledge)
