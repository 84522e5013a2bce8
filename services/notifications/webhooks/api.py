"""The JSON endpoints of webhooks: list, add, rotate, try, enable, remove; a unit its own, operators all."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, Field

from services.notifications.contacts import Author
from services.notifications.desk import GetDesk
from services.notifications.views import find_unit
from services.notifications.webhooks.keeping import Keeper, Trial
from services.notifications.webhooks.store import (
    Change,
    Keyed,
    NewWebhook,
    Webhook,
    Webhooks,
    enable_webhook,
    list_webhooks,
    remove_webhook,
    rotate_secret,
)
from shared.clock import system_clock
from shared.identity.principals import Principal, Sight
from shared.web.access import Asker, Seen
from shared.web.forms import address_of
from shared.web.openapi import answer
from shared.web.texts import Text


class AddedWebhook(BaseModel):
    """A webhook to add: whose it is, by code, and where it is."""

    unit: Text = Field(min_length=1, max_length=100)
    url: Text = Field(min_length=1, max_length=500)
    label: Text | None = Field(default=None, min_length=1, max_length=200)


def build_webhooks(desk: GetDesk, keeper: Keeper) -> APIRouter:
    """Return the endpoints over a desk that is opened later."""
    router = APIRouter(tags=["webhooks"])

    @router.get("/api/webhooks", responses={200: answer(Webhooks, "The webhooks that the asker may see")})
    async def webhooks(sight: Seen, unit: Annotated[Text | None, Query(max_length=100)] = None) -> Response:
        """List webhooks and how they fare; secrets are never told again."""
        owner = None if unit is None else (await find_unit(desk().pool, unit, sight)).unit
        return _json(await list_webhooks(desk().pool, sight, await system_clock(), owner))

    @router.post("/api/webhooks", status_code=201, responses={201: answer(Keyed, "Added; `secret` is told this once")})
    async def add(request: Request, asker: Asker, sight: Seen, new: Annotated[AddedWebhook, Body()]) -> Response:
        """Add a webhook to a unit; its answer alone tells the secret that notices are signed with."""
        unit = await find_unit(desk().pool, new.unit, sight)
        change = await change_of(request, asker, sight)
        return _json(await keeper.add(desk().pool, NewWebhook(unit.unit, new.url, new.label), change), 201)

    _add_changes(router, desk, keeper)
    return router


def _add_changes(router: APIRouter, desk: GetDesk, keeper: Keeper) -> None:
    @router.post("/api/webhooks/{webhook}/secret", responses={200: answer(Keyed, "`secret` is told this once")})
    async def rotate(request: Request, asker: Asker, sight: Seen, webhook: UUID) -> Response:
        """Make a new secret; for 24 hours notices are signed with the one before, too."""
        return _json(await rotate_secret(desk().pool, keeper.settings.vault, webhook, await change_of(request, asker, sight)))

    @router.post("/api/webhooks/{webhook}/test", responses={200: answer(Trial, "What came of it")})
    async def test(request: Request, asker: Asker, sight: Seen, webhook: UUID) -> Response:
        """Send a signed trial (`webhook.ping`) at once, and tell what came of it."""
        return _json(await keeper.try_out(desk().pool, webhook, await change_of(request, asker, sight)))

    @router.post("/api/webhooks/{webhook}/enable", responses={200: answer(Webhook, "Enabled")})
    async def enable(request: Request, asker: Asker, sight: Seen, webhook: UUID) -> Response:
        """Send a webhook notices again that was disabled; what was given up meanwhile is not sent again."""
        return _json(await enable_webhook(desk().pool, webhook, await change_of(request, asker, sight)))

    @router.delete("/api/webhooks/{webhook}", status_code=204, response_class=Response)
    async def remove(request: Request, asker: Asker, sight: Seen, webhook: UUID) -> Response:
        """Remove a webhook and its secrets."""
        await remove_webhook(desk().pool, webhook, await change_of(request, asker, sight))
        return Response(status_code=204)


async def change_of(request: Request, asker: Principal, sight: Sight) -> Change:
    """Return who changes something, for the audit log, at the present instant of real time, by which secrets are kept."""
    return Change(Author(asker.actor, address_of(request.scope)), await system_clock(), sight)


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, {"Cache-Control": "no-store"}, media_type="application/json")
