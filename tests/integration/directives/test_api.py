"""The query API over a real server and a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio

from deploy.local.infrastructure import Infrastructure
from shared.envelope import NO_HASH, chain
from tests.support.april import (
    CALENDAR_TASK,
    CONFERENCE,
    CONFERENCE_TASK,
    DIRECTIVE,
    PLAN,
    PLAN_TASK,
    REPORT_TASK,
    Journal,
    hanoi,
    named,
    play,
)
from tests.support.people import BEARER
from tests.support.read_model import know, opened_read_model
from tests.support.web import served

MONTH_END = hanoi(8, month=5)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(infrastructure: Infrastructure) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the month's end to all tests of this module, which only read."""
    infrastructure.postgres.create_database("month_end")
    dsn = infrastructure.postgres.dsn("month_end")
    journal = Journal()
    play(journal)
    async with opened_read_model(dsn) as pool, served(dsn) as address, httpx.AsyncClient(base_url=address, headers=BEARER) as client:
        await know(pool, journal, MONTH_END)
        yield client
    infrastructure.postgres.drop_database("month_end")


async def get(api: httpx.AsyncClient, path: str, **params: str | list[str]) -> Any:
    answer = await api.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(page: Any) -> list[str]:
    return [item["id"] for item in page["items"]]


async def test_tasks_come_by_the_deadline_that_counts_those_without_one_last(api: httpx.AsyncClient) -> None:
    page = await get(api, "/api/tasks")
    assert ids(page) == [str(task) for task in (PLAN_TASK, CALENDAR_TASK, CONFERENCE_TASK, REPORT_TASK)]
    assert [item["status"] for item in page["items"]] == [
        {"work": "done", "time": "on_time"},
        {"work": "done", "time": "on_time"},
        {"work": "done", "time": "late"},
        {"work": "not_started", "time": "no_deadline"},
    ]
    assert [item["last_good_day"] for item in page["items"]] == ["2021-04-15", "2021-04-29", "2021-04-30", None]
    assert page["items"][0]["due"] == "2021-04-16T00:00:00+07:00"
    assert page["next"] is None


async def test_a_task_names_its_units_its_directive_and_its_deadlines(api: httpx.AsyncClient) -> None:
    task = await get(api, f"/api/tasks/{PLAN_TASK}")
    assert task["lead"]["code"] == "H10.21.3"
    assert [unit["code"] for unit in task["coordinating"]] == ["H10.21.1"]
    assert (task["directive"]["number"], task["directive"]["symbol"]) == (412, "UBND-NC")
    assert [(each["phrase"], each["last_good_day"], each["time"]) for each in task["deadlines"]] == [
        ("trước ngày 16/4/2021", "2021-04-15", "on_time")
    ]
    assert [(paper["kind"], paper["stage"]) for paper in task["papers"]] == [("plan", "final")]


@pytest.mark.parametrize(
    ("params", "tasks"),
    [
        ({"unit": "H10.21.1"}, [CALENDAR_TASK]),
        ({"unit": "H99"}, []),
        ({"work": "not_started"}, [REPORT_TASK]),
        ({"work": ["not_started", "done"], "time": ["late", "no_deadline"]}, [CONFERENCE_TASK, REPORT_TASK]),
        ({"q": "hoi nghi", "time": "late"}, [CONFERENCE_TASK]),
        ({"q": "PHƯỚC LONG", "work": "not_started"}, [REPORT_TASK]),
        ({"q": "van phong cap uy"}, [CALENDAR_TASK]),
        ({"q": "ke hoa"}, [PLAN_TASK]),
        ({"due_after": "2021-04-30T00:00:00+07:00"}, [CALENDAR_TASK, CONFERENCE_TASK]),
        ({"due_after": "2021-04-17T00:00:00Z", "due_before": "2021-04-30T00:00:00.000001+07:00"}, [CALENDAR_TASK]),
        ({"directive": str(named("no such directive"))}, []),
        ({"sort": "urgency"}, [REPORT_TASK, PLAN_TASK, CALENDAR_TASK, CONFERENCE_TASK]),
    ],
)
@pytest.mark.parametrize("as_of", [None, MONTH_END])
async def test_tasks_are_filtered_now_and_in_the_past_alike(
    api: httpx.AsyncClient, params: dict[str, str | list[str]], tasks: list[Any], as_of: datetime | None
) -> None:
    more: dict[str, str | list[str]] = {"as_of": as_of.isoformat()} if as_of else {}
    assert ids(await get(api, "/api/tasks", **params, **more)) == [str(task) for task in tasks]


