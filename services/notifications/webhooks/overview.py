"""Which webhooks need somebody, disabled ones and such as have taken nothing for a while: a page, and a part of the registry's page.

It names no addresses: those are on the pages of units' contacts, whose readers are written down.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Response

from services.notifications.desk import GetDesk
from services.notifications.webhooks.store import Webhook, list_webhooks
from shared.clock import system_clock
from shared.web.access import Seen
from shared.web.pages import Pages

WORTH_TELLING = timedelta(hours=1)
"""How long a webhook fails before somebody is told: what a restart breaks off is mended by the attempts that follow."""


def build_overview(desk: GetDesk) -> APIRouter:
    """Return the page over a desk that is opened later."""
    router, pages = APIRouter(include_in_schema=False), Pages("services.notifications")

    @router.get("/webhooks/troubled")
    async def troubled(sight: Seen, hx_request: Annotated[str, Header()] = "") -> Response:
        now = await system_clock()
        found = troubled_of((await list_webhooks(desk().pool, sight, now)).items, now)
        answer = pages.answer("_webhooks.html" if hx_request else "webhooks.html", webhooks=found, is_part=bool(hx_request))
        answer.headers.update({"Cache-Control": "no-store", "Vary": "HX-Request"})
        return answer

    return router


def troubled_of(webhooks: Sequence[Webhook], now: datetime) -> list[Webhook]:
    """Return those that need somebody, the disabled ones first, those that have waited longest before others."""
    found = [each for each in webhooks if each.disabled_at or (each.failing_since and now - each.failing_since >= WORTH_TELLING)]
    return sorted(found, key=lambda each: (each.disabled_at is None, each.disabled_at or each.failing_since))
