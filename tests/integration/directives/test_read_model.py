"""The read model on a real PostgreSQL: the same rows however events arrive in runs."""

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import product
from typing import get_args
from uuid import UUID

import pytest
from msgspec import structs

from services.directives.domain.status import Timeliness
from services.directives.projections import project_deadlines, project_facts
from services.directives.views import stored
from services.directives.views.folded import NEVER
from services.directives.views.questions import TaskQuestion
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause
from shared.contracts.types import Deliverable
from shared.contracts.work import ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool
from tests.support.april import (
    BY_REFERENCE,
    CALENDAR,
    CALENDAR_TASK,
    CONFERENCE,
    CONFERENCE_TASK,
    DIRECTIVE,
    DRAFT,
    HELD_DUE,
    HOLD,
    ISSUED,
    PLAN,
    PLAN_TASK,
    REPORT_TASK,
    TASKS,
    Journal,
    approaching,
    deadline_set,
    draft,
    hanoi,
    held,
    named,
    play,
    report,
    scheduled,
)
from tests.support.read_model import QUERIES, apply, digests, opened_read_model


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with opened_read_model(database) as pool:
        yield pool


async def test_the_month_ends_with_the_states_that_its_facts_come_to(pool: Pool) -> None:
    journal = Journal()
    play(journal)
    await apply(pool, journal)
    works = {row["id"]: row["work"] for row in await pool.fetch(QUERIES["task_works"])}
    assert works == {PLAN_TASK: "done", CONFERENCE_TASK: "done", CALENDAR_TASK: "done", REPORT_TASK: "not_started"}
    assert await pool.fetchval(QUERIES["count_facts"]) == len(journal.records)


async def test_a_deadline_keeps_its_first_warning_its_miss_and_its_meeting(pool: Pool) -> None:
    journal = Journal()
    play(journal)
    await apply(pool, journal, size=1)
    marks = {row["name"]: tuple(row)[1:] for row in await pool.fetch(QUERIES["deadline_marks"])}
    assert marks["Tổ chức hội nghị"] == (hanoi(27, 0), HELD_DUE, hanoi(4, month=5), False)
    assert marks["Gửi dự thảo"] == (hanoi(13, 0), None, hanoi(15, 16), True)
    assert marks["Báo cáo"] == (None, None, None, None)


async def test_tables_do_not_depend_on_how_events_were_cut_into_runs(pool: Pool) -> None:
    journal = Journal()
    play(journal)
    await apply(pool, journal, size=1)
    one_by_one = await digests(pool)
    await pool.execute(QUERIES["empty"])
    for size in (2, 3, 5, 1_000):
        await apply(pool, journal, size)
        assert await digests(pool) == one_by_one, f"runs of {size}"
        await pool.execute(QUERIES["empty"])


async def test_a_task_id_that_another_directive_uses_is_bad_and_changes_nothing(pool: Pool) -> None:
    journal = Journal()
    journal.issue(hanoi(5))
    await apply(pool, journal)
    before = await digests(pool)
    other = Journal(partition=1)
    other.register(named("another directive"), ISSUED, hanoi(6), key=named("another directive"))
    other.register(PLAN_TASK, TASKS[PLAN_TASK], hanoi(6), key=named("another directive"))
    with pytest.raises(InvalidMessageError, match="another directive"):
        await apply(pool, other)
    assert await digests(pool) == before


@pytest.mark.parametrize("stray", [(PLAN, draft()), (CONFERENCE, held())], ids=["plan", "conference"])
async def test_a_fact_about_nothing_is_bad(pool: Pool, stray: tuple[UUID, Contract]) -> None:
    journal = Journal()
    journal.register(*stray, hanoi(15))
    with pytest.raises(InvalidMessageError):
        await apply(pool, journal)
    assert await pool.fetchval(QUERIES["count_facts"]) == 0


async def test_a_warning_about_a_deadline_that_was_never_set_is_bad(pool: Pool) -> None:
    journal = Journal()
    journal.say(approaching(PLAN_TASK, DRAFT, hanoi(13, 0)), hanoi(13, 0))
    with pytest.raises(InvalidMessageError):
        await apply(pool, journal)


