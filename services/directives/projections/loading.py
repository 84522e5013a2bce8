"""What a run of facts goes on from: everything that it refers to but does not bring itself, read a table at a time."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from services.directives.domain.board import OF_TASKS, Board, Fact, standing
from services.directives.projections.reading import fact_of
from services.directives.queries import QUERIES
from services.directives.states import conference_of, directive_of, extension_of, load, plan_of, task_state_of
from shared.contracts import Contract
from shared.contracts.directives import DirectiveAmended, DirectiveCorrected, DirectiveRecalled, DirectiveReplaced, TaskAssigned
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
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

if TYPE_CHECKING:
    from services.directives.domain.task_life import TaskState

MAX_TASKS = 10_000
"""How many tasks a process remembers of each partition."""

Words = dict[UUID, tuple[str, str]]
"""Number and content of tasks, whose search words change with their directive's."""


class Remembered:
    """The tasks that this process worked on last, as long as nobody else wrote to the partition."""

    def __init__(self, memory: dict[str, Any]) -> None:
        self._tasks = cast("dict[UUID, TaskState]", memory.setdefault("tasks", {}))

    def take(self, board: Board, tasks: Iterable[UUID]) -> set[UUID]:
        """Put the tasks that are remembered on the board, and return the others."""
        missing = set()
        for task in tasks:
            state = self._tasks.get(task)
            if state is None:
                missing.add(task)
            else:
                board.tasks[task] = state
        return missing

    def keep(self, board: Board) -> None:
        """Remember a board's tasks, and forget those that were not worked on for longest."""
        for task, state in board.tasks.items():
            self._tasks.pop(task, None)
            self._tasks[task] = state
        for task in list(islice(self._tasks, max(len(self._tasks) - MAX_TASKS, 0))):
            del self._tasks[task]

    def forget(self) -> None:
        """Forget everything."""
        self._tasks.clear()


async def load_board(connection: Connection, facts: Iterable[Fact], remembered: Remembered) -> tuple[Board, Words]:
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
    missing = remembered.take(board, needs.tasks - needs.assigned)
    words = await _load_tasks(connection, board, missing, needs.changed)
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
        """Add what a fact refers to."""
        add = _ADD.get(type(fact.data))
        if add is not None:
            add(self, fact)

    def assign(self, fact: Fact) -> None:
        """Add a task that the run brings itself."""
        self.assigned.add(fact.subject)

    def add_task(self, fact: Fact) -> None:
        """Add the task that a fact is about."""
        self.tasks.add(fact.subject)

    def hand_in(self, fact: Fact) -> None:
        """Add the task of a plan, report or request."""
        data: Any = fact.data
        self.tasks.add(data.task)
        self._brought.add(fact.subject)

    def schedule(self, fact: Fact) -> None:
        """Add the tasks of a conference."""
        data: Any = fact.data
        self.tasks.update(data.tasks)
        self._brought.add(fact.subject)

    def add_plan(self, fact: Fact) -> None:
        """Add a plan that was handed in before."""
        self._add(self.plans, fact)

    def add_conference(self, fact: Fact) -> None:
        """Add a conference that was scheduled before."""
        self._add(self.conferences, fact)

    def add_extension(self, fact: Fact) -> None:
        """Add a request that was made before."""
        self._add(self.extensions, fact)

    def change(self, fact: Fact) -> None:
        """Add a directive that changes, with all its tasks."""
        self.directives.add(fact.key)
        self.changed.add(fact.key)

    def _add(self, ids: set[UUID], fact: Fact) -> None:
        if fact.subject not in self._brought:
            ids.add(fact.subject)


_ADD: Mapping[type[Contract], Callable[[_Needs, Fact], None]] = {
    TaskAssigned: _Needs.assign,
    **dict.fromkeys(OF_TASKS, _Needs.add_task),
    **dict.fromkeys((PlanSubmitted, ReportSubmitted, ExtensionRequested), _Needs.hand_in),
    ConferenceScheduled: _Needs.schedule,
    **dict.fromkeys((PlanReturned, PlanApproved), _Needs.add_plan),
    **dict.fromkeys((ConferenceRescheduled, ConferenceCancelled, ConferenceHeld), _Needs.add_conference),
    **dict.fromkeys((ExtensionGranted, ExtensionRefused), _Needs.add_extension),
    **dict.fromkeys((DirectiveAmended, DirectiveCorrected, DirectiveRecalled, DirectiveReplaced), _Needs.change),
}
