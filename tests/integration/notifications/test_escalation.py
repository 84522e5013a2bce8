"""Escalation on a real PostgreSQL: told once a level, in time, by one worker or several, whatever is killed between."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.notifications.domain.notices import id_of
from services.notifications.escalation import fire_escalations, fold_escalations
from services.notifications.escalation_worker import EscalationTimers, following
from services.notifications.handlers import DEADLINES, DIRECTIVES
from services.notifications.issuing import NOTIFICATIONS
from shared.clock import QUERIES as CLOCK
from shared.clock import step_clock
from shared.contracts.deadlines import DeadlineEvent, DeadlineMissed
from shared.contracts.notifications import NoticeEscalated, NoticeIssued
from shared.envelope import Event, decode
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool, connect, create_pool
from tests.support.escalating import DAYS, SCHEMA, WEBHOOK, nothing_unread
from tests.support.notice_office import Office
from tests.support.notices import AT, COMMITTEE, DIRECTIVE, DUE, HOME_AFFAIRS, MISSED_ID, derived, event, issued, met, missed
from tests.support.records import FakeRecord, record
from tests.support.waiting import eventually

SOURCE = "/services/deadlines"
JOURNAL = "SELECT key, value, cause FROM journal ORDER BY partition, position"
ESCALATION = "SELECT t::text FROM escalation AS t ORDER BY 1"


class Desk:
    """A worker's handler of deadlines and its timers over one database, on the stepped clock."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.office = Office(Ledger(pool))
        self.end = 0
        self.timers = EscalationTimers(self.office.ledger, "stepped", DAYS, (), self.read_end, batch=50)
        self.records: list[FakeRecord] = []

    async def read_end(self, _topic: str, _partition: int) -> int:
        """Return what Kafka would say of the end of the deadlines' topic."""
        return self.end

    async def step_to(self, days: float) -> None:
        """Step the clock to so many days after the deadline."""
        async with self.pool.acquire() as connection:
            await step_clock(connection, DUE + timedelta(days=days))  # type: ignore[arg-type]

    async def follow(self, *events: Event, partition: int = 0, channels: Sequence[Any] = ()) -> None:
        """Apply events of deadlines in one turn."""
        records = [record(DEADLINES, partition, len(self.records) + number, each) for number, each in enumerate(events)]
        self.records += records
        await self.apply(records, partition, channels)

    async def apply(self, records: Sequence[FakeRecord], partition: int = 0, channels: Sequence[Any] = ()) -> None:
        """Apply records, perhaps again."""
        async with self.office.ledger.turn(partition) as work:
            await following(channels, DAYS)(work, records)

    async def know_issuer(self, *directives: UUID) -> None:
        """Learn who issued directives."""
        for number, key in enumerate(directives or (DIRECTIVE,)):
            await self.office.follow(DIRECTIVES, event(issued(), f"d-{number}", subject=key, key=key, version=1))

    async def said(self) -> list[Event]:
        """Return what was published, in order."""
        return [decode(row["value"]) for row in await self.pool.fetch(JOURNAL)]

    async def levels(self) -> list[tuple[int, UUID, int]]:
        """Return the levels that were told: whom, and how many days late."""
        said = [each.data for each in await self.said() if isinstance(each.data, NoticeEscalated)]
        return [(each.level, each.recipient, each.days_late) for each in said]


def missed_event(name: str = MISSED_ID, data: DeadlineMissed | None = None) -> Event:
    return of_deadline(data or missed(), name)


def of_deadline(data: DeadlineEvent, name: str) -> Event:
    return event(data, name, subject=data.deadline, key=data.directive, source=SOURCE)


@pytest.fixture
async def desk(pool: Pool) -> Desk:
    await pool.execute(CLOCK["create_clock"])
    desk = Desk(pool)
    await desk.step_to(0)
    return desk


@asynccontextmanager
async def running(timers: EscalationTimers, dsn: str) -> AsyncIterator[None]:
    task = asyncio.create_task(timers.run(dsn, SCHEMA))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def quiet(pool: Pool) -> bool:
    due = "SELECT NOT EXISTS (SELECT FROM escalation WHERE fire_at <= (SELECT instant FROM public.office_clock))"
    return bool(await pool.fetchval(due))


