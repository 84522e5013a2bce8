"""The JSON endpoints of inboxes: read, follow, acknowledge."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Body, Header, Query, Request, Response
from pydantic import BaseModel, Field

from services.notifications.cursors import InvalidCursorError, Place
from services.notifications.desk import Desk, GetDesk, open_stream
from services.notifications.handlers import Acknowledger, say_read
from services.notifications.repository import Acknowledgement
from services.notifications.views import Page, find_unit, read_page
from shared.identity.principals import Sight
from shared.web.access import Asker, Seen
from shared.web.forms import address_of
from shared.web.openapi import answer
from shared.web.problems import problem
from shared.web.texts import Text

MAX_PAGE = 200


class Reader(BaseModel):
    """In whose name a program acknowledges."""

    acknowledged_by: Text = Field(min_length=1, max_length=500)


class Acknowledged(msgspec.Struct, frozen=True):
    """What was said of a notice, by whom and when; `being-sent` until Kafka has it."""

    notice: UUID
    acknowledged_at: datetime
    acknowledged_by: str
    status: Literal["acknowledged", "being-sent"]


class EventStreamResponse(Response):
    """Says in the description that the answer is a stream of events."""

    media_type = "text/event-stream"


_STREAM = {
    "description": "Events `notice`, each with a notice as its data and a cursor as its id, for as long as the client stays",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": "id: 0-12\nevent: notice\ndata: {}\n\n"}},
}


def build_router(desk: GetDesk) -> APIRouter:
    """Return the endpoints over a desk that is opened later."""
    router = APIRouter(tags=["inboxes"])

    @router.get("/api/units/{code}/inbox", responses={200: answer(Page, "A part of the inbox")})
    async def inbox(
        sight: Seen, code: str, limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50, cursor: str | None = None, *, unread: bool = False
    ) -> Response:
        """List the notices of a unit, newest first; `stream_cursor` is where a stream goes on from here."""
        return await _read_inbox(desk(), sight, code, cursor, limit, unread=unread)

    @router.get("/api/units/{code}/inbox/stream", responses={200: _STREAM}, response_class=EventStreamResponse)
    async def inbox_stream(
        sight: Seen, code: str, after: str = "", last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None
    ) -> Response:
        """Follow a unit's inbox as server-sent events; `Last-Event-ID`, or `after` where a client starts anew, says from where."""
        return await open_stream(desk(), sight, code, last_event_id if last_event_id is not None else after)

    @router.post(
        "/api/units/{code}/inbox/{notice}/acknowledgement",
        responses={
            200: answer(Acknowledged, "Acknowledged, and told in Kafka"),
            202: answer(Acknowledged, "Acknowledged; Kafka has not got it yet"),
        },
    )
    async def acknowledgement(
        request: Request, asker: Asker, sight: Seen, code: str, notice: UUID, told: Annotated[Reader | None, Body()] = None
    ) -> Response:
        """Say that a notice was read; the first time counts."""
        said_by = None if told is None else told.acknowledged_by
        return await _acknowledge(desk(), Acknowledger(asker, sight, address_of(request.scope), said_by), code, notice)

    return router


async def _read_inbox(desk: Desk, sight: Sight, code: str, cursor: str | None, limit: int, *, unread: bool) -> Response:
    try:
        after = Place.parse(cursor) if cursor else None
    except InvalidCursorError as error:
        return problem(422, "invalid-cursor", str(error))
    unit = await find_unit(desk.pool, code, sight)
    return _json(await read_page(desk.pool, unit.unit, after, limit, unread=unread or None))


async def _acknowledge(desk: Desk, reader: Acknowledger, code: str, notice: UUID) -> Response:
    """Answer 200 once the event is in Kafka, 202 when it is written but Kafka has not got it in time."""
    said = await say_read(desk.ledger, reader, code, notice, await desk.clock())
    is_sent = await desk.bell.wait_sent(said.partition, said.position, desk.acknowledge_seconds)
    return _json(_answer(notice, said, is_sent=is_sent), 200 if is_sent else 202)


def _answer(notice: UUID, said: Acknowledgement, *, is_sent: bool) -> Acknowledged:
    return Acknowledged(notice, said.acknowledged_at, said.acknowledged_by, "acknowledged" if is_sent else "being-sent")


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")
