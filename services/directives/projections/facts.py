"""directives.events.v1 into units, indexes, directives, tasks, papers and the timeline.

Most facts go on from what is stored. A key of which a fact is voided is counted anew, from all facts of it that stand.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from services.directives.domain.board import Board, Fact
from services.directives.projections import rows
from services.directives.projections.loading import Words, load_board, load_histories
from services.directives.projections.reading import Registered, read
from services.directives.projections.units import write_units
from services.directives.projections.writing import Row, append, clear, tell_change, write
from shared.contracts.indexes import IndexPublished
from shared.contracts.voiding import FactVoided
from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection
from shared.streaming.runs import Record

_OF_A_DIRECTIVE = (
    "clear_plan_items_of", "clear_conference_tasks_of", "clear_plans_of", "clear_conferences_of", "clear_reports_of",
    "clear_extensions_of", "clear_tasks_of", "clear_directives", "clear_index_scores", "clear_indexes",
)  # fmt: skip


async def project_facts(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Apply a run of registered facts."""
    registered = [read(record) for record in records]
    facts = [each.fact for each in registered]
    recounted = {fact.key for fact in facts if isinstance(fact.data, FactVoided)}
    current = [fact for fact in facts if fact.key not in recounted] if recounted else facts
    board, words = await load_board(work.connection, current)
    if recounted:
        current = [*current, *await load_histories(work.connection, recounted, facts)]
    for fact in current:
        board.apply(fact)
    await _note(work.connection, registered, recounted)
    await _write(work.connection, board, words, current)
    await write_units(work.connection, current)
    await tell_change(work.connection, work.partition)


async def _note(connection: Connection, registered: Iterable[Registered], recounted: Collection[UUID]) -> None:
    """Add to the timeline, strike out what was voided, and take away what is counted anew."""
    await append(connection, "fact", rows.FACT_COLUMNS, [rows.fact_row(each) for each in registered])
    await write(connection, "void_facts", list(_voids(each.fact for each in registered)))
    for query in _OF_A_DIRECTIVE:
        await clear(connection, query, recounted)


def _voids(facts: Iterable[Fact]) -> Iterator[Row]:
    for fact in facts:
        if isinstance(fact.data, FactVoided):
            yield (fact.key, fact.data.version, fact.version)


async def _write(connection: Connection, board: Board, words: Words, facts: Iterable[Fact]) -> None:
    papers = _Papers(board, facts)
    await write(connection, "write_directives", papers.directives())
    await write(connection, "write_tasks", [rows.task_row(fact, board.tasks[task]) for task, fact in board.assignments.items()])
    moved = [task for task in board.changed_tasks if task not in board.assignments]
    await write(connection, "move_tasks", [(task, *rows.state_row(board.tasks[task])) for task in moved])
    await write(connection, "reword_tasks", list(rows.words_rows(board, words.items())) if board.changed_words else [])
    await _write_plans(connection, board, papers)
    await _write_conferences(connection, board, papers)
    await write(connection, "write_reports", papers.of(board.reports, rows.report_row))
    await write(connection, "write_extensions", papers.of(board.extensions, rows.extension_row))
    await _write_indexes(connection, facts)


class _Papers:
    """Chooses the papers that changed, and knows whose they are."""

    def __init__(self, board: Board, facts: Iterable[Fact]) -> None:
        self._board = board
        self._keys = {fact.subject: fact.key for fact in facts}

    def directives(self) -> list[Row]:
        """Return the rows of the directives that changed."""
        board = self._board
        return [rows.directive_row(key, board.directives[key]) for key in board.directives if key in board.changed_papers]

    def of(self, papers: Mapping[UUID, Any], row: Callable[[UUID, UUID, Any], Row]) -> list[Row]:
        """Return the rows of the papers that changed."""
        return [row(each, self._keys[each], paper) for each, paper in papers.items() if each in self._board.changed_papers]


async def _write_plans(connection: Connection, board: Board, papers: _Papers) -> None:
    await write(connection, "write_plans", papers.of(board.plans, rows.plan_row))
    fresh = [plan for plan in board.plans if plan in board.fresh_papers]
    await clear(connection, "clear_plan_items", fresh)
    items = chain.from_iterable(rows.item_rows(plan, board.plans[plan]) for plan in fresh)
    await append(connection, "plan_item", rows.PLAN_ITEM_COLUMNS, list(items))


async def _write_conferences(connection: Connection, board: Board, papers: _Papers) -> None:
    await write(connection, "write_conferences", papers.of(board.conferences, rows.conference_row))
    fresh = [conference for conference in board.conferences if conference in board.fresh_papers]
    await clear(connection, "clear_conference_tasks", fresh)
    served = [(each, task) for each in fresh for task in dict.fromkeys(board.conferences[each].scheduled.tasks)]
    await append(connection, "conference_task", ("conference", "task"), served)


async def _write_indexes(connection: Connection, facts: Iterable[Fact]) -> None:
    published = {fact.key: (fact, fact.data) for fact in facts if isinstance(fact.data, IndexPublished)}
    await write(connection, "write_indexes", [rows.index_row(fact, data) for fact, data in published.values()])
    await clear(connection, "clear_index_scores", published.keys())
    scores = chain.from_iterable(rows.score_rows(fact, data) for fact, data in published.values())
    await append(connection, "index_score", rows.SCORE_COLUMNS, list(scores))
