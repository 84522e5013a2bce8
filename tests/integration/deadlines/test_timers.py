"""Timers fire on a real PostgreSQL: once, in time, by one worker or by several, whatever is rolled back between."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from services.deadlines.agents import rebuild_deadlines
from services.deadlines.domain.due import Policy
from services.deadlines.handlers import TOPIC, fire_stages
from services.deadlines.projections import RuleBook
from services.deadlines.timers import Timers
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from shared.contracts.directives import DeadlineClause
from shared.contracts.work import PlanSubmitted
from shared.envelope import Event
from shared.errors import UnavailableError
from shared.journal.unit_of_work import UnitOfWork
from tests.support.deadline_office import (
    D1,
    HOME_AFFAIRS,
    P1,
    SCHEMA,
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
from tests.support.waiting import eventually

if TYPE_CHECKING:
    import asyncpg

DRAFT = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")


def plan(version: int, received: int, registered_on: int | None = None) -> Event:
    data = PlanSubmitted(task=T1, submitted_by=HOME_AFFAIRS, stage="draft", title="Kế hoạch")
    return registered(data, P1, version, vn(received), registered_at=vn(registered_on or received))


@pytest.fixture
async def office(database: str) -> AsyncIterator[DeadlineOffice]:
    async with open_office(database) as office:
        await office.step_to(vn(6))
        yield office


@asynccontextmanager
async def running(timers: Timers, dsn: str) -> AsyncIterator[None]:
    task = asyncio.create_task(timers.run(dsn, SCHEMA))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def set_many(office: DeadlineOffice, count: int, partitions: int) -> None:
    for partition in range(partitions):
        tasks = [deadline_id(T1, f"{partition}/{n}") for n in range(count)]
        facts = [assigned(DRAFT, received=vn(5), task=task, version=n + 2) for n, task in enumerate(tasks)]
        await office.take(*facts, partition=partition)


async def test_stages_fire_in_order_each_at_its_instant(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    said = []
    for day in (11, 12, 13, 14, 15, 16, 17):
        await office.step_to(vn(day))
        before = len(await office.said())
        await office.timers.fire(0)
        said += [(day, event.data.NAME, event.data.stage_at) for event in (await office.said())[before:]]
    assert said == [(12, "deadline-approaching", vn(12)), (14, "deadline-approaching", vn(14)), (16, "deadline-missed", vn(16))]


async def test_nothing_fires_a_moment_before_its_instant(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    await office.step_to(vn(11, hour=23, minute=59))
    assert await office.timers.fire(0) == 0
    assert await office.names() == ["set"]


async def test_after_downtime_only_what_is_still_true_is_said_with_how_late(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    await office.step_to(vn(16, hour=2))
    for _ in range(2):
        await office.timers.fire(0)
    assert await office.names() == ["set", "missed"]
    last = (await office.said())[-1].data
    assert isinstance(last, DeadlineMissed)
    assert last.late_by_seconds == 7200


async def test_a_met_deadline_fires_nothing_more(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, received=vn(5)), plan(3, 10))
    await office.step_to(vn(20))
    await office.timers.fire(0)
    assert await office.names() == ["set", "met"]


async def test_a_fact_from_before_due_turns_missed_into_met_and_names_it(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    await office.step_to(vn(16))
    await office.timers.fire(0)
    await office.take(plan(3, 15, registered_on=16))
    _, missed, met = await office.said()
    assert isinstance(met.data, DeadlineMet)
    assert (met.data.on_time, met.data.corrects) == (True, missed.id)


async def test_a_turn_that_is_rolled_back_fires_nothing_and_the_next_fires_once(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    await office.step_to(vn(16))
    with suppress(ZeroDivisionError):
        async with office.ledger.turn(0) as work:
            await rolled_back(office, work)
    assert await office.names() == ["set"]
    await office.timers.fire(0)
    await office.timers.fire(0)
    assert await office.names() == ["set", "missed"]


async def rolled_back(office: DeadlineOffice, work: UnitOfWork) -> None:
    await fire_stages(work, await office.book.current(work.connection), vn(16), 500)
    raise ZeroDivisionError


async def test_two_workers_race_and_each_stage_fires_once(office: DeadlineOffice, database: str) -> None:
    await set_many(office, 300, partitions=3)
    async with join_office(database) as other:
        first, second = (Timers(each.ledger, each.book, "stepped", batch=50) for each in (office, other))
        async with running(first, database), running(second, database):
            for day in (12, 14, 16):
                await office.step_to(vn(day))
                await eventually(lambda: quiet(office))
    fired = Counter((event.subject, event.type, event.data.stage_at) for event in await office.said() if hasattr(event.data, "stage_at"))
    assert len(fired) == 3 * 900
    assert set(fired.values()) == {1}


async def quiet(office: DeadlineOffice) -> bool:
    clock = "SELECT instant FROM public.office_clock"
    return bool(await office.pool.fetchval(f"SELECT NOT EXISTS (SELECT FROM progress WHERE fire_at <= ({clock}))"))  # noqa: S608


async def test_a_turn_sees_to_one_batch_only(office: DeadlineOffice) -> None:
    await set_many(office, 120, partitions=1)
    await office.step_to(vn(16))
    timers = Timers(office.ledger, office.book, "stepped", batch=50)
    assert [await timers.fire(0) for _ in range(4)] == [50, 50, 20, 0]
    assert Counter(await office.names()) == {"set": 120, "missed": 120}


async def test_one_locked_partition_does_not_hold_up_the_others(office: DeadlineOffice, database: str) -> None:
    await set_many(office, 2, partitions=3)
    async with join_office(database) as other, other.ledger.turn(1) as holder, running(office.timers, database):
        await office.step_to(vn(16))

        async def has_fired() -> bool:
            await holder.connection.execute("SELECT 1")  # a holder that stood still would lose its lock after 5 s
            return Counter(await office.names()) == {"set": 6, "missed": 4}

        await eventually(has_fired, 20.0)


async def test_a_timer_that_another_policy_planned_is_planned_anew(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    await office.step_to(vn(12))
    timers = Timers(office.ledger, RuleBook(Policy(approaching=(1,))), "stepped", batch=500)
    assert [await timers.fire(0) for _ in range(2)] == [1, 0]
    assert await office.names() == ["set"]
    assert await office.pool.fetchval("SELECT fire_at FROM progress") == vn(14)


async def test_by_the_machines_clock_what_has_passed_is_missed_at_once(office: DeadlineOffice, database: str) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    async with running(Timers(office.ledger, office.book, "system", batch=500), database):

        async def is_missed() -> bool:
            return await office.names() == ["set", "missed"]

        await eventually(is_missed, 5.0)
    event = (await office.said())[-1]
    assert event.registeredtime is not None
    assert int((event.registeredtime - vn(16)).total_seconds()) == event.data.late_by_seconds


async def test_nothing_is_stamped_before_the_stepped_clock_is_set(office: DeadlineOffice) -> None:
    await office.pool.execute("DELETE FROM public.office_clock")
    with pytest.raises(UnavailableError):
        await office.take(assigned(DRAFT, received=vn(5)))
    assert await office.names() == []


async def test_running_timers_wake_for_a_deadline_that_was_just_set(office: DeadlineOffice, database: str) -> None:
    async with running(office.timers, database):
        await office.step_to(vn(16))
        await office.take(assigned(DRAFT, received=vn(5)))

        async def is_missed() -> bool:
            return await office.names() == ["set", "missed"]

        await eventually(is_missed, 5.0)


async def cut_listener(office: DeadlineOffice) -> bool:
    listeners = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%dondoc_timers%' AND datname = current_database()"
    return bool(await office.pool.fetchval(f"SELECT count(pg_terminate_backend(pid)) {listeners}"))


async def test_timers_go_on_after_their_connections_were_cut(office: DeadlineOffice, database: str) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    async with running(office.timers, database):
        await eventually(lambda: cut_listener(office))
        await office.step_to(vn(12))

        async def is_near() -> bool:
            return await office.names() == ["set", "approaching"]

        await eventually(is_near, 30.0)


class _CutOff(Timers):
    """Timers that lose their connection once, after a turn was planned and before it began."""

    connection: "asyncpg.Connection[Any] | None" = None

    async def _watch_with(self, connection: "asyncpg.Connection[Any]") -> None:
        if self.connection is None:
            self.connection = connection
        await super()._watch_with(connection)

    async def _sleep(self, now: datetime, ahead: Sequence[datetime]) -> None:
        if self.connection is not None and not self.connection.is_closed():
            self.connection.terminate()
        else:
            await super()._sleep(now, ahead)


async def test_a_turn_that_is_given_up_before_it_began_is_begun_again(office: DeadlineOffice, database: str) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    await office.step_to(vn(12))
    async with running(_CutOff(office.ledger, office.book, "stepped", batch=10), database):

        async def is_near() -> bool:
            return await office.names() == ["set", "approaching"]

        await eventually(is_near, 5.0)


async def test_a_rebuild_from_what_was_said_gives_the_same_rows(office: DeadlineOffice) -> None:
    await office.take(issued(vn(5)), assigned(DRAFT, received=vn(5)))
    await set_many(office, 3, partitions=1)
    for day in (12, 16):
        await office.step_to(vn(day))
        await office.timers.fire(0)
    await office.take(plan(3, 15, registered_on=16))
    tables = [await dump(office, table) for table in ("deadline", "progress")]
    rows = await office.rows()
    await office.pool.execute("TRUNCATE deadline, progress")
    records = [FakeRecord(TOPIC, 0, n, 0, row["key"], row["value"], (("cause", row["cause"].encode()),)) for n, row in enumerate(rows)]
    async with office.ledger.turn(0) as work:
        await rebuild_deadlines(office.book)(work, records)
    assert [await dump(office, table) for table in ("deadline", "progress")] == tables
    assert len(await office.rows()) == len(rows)


async def dump(office: DeadlineOffice, table: str) -> list[str]:
    return sorted(row[0] for row in await office.pool.fetch(f"SELECT t::text FROM {table} AS t"))  # noqa: S608


async def test_reminders_say_how_many_working_days_are_left(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    for day in (12, 14):
        await office.step_to(vn(day))
        await office.timers.fire(0)
    near = [event.data for event in await office.said() if isinstance(event.data, DeadlineApproaching)]
    assert [(data.working_days_left, data.late_by_seconds) for data in near] == [(3, 0), (1, 0)]
    assert {data.directive for data in near} == {D1}
