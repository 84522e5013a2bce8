"""What a phrase would come to, as a fragment of other services' pages: said before anything is published."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.deadlines.api import MAX_PHRASE, preview
from services.deadlines.domain.due import ImpossiblePhraseError
from services.deadlines.domain.rules import Rules
from services.deadlines.saying import lines_of
from shared.web.moments import Day
from shared.web.pages import Pages


def build_console(rules: Callable[[], Awaitable[Rules]]) -> APIRouter:
    """Return the route of the fragment; `rules` gives those in force."""
    router, pages = APIRouter(include_in_schema=False), Pages("services.deadlines")

    @router.get("/deadlines/preview")
    async def show_preview(
        phrase: Annotated[str, Query(min_length=1, max_length=MAX_PHRASE)], issued_on: Day | None = None, received_on: Day | None = None
    ) -> Response:
        try:
            due = preview(await rules(), phrase, issued_on, received_on)
        except ImpossiblePhraseError as error:
            return pages.answer("preview.html", due=None, lines=[], phrase=phrase, impossible=error.reason_vi)
        return pages.answer("preview.html", due=due, lines=list(lines_of(due)), phrase=phrase, impossible="")

    return router
