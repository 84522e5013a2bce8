"""The read model on a real PostgreSQL: the same rows however events arrive in runs."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from services.directives.projections import project_deadlines, project_facts
from shared.contracts import Contract
from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool
from tests.support.april import (
    CALENDAR_TASK,
    CONFERENCE,
    CONFERENCE_TASK,
    DIRECTIVE,
    DRAFT,
    HELD_DUE,
    ISSUED,
    PLAN,
    PLAN_TASK,
    REPORT_TASK,
    TASKS,
    Journal,
    approaching,
    draft,
    hanoi,
    held,
    named,
    play,
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
