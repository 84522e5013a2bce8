"""A task with all that belongs to it, as its page shows it: why each deadline falls when it does, and what happened, newest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.directives.queries import CONSOLE, QUERIES
from services.directives.states import Database, marks_of
from services.directives.views import conferences, models, paper_models
from services.directives.views.papers import read_entries
from services.directives.views.plan_reviews import read_requirement
from services.directives.views.stored import read_task
from shared.contracts.deadlines import Proof
from shared.contracts.directives import PlanRequirement
from shared.identity.principals import EVERYTHING, Sight

HAPPENINGS = 40


class TaskFile(NamedTuple):
    """A task, the proofs of its deadlines by their ids, what its plan has to say, its conferences, and what happened, newest first."""

    task: models.TaskWithPapers
    proofs: Mapping[UUID, Proof]
    requires: PlanRequirement | None
    meetings: Sequence[paper_models.Conference]
    happenings: Sequence[models.TimelineEntry]


async def read_task_file(database: Database, task: UUID, at: datetime, sight: Sight = EVERYTHING) -> TaskFile:
    """Return a task with all that belongs to it, or raise NotFoundError."""
    found = await read_task(database, task, at, sight)
    rows = await database.fetch(CONSOLE["read_task_timeline"], found.directive.id, task, HAPPENINGS)
    return TaskFile(
        found,
        {row["id"]: marks_of(row).proof for row in await database.fetch(QUERIES["read_deadlines"], [task])},
        await read_requirement(database, found.directive.id, task),
        await conferences.list_of_task(database, task, at, sight),
        await read_entries(database, rows, sight),
    )
