"""Pages show any lawful life over the whole catalogue of facts: nothing that a fact may leave out, or say twice, breaks one."""

import httpx
import pytest

from services.directives.views import stored
from services.directives.views.questions import TaskQuestion
from tests.support.catalogue import DIRECTIVES, live
from tests.support.people import BEARER
from tests.support.read_model import know, opened_read_model
from tests.support.web import served

SEEDS = range(11, 15)
FACTS = 120


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_page_of_a_life_is_shown(database: str, seed: int) -> None:
    story = live(seed, facts=FACTS)
    async with opened_read_model(database) as pool:
        await know(pool, story.journal, story.now)
        listed = (await stored.list_tasks(pool, TaskQuestion(limit=200), story.now)).items
        tasks = [await stored.read_task(pool, task.id, story.now) for task in listed]
        plans = [paper.id for task in tasks for paper in task.papers if paper.kind == "plan"]
        pages = [
            *("/", "/overview/content", "/tasks", "/directives", "/directives?q=cai+cach"),
            *(f"/directives/{each}" for each in DIRECTIVES),
            *(f"/tasks/{task.id}" for task in tasks),
            *(f"/plans/{plan}" for plan in plans),
        ]
        async with served(database) as address, httpx.AsyncClient(base_url=address, headers=BEARER) as client:
            answers = {page: await client.get(page) for page in pages}
    known = {f"/directives/{task.directive.id}" for task in tasks}
    assert plans
    for page, answer in answers.items():
        may_be_absent = page.startswith("/directives/") and page not in known
        assert answer.status_code == 200 or (may_be_absent and answer.status_code == 404), (page, answer.text[:2000])
        assert ">None<" not in answer.text, page
