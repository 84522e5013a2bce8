"""What an installation of the version before the whole catalogue of facts holds, brought up to date."""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import pytest

from services.deadlines.handlers import FACTS
from services.directives import histories
from services.directives.domain import fold
from services.directives.repository import past_of, read_streams
from services.directives.waiting import TurnTooLargeError
from services.notifications.handlers import DEADLINES, DIRECTIVES
from services.schemas import sources_of
from shared.contracts.codes import canonical_code
from shared.contracts.directives import DeadlineClause
from shared.contracts.registry import CalendarAmended, DayOff, calendar_key
from shared.contracts.tasks import TaskCompleted
from shared.contracts.work import PlanSubmitted, ReportSubmitted
from shared.journal.unit_of_work import Ledger
from shared.migrations import migrate
from shared.postgres import connect, create_pool
from shared.sql import Queries
from tests.support import deadline_office, facts, notices, registry
from tests.support.deadline_office import HOME_AFFAIRS, P1, T1, assigned, issued, registered, vn
from tests.support.facts import COMMITTEE, CONFERENCE, DIRECTIVE, OFFICE, PLAN, TASK, event
from tests.support.notice_office import Office as NoticeOffice
from tests.support.records import record

QUERIES = Queries("tests.support", "upgrade.sql")
PLANNED = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
REPORTED = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="trong thời hạn 10 ngày kể từ ngày ký")


CODES = ("H10", "000.00.00.H49", "002.00.20.H13", "H10.021.003", "h11 ", "H12.0.7", "H12.7.00", "một mã", "T01.00A.05", "000.00.01.H49.G")


async def upgrade(dsn: str, schema: str, left_behind: str, *more: tuple[str, Any]) -> None:
    """Leave in a schema what the version before left behind, and bring it up to date."""
    connection = await connect(dsn, schema=schema)
    try:
        await connection.execute(QUERIES[left_behind])
        for query, values in more:
            await connection.execute(QUERIES[query], *values)
        await migrate(connection, schema, sources_of(schema))
    finally:
        await connection.close()


def earlier_state() -> str:
    """Return a directive's state as the version before kept it: a plan is final or not, a conference held or not, a task has its units."""
    units = f'["{facts.HOME_AFFAIRS}",["{OFFICE}"]]'
    works = f'"tasks":{{"{TASK}":{units}}},"plans":{{"{PLAN}":["{TASK}","{facts.HOME_AFFAIRS}",false]}}'
    return f'{{"is":"directive","issuer":"{COMMITTEE}",{works},"conferences":{{"{CONFERENCE}":[["{TASK}"],true]}}}}'


async def test_the_registrar_goes_on_from_states_that_it_folds_anew(database: str) -> None:
    async with registry.open_office(database) as office:
        for unit, code in ((COMMITTEE, "H10"), (facts.HOME_AFFAIRS, "H10.1"), (OFFICE, "H10.2")):
            await office.take(event(facts.unit(code=code), id=code, subject=unit, key=unit))
        await office.take(
            event(facts.directive(number=15, issued_on=date(2021, 4, 2)), id="issued", subject=DIRECTIVE),
            event(facts.task(deadlines=(PLANNED,)), id="assigned", subject=TASK),
            event(facts.plan(), id="draft", subject=PLAN),
            event(facts.scheduled(), id="scheduled", subject=CONFERENCE),
            event(facts.held(), id="held", subject=CONFERENCE),
        )
        await upgrade(database, "registrar", "forget_registrar", ("put_state", (DIRECTIVE, earlier_state())))
        office.restart()
        receipts = await office.take(
            event(facts.requested(), id="requested", subject=facts.REQUEST),
            event(facts.plan(is_final=True), id="final", subject=PLAN),
            event(facts.directive(number=15, issued_on=date(2021, 4, 2)), id="issued again", subject=DIRECTIVE),
        )
        assert [receipt["outcome"] for receipt in receipts] == ["registered", "registered", "refused"]
        assert await office.codes() == ["directive-already-issued"]
        history = [past_of(each) for each in await office.events() if each.partitionkey == str(DIRECTIVE)]
        async with office.pool.acquire() as connection:
            (stream,) = await read_streams(connection, [DIRECTIVE])
        assert (stream.version, stream.state) == (7, fold(history))


