"""Escalation by the real processes: a worker that was killed with SIGKILL tells each level once, and nothing that ended meanwhile."""

import base64
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

from deploy.local.stack import Stack
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, DirectiveIssued, TaskAssigned
from shared.contracts.registry import UnitRegistered, unit_key
from shared.contracts.work import ReportSubmitted
from shared.envelope import encode, event_of
from tests.support.receivers import receiving
from tests.support.waiting import eventually

NUMBERS = count(1)
SPACE = UUID("7d0f0b52-52a3-5b0c-8a9f-3b6d4c1e7a66")
SAID_AT = datetime(2021, 4, 5, tzinfo=UTC)
ISSUER, LEAD = unit_key("H78"), unit_key("H78.1")
DIRECTIVE, OPEN, REPORTED = uuid5(ISSUER, "15"), uuid5(SPACE, "open"), uuid5(SPACE, "reported")
PASSED = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="trước ngày 16/4/2021")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    settings = {
        "DONDOC_WEBHOOK_ALLOWED_CIDRS": "127.0.0.0/8", "DONDOC_SECRETS_KEY": base64.b64encode(bytes(32)).decode(),
        "DONDOC_ESCALATION_DAYS": "1,3",
    }  # fmt: skip
    with Stack(environment=settings) as running:
        running.wait_ready(120)
        yield running


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=60) as client:
        yield client


async def say(client: httpx.AsyncClient, data: Contract, subject: UUID, key: UUID) -> None:
    event = event_of(data, id=f"fact-{next(NUMBERS)}", source="/tests/escalation", subject=str(subject), key=str(key), time=SAID_AT)
    headers = {"Content-Type": "application/cloudevents+json", "Prefer": "wait=30"}
    answer = await client.post("/api/events", content=encode(event), headers=headers)
    assert answer.json().get("status") == "registered", answer.text


async def status_of(client: httpx.AsyncClient, task: UUID) -> str:
    return str((await client.get(f"/api/deadlines/{uuid5(task, PASSED.name)}")).json().get("status"))


async def notices(client: httpx.AsyncClient, code: str) -> list[dict[str, Any]]:
    items = (await client.get(f"/api/units/{code}/inbox?limit=200")).json().get("items", [])
    return [item for item in items if item["rule"] == "notice-escalated"]


async def issue(client: httpx.AsyncClient) -> None:
    made = DirectiveIssued(
        key="15", issuer=ISSUER, subject="Kế hoạch", document_type="CV", symbol="UBND-NC", number=15, issued_on=date(2021, 4, 5)
    )
    await say(client, made, DIRECTIVE, DIRECTIVE)
    for task in (OPEN, REPORTED):
        number = "1" if task == OPEN else "2"
        await say(
            client, TaskAssigned(number=number, content="Báo cáo", lead=LEAD, deliverable="report", deadlines=(PASSED,)), task, DIRECTIVE
        )


@pytest.mark.timeout(300)
async def test_a_killed_worker_tells_each_level_once_and_nothing_of_what_was_reported_meanwhile(
    stack: Stack, client: httpx.AsyncClient
) -> None:
    async with receiving() as receiver:
        for code, unit in (("H78", ISSUER), ("H78.1", LEAD)):
            await say(client, UnitRegistered(code=code, name=f"Đơn vị {code}"), unit, unit)
        hook = {"unit": "H78.1", "url": f"http://127.0.0.1:{receiver.port}/hook"}
        await eventually(lambda: _is_added(client, hook))
        worker = stack.processes["notifications"]
        worker.kill()
        await issue(client)

        async def are_missed() -> bool:
            return {await status_of(client, task) for task in (OPEN, REPORTED)} == {"missed"}

        await eventually(are_missed, 60)
        report = ReportSubmitted(task=REPORTED, submitted_by=LEAD, title="Báo cáo")
        await say(client, report, uuid5(SPACE, "report"), DIRECTIVE)

        async def is_met() -> bool:
            return await status_of(client, REPORTED) == "met"

        await eventually(is_met, 60)
        worker.start()

        async def is_told() -> bool:
            return bool(await notices(client, "H78.1"))

        await eventually(is_told, 90)
        worker.kill()
        worker.start()

        async def are_both_told() -> bool:
            told = [request for request in receiver.requests if b'"notice-escalated"' in request.body]
            return bool(await notices(client, "H78")) and bool(told)

        await eventually(are_both_told, 90)
        stack.wait_ready(60)
    told = await notices(client, "H78.1") + await notices(client, "H78")
    assert {(item["task"], item["title"].partition(":")[2]) for item in told} == {(str(OPEN), " nhiệm vụ số 1")}
    assert len(told) == 2
    ids = Counter(request.headers["webhook-id"] for request in receiver.requests if b'"notice-escalated"' in request.body)
    assert len(ids) == 1


async def _is_added(client: httpx.AsyncClient, hook: dict[str, str]) -> bool:
    return (await client.post("/api/webhooks", json=hook)).status_code == 201
