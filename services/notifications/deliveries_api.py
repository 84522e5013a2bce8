"""The JSON endpoint of the delivery log."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.notifications.cursors import InvalidCursorError, Place
from services.notifications.deliveries import Deliveries, Sought, read_deliveries
from services.notifications.desk import Desk, GetDesk
from services.notifications.views import find_unit
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.openapi import answer
from shared.web.problems import problem

MAX_PAGE = 200


class Asked(BaseModel):
    """Which deliveries are asked for; `unit` is a code or an id."""

    model_config = ConfigDict(frozen=True)
    unit: str | None = None
    directive: UUID | None = None
    task: UUID | None = None
    notice: UUID | None = None
    state: Literal["pending", "delivered", "failed", "unknown", "withdrawn"] | None = None
    channel: Literal["mail", "webhook"] | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50


def build_deliveries(desk: GetDesk) -> APIRouter:
    """Return the endpoint over a desk that is opened later."""
    router = APIRouter(tags=["deliveries"])

    @router.get("/api/deliveries", responses={200: answer(Deliveries, "A part of the delivery log")})
    async def deliveries(sight: Seen, asked: Annotated[Asked, Query()]) -> Response:
        """List what was sent by mail and webhook, newest first, with every attempt (in real time); units are not told what servers said."""
        return await _list(desk(), sight, asked)

    return router


async def _list(desk: Desk, sight: Sight, asked: Asked) -> Response:
    try:
        after = Place.parse(asked.cursor) if asked.cursor else None
    except InvalidCursorError as error:
        return problem(422, "invalid-cursor", str(error))
    unit = (await find_unit(desk.pool, asked.unit, sight)).unit if asked.unit else sight.unit
    sought = Sought(unit, asked.directive, asked.task, asked.notice, asked.state, asked.channel)
    found = await read_deliveries(desk.pool, sought, after, asked.limit, shows_words=sight.unit is None)
    return Response(msgspec.json.encode(found), media_type="application/json")
