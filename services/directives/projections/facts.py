"""directives.events.v1 into units, indexes, directives, tasks, papers and the timeline.

Most facts go on from what is stored. A key of which a fact is voided is counted anew, from all facts of it that stand.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from uuid import UUID

from services.directives.domain import paperwork
from services.directives.domain.board import Board, Fact
from services.directives.projections import rows
from services.directives.projections.loading import Remembered, Words, load_board, load_histories
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
    """Apply a run of registered facts, and wake the pages that show them."""
    await write_facts(work, records)
    await tell_change(work.connection, work.partition)


async def write_facts(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Apply a run of registered facts to the tables, and tell nobody."""
    registered = [read(record) for record in records]
    facts = [each.fact for each in registered]
    recounted = {fact.key for fact in facts if type(fact.data) is FactVoided}
    current = [fact for fact in facts if fact.key not in recounted] if recounted else facts
    remembered = Remembered(work.memory)
    board, words = await load_board(work.connection, current, remembered)
    if recounted:
        remembered.forget()
        current = [*current, *await load_histories(work.connection, recounted, facts)]
    for fact in current:
        board.apply(fact)
    await _note(work.connection, registered, recounted)
    await _write(work.connection, board, words, current)
    await write_units(work.connection, current)
    remembered.keep(board)


async def _note(connection: Connection, registered: Iterable[Registered], recounted: Collection[UUID]) -> None:
    """Add to the timeline, strike out what was voided, and take away what is counted anew."""
    await append(connection, "fact", rows.FACT_COLUMNS, [rows.fact_row(each) for each in registered])
    await write(connection, "void_facts", list(_voids(each.fact for each in registered)))
    for query in _OF_A_DIRECTIVE:
        await clear(connection, query, recounted)


def _voids(facts: Iterable[Fact]) -> Iterator[Row]:
    for fact in facts:
        if type(fact.data) is FactVoided:
            yield (fact.key, fact.data.version, fact.version)


async def _write(connection: Connection, board: Board, words: Words, facts: Iterable[Fact]) -> None:
    await _write_directives(connection, board)
    await _write_tasks(connection, board, words)
    keys = {fact.subject: fact.key for fact in facts}
    await _write_plans(connection, board, keys)
    await _write_conferences(connection, board, keys)
    reports = [rows.report_row(each, keys[each], report) for each, report in board.reports.items()]
    await write(connection, "write_reports", reports)
    extensions = [rows.extension_row(each, keys[each], extension) for each, extension in board.extensions.items()]
    await write(connection, "write_extensions", extensions)
    await _write_indexes(connection, facts)


async def _write_directives(connection: Connection, board: Board) -> None:
    issued = [rows.directive_row(key, each) for key, each in board.directives.items() if key in board.fresh_papers]
    await write(connection, "write_directives", issued)
    changed = [rows.change_row(key, each) for key, each in board.directives.items() if each.changed_at or each.ended_at]
    await write(connection, "change_directives", changed)


async def _write_tasks(connection: Connection, board: Board, words: Words) -> None:
    await write(connection, "write_tasks", [rows.task_row(fact, board.tasks[task]) for task, fact in board.assignments.items()])
    moved = [task for task in board.changed_tasks if task not in board.assignments]
    await write(connection, "move_tasks", [(task, *rows.state_row(board.tasks[task])) for task in moved])
    passed = [rows.lead_row(task, board.tasks[task]) for task in board.reassigned if task not in board.assignments]
    await write(connection, "reassign_tasks", passed)
    await write(connection, "reword_tasks", list(rows.words_rows(board, words.items())) if board.changed_words else [])


async def _write_plans(connection: Connection, board: Board, keys: Mapping[UUID, UUID]) -> None:
    fresh = [plan for plan in board.plans if plan in board.fresh_papers]
    await write(connection, "write_plans", [rows.plan_row(plan, keys[plan], board.plans[plan]) for plan in fresh])
    judged = [rows.judgement_row(plan, each) for plan, each in board.plans.items() if each.standing != "submitted"]
    await write(connection, "judge_plans", judged)
    await clear(connection, "clear_plan_items", fresh)
    items = chain.from_iterable(rows.item_rows(plan, board.plans[plan]) for plan in fresh)
    await append(connection, "plan_item", rows.PLAN_ITEM_COLUMNS, list(items))


async def _write_conferences(connection: Connection, board: Board, keys: Mapping[UUID, UUID]) -> None:
    fresh = [conference for conference in board.conferences if conference in board.fresh_papers]
    await write(connection, "write_conferences", [rows.conference_row(each, keys[each], board.conferences[each]) for each in fresh])
    moved = [(each, conference) for each, conference in board.conferences.items() if paperwork.has_moved(conference)]
    await write(connection, "move_conferences", [rows.course_row(*each) for each in moved])
    served = [(each, task) for each in fresh for task in dict.fromkeys(board.conferences[each].scheduled.tasks)]
    await append(connection, "conference_task", ("conference", "task"), served)


async def _write_indexes(connection: Connection, facts: Iterable[Fact]) -> None:
    published = {fact.key: (fact, fact.data) for fact in facts if type(fact.data) is IndexPublished}
    await write(connection, "write_indexes", [rows.index_row(fact, data) for fact, data in published.values()])
    await clear(connection, "clear_index_scores", published.keys())
    scores = chain.from_iterable(rows.score_rows(fact, data) for fact, data in published.values())
    await append(connection, "index_score", rows.SCORE_COLUMNS, list(scores))
