"""Builders of what the rules of notifications are tested with: the units, tasks and deadlines of April 2021."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from services.notifications.domain import Happening, Knowledge, Told
from services.notifications.domain.roll import Roll, Task
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from shared.contracts.directives import DeadlineClause, DirectiveIssued, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ConferenceScheduled
from shared.envelope import Event, encode, event_of

SEED = UUID("0f7e2a52-52a3-5b0c-8a9f-3b6d4c1e7a10")
COMMITTEE = UUID("a0000000-0000-5000-8000-000000000001")
HOME_AFFAIRS = UUID("a0000000-0000-5000-8000-000000000002")
OFFICE = UUID("a0000000-0000-5000-8000-000000000003")
FINANCE = UUID("a0000000-0000-5000-8000-000000000004")
DIRECTIVE = UUID("d0000000-0000-5000-8000-000000000001")
OTHER_DIRECTIVE = UUID("d0000000-0000-5000-8000-000000000002")
TASK = UUID("b0000000-0000-5000-8000-000000000001")
OTHER_TASK = UUID("b0000000-0000-5000-8000-000000000002")
DEADLINE = UUID("c0000000-0000-5000-8000-000000000001")
CONFERENCE = UUID("e0000000-0000-5000-8000-000000000001")
AT = datetime(2021, 4, 12, 1, 0, tzinfo=UTC)
DUE = datetime(2021, 4, 15, 17, 0, tzinfo=UTC)
MISSED_ID = "missed-1"


def event(
    data: Contract,
    name: str,
    *,
    subject: UUID = TASK,
    key: UUID = DIRECTIVE,
    source: str = "/publishers/committee",
    version: int | None = None,
) -> Event:
    """Return a registered event."""
    made = event_of(data, id=name, source=source, subject=str(subject), key=str(key))
    return msgspec.structs.replace(made, registeredtime=AT, version=version)


def value(data: Contract, name: str, **where: Any) -> bytes:
    """Return the bytes of a registered event."""
    return encode(event(data, name, **where))


def happening(data: Contract, name: str, *, subject: UUID = TASK, key: UUID = DIRECTIVE) -> Happening:
    """Return what the rules see of an event."""
    return Happening("/tests", name, str(subject), str(key), AT, f"tests/0/{name}", data)


def knowing(
    issuers: Mapping[UUID, UUID] | None = None,
    leads: Mapping[tuple[UUID, UUID], UUID] | None = None,
    told: Mapping[str, Mapping[UUID, UUID]] | None = None,
) -> Knowledge:
    """Return what is known: issuers by directive, leads by (directive, task), and notices by (event of the directive, unit)."""
    tasks: dict[UUID, dict[UUID, Task]] = {}
    for (directive, task), lead in (leads or {}).items():
        tasks.setdefault(directive, {})[task] = Task("1", lead)
    known = {*(issuers or {}), *tasks}
    rolls = {each: Roll(issuer=(issuers or {}).get(each), tasks=tasks.get(each, {})) for each in known}
    before = {
        (DIRECTIVE, ("/tests", event)): {unit: Told(notice, "Thông báo", "deadline-missed") for unit, notice in units.items()}
        for event, units in (told or {}).items()
    }
    return Knowledge(rolls, before)


def issued(issuer: UUID = COMMITTEE) -> DirectiveIssued:
    """Return the issue of a directive."""
    return DirectiveIssued(key="15", issuer=issuer, subject="Nâng cao chỉ số cải cách hành chính", document_type="CV", symbol="UBND-NC")


def assigned(lead: UUID = HOME_AFFAIRS, coordinating: tuple[UUID, ...] = (), **more: Any) -> TaskAssigned:
    """Return the assignment of a task."""
    clause = DeadlineClause(name="Gửi dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
    said = {"number": "1.b", "content": "Lập kế hoạch tổ chức hội nghị", "deliverable": "plan", "deadlines": (clause,), **more}
    return TaskAssigned(lead=lead, coordinating=coordinating, **said)


def _deadline(lead: UUID, coordinating: tuple[UUID, ...], directive: UUID) -> dict[str, Any]:
    return {
        "deadline": DEADLINE, "task": TASK, "directive": directive, "task_number": "1.b", "content": "Lập kế hoạch tổ chức hội nghị.",
        "lead": lead, "coordinating": coordinating, "name": "Gửi dự thảo", "met_by": "plan-submitted", "plan_stage": "draft", "due": DUE,
    }  # fmt: skip


def approaching(
    lead: UUID = HOME_AFFAIRS, coordinating: tuple[UUID, ...] = (), left: int = 3, late: int = 0, directive: UUID = DIRECTIVE
) -> DeadlineApproaching:
    """Return the stage before a deadline."""
    more = _deadline(lead, coordinating, directive)
    return DeadlineApproaching(**more, working_days_left=left, stage_at=AT, late_by_seconds=late)


def missed(lead: UUID = HOME_AFFAIRS, late: int = 0, directive: UUID = DIRECTIVE) -> DeadlineMissed:
    """Return a deadline that was missed."""
    return DeadlineMissed(**_deadline(lead, (), directive), stage_at=DUE, late_by_seconds=late)


def met(lead: UUID = HOME_AFFAIRS, *, on_time: bool = True, corrects: str | None = None, directive: UUID = DIRECTIVE) -> DeadlineMet:
    """Return a deadline that was met: at 14:30 on 15 April, or at 8:05 on the day after."""
    at = datetime(2021, 4, 15, 7, 30, tzinfo=UTC) if on_time else datetime(2021, 4, 16, 1, 5, tzinfo=UTC)
    return DeadlineMet(**_deadline(lead, (), directive), met_at=at, on_time=on_time, fact="plan-1", corrects=corrects)


def scheduled(participants: tuple[UUID, ...] = (), tasks: tuple[UUID, ...] = (TASK,), by: UUID = OFFICE) -> ConferenceScheduled:
    """Return a conference's date and place."""
    return ConferenceScheduled(
        tasks=tasks, scheduled_by=by, title="Công bố chỉ số cải cách hành chính", starts_at=datetime(2021, 4, 28, 1, 0, tzinfo=UTC),
        place="Hội trường tầng 2", chair="Chủ tịch UBND", participants=participants,
    )  # fmt: skip


def registered(code: str, name: str) -> UnitRegistered:
    """Return the registration of a unit."""
    return UnitRegistered(code=code, name=name)


def derived(number: int) -> UUID:
    """Return one of many made-up ids."""
    return uuid5(SEED, str(number))
