"""The query API of the read model: typed JSON; a unit reads what it may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.directives.views import conferences, folded, models, paper_models, papers, registry_models, scorecards, stored, units
from services.directives.views.questions import (
    ConferenceQuestion,
    DirectiveQuestion,
    IndexQuestion,
    ScorecardQuestion,
    TaskQuestion,
    TimelineQuestion,
    UnitQuestion,
)
from shared.clock import Clock
from shared.postgres import Pool
from shared.web.access import Seen
from shared.web.moments import Moment


@dataclass(frozen=True)
class Reader:
    """What the endpoints read with."""

    pool: Pool
    clock: Clock


OpenReader = Callable[[], Reader]
AsOf = Annotated[Moment | None, Query(description="Answer as of this instant: facts registered by it, evaluated at it")]


def build_api(reader: OpenReader) -> APIRouter:
    """Return the routes of the query API."""
    router = APIRouter(prefix="/api", tags=["directives"])
    _add_tasks(router, reader)
    _add_directives(router, reader)
    _add_others(router, reader)
    _add_units(router, reader)
    return router


def _add_tasks(router: APIRouter, reader: OpenReader) -> None:
    @router.get("/tasks")
    async def list_tasks(sight: Seen, question: Annotated[TaskQuestion, Query()]) -> models.Page[models.Task]:
        """List tasks by the deadline that counts; `as_of` answers as of a past (or coming) instant."""
        if question.as_of is not None:
            return await folded.list_tasks(reader().pool, question, question.as_of, sight)
        return await stored.list_tasks(reader().pool, question, await reader().clock(), sight)

    @router.get("/tasks/{task}")
    async def read_task(sight: Seen, task: UUID, as_of: AsOf = None) -> models.TaskWithPapers:
        """Return a task with what was handed in for it."""
        if as_of is not None:
            return await folded.read_task(reader().pool, task, as_of, sight)
        return await stored.read_task(reader().pool, task, await reader().clock(), sight)


def _add_directives(router: APIRouter, reader: OpenReader) -> None:
    @router.get("/directives")
    async def list_directives(sight: Seen, question: Annotated[DirectiveQuestion, Query()]) -> models.Page[models.Directive]:
        """List directives, those registered last first."""
        return await papers.list_directives(reader().pool, question, await reader().clock(), sight)

    @router.get("/directives/{directive}")
    async def read_directive(sight: Seen, directive: UUID, as_of: AsOf = None) -> models.DirectiveWithTasks:
        """Return a directive with its tasks."""
        at = as_of or await reader().clock()
        return await papers.read_directive(reader().pool, directive, at, sight, is_past=as_of is not None)

    @router.get("/directives/{directive}/timeline")
    async def read_timeline(
        sight: Seen, directive: UUID, question: Annotated[TimelineQuestion, Query()]
    ) -> models.Page[models.TimelineEntry]:
        """Return a directive's facts and the events of its deadlines, oldest first."""
        return await papers.read_timeline(reader().pool, directive, question, sight)


def _add_others(router: APIRouter, reader: OpenReader) -> None:
    @router.get("/plans/{plan}")
    async def read_plan(sight: Seen, plan: UUID) -> paper_models.Plan:
        """Return a plan with its items, and what the issuer said to it."""
        return await papers.read_plan(reader().pool, plan, await reader().clock(), sight)

    @router.get("/conferences")
    async def list_conferences(sight: Seen, question: Annotated[ConferenceQuestion, Query()]) -> models.Page[paper_models.Conference]:
        """List conferences by their beginning, with what they clash with, and the deadlines within which they are to be held.

        Clashes are told of conferences that the asker may see.
        """
        return await conferences.list_conferences(reader().pool, question, await reader().clock(), sight)

    @router.get("/indexes")
    async def list_indexes(question: Annotated[IndexQuestion, Query()]) -> models.Page[registry_models.Index]:
        """List published indexes, those registered last first."""
        return await papers.list_indexes(reader().pool, question, await reader().clock())

    @router.get("/indexes/{index}")
    async def read_index(index: UUID) -> registry_models.IndexWithScores:
        """Return a published index with its scores."""
        return await papers.read_index(reader().pool, index, await reader().clock())


def _add_units(router: APIRouter, reader: OpenReader) -> None:
    @router.get("/units")
    async def list_units(question: Annotated[UnitQuestion, Query()]) -> models.Page[registry_models.UnitHead]:
        """List units by code; `q` searches codes and all names, with or without diacritics."""
        return await units.list_units(reader().pool, question, await reader().clock())

    @router.get("/units/{code}")
    async def read_unit(sight: Seen, code: str) -> registry_models.Unit:
        """Return a unit with its names over time, its relations, and the counts of the tasks that it leads."""
        return await units.read_unit(reader().pool, code, await reader().clock(), sight)

    @router.get("/units/{code}/scorecard")
    async def read_scorecard(sight: Seen, code: str, question: Annotated[ScorecardQuestion, Query()]) -> registry_models.Scorecard:
        """Return what a unit has made of the tasks that it leads over a span of days, as they stood at its end."""
        return await scorecards.read_scorecard(reader().pool, code, question, await reader().clock(), sight)
