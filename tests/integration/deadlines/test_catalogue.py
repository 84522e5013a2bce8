"""The whole catalogue on a real PostgreSQL: dossiers, voided facts, late requests, amended calendars in every partition, rebuilds."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.deadlines.agents import rebuild_deadlines, rebuild_dossiers
from services.deadlines.handlers import INBOX, TOPIC, work_through
from shared.contracts.deadlines import DeadlineChanged, DeadlineMet, DeadlineWithdrawn
from shared.contracts.directives import DeadlineClause, DirectiveRecalled
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.registry import CalendarAmended, DayOff, UnitRegistered, UnitRenamed, calendar_key
from shared.contracts.tasks import TaskReceived, TaskResumed, TaskSuspended
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanReturned, PlanSubmitted
from shared.envelope import Event, decode
from shared.journal.unit_of_work import UnitOfWork
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
    issued,
    join_office,
    open_office,
    registered,
    vn,
)  # fmt: skip
from tests.support.records import FakeRecord

DRAFT = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
PERIOD = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="trong thời hạn 10 ngày kể từ ngày ký")
RECEIVED = DeadlineClause(name="theo ngày nhận", met_by="task-completed", phrase="05 ngày làm việc kể từ ngày nhận được văn bản")
HELD = DeadlineClause(name="hội nghị", met_by="conference-held", phrase="trong tháng 4 năm 2021")
REQUEST = UUID("f2000000-0000-4000-8000-000000000001")
CALENDAR = calendar_key(2021)
TABLES = ("deadline", "progress", "dossier", "fact", "calendar", "unit")


@pytest.fixture
async def office(database: str) -> AsyncIterator[DeadlineOffice]:
    async with open_office(database) as office:
        await office.step_to(vn(6))
        yield office


def plan(version: int, received: int) -> Event:
    return registered(PlanSubmitted(task=T1, submitted_by=HOME_AFFAIRS, stage="draft", title="Kế hoạch"), P1, version, vn(received))


def void(version: int, of: int, key: UUID = D1) -> Event:
    return registered(FactVoided(version=of, reason="Nhầm"), key, version, vn(15), key=key)


def amended(version: int, *off: int) -> Event:
    days = tuple(DayOff(day=date(2021, 4, day), name="Hoán đổi") for day in (21, 30, *off))
    data = CalendarAmended(year=2021, days_off=days, notice="Thông báo hoán đổi ngày làm việc")
    return registered(data, CALENDAR, version, vn(6), key=CALENDAR)


def request(version: int, received: int) -> Event:
    data = ExtensionRequested(
        task=T1, name="dự thảo", requested_by=HOME_AFFAIRS, requested_day=date(2021, 4, 22), reasons="Thiếu số liệu"
    )  # fmt: skip
    return registered(data, REQUEST, version, vn(received))


def story() -> list[Event]:
    """Return a directive's life in which nearly every fact moves a deadline."""
    conference = ConferenceScheduled(tasks=(T1,), scheduled_by=OFFICE, title="Hội nghị", starts_at=vn(5, 5), place="Hội trường")
    facts: Sequence[tuple[Any, UUID]] = (
        (TaskReceived(received_by=HOME_AFFAIRS), T1),
        (plan(4, 7).data, P1),
        (PlanReturned(reasons="Thiếu"), P1),
        (DeadlineClarified(name="hội nghị", phrase="trước ngày 28/4/2021"), T1),
        (conference, C1),
        (TaskSuspended(reason="Chờ"), T1),
        (TaskResumed(), T1),
        (request(10, 8).data, REQUEST),
        (ExtensionGranted(last_good_day=date(2021, 4, 22)), REQUEST),
        (plan(12, 9).data, P1),
        (FactVoided(version=6, reason="Nhầm"), D1),
        (ConferenceHeld(held_at=vn(20), reported_by=OFFICE), C1),
    )
    told = [registered(data, subject, version, vn(6 + version // 3)) for version, (data, subject) in enumerate(facts, start=3)]
    return [issued(vn(5), issued_on=vn(5)), assigned(DRAFT, PERIOD, RECEIVED, HELD, received=vn(5)), *told]


async def dump(office: DeadlineOffice, table: str, *, without: str = "") -> list[str]:
    rows = await office.pool.fetch(f"SELECT to_jsonb(t) - '{without}' AS row FROM {table} AS t ORDER BY 1")  # noqa: S608
    return [row["row"] for row in rows]


async def said(office: DeadlineOffice, topic: str = TOPIC) -> list[Event]:
    rows = await office.pool.fetch("SELECT value FROM journal WHERE topic = $1 ORDER BY partition, position", topic)
    return [decode(row["value"]) for row in rows]


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_whatever_the_batches_the_same_is_said(office: DeadlineOffice, database: str, size: int) -> None:
    events = story()
    await office.take(*events)
    whole = [(event.id, event.data) for event in await said(office)]
    assert len(whole) > 12
    async with join_office(database) as again:
        await again.pool.execute("TRUNCATE deadline, progress, dossier, fact, journal, relay, calendar, unit")
        for start in range(0, len(events), size):
            await again.take(*events[start : start + size])
        assert [(event.id, event.data) for event in await said(again)] == whole


async def test_a_voided_plan_opens_its_deadline_which_is_missed_at_once(office: DeadlineOffice) -> None:
    await office.take(issued(vn(5)), assigned(DRAFT, received=vn(5)), plan(3, 10))
    await office.step_to(vn(17))
    await office.take(void(4, of=3))
    await office.timers.fire(0)
    events = [event.data for event in await said(office)]
    assert [event.NAME for event in events] == ["deadline-set", "deadline-met", "deadline-changed", "deadline-missed"]
    assert isinstance(events[2], DeadlineChanged)
    assert (events[2].why, events[2].is_open_again, events[2].fact) == ("fact-voided", True, "fact-4")


async def test_a_voided_recall_gives_the_deadlines_back(office: DeadlineOffice) -> None:
    await office.take(issued(vn(5)), assigned(DRAFT, received=vn(5)), registered(DirectiveRecalled(reason="Nhầm"), D1, 3, vn(8)))
    assert await office.pool.fetchval("SELECT status FROM progress") == "withdrawn"
    await office.take(void(4, of=3))
    assert await office.pool.fetchval("SELECT status FROM progress") == "open"
    assert await office.pool.fetchval("SELECT fire_at FROM progress") == vn(16)


async def test_a_late_request_is_answered_through_the_inbox_once(office: DeadlineOffice) -> None:
    await office.step_to(vn(20))
    await office.take(issued(vn(5)), assigned(DRAFT, received=vn(5)), request(3, 17))
    [answer] = await said(office, INBOX)
    assert isinstance(answer.data, ExtensionRefused)
    assert (answer.subject, answer.partitionkey, answer.publisher, answer.receivedtime) == (str(REQUEST), str(D1), "deadlines", vn(20))
    assert answer.version is None
    rows = await office.pool.fetch("SELECT key, partition, cause FROM journal WHERE topic = $1", INBOX)
    assert [tuple(row) for row in rows] == [(str(D1).encode(), 0, "directives.events.v1/0/2")]
    again = msgspec.structs.replace(answer, receivedtime=None, publisher=None)
    await office.take(registered(answer.data, REQUEST, 4, vn(20)))
    assert [msgspec.structs.replace(each, receivedtime=None, publisher=None) for each in await said(office, INBOX)] == [again]


async def spread(office: DeadlineOffice, partitions: int, directives: int) -> None:
    for partition in range(partitions):
        for n in range(directives):
            key = deadline_id(D1, f"{partition}/{n}")
            task = deadline_id(key, "task")
            await office.take(
                issued(vn(5), key=key, issued_on=vn(5)), assigned(PERIOD, DRAFT, received=vn(5), task=task, key=key), partition=partition
            )  # fmt: skip


async def test_an_amended_calendar_reaches_the_open_deadlines_of_every_partition_once(office: DeadlineOffice, database: str) -> None:
    await spread(office, partitions=3, directives=5)
    assert await office.recalculation.catch_up() == 0
    await office.take(amended(1, 15), partition=1)
    async with join_office(database) as other:
        await other.recalculation.catch_up()
        await office.recalculation.catch_up()
    changes = [event for event in await said(office) if isinstance(event.data, DeadlineChanged)]
    assert len({event.subject for event in changes}) == len(changes) == 15
    assert {(event.data.previous_due, event.data.due, event.data.why, event.data.fact) for event in changes} == {
        (vn(16), vn(17), "calendar-amended", "fact-1")
    }
    assert await office.recalculation.catch_up() == 0


async def test_work_on_a_calendar_that_is_cut_off_goes_on_where_it_was(office: DeadlineOffice) -> None:
    await spread(office, partitions=1, directives=5)
    await office.take(amended(1, 15), partition=0)
    assert await office.recalculation.work(0) is False
    with suppress(ZeroDivisionError):
        async with office.ledger.turn(0) as work:
            await cut_off(office, work)
    await office.recalculation.catch_up()
    changed = Counter(event.subject for event in await said(office) if isinstance(event.data, DeadlineChanged))
    assert (len(changed), set(changed.values())) == (5, {1})


async def cut_off(office: DeadlineOffice, work: UnitOfWork) -> None:
    await work_through(work, await office.book.current(work.connection), vn(6), 2)
    raise ZeroDivisionError


async def test_reminders_are_planned_anew_by_an_amended_calendar(office: DeadlineOffice) -> None:
    await office.take(issued(vn(5)), assigned(DRAFT, received=vn(5)))
    assert await office.pool.fetchval("SELECT fire_at FROM progress") == vn(12)
    await office.take(amended(1, 14))
    await office.recalculation.catch_up()
    assert await office.pool.fetchval("SELECT fire_at FROM progress") == vn(9)
    assert [event.data.NAME for event in await said(office)] == ["deadline-set"]


async def test_a_voided_calendar_gives_back_the_days_before_it(office: DeadlineOffice) -> None:
    await spread(office, partitions=2, directives=1)
    await office.take(amended(1, 15), partition=1)
    await office.recalculation.catch_up()
    await office.take(void(2, of=1, key=CALENDAR), partition=1)
    await office.recalculation.catch_up()
    dues = await office.pool.fetch("SELECT due, changes FROM deadline WHERE kind = 'period'")
    assert [tuple(row) for row in dues] == [(vn(16), 2), (vn(16), 2)]


async def test_new_deadlines_count_by_the_registered_year_and_say_so(office: DeadlineOffice) -> None:
    await office.take(amended(1, 15))
    await office.take(issued(vn(6), issued_on=vn(5)), assigned(PERIOD, received=vn(6)))
    [event] = await said(office)
    assert event.data.due == vn(17)
    assert event.data.proof.calendar_version.endswith("+2021.v1")


async def test_tables_are_made_again_from_topics_row_by_row(office: DeadlineOffice) -> None:
    facts = [registered(UnitRegistered(code="H10", name="Phòng"), OFFICE, 1, vn(5), key=OFFICE), amended(1, 15), *story()]
    facts.append(registered(UnitRenamed(name="Phòng Nội vụ", valid_from=date(2021, 4, 1)), OFFICE, 2, vn(5), key=OFFICE))
    for event in facts:
        await office.take(event)
    await office.recalculation.catch_up()
    for day in (12, 20, 30):
        await office.step_to(vn(day))
        await office.timers.fire(0)
    before = [await dump(office, table) for table in TABLES]
    rows = await office.pool.fetch("SELECT key, value, cause FROM journal WHERE topic = $1 ORDER BY position", TOPIC)
    await office.pool.execute(f"TRUNCATE {', '.join(TABLES)}")
    ours = [FakeRecord(TOPIC, 0, n, 0, row["key"], row["value"], (("cause", row["cause"].encode()),)) for n, row in enumerate(rows)]
    theirs = office.taken
    async with office.ledger.turn(0) as work:
        await rebuild_dossiers(office.book)(work, theirs)
        await rebuild_deadlines(office.book)(work, ours)
    assert [await dump(office, table) for table in TABLES] == before
    assert any(isinstance(decode(row["value"]).data, DeadlineMet | DeadlineWithdrawn) for row in rows)