async def test_facts_on_the_topic_of_deadlines_are_passed_over(pool: Pool) -> None:
    journal = Journal()
    async with Ledger(pool).turn(0) as work:
        await project_deadlines(work, [journal.register(DIRECTIVE, ISSUED, hanoi(5))])
    assert await pool.fetchval(QUERIES["count_facts"]) == 0


async def test_a_run_wakes_whoever_shows_the_read_model(pool: Pool) -> None:
    journal, heard = Journal(), []
    async with pool.acquire() as listener:
        await listener.add_listener("dondoc_directives", lambda *said: heard.append(said[-1]))
        async with Ledger(pool).turn(3) as work:
            await project_facts(work, [journal.register(DIRECTIVE, ISSUED, hanoi(5))])
        await listener.execute("SELECT 1")
        await listener.reset()
    assert heard == ["3"]


TIMES: tuple[Timeliness, ...] = get_args(Timeliness)
CLAUSES = (
    (),
    (DRAFT,),
    (DRAFT, DeadlineClause(name="Trình chính thức", met_by="plan-submitted", plan_stage="final", phrase="trước ngày 30/4/2021")),
    (HOLD, CALENDAR, BY_REFERENCE),
)
ARRIVALS: tuple[tuple[tuple[Contract, datetime], ...], ...] = (
    (),
    ((draft(), hanoi(15)),),
    ((draft(), hanoi(17)), (draft("final"), hanoi(28))),
    ((draft("final"), hanoi(14)), (draft(), hanoi(20))),
    ((scheduled(), hanoi(20)),),
    ((scheduled(), hanoi(30)), (held(), hanoi(30, 18))),
    ((report(), hanoi(18)), (scheduled(), hanoi(21)), (held(), hanoi(2, month=5))),
)
DELIVERABLES: tuple[Deliverable, ...] = ("plan", "conference", "report", "other")


def every_kind_of_task(journal: Journal) -> None:
    """Register one task for each deliverable, set of deadlines and course of events."""
    journal.register(DIRECTIVE, ISSUED, hanoi(5))
    for deliverable, clauses, arrivals in product(DELIVERABLES, CLAUSES, ARRIVALS):
        name = f"{deliverable} {[clause.name for clause in clauses]} {arrivals}"
        task = named(name)
        journal.register(task, structs.replace(TASKS[PLAN_TASK], deliverable=deliverable, deadlines=clauses), hanoi(5))
        for clause in clauses:
            set_ = structs.replace(deadline_set(PLAN_TASK, clause), task=task, deadline=named(name + clause.name))
            journal.say(set_, hanoi(5))
            journal.say(structs.replace(approaching(PLAN_TASK, clause, hanoi(13, 0)), task=task, deadline=set_.deadline), hanoi(13, 0))
        for data, at in arrivals:
            subject = named(f"{name} {type(data).NAME.partition('-')[0]}")
            journal.register(subject, _about(data, task), at)


def _about(data: Contract, task: UUID) -> Contract:
    match data:
        case ConferenceScheduled():
            return structs.replace(data, tasks=(task,))
        case PlanSubmitted() | ReportSubmitted():
            return structs.replace(data, task=task)
        case _:
            return data


@pytest.mark.parametrize("at", [hanoi(6), hanoi(13, 0), hanoi(16, 0), hanoi(29), hanoi(30, 0), hanoi(1, 0, month=5), hanoi(3, month=5)])
async def test_the_database_judges_time_as_the_domain_does(pool: Pool, at: datetime) -> None:
    journal = Journal()
    every_kind_of_task(journal)
    await apply(pool, journal)
    tasks = await stored.read_directive_tasks(pool, DIRECTIVE, at)
    for time in TIMES:
        page = await stored.list_tasks(pool, TaskQuestion(time=frozenset({time}), limit=200), at)
        assert {task.id for task in page.items} == {task.id for task in tasks if task.status.time == time}, time
        assert [task.due or NEVER for task in page.items] == sorted(task.due or NEVER for task in page.items)
    counts = await stored.count_tasks(pool, TaskQuestion(), at)
    assert counts.open_overdue == sum(task.status.time == "overdue" for task in tasks)
    assert counts.done_late == sum(task.status.time == "late" for task in tasks)