async def test_a_miss_is_told_to_the_head_and_then_to_the_issuers_office_each_with_its_event_and_its_notice(desk: Desk) -> None:
    await desk.know_issuer()
    await desk.follow(missed_event())
    for days, expected in ((0.9, 0), (1, 1), (1.5, 0), (3, 1), (30, 0)):
        await desk.step_to(days)
        assert await desk.timers.fire(0) == expected
    assert await desk.levels() == [(1, HOME_AFFAIRS, 1), (2, COMMITTEE, 3)]
    said = [each for each in await desk.said() if getattr(each.data, "rule", "notice-escalated") == "notice-escalated"]
    assert [type(each.data) for each in said] == [NoticeEscalated, NoticeIssued] * 2
    lead_told = id_of((SOURCE, MISSED_ID), "deadline-missed", HOME_AFFAIRS, "inbox")
    for escalated, notice in zip(said[::2], said[1::2], strict=True):
        assert isinstance(escalated.data, NoticeEscalated)
        assert isinstance(notice.data, NoticeIssued)
        assert (escalated.data.notice, notice.data.escalates, notice.data.about) == (lead_told, lead_told, escalated.id)
        assert escalated.time == notice.time
    assert {row["notice"] for row in await desk.pool.fetch("SELECT notice FROM notice WHERE escalates IS NOT NULL")} == {
        UUID(each.id) for each in said[1::2]
    }
    assert await desk.pool.fetchval("SELECT count(*) FROM notice WHERE notice = $1", lead_told) == 1


async def test_what_is_met_in_between_is_told_to_nobody_more(desk: Desk) -> None:
    await desk.know_issuer()
    await desk.follow(missed_event())
    await desk.step_to(1)
    await desk.timers.fire(0)
    await desk.follow(of_deadline(met(on_time=False), "met-1"))
    await desk.step_to(10)
    assert await desk.timers.fire(0) == 0
    assert await desk.levels() == [(1, HOME_AFFAIRS, 1)]


async def test_events_that_are_read_again_from_the_start_bring_nothing_back(desk: Desk) -> None:
    await desk.know_issuer()
    await desk.follow(missed_event(), of_deadline(met(on_time=False), "met-1"))
    await desk.step_to(10)
    await desk.apply(desk.records[:1])
    assert await desk.timers.fire(0) == 0
    assert await desk.levels() == []


async def test_after_downtime_both_levels_are_told_at_once(desk: Desk) -> None:
    await desk.know_issuer()
    await desk.step_to(5)
    await desk.follow(missed_event())
    assert [await desk.timers.fire(0) for _ in range(2)] == [1, 0]
    assert await desk.levels() == [(1, HOME_AFFAIRS, 5), (2, COMMITTEE, 5)]


async def test_a_directive_of_which_nothing_was_read_yet_waits_for_its_issuer(desk: Desk, migrated: str) -> None:
    await desk.follow(missed_event())
    await desk.step_to(4)
    async with running(desk.timers, migrated):
        assert await desk.timers.fire(0) == 0
        await desk.know_issuer()

        async def is_told() -> bool:
            return await desk.levels() == [(1, HOME_AFFAIRS, 4), (2, COMMITTEE, 4)]

        await eventually(is_told, 10)


async def test_nothing_is_told_while_events_of_deadlines_are_still_to_be_read(desk: Desk, migrated: str) -> None:
    await desk.know_issuer()
    await desk.follow(missed_event())
    desk.end = 2
    add = "INSERT INTO checkpoint (topic, partition, topic_id, next_offset) VALUES ($1, 0, gen_random_uuid(), 1)"
    await desk.pool.execute(add, DEADLINES)
    await desk.step_to(10)
    async with running(desk.timers, migrated):
        assert not await desk.timers.may_fire(0)
        # As the worker would once it has read on: the report had been there all the time.
        await desk.follow(of_deadline(met(on_time=False), "met-1"))
        await desk.pool.execute("UPDATE checkpoint SET next_offset = 2")
        assert await desk.timers.may_fire(0)
        await eventually(lambda: quiet(desk.pool))
    assert await desk.levels() == []


async def test_a_turn_that_is_rolled_back_tells_nothing_and_the_next_one_once(desk: Desk) -> None:
    await desk.know_issuer()
    await desk.follow(missed_event())
    await desk.step_to(1)
    with suppress(ZeroDivisionError):
        async with desk.office.ledger.turn(0) as work:
            await fire_escalations(work, DAYS, (), DUE + timedelta(days=1), 50)
            raise ZeroDivisionError
    assert await desk.levels() == []
    assert [await desk.timers.fire(0) for _ in range(2)] == [1, 0]
    assert await desk.levels() == [(1, HOME_AFFAIRS, 1)]


