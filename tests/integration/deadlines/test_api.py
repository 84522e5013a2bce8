"""The JSON API of deadlines and the calendar, over HTTP on a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from services.deadlines.web import part
from shared.contracts.directives import DeadlineClause
from shared.contracts.extensions import DeadlineClarified
from shared.contracts.registry import CalendarAmended, DayOff, UnitRegistered, calendar_key
from shared.contracts.tasks import TaskCancelled
from shared.contracts.work import PlanSubmitted
from shared.environment import Environment
from shared.web.app import build_web
from tests.support.deadline_office import (
    C1,
    D1,
    HOME_AFFAIRS,
    OFFICE,
    P1,
    T1,
    DeadlineOffice,
    assigned,
    deadline_id,
    open_office,
    registered,
    vn,
)  # fmt: skip
from tests.support.people import BEARER, door_of

DRAFT = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
FINAL = DeadlineClause(name="chính thức", met_by="plan-submitted", phrase="chậm nhất ngày 20/4/2021", plan_stage="final")
REPORT = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="đúng thời gian quy định")
OTHER = DeadlineClause(name="khác", met_by="report-submitted", phrase="trước ngày 30/4/2021")
D2 = deadline_id(D1, "another directive")


@pytest.fixture
async def office(database: str) -> AsyncIterator[DeadlineOffice]:
    """Play: T1 has a draft that was missed, a final plan that is near and a report without a date; C1 of D2 has an open one."""
    async with open_office(database) as office:
        await office.step_to(vn(5))
        await office.take(registered(UnitRegistered(code="H10.21.3", name="Phòng Nội vụ"), HOME_AFFAIRS, 1, vn(5), key=HOME_AFFAIRS))
        await office.take(assigned(DRAFT, FINAL, REPORT, received=vn(5)))
        await office.take(assigned(OTHER, received=vn(5), task=C1, key=D2))
        for day in (12, 14, 16):
            await office.step_to(vn(day))
            await office.timers.fire(0)
        yield office


@pytest.fixture
async def client(office: DeadlineOffice, database: str) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001  plays the story first
    environment = Environment.read({"DONDOC_KAFKA_BOOTSTRAP": "unused:9092", "DONDOC_POSTGRES_DSN": database})
    app = build_web([part(environment)], door_of())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://test", headers=BEARER) as client:
        yield client


async def get(client: httpx.AsyncClient, path: str, **query: str | int) -> Any:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def names(client: httpx.AsyncClient, **query: str | int) -> list[str]:
    return [item["name"] for item in (await get(client, "/api/deadlines", **query))["items"]]


async def test_deadlines_are_listed_by_due_and_those_without_one_last(client: httpx.AsyncClient) -> None:
    items = (await get(client, "/api/deadlines"))["items"]
    assert [(item["name"], item["due"], item["status"]) for item in items] == [
        ("dự thảo", "2021-04-16T00:00:00+07:00", "missed"),
        ("chính thức", "2021-04-21T00:00:00+07:00", "approaching"),
        ("khác", "2021-04-30T00:00:00+07:00", "open"),
        ("báo cáo", None, "open"),
    ]


async def test_a_listed_deadline_tells_its_unit_and_its_next_stage(client: httpx.AsyncClient) -> None:
    [item] = (await get(client, "/api/deadlines", status="approaching"))["items"]
    assert (item["lead_code"], item["lead_name"], item["last_good_day"]) == ("H10.21.3", "Phòng Nội vụ", "2021-04-20")
    assert item["next_stage"] == {"name": "approaching-1", "at": "2021-04-19T00:00:00+07:00"}


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_pages_show_each_deadline_once(client: httpx.AsyncClient, size: int) -> None:
    seen, query = [], {"limit": size}
    while True:
        page = await get(client, "/api/deadlines", **query)
        seen += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == ["dự thảo", "chính thức", "khác", "báo cáo"]


@pytest.mark.parametrize("code", ["000.00.22.H10", "H10.22", "h10.022"])
async def test_a_unit_is_found_by_a_code_of_either_scheme(office: DeadlineOffice, client: httpx.AsyncClient, code: str) -> None:
    await office.take(registered(UnitRegistered(code="000.00.22.H10", name="Thị xã"), P1, 1, vn(5), key=P1))
    assert await names(client, unit=code) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"unit": "000.003.21.H10"}, ["dự thảo", "chính thức", "khác", "báo cáo"]),
        ({"unit": "H10.21.3"}, ["dự thảo", "chính thức", "khác", "báo cáo"]),
        ({"unit": str(OFFICE)}, ["dự thảo", "chính thức", "khác", "báo cáo"]),
        ({"unit": str(P1)}, []),
        ({"task": str(C1)}, ["khác"]),
        ({"directive": str(D1)}, ["dự thảo", "chính thức", "báo cáo"]),
        ({"status": "missed"}, ["dự thảo"]),
        ({"status": "met"}, []),
        ({"due_before": "2021-04-21T00:00:00+07:00"}, ["dự thảo"]),
        ({"due_after": "2021-04-21T00:00:00+07:00"}, ["chính thức", "khác"]),
        ({"directive": str(D1), "status": "open"}, ["báo cáo"]),
    ],
)
async def test_filters_choose_deadlines(client: httpx.AsyncClient, query: dict[str, str], expected: list[str]) -> None:
    assert await names(client, **query) == expected


async def test_one_deadline_shows_proof_and_history(client: httpx.AsyncClient, office: DeadlineOffice) -> None:
    plan = PlanSubmitted(task=T1, submitted_by=HOME_AFFAIRS, stage="draft", title="Kế hoạch")
    await office.take(registered(plan, P1, 3, vn(15), registered_at=vn(16)))
    found = await get(client, f"/api/deadlines/{deadline_id(T1, 'dự thảo')}")
    assert (found["status"], found["on_time"], found["met_at"], found["met_fact"]) == ("met", True, "2021-04-14T17:00:00Z", "fact-3")
    assert (found["proof"]["phrase"], found["proof"]["last_good_day"]) == ("trước ngày 16/4/2021", "2021-04-15")
    assert found["next_stage"] is None
    assert [entry["name"] for entry in found["history"]] == ["set", "approaching-3", "approaching-1", "missed", "met"]
    missed = found["history"][3]
    assert (found["corrects"], missed["cause"]) == (missed["event"], f"timer/{missed['event']}")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/api/deadlines/{P1}", 404),
        ("/api/deadlines?unit=H99", 404),
        ("/api/deadlines?status=late", 422),
        ("/api/deadlines?due_before=2021-04-21T00:00:00", 422),
        ("/api/deadlines?cursor=nonsense", 422),
        ("/api/deadlines?cursor=%C3%A9", 422),
        ("/api/calendar/1900", 422),
    ],
)
async def test_what_is_wrong_is_answered_with_a_problem(client: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_calendar_of_a_year_names_days_off_and_swapped_saturdays(client: httpx.AsyncClient) -> None:
    year = await get(client, "/api/calendar/2026")
    assert {"day": "2026-01-02", "name": "Ngày nghỉ (thông báo ngày 25/12/2025)"} in year["days_off"]
    assert [each["day"] for each in year["working_weekend_days"]] == ["2026-01-10", "2026-08-22"]
    assert year["is_settled"] is True
    assert year["version"].startswith("holidays-")
    april = [each["day"] for each in (await get(client, "/api/calendar/2021"))["days_off"] if each["day"].startswith("2021-04")]
    assert april == ["2021-04-21", "2021-04-30"]


async def test_a_changed_deadline_shows_both_dues_and_each_change(client: httpx.AsyncClient, office: DeadlineOffice) -> None:
    await office.take(registered(DeadlineClarified(name="báo cáo", phrase="trước ngày 28/4/2021"), T1, 3, vn(16)))
    await office.take(registered(DeadlineClarified(name="báo cáo", phrase="trước ngày 30/4/2021"), T1, 4, vn(17)))
    found = await get(client, f"/api/deadlines/{deadline_id(T1, 'báo cáo')}")
    assert (found["original_due"], found["due"], found["changes"]) == ("2021-04-28T00:00:00+07:00", "2021-04-30T00:00:00+07:00", 2)
    changes = [
        (entry["why"], entry["fact"], entry["previous_due"], entry["due"]) for entry in found["history"] if entry["name"] == "changed"
    ]
    assert changes == [
        ("clarified", "fact-3", None, "2021-04-28T00:00:00+07:00"),
        ("clarified", "fact-4", "2021-04-28T00:00:00+07:00", "2021-04-30T00:00:00+07:00"),
    ]


async def test_a_withdrawn_deadline_says_why(client: httpx.AsyncClient, office: DeadlineOffice) -> None:
    await office.take(registered(TaskCancelled(reason="Thôi"), C1, 3, vn(16), key=D2))
    [item] = (await get(client, "/api/deadlines", status="withdrawn"))["items"]
    assert (item["name"], item["withdrawn"], item["next_stage"]) == ("khác", "task-cancelled", None)


async def test_an_amended_year_is_shown_as_registered(client: httpx.AsyncClient, office: DeadlineOffice) -> None:
    days = (DayOff(day=date(2021, 4, 21), name="Giỗ Tổ Hùng Vương"), DayOff(day=date(2021, 4, 29), name="Hoán đổi"))
    data = CalendarAmended(year=2021, days_off=days, working_days=(date(2021, 4, 24),), notice="Thông báo hoán đổi")
    await office.take(registered(data, calendar_key(2021), 1, vn(16), key=calendar_key(2021)))
    year = await get(client, "/api/calendar/2021")
    assert year["days_off"] == [{"day": "2021-04-21", "name": "Giỗ Tổ Hùng Vương"}, {"day": "2021-04-29", "name": "Hoán đổi"}]
    assert year["working_weekend_days"] == [{"day": "2021-04-24", "name": "Làm việc bù"}]
    assert (year["registered_version"], year["notice"], year["version"][-8:]) == (1, "Thông báo hoán đổi", "+2021.v1")


async def test_a_phrase_is_read_before_anything_is_published(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/deadlines/preview", params={"phrase": "trước ngày 16/4/2021", "issued_on": "2021-04-05"})
    told = answer.json()
    assert (told["kind"], told["due"], told["proof"]["last_good_day"]) == ("fixed", "2021-04-16T00:00:00+07:00", "2021-04-15")
    assert "Ngày cuối cùng còn đúng hạn: 15/4/2021 (xong trước 00:00 ngày 16/4/2021)" in told["text"]


async def test_a_preview_goes_by_the_calendars_that_are_registered(office: DeadlineOffice, client: httpx.AsyncClient) -> None:
    asked = {"phrase": "trong vòng 05 ngày làm việc kể từ ngày nhận được", "issued_on": "2021-06-01", "received_on": "2021-06-04"}
    before = (await client.get("/api/deadlines/preview", params=asked)).json()["proof"]["last_good_day"]
    amended = CalendarAmended(year=2021, days_off=(DayOff(day=date(2021, 6, 8), name="Nghỉ"),), notice="Quyết định 1")
    await office.take(registered(amended, calendar_key(2021), 1, vn(16), key=calendar_key(2021)))
    after = (await client.get("/api/deadlines/preview", params=asked)).json()["proof"]["last_good_day"]
    assert (before, after) == ("2021-06-11", "2021-06-14")


async def test_an_impossible_day_is_a_problem_of_the_api_and_a_sentence_of_the_fragment(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/deadlines/preview", params={"phrase": "trước ngày 31/4/2021"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "impossible-phrase")
    fragment = await client.get("/deadlines/preview", params={"phrase": "trước ngày 31/4/2021"})
    assert (fragment.status_code, "is-bad" in fragment.text) == (200, True)


async def test_the_fragment_says_the_last_good_day_and_how_it_was_found(client: httpx.AsyncClient) -> None:
    fragment = await client.get("/deadlines/preview", params={"phrase": "trước ngày 16/4/2021 <b>", "issued_on": "2021-04-05"})
    assert "<b>" not in fragment.text
    fragment = await client.get("/deadlines/preview", params={"phrase": "trước ngày 16/4/2021", "issued_on": "2021-04-05"})
    assert '<time datetime="2021-04-15">15/4/2021</time>' in fragment.text
    assert "quy tắc before-date" in fragment.text
