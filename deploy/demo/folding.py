"""The read model against a fold of the topics: what the API answers must be what the events come to."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from deploy.demo.evidence import Evidence, Json
from deploy.demo.topics import DEADLINES, EVENTS
from services.directives.domain.board import fold
from services.directives.domain.status import Deadline, Status, status_of
from services.directives.domain.warnings import Marks, counts, evolve, terms_of
from services.directives.projections.reading import fact_of
from shared.contracts.deadlines import DeadlineEvent


def compare_read_model(evidence: Evidence) -> Iterator[str]:
    """Yield a line for each task that the API answers otherwise than the topics say."""
    answered = {UUID(task["id"]): _answer_of(task) for task in evidence.tasks}
    folded = fold_statuses(evidence)
    for task in sorted(answered.keys() | folded.keys()):
        if answered.get(task) != folded.get(task):
            yield f"task {task}: the API says {answered.get(task)}, the topics come to {folded.get(task)}"


def fold_statuses(evidence: Evidence) -> dict[UUID, Status]:
    """Return the status of every task at the present instant, out of the topics alone."""
    facts = [fact_of(record.event) for record in evidence.of(EVENTS)]
    deadlines = _fold_deadlines(evidence)
    return {task: status_of(state, deadlines.get(task, []), evidence.now) for task, state in fold(facts).tasks.items()}


def _fold_deadlines(evidence: Evidence) -> dict[UUID, list[Deadline]]:
    marks: dict[UUID, Marks] = {}
    for data in (record.event.data for record in evidence.of(DEADLINES)):
        if isinstance(data, DeadlineEvent):
            marks[data.deadline] = evolve(marks.get(data.deadline), data)
    by_task: dict[UUID, list[Deadline]] = {}
    for each in marks.values():
        if counts(each):
            by_task.setdefault(each.task, []).append(terms_of(each))
    return by_task


def _answer_of(task: Json) -> Status:
    due = datetime.fromisoformat(task["due"]) if task["due"] else None
    return Status(task["status"]["work"], task["status"]["time"], due)
