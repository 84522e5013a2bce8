"""The fold of facts into the states of tasks: used for the stored read model and for `as_of` alike, so that both say the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.directives.domain.status import TaskState, assigned, milestone_of, received
from shared.contracts import Contract
from shared.contracts.directives import TaskAssigned
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.errors import InvalidMessageError


@dataclass(frozen=True, slots=True)
class Fact:
    """What a registered fact says to the board: its subject, when it was received, its data."""

    subject: UUID
    received_at: datetime
    data: Contract


@dataclass(slots=True)
class Board:
    """The states of tasks, and which tasks each conference serves, while facts are applied in the order of their versions."""

    tasks: dict[UUID, TaskState] = field(default_factory=dict)
    conferences: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)

    def apply(self, fact: Fact) -> tuple[UUID, ...]:
        """Apply a fact and return the tasks that it concerns; raises InvalidMessageError for one about a task that is not there."""
        data = fact.data
        if isinstance(data, TaskAssigned):
            self.tasks[fact.subject] = assigned(data)
            return (fact.subject,)
        if isinstance(data, ConferenceScheduled):
            self.conferences[fact.subject] = data.tasks
        milestone = milestone_of(data)
        if milestone is None:
            return ()
        concerned = self._tasks_of(fact)
        for task in concerned:
            self.tasks[task] = received(self._task(task), milestone, fact.received_at)
        return concerned

    def _tasks_of(self, fact: Fact) -> tuple[UUID, ...]:
        match fact.data:
            case PlanSubmitted(task=task) | ReportSubmitted(task=task):
                return (task,)
            case ConferenceScheduled(tasks=tasks):
                return tasks
            case ConferenceHeld():
                return self._conference(fact.subject)
            case _:
                return ()

    def _task(self, task: UUID) -> TaskState:
        if task not in self.tasks:
            message = f"no task {task} was assigned"
            raise InvalidMessageError(message)
        return self.tasks[task]

    def _conference(self, conference: UUID) -> tuple[UUID, ...]:
        if conference not in self.conferences:
            message = f"no conference {conference} was scheduled"
            raise InvalidMessageError(message)
        return self.conferences[conference]


def fold(facts: Iterable[Fact]) -> dict[UUID, TaskState]:
    """Return the states of the tasks after some facts."""
    board = Board()
    for fact in facts:
        board.apply(fact)
    return board.tasks
