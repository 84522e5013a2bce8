"""What a plan leaves out, over real tables and over the API; and the versions in which it was handed in."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from services.directives.views.papers import read_plan
from services.directives.views.plan_reviews import read_requirement, read_versions
from shared.contracts.voiding import FactVoided
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.postgres import Pool
from tests.support import plan_story
from tests.support.april import DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, PLAN_TASK, REPORT_TASK, Journal, hanoi, named
from tests.support.people import BEARER
from tests.support.read_model import know, opened_read_model
from tests.support.web import served

NOW = hanoi(20)


def play() -> Journal:
    """Return the plan handed in, without some of what it has to say."""
    journal = Journal()
    journal.open_office(hanoi(1))
    plan_story.issue(journal)
    plan_story.hand_in(journal)
    return journal


@pytest_asyncio.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with opened_read_model(database) as pool:
        yield pool


async def test_the_api_tells_what_a_plan_leaves_out(pool: Pool, database: str) -> None:
    await know(pool, play(), NOW)
    async with served(database) as address, httpx.AsyncClient(base_url=address, headers=BEARER) as client:
        review = (await client.get(f"/api/plans/{PLAN}")).json()["review"]
    assert review == {
        "by": ["area", "criterion", "component"],
        "parts": ["shortcoming", "cause", "solution", "time", "responsible_head"],
        "index": str(plan_story.INDEX),
        "index_title": "Chỉ số cải cách hành chính năm 2020",
        "is_complete": False,
        "absent": [
            {
                "level": "component", "area": plan_story.PROCEDURES, "criterion": plan_story.CRITERION, "component": "Công khai thủ tục",
            },
            {"level": "area", "area": plan_story.FINANCE, "criterion": None, "component": None},
        ],
        "absent_levels": [],
        "lines": [{"item": 1, "missing": ["cause"], "is_unknown": False}],
    }  # fmt: skip


async def test_a_plan_that_was_mended_is_complete_and_its_versions_tell_how(pool: Pool) -> None:
    journal = play()
    plan_story.mend(journal)
    await know(pool, journal, NOW)
    review = (await read_plan(pool, PLAN, NOW)).review
    assert review is not None
    assert (review.is_complete, review.absent, review.lines) == (True, [], [])
    first, second = await read_versions(pool, DIRECTIVE, PLAN)
    assert (first.answer, first.changes) == (plan_story.RETURNED, ())
    assert [(change.place.component, change.is_new) for change in second.changes] == [
        (plan_story.COMPONENT, False), ("Công khai thủ tục", True), (None, True),
    ]  # fmt: skip
    assert second.answer is None


async def test_a_version_that_was_voided_counts_no_more(pool: Pool) -> None:
    journal = play()
    plan_story.mend(journal)
    journal.register(PLAN, FactVoided(version=8, reason="Gửi nhầm tệp"), hanoi(19, 15))
    await know(pool, journal, NOW)
    (version,) = await read_versions(pool, DIRECTIVE, PLAN)
    assert version.submitted == plan_story.FIRST


async def test_of_an_index_that_is_not_registered_nobody_says_whether_the_plan_is_complete(pool: Pool) -> None:
    journal = play()
    await know(pool, journal, NOW)
    await pool.execute("DELETE FROM published_index")
    review = (await read_plan(pool, PLAN, NOW)).review
    assert review is not None
    assert (review.is_complete, review.index, review.index_title) == (None, plan_story.INDEX, None)
    assert [each.missing for each in review.lines] == [["cause"]]


async def test_a_task_that_demands_nothing_has_nothing_to_review(pool: Pool) -> None:
    await know(pool, play(), NOW)
    assert await read_requirement(pool, DIRECTIVE, PLAN_TASK) == plan_story.REQUIRES
    assert await read_requirement(pool, DIRECTIVE, REPORT_TASK) is None
    assert await read_requirement(pool, DIRECTIVE, named("no task")) is None


async def test_a_plan_is_read_by_whom_it_concerns(pool: Pool) -> None:
    await know(pool, play(), NOW)
    assert (await read_plan(pool, PLAN, NOW, Sight(OFFICE))).review == (await read_plan(pool, PLAN, NOW, Sight(HOME_AFFAIRS))).review
    with pytest.raises(NotFoundError):
        await read_plan(pool, PLAN, NOW, Sight(named("finance")))
