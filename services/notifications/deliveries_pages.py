"""Who was told of a directive: a page by itself, and a fragment of the pages of directives and tasks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from services.notifications.deliveries import read_tellings
from services.notifications.desk import GetDesk
from shared.contracts.types import MAX_INTEGER
from shared.errors import NotFoundError
from shared.web.access import Seen
from shared.web.pages import Pages

PAGE = 50


def build_told(desk: GetDesk) -> APIRouter:
    """Return the page over a desk that is opened later."""
    router, pages = APIRouter(include_in_schema=False), Pages("services.notifications")

    @router.get("/directives/{directive}/notices")
    async def told(
        sight: Seen,
        directive: UUID,
        task: UUID | None = None,
        below: Annotated[int | None, Query(ge=1, le=MAX_INTEGER)] = None,
        hx_request: Annotated[str, Header()] = "",
    ) -> Response:
        try:
            tellings, following = await read_tellings(desk().pool, directive, task, sight, below, PAGE)
        except NotFoundError:
            return pages.answer("not_found.html", status=404)
        template = "_told.html" if hx_request else "told.html"
        return pages.answer(
            template, directive=directive, task=task, tellings=tellings, following=following, shows_words=sight.unit is None
        )  # fmt: skip

    return router
