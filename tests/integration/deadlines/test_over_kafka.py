"""Registrar, deadlines and notifications over a real broker: a late request is answered, and an amended calendar moves a deadline."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

from deploy.local.stack import Stack
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, DirectiveIssued, TaskAssigned
from shared.contracts.extensions import ExtensionRequested
from shared.contracts.registry import CalendarAmended, DayOff, UnitRegistered, calendar_key, unit_key
from shared.envelope import encode, event_of
from tests.support.waiting import eventually

SPACE = UUID("7d0f0b52-52a3-5b0c-8a9f-3b6d4c1e7a55")
NUMBERS = count(1)
SAID_AT = datetime(2021, 4, 5, tzinfo=UTC)
ISSUER, LEAD = unit_key("H77"), unit_key("H77.1")
DIRECTIVE, TASK, REQUEST = uuid5(ISSUER, "15"), uuid5(SPACE, "task"), uuid5(SPACE, "request")
PASSED = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021")
AHEAD = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="trong thời hạn 9 năm kể từ ngày ký")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as running:
        running.wait_ready(120)
        yield running


@pytest.fixture
async def client(stack: Stack) -> Any:
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=60) as client:
        yield client


async def say(client: httpx.AsyncClient, data: Contract, subject: UUID, key: UUID) -> None:
    name = f"fact-{next(NUMBERS)}"
    event = event_of(data, id=name, source="/tests/over-kafka", subject=str(subject), key=str(key), time=SAID_AT)
    headers = {"Content-Type": "application/cloudevents+json", "Prefer": "wait=30"}
    answer = await client.post("/api/events", content=encode(event), headers=headers)
    assert answer.json().get("status") == "registered", answer.text


async def test_what_the_letter_and_the_calendar_say_reaches_the_unit(client: httpx.AsyncClient) -> None:
    await say(client, UnitRegistered(code="H77", name="Ủy ban"), ISSUER, ISSUER)
    await say(client, UnitRegistered(code="H77.1", name="Phòng Nội vụ"), LEAD, LEAD)
    issue = DirectiveIssued(
        key="15", issuer=ISSUER, subject="Kế hoạch", document_type="CV", symbol="UBND-NC", number=15, issued_on=date(2021, 4, 5)
    )
    await say(client, issue, DIRECTIVE, DIRECTIVE)
    task = TaskAssigned(number="1", content="Lập kế hoạch", lead=LEAD, deliverable="plan", deadlines=(PASSED, AHEAD))
    await say(client, task, TASK, DIRECTIVE)
    asked = ExtensionRequested(task=TASK, name="dự thảo", requested_by=LEAD, requested_day=date(2031, 4, 22), reasons="Thiếu số liệu")
    await say(client, asked, REQUEST, DIRECTIVE)
    days = (DayOff(day=date(2030, 4, 5), name="Hoán đổi"), DayOff(day=date(2030, 4, 30), name="Ngày Chiến thắng"))
    await say(client, CalendarAmended(year=2030, days_off=days, notice="Thông báo hoán đổi"), calendar_key(2030), calendar_key(2030))

    async def is_told() -> bool:
        inbox = (await client.get("/api/units/H77.1/inbox")).json().get("items", [])
        return {"extension-refused", "deadline-changed", "deadline-missed"} <= {item["rule"] for item in inbox}

    await eventually(is_told, 60.0)
    found = (await client.get(f"/api/deadlines/{uuid5(TASK, 'báo cáo')}")).json()
    assert (found["original_due"], found["due"]) == ("2030-04-06T00:00:00+07:00", "2030-04-09T00:00:00+07:00")
    assert found["proof"]["calendar_version"].endswith("+2030.v1")
    assert [entry["why"] for entry in found["history"] if entry["name"] == "changed"] == ["calendar-amended"]
