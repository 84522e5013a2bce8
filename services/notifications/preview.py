"""Who would be told, and how, as a fragment of other services' pages: said before anything is published, without any address."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from services.notifications.desk import GetDesk
from services.notifications.queries import QUERIES
from shared.contracts.codes import canonical_code
from shared.postgres import Pool
from shared.web.pages import Pages

MAX_UNITS = 200


class Reach(msgspec.Struct, frozen=True):
    """How a unit is reached beside its inbox: how many mail addresses and webhooks it has."""

    code: str
    name: str
    mails: int
    webhooks: int


async def read_reach(pool: Pool, codes: list[str]) -> list[Reach]:
    """Return how the registered ones among some units are reached, in the order of the codes."""
    known = {row["code"]: Reach(**row) for row in await pool.fetch(QUERIES["read_reach"], codes)}
    return [known[code] for code in dict.fromkeys(codes) if code in known]


def build_preview(desk: GetDesk) -> APIRouter:
    """Return the route over a desk that is opened later."""
    router, pages = APIRouter(include_in_schema=False), Pages("services.notifications")

    @router.get("/notices/preview")
    async def preview(units: Annotated[str, Query(max_length=40 * MAX_UNITS)] = "") -> Response:
        codes = [canonical_code(each) for each in units.split(",") if each.strip()][:MAX_UNITS]
        found = await read_reach(desk().pool, codes)
        missing = sorted(set(codes) - {each.code for each in found})
        return pages.answer("notice_preview.html", units=found, missing=missing)

    return router
