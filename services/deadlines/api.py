"""The JSON endpoints of deadlines and the working calendar."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Query, Response
from fastapi.exceptions import HTTPException

from services.deadlines.domain.calendar import midnight
from services.deadlines.domain.due import Due, ImpossiblePhraseError, Kind, Proof
from services.deadlines.domain.phrases import compute
from services.deadlines.domain.rules import Rules
from services.deadlines.saying import lines_of
from services.deadlines.views import CalendarYear, DeadlineDetail, Filters, Page, Status, list_deadlines, read_calendar, read_deadline
from shared.postgres import Pool
from shared.web.access import Seen
from shared.web.moments import Day, Moment
from shared.web.openapi import answer
from shared.web.problems import problem

MAX_PAGE = 500
MAX_PHRASE = 500


class Preview(msgspec.Struct, frozen=True):
    """What a phrase would come to, as `dondoc due --json` tells it, with what is said of it in Vietnamese, line by line."""

    kind: Kind
    due: datetime | None
    recurrence: str | None
    proof: Proof
    text: list[str]


def preview(rules: Rules, phrase: str, issued_on: date | None, received_on: date | None) -> Due:
    """Return what a phrase comes to by the rules in force, or raise ImpossiblePhraseError."""
    received_at = midnight(received_on) if received_on else None
    return compute(phrase, issued_on=issued_on, received_at=received_at, calendar=rules.calendar, policy=rules.policy)


def build_api(pool: Callable[[], Pool], rules: Callable[[], Awaitable[Rules]]) -> APIRouter:
    """Return the routes; `pool` gives the open pool once the app runs, `rules` those in force."""
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

    @router.get("/deadlines/preview", responses={200: answer(Preview, "What the phrase comes to")})
    async def get_preview(
        phrase: Annotated[str, Query(min_length=1, max_length=MAX_PHRASE)], issued_on: Day | None = None, received_on: Day | None = None
    ) -> Response:
        """Tell what a phrase would come to in a letter of one day, received on another, with its proof; 422 for an impossible day."""
        try:
            due = preview(await rules(), phrase, issued_on, received_on)
        except ImpossiblePhraseError as error:
            return problem(422, error.code, error.reason)
        lines = [f"{label}: {text}" for label, text in lines_of(due)]
        return _json(Preview(due.kind, due.due, due.recurrence, due.proof, lines))

    @router.get("/deadlines/{deadline}", responses={200: answer(DeadlineDetail, "The deadline")})
    async def get_deadline(sight: Seen, deadline: UUID) -> Response:
        """Return a deadline with its proof and its history: each change with its reason, from which instant to which."""
        return _json(await read_deadline(pool(), deadline, sight))

    @router.get("/calendar/{year}", responses={200: answer(CalendarYear, "The year's calendar")})
    async def get_calendar(year: Annotated[int, Path(ge=1976, le=2100)]) -> Response:
        """Return the days off and the worked weekend days of a year, as amended until now, with the calendar's version."""
        return _json(read_calendar((await rules()).calendar, year))

    return router


def _json(answer: msgspec.Struct) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")