async def test_a_rebuild_from_both_topics_in_either_order_gives_the_same_rows(desk: Desk) -> None:
    await desk.know_issuer()
    await set_many(desk, 4, partitions=1)
    await desk.step_to(1)
    await desk.timers.fire(0)
    await desk.follow(of_deadline(renamed(met(on_time=False), 0, 1), "met-1"))
    live = await desk.pool.fetch(ESCALATION)
    own = [FakeRecord(NOTIFICATIONS, 0, n, 0, row["key"], row["value"]) for n, row in enumerate(await desk.pool.fetch(JOURNAL))]
    for order in ((own, desk.records), (desk.records, own)):
        await desk.pool.execute("TRUNCATE escalation")
        for records in order:
            if records is own:
                async with desk.office.ledger.turn(0) as work:
                    await fold_escalations(work, own, DAYS)
            else:
                await desk.apply(records)
        assert await desk.pool.fetch(ESCALATION) == live
    assert len(own) == len(await desk.said())


def renamed(data: Any, partition: int, number: int) -> Any:
    return msgspec.structs.replace(data, deadline=derived(partition * 1_000 + number))


async def set_many(desk: Desk, count: int, partitions: int) -> None:
    for partition in range(partitions):
        events = [missed_event(f"m-{partition}-{n}", renamed(missed(), partition, n)) for n in range(count)]
        await desk.follow(*events, partition=partition)


async def test_two_workers_race_and_each_level_is_told_once(desk: Desk, migrated: str) -> None:
    await desk.know_issuer()
    await set_many(desk, 80, partitions=3)
    other = await create_pool(migrated, schema=SCHEMA)
    second = EscalationTimers(Ledger(other), "stepped", DAYS, (), nothing_unread, batch=30)
    async with running(desk.timers, migrated), running(second, migrated):
        for days in (1, 3):
            await desk.step_to(days)
            await eventually(lambda: quiet(desk.pool))
    await other.close()
    assert Counter(await desk.levels()) == {(1, HOME_AFFAIRS, 1): 240, (2, COMMITTEE, 3): 240}
    assert await once_each(desk, 480)


async def once_each(desk: Desk, count: int) -> bool:
    ids = [each.id for each in await desk.said() if isinstance(each.data, NoticeEscalated)]
    notices = await desk.pool.fetchval("SELECT count(*) FROM notice WHERE rule = 'notice-escalated' AND channel = 'inbox'")
    return bool(len(ids) == len(set(ids)) == count == notices)


async def test_timers_that_are_killed_again_and_again_tell_each_level_once(desk: Desk, migrated: str) -> None:
    await desk.know_issuer()
    await set_many(desk, 60, partitions=3)
    for days in (1, 3):
        await desk.step_to(days)
        for turns in range(1, 4):
            await kill_after(desk, migrated, 60 * turns // 4)
        async with running(desk.timers, migrated):
            await eventually(lambda: quiet(desk.pool))
    assert Counter(await desk.levels()) == {(1, HOME_AFFAIRS, 1): 180, (2, COMMITTEE, 3): 180}
    assert await once_each(desk, 360)


async def kill_after(desk: Desk, dsn: str, events: int) -> None:
    """Run timers in a process of their own, and kill it once it has told some more levels, or all that were due."""
    before = len(await desk.levels())
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.support.escalating", dsn)

    async def is_far_enough() -> bool:
        return len(await desk.levels()) >= before + events or await quiet(desk.pool)

    try:
        await eventually(is_far_enough, every=0.005)
    finally:
        process.kill()
        await process.wait()


async def test_who_has_a_webhook_is_told_there_too(desk: Desk, migrated: str) -> None:
    await add_webhook(migrated, HOME_AFFAIRS)
    await desk.know_issuer()
    await desk.follow(missed_event())
    await desk.step_to(1)
    timers = EscalationTimers(desk.office.ledger, "stepped", DAYS, WEBHOOK, nothing_unread)
    await timers.fire(0)
    notices = [each.data for each in await desk.said() if isinstance(each.data, NoticeIssued) and each.data.rule == "notice-escalated"]
    assert [each.channel for each in notices] == ["inbox", "webhook"]
    assert len({each.escalates for each in notices} - {None}) == 1
    assert await desk.pool.fetchval("SELECT notice FROM delivery") == notices[1].notice


async def add_webhook(dsn: str, unit: UUID, at: datetime = AT) -> None:
    connection = await connect(dsn, schema=SCHEMA)
    contact = derived(9_999)
    await connection.execute(
        "INSERT INTO contact (id, unit, kind, value, changed_at) VALUES ($1, $2, 'webhook', 'https://hook.example.vn/', $3)",
        contact,
        unit,
        at,
    )
    await connection.execute("INSERT INTO webhook_secret (contact, made_at, secret) VALUES ($1, $2, 'sealed')", contact, at)
    await connection.close()