@pytest.mark.parametrize("as_of", [None, MONTH_END])
@pytest.mark.parametrize("sort", ["due", "urgency"])
async def test_pages_follow_each_other_without_gap_or_repetition(api: httpx.AsyncClient, sort: str, as_of: datetime | None) -> None:
    params = {"sort": sort, "limit": "1", **({"as_of": as_of.isoformat()} if as_of else {})}
    found: list[str] = []
    page = await get(api, "/api/tasks", **params)
    while page["next"] is not None:
        found += ids(page)
        page = await get(api, "/api/tasks", **params, cursor=page["next"])
    assert found + ids(page) == ids(await get(api, "/api/tasks", sort=sort))


async def test_a_task_that_was_not_assigned_yet_was_not_there(api: httpx.AsyncClient) -> None:
    answer = await api.get(f"/api/tasks/{PLAN_TASK}", params={"as_of": hanoi(4).isoformat()})
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/not-found")


async def test_a_directive_comes_with_its_tasks_as_of_an_instant(api: httpx.AsyncClient) -> None:
    now = await get(api, f"/api/directives/{DIRECTIVE}")
    assert [task["number"] for task in now["tasks"]] == ["1.a", "1.b", "2", "3"]
    then = await get(api, f"/api/directives/{DIRECTIVE}", as_of="2021-04-14T09:00:00+07:00")
    assert [task["status"]["time"] for task in then["tasks"]] == ["due_soon", "in_time", "in_time", "no_deadline"]
    assert (await api.get(f"/api/directives/{DIRECTIVE}", params={"as_of": hanoi(4).isoformat()})).status_code == 404


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 1),
        ({"q": "cai cach hanh chinh"}, 1),
        ({"q": "412"}, 1),
        ({"q": "ngan sach"}, 0),
        ({"issuer": "H10.21"}, 1),
        ({"issuer": "H10.21.3"}, 0),
        ({"issued_from": "2021-04-05", "issued_to": "2021-04-05"}, 1),
        ({"issued_from": "2021-04-06"}, 0),
    ],
)
async def test_directives_are_filtered(api: httpx.AsyncClient, params: dict[str, str], count: int) -> None:
    page = await get(api, "/api/directives", **params)
    assert len(page["items"]) == count


async def test_the_timeline_proves_its_chain_of_hashes(api: httpx.AsyncClient) -> None:
    page = await get(api, f"/api/directives/{DIRECTIVE}/timeline", limit="200")
    facts = [entry for entry in page["items"] if entry["kind"] == "fact"]
    assert [entry["version"] for entry in facts] == list(range(1, len(facts) + 1))
    assert facts[0]["previous_hash"] == NO_HASH.hex()
    assert [entry["previous_hash"] for entry in facts[1:]] == [entry["hash"] for entry in facts[:-1]]
    journal = Journal()
    play(journal)
    last = [record for record in journal.records if record.key == str(DIRECTIVE).encode()][-1]
    assert facts[-1]["hash"] == chain(bytes.fromhex(facts[-1]["previous_hash"]), last.value or b"").hex()
    assert facts[0]["cause"] == "directives.inbox.v1/0/3"


