"""The JSON endpoints of deadlines and the working calendar."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Query, Response
from fastapi.exceptions import HTTPException

from services.deadlines.projections import RuleBook
from services.deadlines.views import CalendarYear, DeadlineDetail, Filters, Page, Status, list_deadlines, read_calendar, read_deadline
from shared.postgres import Pool
from shared.web.access import Seen
from shared.web.moments import Moment
from shared.web.openapi import answer

MAX_PAGE = 500


def build_api(pool: Callable[[], Pool], book: RuleBook) -> APIRouter:
    """Return the routes; `pool` gives the open pool once the app runs."""
    router = APIRouter(prefix="/api", tags=["deadlines"])

    @router.get("/deadlines", responses={200: answer(Page, "A part of the list")})
    async def get_deadlines(  # noqa: PLR0913  each is a filter of the query string
        *,
        sight: Seen,
        unit: str | None = None,
        task: UUID | None = None,
        directive: UUID | None = None,
        status: Status | None = None,
        due_before: Moment | None = None,
        due_after: Moment | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        cursor: str | None = None,
    ) -> Response:
        """List deadlines, by due instant."""
        filters = Filters(unit=unit, task=task, directive=directive, status=status, due_before=due_before, due_after=due_after)
        try:
            page = await list_deadlines(pool(), filters, limit, cursor, sight)
        except ValueError as error:
            raise HTTPException(422, "cursor should be one that this list gave") from error
        return _json(page)

    @router.get("/deadlines/{deadline}", responses={200: answer(DeadlineDetail, "The deadline")})
    async def get_deadline(sight: Seen, deadline: UUID) -> Response:
        """Return a deadline with its proof and its history: each change with its reason, from which instant to which."""
        return _json(await read_deadline(pool(), deadline, sight))

    @router.get("/calendar/{year}", responses={200: answer(CalendarYear, "The year's calendar")})
    async def get_calendar(year: Annotated[int, Path(ge=1976, le=2100)]) -> Response:
        """Return the days off and the worked weekend days of a year, as amended until now, with the calendar's version."""
        rules = await book.current(pool())
        return _json(read_calendar(rules.calendar, year))

    return router


def _json(answer: msgspec.Struct) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")