async def test_states_that_are_too_much_for_one_turn_are_folded_in_several(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with registry.open_office(database) as office:
        home = office.partition_of(COMMITTEE)
        units = [COMMITTEE, next(unit for n in range(99) if office.partition_of(unit := UUID(int=n)) == home)]
        await office.take(*(event(facts.unit(code=f"H{n}"), id=f"H{n}", subject=unit, key=unit) for n, unit in enumerate(units)))
        await upgrade(database, "registrar", "forget_registrar")
        office.restart()
        monkeypatch.setattr(histories, "MAX_JUDGED_AGAIN", 1)
        again = [office.place(event(facts.unit(), id=f"{unit} again", subject=unit, key=unit)) for unit in units]
        with pytest.raises(TurnTooLargeError):
            await office.judge(*again)
        for each in again:
            await office.judge(each)
        assert await office.codes() == ["unit-already-registered"] * 2


async def test_codes_are_claimed_in_their_one_form(database: str) -> None:
    owners = {code: uuid5(COMMITTEE, code) for code in CODES}
    async with registry.open_office(database) as office:
        await upgrade(database, "registrar", "forget_registrar", *(("claim_code", pair) for pair in owners.items()))
        rows = await office.pool.fetch(QUERIES["read_codes"])
    assert {row["name"]: row["owner"] for row in rows} == {canonical_code(code): owner for code, owner in owners.items()}


async def test_of_two_codes_of_one_form_the_unit_that_was_written_so_keeps_it(database: str) -> None:
    async with registry.open_office(database) as office:
        codes = [("claim_code", ("000.00.00.H49", OFFICE)), ("claim_code", ("H49", COMMITTEE))]
        await upgrade(database, "registrar", "forget_registrar", *codes)
        assert [tuple(row) for row in await office.pool.fetch(QUERIES["read_codes"])] == [("H49", COMMITTEE)]


async def test_deadlines_learn_what_they_took_before_and_say_none_of_it_again(database: str) -> None:
    async with deadline_office.open_office(database) as office:
        await office.step_to(vn(9))
        await office.take(issued(vn(6), issued_on=vn(5)), assigned(PLANNED, REPORTED, received=vn(6)))
        draft = PlanSubmitted(task=T1, submitted_by=HOME_AFFAIRS, stage="draft", title="Kế hoạch")
        await office.take(registered(draft, P1, 3, vn(8)))
        said = await office.names()
        assert said == ["set", "set", "met"]
        await upgrade(database, "deadlines", "forget_deadlines", ("put_checkpoint", (0, 3)))
        assert await office.pool.fetchval(QUERIES["read_checkpoint"], 0) is None
        before = list(office.taken)
        async with deadline_office.join_office(database) as upgraded:
            for each in before:
                await upgraded.take_again(each)
            assert await upgraded.names() == said
            report = ReportSubmitted(task=T1, submitted_by=HOME_AFFAIRS, title="Báo cáo")
            await upgraded.take_again(record(FACTS, 0, 3, registered(report, UUID(int=1), 4, vn(9))))
            assert await upgraded.names() == [*said, "met"]


async def test_known_and_new_facts_may_come_in_one_run(database: str) -> None:
    async with deadline_office.open_office(database) as office:
        await office.step_to(vn(9))
        await office.take(issued(vn(6), issued_on=vn(5)), assigned(PLANNED, received=vn(6)))
        await upgrade(database, "deadlines", "forget_deadlines", ("put_checkpoint", (0, 2)))
        draft = PlanSubmitted(task=T1, submitted_by=HOME_AFFAIRS, stage="draft", title="Kế hoạch")
        new = record(FACTS, 0, 2, registered(draft, P1, 3, vn(8)))
        async with deadline_office.join_office(database) as upgraded:
            await upgraded.take_again(*office.taken, new)
            assert await upgraded.names() == ["set", "met"]


async def test_a_calendar_moves_nothing_in_a_partition_that_is_still_learning(database: str) -> None:
    async with deadline_office.open_office(database) as office:
        await office.step_to(vn(7))
        await office.take(issued(vn(6), issued_on=vn(5)), assigned(REPORTED, received=vn(6)))
        await upgrade(database, "deadlines", "forget_deadlines", ("put_checkpoint", (0, 2)))
        year = CalendarAmended(year=2021, days_off=(DayOff(day=date(2021, 4, 15), name="Nghỉ bù"),), notice="Thông báo")
        async with deadline_office.join_office(database) as upgraded:
            await upgraded.take(registered(year, calendar_key(2021), 1, vn(7), key=calendar_key(2021)), partition=1)
            await upgraded.take_again(office.taken[0])
            await upgraded.recalculation.catch_up()
            assert await upgraded.names() == ["set"]
            await upgraded.take_again(office.taken[1])
            await upgraded.pool.execute(QUERIES["put_checkpoint"], 0, 2)
            await upgraded.recalculation.catch_up()
            assert await upgraded.names() == ["set", "changed"]


async def test_deadlines_are_not_brought_up_to_date_past_a_parked_fact(database: str) -> None:
    async with deadline_office.open_office(database):
        with pytest.raises(asyncpg.RaiseError, match="deadlines has parked records"):
            await upgrade(database, "deadlines", "forget_deadlines", ("park", ()))


async def test_notifications_learn_rolls_again_and_tell_nobody_twice(database: str) -> None:
    await migrate_notifications(database)
    pool = await create_pool(database, schema="notifications")
    try:
        office = NoticeOffice(Ledger(pool))
        first = [
            notices.event(notices.issued(), "issued", subject=notices.DIRECTIVE, version=1),
            notices.event(notices.assigned(), "assigned", version=2),
        ]
        await office.follow(DIRECTIVES, *first)
        await office.follow(DEADLINES, notices.event(notices.missed(), notices.MISSED_ID))
        told = await office.published()
        await upgrade(database, "notifications", "forget_notifications", ("put_checkpoint", (0, 2)))
        assert await pool.fetchval(QUERIES["read_checkpoint"], 0) is None
        upgraded = NoticeOffice(Ledger(pool))
        await upgraded.follow(DIRECTIVES, *first, offsets=[0, 1])
        assert await upgraded.published() == told
        done = TaskCompleted(completed_by=notices.HOME_AFFAIRS, summary="Đã xong")
        await upgraded.follow(DIRECTIVES, notices.event(done, "completed", version=3))
        assert [data.recipient for data, _ in (await upgraded.published())[len(told) :]] == [notices.COMMITTEE]
    finally:
        await pool.close()


async def migrate_notifications(dsn: str) -> None:
    """Make the schema of notifications."""
    connection = await connect(dsn, schema="public")
    await migrate(connection, "notifications", sources_of("notifications"))
    await connection.close()


async def test_a_migration_may_take_longer_than_other_statements(database: str) -> None:
    connection = await asyncpg.connect(database, command_timeout=0.5)
    try:
        assert await migrate(connection, "large", [("slow", "SELECT pg_sleep(1)")]) == ["slow"]
    finally:
        await connection.close()
