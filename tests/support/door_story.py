"""A small office's facts for tests of the HTTP API: the examples of the contracts, in an order in which they are registered."""

from collections.abc import Iterator
from typing import Any

import httpx

from shared.contracts import Contract
from shared.contracts.directives import DirectiveCorrected, DirectiveIssued, TaskAssigned
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRequested
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import CalendarAmended, UnitRegistered, UnitRenamed, UnitSucceeded
from shared.contracts.tasks import ProgressReported, TaskAccepted, TaskReceived
from shared.contracts.work import ConferenceRescheduled, ConferenceScheduled, PlanReturned, PlanSubmitted, ReportSubmitted
from shared.explained import example_of

BATCH = "application/cloudevents-batch+json"
CODES = ("H99", "H99.1", "H99.7", "H99.8", "H99.9")
LATER: tuple[type[Contract], ...] = (
    DirectiveCorrected, TaskReceived, TaskAccepted, ProgressReported, PlanSubmitted, PlanReturned, DeadlineClarified, ExtensionRequested,
    ExtensionGranted, ConferenceScheduled, ConferenceRescheduled, ReportSubmitted, IndexPublished, UnitRenamed, UnitSucceeded,
    CalendarAmended,
)  # fmt: skip


def units() -> list[dict[str, Any]]:
    """Return the registrations of every unit that the examples name."""
    known = example_of(UnitRegistered)
    issuer, office = example_of(DirectiveIssued)["data"]["issuer"], example_of(UnitRenamed)["subject"]
    succeeded = example_of(UnitSucceeded)
    ids = [issuer, office, succeeded["subject"], *succeeded["data"]["successors"]]
    return [*(_unit(known, each, code) for each, code in zip(ids, CODES, strict=True)), known]


def _unit(known: dict[str, Any], unit: str, code: str) -> dict[str, Any]:
    data = {"code": code, "name": f"Đơn vị {code} tỉnh Nam Sơn", "valid_from": "2025-07-01"}
    return known | {"id": f"don-vi-{code}", "subject": unit, "partitionkey": unit, "data": data}


def second_task() -> dict[str, Any]:
    """Return the assignment of the task that conference and report belong to."""
    assigned, clarified = example_of(TaskAssigned), example_of(DeadlineClarified)
    clause = {"name": clarified["data"]["name"], "met_by": "report-submitted", "phrase": "đúng thời gian quy định"}
    data = assigned["data"] | {"number": "1.b", "content": "Tổ chức hội nghị và báo cáo.", "deliverable": "report", "deadlines": [clause]}
    return assigned | {"id": "giao-viec-1b", "subject": clarified["subject"], "data": data}


def story() -> Iterator[dict[str, Any]]:
    """Yield the facts in their order; units come first."""
    yield from (example_of(DirectiveIssued), example_of(TaskAssigned), second_task())
    yield from (example_of(each) for each in LATER)


def publish(url: str, key: str) -> list[dict[str, Any]]:
    """Publish all of it and return the receipts, each with its verdict."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": BATCH, "Prefer": "wait=30"}
    receipts: list[dict[str, Any]] = []
    *first, child = units()
    for events in (first, [child], list(story())):
        answer = httpx.post(f"{url}/api/events", json=events, headers=headers, timeout=60)
        answer.raise_for_status()
        receipts += answer.json()
    return receipts


async def shows_everything(url: str, key: str) -> bool:
    """Return whether deadlines, conferences and notices of the story are there to be read."""
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}) as client:
        lists = [(await client.get(path)).json()["items"] for path in ("/api/deadlines", "/api/conferences", "/api/units/H99.5/inbox")]
    return all(lists)
