"""What a plan leaves out of what its task and the index demand, and the versions in which it was handed in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from services.directives.domain.plan_changes import LineChange, changes_of
from services.directives.domain.plan_review import Placed, Review, review
from services.directives.queries import CONSOLE, QUERIES
from services.directives.states import Database
from services.directives.views import paper_models
from shared.contracts import type_of
from shared.contracts.directives import PlanRequirement, TaskAssigned
from shared.contracts.indexes import PartScore
from shared.contracts.work import PlanApproved, PlanReturned, PlanSubmitted
from shared.envelope import decode

_PARTS = msgspec.json.Decoder(list[PartScore])


class Version(NamedTuple):
    """A version of a plan as it was handed in, what changed since the one before, and what the issuer said to it."""

    number: int
    at: datetime
    submitted: PlanSubmitted
    changes: tuple[LineChange, ...]
    answer: PlanReturned | PlanApproved | None = None
    answered_at: datetime | None = None


async def read_requirement(database: Database, directive: UUID, task: UUID) -> PlanRequirement | None:
    """Return what a task demands of its plan, None where it demands nothing."""
    rows = await database.fetch(CONSOLE["read_facts_about"], directive, task, [type_of(TaskAssigned)])
    assigned = [decode(row["value"]).data for row in rows]
    return next((data.plan_requires for data in reversed(assigned) if isinstance(data, TaskAssigned)), None)


async def read_review(
    database: Database, directive: UUID, task: UUID, items: Sequence[paper_models.PlanItem]
) -> paper_models.PlanReview | None:
    """Return what a plan leaves out, None where its task demands nothing of it."""
    requires = await read_requirement(database, directive, task)
    if requires is None:
        return None
    head = None if requires.index is None else await database.fetchrow(QUERIES["read_index"], requires.index)
    places = [] if head is None else await _read_places(database, head["id"])
    return _present(requires, head and head["title"], review(requires, places, items))


async def _read_places(database: Database, index: UUID) -> list[Placed]:
    rows = await database.fetch(QUERIES["read_index_scores"], index)
    return [part for row in rows for part in _PARTS.decode(row["parts"])]


def _present(requires: PlanRequirement, title: str | None, found: Review) -> paper_models.PlanReview:
    is_judged = requires.index is None or title is not None
    return paper_models.PlanReview(
        by=list(requires.by),
        parts=list(requires.parts),
        index=requires.index,
        index_title=title,
        is_complete=found.is_complete if is_judged else None,
        absent=[paper_models.PlanPlace(level=each.level, **each._asdict()) for each in found.absent],
        absent_levels=list(found.absent_levels),
        lines=[paper_models.PlanLine(item=each.item, missing=list(each.missing), is_unknown=each.is_unknown) for each in found.lines],
    )


async def read_versions(database: Database, directive: UUID, plan: UUID) -> list[Version]:
    """Return the versions in which a plan was handed in, the first one first."""
    types = [type_of(each) for each in (PlanSubmitted, PlanReturned, PlanApproved)]
    versions: list[Version] = []
    for row in await database.fetch(CONSOLE["read_facts_about"], directive, plan, types):
        _note(versions, row)
    return versions


def _note(versions: list[Version], row: Mapping[str, Any]) -> None:
    match decode(row["value"]).data:
        case PlanSubmitted() as submitted:
            changes = changes_of(versions[-1].submitted.items, submitted.items) if versions else ()
            versions.append(Version(len(versions) + 1, row["received_at"], submitted, changes))
        case PlanReturned() | PlanApproved() as answer if versions:
            versions[-1] = versions[-1]._replace(answer=answer, answered_at=row["received_at"])
        case _:
            return