async def test_the_timeline_mixes_facts_and_deadlines_in_order_and_pages(api: httpx.AsyncClient) -> None:
    whole = (await get(api, f"/api/directives/{DIRECTIVE}/timeline", limit="200"))["items"]
    assert [entry["at"] for entry in whole] == sorted(entry["at"] for entry in whole)
    assert {entry["kind"] for entry in whole} == {"fact", "deadline"}
    found, page = [], await get(api, f"/api/directives/{DIRECTIVE}/timeline", limit="5")
    while page["next"] is not None:
        found += page["items"]
        page = await get(api, f"/api/directives/{DIRECTIVE}/timeline", limit="5", cursor=page["next"])
    assert found + page["items"] == whole


async def test_a_plan_comes_with_its_items(api: httpx.AsyncClient) -> None:
    plan = await get(api, f"/api/plans/{PLAN}")
    assert (plan["stage"], plan["submitted_by"]["code"]) == ("final", "H10.21.3")
    assert [(item["area"], item["responsible_head"]) for item in plan["items"]] == [("Thủ tục hành chính", "Trưởng phòng Nội vụ")]
    assert plan["review"] is None


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 1),
        ({"from": "2021-04-27T01:00:00Z", "to": "2021-04-28T00:00:00Z"}, 1),
        ({"from": "2021-04-27T01:00:00.1Z"}, 0),
        ({"to": "2021-04-27T01:00:00Z"}, 0),
        ({"unit": "H10.21.1"}, 1),
        ({"unit": "H10.21.3"}, 1),
        ({"unit": "H10.21"}, 0),
    ],
)
async def test_conferences_are_filtered_by_time_and_unit(api: httpx.AsyncClient, params: dict[str, str], count: int) -> None:
    page = await get(api, "/api/conferences", **params)
    assert ids(page) == [str(CONFERENCE)] * count


async def test_a_unit_comes_with_the_counts_of_its_tasks(api: httpx.AsyncClient) -> None:
    unit = await get(api, "/api/units/H10.21.3")
    assert unit["tasks"] == {
        "done_on_time": 1, "done_late": 1, "done_without_deadline": 0,
        "open_in_time": 0, "open_due_soon": 0, "open_overdue": 0, "open_without_deadline": 1,
        "cancelled": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/api/units/H99",
        f"/api/tasks/{named('x')}",
        f"/api/directives/{named('x')}",
        f"/api/directives/{named('x')}/timeline",
        f"/api/plans/{named('x')}",
    ],
)
async def test_what_is_not_there_is_a_problem(api: httpx.AsyncClient, path: str) -> None:
    answer = await api.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "query",
    ["cursor=xyz", "cursor=kwM", "as_of=2021-04-16T00:00:00", "status=done", "limit=0", "limit=201", "work=finished", "due_after=tomorrow"],
)
async def test_a_question_that_cannot_be_answered_is_a_problem(api: httpx.AsyncClient, query: str) -> None:
    answer = await api.get(f"/api/tasks?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_an_offset_whose_plus_was_not_escaped_is_understood(api: httpx.AsyncClient) -> None:
    answer = await api.get("/api/tasks?as_of=2021-04-16T00:00:00+07:00")
    assert answer.status_code == 200


async def test_the_description_of_the_api_types_every_answer(api: httpx.AsyncClient) -> None:
    paths = (await get(api, "/api/openapi.json"))["paths"]
    described = {path for path in paths if path.startswith("/api/")}
    assert described == {
        "/api/tasks", "/api/tasks/{task}", "/api/directives", "/api/directives/{directive}", "/api/directives/{directive}/timeline",
        "/api/plans/{plan}", "/api/conferences", "/api/indexes", "/api/indexes/{index}", "/api/units", "/api/units/{code}", "/api/audit",
        "/api/units/{code}/scorecard",
    }  # fmt: skip
    for path in described:
        schema = paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert "$ref" in schema, path
