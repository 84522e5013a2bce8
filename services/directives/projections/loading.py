"""What a run of facts goes on from: everything that it refers to but does not bring itself, read a table at a time."""

from collections.abc import Iterable
from itertools import chain
from uuid import UUID

from services.directives.domain.board import Board, Fact, standing
from services.directives.projections.reading import fact_of
from services.directives.queries import QUERIES
from services.directives.states import conference_of, directive_of, extension_of, load, plan_of, task_state_of
from shared.contracts.directives import DirectiveAmended, DirectiveCorrected, DirectiveRecalled, DirectiveReplaced, TaskAssigned
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.tasks import (
    ProgressReported,
    TaskAccepted,
    TaskCancelled,
    TaskCompleted,
    TaskConfirmed,
    TaskDeclined,
    TaskReassigned,
    TaskReceived,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)
from shared.contracts.work import (
    ConferenceCancelled,
    ConferenceHeld,
    ConferenceRescheduled,
    ConferenceScheduled,
    PlanApproved,
    PlanReturned,
    PlanSubmitted,
    ReportSubmitted,
)
from shared.envelope import decode
from shared.postgres import Connection

Words = dict[UUID, tuple[str, str]]
"""Number and content of tasks, whose search words change with their directive's."""

_OF_PLANS = (PlanReturned, PlanApproved)
_OF_CONFERENCES = (ConferenceRescheduled, ConferenceCancelled, ConferenceHeld)
_OF_EXTENSIONS = (ExtensionGranted, ExtensionRefused)
_OF_DIRECTIVES = (DirectiveAmended, DirectiveCorrected, DirectiveRecalled, DirectiveReplaced)
_OF_TASKS = (
    TaskReceived, TaskAccepted, TaskDeclined, TaskReassigned, TaskSuspended, TaskResumed, TaskCompleted, TaskConfirmed, TaskReopened,
    TaskCancelled, ProgressReported,
)  # fmt: skip


async def load_board(connection: Connection, facts: Iterable[Fact]) -> tuple[Board, Words]:
    """Return a board for some facts, with the words of the tasks whose directives change."""
    needs = _Needs()
    for fact in facts:
        needs.add(fact)
    board = Board()
    board.directives = {key: directive_of(row) for key, row in (await load(connection, "load_directives", needs.directives)).items()}
    board.plans = {key: plan_of(row) for key, row in (await load(connection, "load_plans", needs.plans)).items()}
    board.conferences = {key: conference_of(row) for key, row in (await load(connection, "load_conferences", needs.conferences)).items()}
    board.extensions = {key: extension_of(row) for key, row in (await load(connection, "load_extensions", needs.extensions)).items()}
    needs.tasks.update(plan.submitted.task for plan in board.plans.values())
    needs.tasks.update(chain.from_iterable(each.scheduled.tasks for each in board.conferences.values()))
    words = await _load_tasks(connection, board, needs.tasks - needs.assigned, needs.changed)
    return board, words


async def load_histories(connection: Connection, keys: Iterable[UUID], facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts of some keys that stand, stored ones and those of the run, each key's in order."""
    histories: dict[UUID, list[Fact]] = {key: [] for key in keys}
    for row in await connection.fetch(QUERIES["load_facts"], histories.keys()):
        histories[row["key"]].append(fact_of(decode(row["value"])))
    for fact in facts:
        if fact.key in histories:
            histories[fact.key].append(fact)
    return list(chain.from_iterable(standing(history) for history in histories.values()))


async def _load_tasks(connection: Connection, board: Board, tasks: set[UUID], directives: set[UUID]) -> Words:
    if not tasks and not directives:
        return {}
    words: Words = {}
    for row in await connection.fetch(QUERIES["load_tasks"], tasks, directives):
        board.tasks[row["id"]] = task_state_of(row)
        if row["directive"] in directives:
            board.tasks_of.setdefault(row["directive"], {})[row["id"]] = None
            words[row["id"]] = (row["number"], row["content"])
    return words


class _Needs:
    """The ids that a run refers to, less those that it brings before."""

    def __init__(self) -> None:
        self.tasks: set[UUID] = set()
        self.assigned: set[UUID] = set()
        self.plans: set[UUID] = set()
        self.conferences: set[UUID] = set()
        self.extensions: set[UUID] = set()
        self.directives: set[UUID] = set()
        self.changed: set[UUID] = set()
        self._brought: set[UUID] = set()

    def add(self, fact: Fact) -> None:
        match fact.data:
            case TaskAssigned():
                self.assigned.add(fact.subject)
            case PlanSubmitted(task=task) | ReportSubmitted(task=task):
                self.tasks.add(task)
                self._brought.add(fact.subject)
            case ConferenceScheduled(tasks=tasks):
                self.tasks.update(tasks)
                self._brought.add(fact.subject)
            case ExtensionRequested():
                self._brought.add(fact.subject)
            case data if isinstance(data, _OF_TASKS):
                self.tasks.add(fact.subject)
            case data if isinstance(data, _OF_DIRECTIVES):
                self.directives.add(fact.key)
                self.changed.add(fact.key)
            case data:
                self._add_paper(fact, data)

    def _add_paper(self, fact: Fact, data: object) -> None:
        if fact.subject in self._brought:
            return
        for types, ids in ((_OF_PLANS, self.plans), (_OF_CONFERENCES, self.conferences), (_OF_EXTENSIONS, self.extensions)):
            if isinstance(data, types):
                ids.add(fact.subject)
