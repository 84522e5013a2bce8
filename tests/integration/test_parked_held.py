"""What a parked key holds back, as each service knows it from its own tables and from the parked events themselves."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from services.deadlines.handlers import FACTS as DEADLINE_FACTS
from services.held import OUTLOOKS
from services.notifications.handlers import DEADLINES
from services.schemas import OWN
from services.setup_command import migrate_all
from shared.contracts.directives import DeadlineClause
from shared.contracts.tasks import TaskCompleted
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool, create_pool
from shared.streaming.bulk import Choice, choose
from shared.streaming.held import MOST_KEYS, Held, Thing, read_held
from shared.streaming.queries import QUERIES as STREAMING
from tests.support import april, facts, notices
from tests.support.april import DIRECTIVE, FACTS, HOME_AFFAIRS, PLAN_TASK, Journal, hanoi
from tests.support.deadline_office import D1, T1, assigned, deadline_id, issued, join_office, registered, vn
from tests.support.notice_office import Office as NoticeOffice
from tests.support.parking import park
from tests.support.read_model import apply
from tests.support.records import FakeRecord, record
from tests.support.registry import open_office as open_registry

DRAFT = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
FINAL = DeadlineClause(name="hoàn chỉnh", met_by="plan-submitted", phrase="trước ngày 14/4/2021", plan_stage="final")


@pytest.fixture
async def pools(database: str) -> AsyncIterator[dict[str, Pool]]:
    await migrate_all(database)
    opened = {schema: await create_pool(database, schema=schema, size=4) for schema in OWN}
    yield opened
    for pool in opened.values():
        await pool.close()


async def held(pools: dict[str, Pool], schema: str) -> Held:
    return await read_held(pools[schema], OUTLOOKS[schema], await choose(pools[schema], Choice()))


async def test_the_read_model_names_the_directive_its_tasks_and_open_deadlines(pools: dict[str, Pool], database: str) -> None:
    journal = Journal()
    journal.open_office(hanoi(1))
    journal.issue(hanoi(6))
    await apply(pools["directives"], journal)
    done = journal.register(PLAN_TASK, TaskCompleted(completed_by=HOME_AFFAIRS, summary="Đã xong"), hanoi(9))
    await park(database, "directives", done, "KeyError: 1")
    found = await held(pools, "directives")
    assert found.counts() == {"directive": 1, "task": 4, "deadline": len(journal.deadlines)}
    assert found.of("directive")[0].title.endswith(april.ISSUED.subject)
    assert found.types == {"task-completed": 1}
    assert {thing.risk for thing in found.of("deadline")} == {"unseen"}
    dues = [thing.due for thing in found.of("deadline") if thing.due]
    assert (found.first_due, dues) == (min(dues), sorted(dues))
    assert {each.id for each in found.of("directive")} == {str(DIRECTIVE)}


async def test_deadlines_say_which_timers_go_by_old_facts_and_which_deadlines_have_none(pools: dict[str, Pool], database: str) -> None:
    async with join_office(database) as office:
        await office.step_to(vn(9))
        await office.take(issued(vn(6), issued_on=vn(5)), assigned(DRAFT, FINAL, received=vn(6)))
    other = facts.named("another task")
    await park(database, "deadlines", record(DEADLINE_FACTS, 0, 7, assigned(DRAFT, received=vn(8), task=other, version=3)), "KeyError: 1")
    late = TaskCompleted(completed_by=HOME_AFFAIRS, summary="Đã xong")
    await park(database, "deadlines", record(DEADLINE_FACTS, 0, 8, registered(late, T1, 4, vn(9))), "behind", is_follower=True)
    first, second, parked = (await held(pools, "deadlines")).of("deadline")
    assert [first.id, second.id] == [str(deadline_id(T1, "hoàn chỉnh")), str(deadline_id(T1, "dự thảo"))]
    assert (first.due, first.risk, first.stage) == (vn(14), "stale", "approaching")
    assert first.at == vn(8)
    assert (parked.risk, parked.due, parked.title) == ("unset", None, "dự thảo: trước ngày 16/4/2021")
    assert {thing.id for thing in (await held(pools, "deadlines")).of("task")} == {str(T1), str(other)}


async def test_a_deadline_that_is_met_is_held_back_no_more(pools: dict[str, Pool], database: str) -> None:
    async with join_office(database) as office:
        await office.step_to(vn(9))
        plan = registered(facts.plan(of=T1, is_final=True), facts.PLAN, 3, vn(8))
        await office.take(issued(vn(6), issued_on=vn(5)), assigned(DRAFT, received=vn(6)), plan)
    await park(database, "deadlines", FakeRecord(DEADLINE_FACTS, 0, 9, 0, str(D1).encode(), b"?"), "not an event of ours")
    assert (await held(pools, "deadlines")).counts() == {"task": 1}


async def test_notifications_name_the_notices_that_are_not_sent(pools: dict[str, Pool], database: str) -> None:
    office = NoticeOffice(Ledger(pools["notifications"]))
    await office.follow("directives.events.v1", notices.event(notices.issued(), "d-1", subject=notices.DIRECTIVE, version=1))
    missed = notices.event(notices.missed(), notices.MISSED_ID, source="/services/deadlines")
    await park(database, "notifications", record(DEADLINES, 0, 5, missed), "ValueError: once")
    found = await held(pools, "notifications")
    assert found.of("notice") == [Thing("notice", notices.MISSED_ID, "deadline-missed", risk="untold")]
    assert [(thing.id, thing.due) for thing in found.of("deadline")] == [(str(notices.DEADLINE), notices.DUE)]
    assert [thing.id for thing in found.of("task")] == [str(notices.TASK)]


async def test_the_registrar_names_what_it_registered_under_the_key(pools: dict[str, Pool], database: str) -> None:
    async with open_registry(database) as office:
        for unit, code in ((facts.COMMITTEE, "H10"), (facts.HOME_AFFAIRS, "H10.1"), (facts.OFFICE, "H10.2")):
            await office.take(facts.event(facts.unit(code=code), id=code, subject=unit, key=unit))
        await office.take(
            facts.event(facts.directive(), id="issued", subject=facts.DIRECTIVE), facts.event(facts.task(), id="task", subject=facts.TASK)
        )
    await park(database, "registrar", FakeRecord("directives.inbox.v1", 0, 9, 0, str(facts.DIRECTIVE).encode(), b"?"), "KeyError: 1")
    await park(database, "registrar", FakeRecord("directives.inbox.v1", 0, 8, 0, str(facts.OFFICE).encode(), b"?"), "KeyError: 1")
    assert [(thing.kind, thing.title) for thing in (await held(pools, "registrar")).things] == [
        ("unit", "H10.2"),
        ("directive", f"UBND-NC: {facts.directive().subject}"),
        ("task", "1.b: Lập kế hoạch hội nghị công bố chỉ số"),
    ]


async def test_what_no_service_can_read_holds_back_nothing_that_is_known(pools: dict[str, Pool], database: str) -> None:
    await park(database, "forwarder", FakeRecord("publishers.a.v1", 0, 1, 0, b"\xff", b"?"), "KeyError: 1")
    await park(database, "directives", FakeRecord(FACTS, 0, 1, 0, b"\xff", None), "KeyError: 1")
    for schema in ("forwarder", "directives"):
        assert (await held(pools, schema)).things == []


async def test_a_state_secret_is_not_named(pools: dict[str, Pool], database: str) -> None:
    secret = facts.event(replace(facts.directive(), security="mat"), id="x", subject=facts.DIRECTIVE)
    await park(database, "directives", record(FACTS, 0, 1, secret), "x")
    assert (await held(pools, "directives")).of("directive") == [Thing("directive", str(facts.DIRECTIVE))]


async def test_where_too_many_keys_are_parked_only_some_are_looked_through(pools: dict[str, Pool]) -> None:
    assert not (await held(pools, "directives")).is_part
    for offset in range(MOST_KEYS + 1):
        names: tuple[object, ...] = ("facts", 0, offset, b"%d" % offset, None, [], [], "x", False)
        await pools["directives"].execute(STREAMING["park"], *names)
    assert (await held(pools, "directives")).is_part
