"""Lawful lives over the whole catalogue: step by step they come to the same as at once, and any past comes out again."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import pytest

from services.directives.views import folded, models, papers, stored
from services.directives.views.questions import TaskQuestion
from shared.contracts import name_of
from shared.envelope import decode
from shared.postgres import Pool
from tests.support.catalogue import DIRECTIVES, Story, live
from tests.support.read_model import QUERIES, apply, digests, know, opened_read_model

SEEDS = range(1, 7)
ALL = TaskQuestion(limit=200)
Answer = tuple[models.Page[models.Task], list[models.TaskWithPapers], list[models.DirectiveWithTasks]]


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with opened_read_model(database) as pool:
        yield pool


def test_the_stories_hold_every_kind_of_fact_that_a_directive_has() -> None:
    names = {name_of(decode(record.value).type) for seed in SEEDS for record in live(seed).journal.records}
    assert names >= {
        "directive-issued", "directive-amended", "directive-corrected", "task-assigned", "task-received", "task-accepted", "task-declined",
        "task-reassigned", "task-suspended", "task-resumed", "task-completed", "task-confirmed", "task-reopened", "task-cancelled",
        "progress-reported", "plan-submitted", "plan-returned", "plan-approved", "conference-scheduled", "conference-rescheduled",
        "conference-cancelled", "conference-held", "report-submitted", "extension-requested", "extension-granted", "extension-refused",
        "index-published", "unit-renamed", "unit-succeeded", "fact-voided",
    }  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
async def test_step_by_step_and_all_at_once_come_to_the_same_rows(pool: Pool, seed: int) -> None:
    story = live(seed)
    await apply(pool, story.journal)
    at_once = await digests(pool)
    for size in (1, 7):
        await pool.execute(QUERIES["empty"])
        await apply(pool, story.journal, size)
        assert await digests(pool) == at_once, f"runs of {size}"


@pytest.mark.parametrize("seed", SEEDS)
async def test_any_past_comes_out_as_it_was_answered_then(pool: Pool, seed: int) -> None:
    story = live(seed, facts=90)
    instants = story.instants[20::17]
    answers = []
    for at in instants:
        await know(pool, story.journal, at)
        answers.append(await _stored(pool, story, at))
    await know(pool, story.journal, story.now)
    for at, answer in zip(instants, answers, strict=True):
        assert await _folded(pool, story, at) == answer, at


async def _stored(pool: Pool, story: Story, at: datetime) -> Answer:
    found = await stored.list_tasks(pool, ALL, at)
    tasks = [await stored.read_task(pool, task.id, at) for task in found.items]
    return found, tasks, [await papers.read_directive(pool, each, at) for each in _issued_by(story, at)]


async def _folded(pool: Pool, story: Story, at: datetime) -> Answer:
    found = await folded.list_tasks(pool, ALL, at)
    tasks = [await folded.read_task(pool, task.id, at) for task in found.items]
    return found, tasks, [await papers.read_directive(pool, each, at, is_past=True) for each in _issued_by(story, at)]


def _issued_by(story: Story, at: datetime) -> list[UUID]:
    known = [each for record in story.journal.records if (each := decode(record.value)).registeredtime and each.registeredtime <= at]
    return [each for each in DIRECTIVES if any(event.partitionkey == str(each) for event in known)]


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_database_judges_time_as_the_domain_does_over_the_whole_catalogue(pool: Pool, seed: int) -> None:
    story = live(seed)
    await apply(pool, story.journal)
    for at in story.instants[30::40]:
        for task in (await stored.list_tasks(pool, ALL, at)).items:
            question = TaskQuestion(work=frozenset({task.status.work}), time=frozenset({task.status.time}), limit=200)
            assert task.id in {each.id for each in (await stored.list_tasks(pool, question, at)).items}
