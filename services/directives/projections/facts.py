"""directives.events.v1 into units, directives, tasks, plans, conferences, reports and the timeline."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from uuid import UUID

import msgspec

from services.directives.domain.board import Board, Fact
from services.directives.domain.status import MILESTONES, TaskState
from services.directives.projections.reading import Registered, read
from services.directives.projections.rows import FACT_COLUMNS, PLAN_ITEM_COLUMNS, Rows, state_row
from services.directives.projections.writing import append, clear, tell_change, write
from services.directives.queries import QUERIES
from shared.contracts.directives import DeadlineClause
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection
from shared.streaming.runs import Record

_clauses = msgspec.json.Decoder(tuple[DeadlineClause, ...])


async def project_facts(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Apply a run of registered facts."""
    facts = [read(record) for record in records]
    rows = Rows()
    for fact in facts:
        rows.add(fact)
    board = await _load_board(work.connection, facts, rows)
    touched = set(chain.from_iterable(board.apply(Fact(fact.subject, fact.received_at, fact.data)) for fact in facts))
    await _write(work.connection, rows, board, touched)
    await tell_change(work.connection, work.partition)


async def _load_board(connection: Connection, facts: Iterable[Registered], rows: Rows) -> Board:
    """Return a board with all that the run refers to but does not bring itself."""
    board = Board()
    absent = rows.held.keys() - rows.conferences.keys()
    if absent:
        found = await connection.fetch(QUERIES["load_conference_tasks"], absent)
        board.conferences.update((row["conference"], tuple(row["tasks"])) for row in found)
    needed = set(chain.from_iterable(_tasks_of(fact, board) for fact in facts)) - rows.tasks.keys()
    if needed:
        board.tasks.update(await _load_tasks(connection, needed))
    return board


def _tasks_of(fact: Registered, board: Board) -> tuple[UUID, ...]:
    match fact.data:
        case PlanSubmitted(task=task) | ReportSubmitted(task=task):
            return (task,)
        case ConferenceScheduled(tasks=tasks):
            return tasks
        case ConferenceHeld():
            return board.conferences.get(fact.subject, ())
        case _:
            return ()


async def _load_tasks(connection: Connection, ids: Collection[UUID]) -> dict[UUID, TaskState]:
    rows = await connection.fetch(QUERIES["load_task_states"], ids)
    return {
        row["id"]: TaskState(
            row["deliverable"],
            _clauses.decode(row["clauses"]),
            {milestone: row[f"{milestone}_at"] for milestone in MILESTONES if row[f"{milestone}_at"] is not None},
        )
        for row in rows
    }


async def _write(connection: Connection, rows: Rows, board: Board, touched: Collection[UUID]) -> None:
    await append(connection, "fact", FACT_COLUMNS, rows.facts)
    await write(connection, "write_units", rows.units.values())
    await write(connection, "write_directives", rows.directives.values())
    await write(connection, "write_tasks", [(*row, *state_row(board.tasks[task])) for task, row in rows.tasks.items()])
    moved = [(task, *state_row(board.tasks[task])) for task in touched if task not in rows.tasks]
    await write(connection, "move_tasks", moved)
    await _write_plans(connection, rows)
    await _write_conferences(connection, rows)
    await write(connection, "write_reports", rows.reports.values())


async def _write_plans(connection: Connection, rows: Rows) -> None:
    await write(connection, "write_plans", rows.plans.values())
    await clear(connection, "clear_plan_items", rows.plans.keys())
    await append(connection, "plan_item", PLAN_ITEM_COLUMNS, list(chain.from_iterable(rows.plan_items.values())))


async def _write_conferences(connection: Connection, rows: Rows) -> None:
    await write(connection, "write_conferences", rows.conferences.values())
    await clear(connection, "clear_conference_tasks", rows.conferences.keys())
    await append(connection, "conference_task", ("conference", "task"), list(chain.from_iterable(rows.conference_tasks.values())))
    await write(connection, "hold_conferences", rows.held.values())
