"""The page of a unit's inbox, kept up to date while it is open, where people acknowledge notices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.notifications.cursors import InvalidCursorError, Place
from services.notifications.desk import Desk, GetDesk, open_stream
from services.notifications.handlers import Acknowledger, say_read
from services.notifications.views import Item, Unit, count_unread, find_unit, read_page
from shared.errors import NotFoundError
from shared.identity.principals import Principal, Sight
from shared.web.access import Asker, Seen
from shared.web.forms import address_of, read_form
from shared.web.pages import HANOI, Pages, squeezed
from shared.web.rules import RULES

PAGE = 20
"""Notices of one part of the page."""
ACKNOWLEDGE = "POST /units/{code}/inbox/{notice}/acknowledgement"
TOLD = {
    "read": "Đã xác nhận thông báo.",
    "sending": "Đã ghi nhận xác nhận và đang gửi đi; tải lại trang sau giây lát để thấy.",
}
"""What the page says after an acknowledgement: whether Kafka has got it."""
PARTS: Mapping[str, str] = {"unread": "Chưa xác nhận", "read": "Đã xác nhận"}
"""The parts of the page in their order, with their headings."""


class Choice(BaseModel):
    """What of an inbox is looked at; it is the page's address. Where neither part is chosen, the unread notices come first."""

    model_config = ConfigDict(frozen=True)
    cursor: str = ""
    unread: bool = False
    read: bool = False
    told: str = ""


class Part(NamedTuple):
    """A part of the page: what it is called, its notices, and the address of those before them."""

    name: str
    heading: str
    items: list[Item]
    older: str


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
    count = await count_unread(desk.pool, unit.unit)
    parts, seen = await _read_parts(desk, unit, chosen, after)
    answer = pages.answer(
        template, unit=unit, parts=parts, seen=seen, count=count, chosen=chosen, told=TOLD.get(chosen.told, ""),
        may_acknowledge=may_acknowledge, month_of=month_of,
    )  # fmt: skip
    return squeezed(answer)


async def _read_parts(desk: Desk, unit: Unit, chosen: Choice, after: Place | None) -> tuple[list[Part], str]:
    """Return the parts of the page, and where its stream goes on: behind what the first one showed, so that nothing is missed."""
    wanted = [part for part in PARTS if not (chosen.unread or chosen.read) or getattr(chosen, part)]
    found = [await read_page(desk.pool, unit.unit, after, PAGE, unread=part == "unread") for part in wanted]
    parts = [
        Part(part, PARTS[part], page.items, f"?{urlencode({'cursor': page.next, part: 'true'})}" if page.next else "")
        for part, page in zip(wanted, found, strict=True)
    ]
    return [part for part in parts if part.items or part == parts[0]], found[0].stream_cursor


def month_of(instant: datetime) -> str:
    """Return the month (2021-04) of an instant in Vietnam."""
    return f"{instant.astimezone(HANOI):%Y-%m}"
