"""Past answers come out again: folded from facts, they equal what the stored tables answered then."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.postgres import Pool
from tests.support.april import DIRECTIVE, PLAN_TASK, TASKS, Journal, hanoi, play
from tests.support.people import BEARER
from tests.support.read_model import know, opened_read_model
from tests.support.web import served

MONTH_END = hanoi(8, month=5)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with opened_read_model(database) as pool:
        yield pool


async def test_the_past_comes_out_as_it_was_answered_then(database: str, pool: Pool) -> None:
    journal = Journal()
    answers = []
    async with served(database) as address, httpx.AsyncClient(base_url=address, headers=BEARER) as client:
        for at in play(journal):
            await know(pool, journal, at)
            answers.append((at, await _ask(client)))
        await know(pool, journal, MONTH_END)
        for at, answer in answers:
            assert await _ask(client, as_of=at.isoformat()) == answer, at
    assert len({str(answer) for _, answer in answers}) == len(answers)


async def _ask(client: httpx.AsyncClient, **params: str) -> list[Any]:
    """Return what a client is told of the tasks, of the directive, and of each task by itself."""
    paths = ("/api/tasks", f"/api/directives/{DIRECTIVE}", *(f"/api/tasks/{task}" for task in TASKS))
    return [(await client.get(path, params=params)).json() for path in paths]


async def test_a_coming_instant_shows_what_will_be_overdue(database: str, pool: Pool) -> None:
    journal = Journal()
    journal.issue(hanoi(5))
    await know(pool, journal, hanoi(6))
    async with served(database) as address, httpx.AsyncClient(base_url=address, headers=BEARER) as client:
        assert await _overdue(client) == []
        assert await _overdue(client, as_of=hanoi(17).isoformat()) == [str(PLAN_TASK)]


async def _overdue(client: httpx.AsyncClient, **params: str) -> list[str]:
    answer = await client.get("/api/tasks", params={"time": "overdue", **params})
    return [item["id"] for item in answer.json()["items"]]
