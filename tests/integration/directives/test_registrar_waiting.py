"""Facts that come before what they need: they wait, are released in the order of arrival, and are refused when their time is up."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from deploy.local.infrastructure import Infrastructure
from services.directives.repository import read_streams
from services.directives.verdicts import EVENTS
from services.directives.waiting import Limits, TurnTooLargeError
from shared.contracts.directives import DirectiveRecalled
from shared.contracts.verdicts import FactExpired, FactRefused, FactReleased, FactWaiting
from shared.envelope import Event, content_digest, decode
from tests.support import facts
from tests.support.facts import COMMITTEE, CONFERENCE, DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, REPORT, TASK, event
from tests.support.registry import NOW, Office, open_office

UNITS = [
    event(facts.unit(code=code), id=f"unit {code}", subject=unit, key=unit)
    for unit, code in ((COMMITTEE, "H10"), (HOME_AFFAIRS, "H10.1"), (OFFICE, "H10.2"))
]
ISSUED = event(facts.directive(), id="issued", subject=DIRECTIVE)
ASSIGNED = event(facts.task(), id="assigned", subject=TASK)
DRAFT = event(facts.plan(), id="draft", subject=PLAN)
FINAL = event(facts.plan(is_final=True), id="final", subject=PLAN)
SCHEDULED = event(facts.scheduled(), id="scheduled", subject=CONFERENCE)
HELD = event(facts.held(), id="held", subject=CONFERENCE)
REPORTED = event(facts.report(), id="report", subject=REPORT)
STORY = (ISSUED, ASSIGNED, DRAFT, FINAL, SCHEDULED, HELD, REPORTED)
MONTH = timedelta(days=30)


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        await opened.take(*UNITS)
        yield opened


def of_directive(events: list[Event]) -> list[str]:
    return [each.id for each in events if each.partitionkey == str(DIRECTIVE)]


async def state_of(office: Office, key: UUID = DIRECTIVE) -> object:
    async with office.pool.acquire() as connection:
        (stream,) = await read_streams(connection, [key])
    return stream.state


async def waiting(office: Office) -> list[str]:
    return (await office.tables())["waiting"]


async def test_a_fact_that_comes_before_its_directive_waits_and_is_told_for_what_and_until_when(office: Office) -> None:
    (receipt,) = await office.take(ASSIGNED)
    (told,) = await office.verdicts()
    assert told == FactWaiting(
        fact_id="assigned", fact_source=ASSIGNED.source, fact_type=ASSIGNED.type, needs="directive", needed_id=str(DIRECTIVE),
        expires_at=NOW + MONTH, digest=content_digest(ASSIGNED).hex(),
    )  # fmt: skip
    assert (receipt["outcome"], receipt["need_kind"], receipt["need_id"]) == ("waiting", "directive", str(DIRECTIVE))
    assert (receipt["expires_at"], receipt["publisher"], receipt["version"]) == (NOW + MONTH, "api", None)


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_waiting_fact_is_registered_once_what_it_needs_is(office: Office, is_restarted: bool) -> None:  # noqa: FBT001
    record = office.place(ASSIGNED)
    await office.judge(record)
    if is_restarted:
        office.restart()
    await office.take(ISSUED)
    receipt = await office.receipt(record)
    rows = [row for row in await office.journal(EVENTS) if row["key"] == str(DIRECTIVE).encode()]
    assert (receipt["outcome"], receipt["version"], receipt["position"]) == ("registered", 2, rows[1]["position"])
    assert rows[1]["cause"] == f"directives.inbox.v1/{record.partition}/{record.offset}"
    assert isinstance((await office.verdicts())[-1], FactReleased)
    assert await waiting(office) == []


async def test_a_whole_life_in_the_wrong_order_in_one_batch_comes_out_right(office: Office, infrastructure: Infrastructure) -> None:
    receipts = await office.take(*reversed(STORY))
    assert {receipt["outcome"] for receipt in receipts if receipt["version"]} == {"registered"}
    assert len(of_directive(await office.events())) == len(STORY) - 1  # a draft after the final one is refused, whoever is first
    infrastructure.postgres.create_database("in_order")
    async with open_office(infrastructure.postgres.dsn("in_order")) as other:
        await other.take(*UNITS)
        await other.take(ISSUED, ASSIGNED, FINAL, SCHEDULED, HELD, REPORTED)
        assert await state_of(other) == await state_of(office)
    infrastructure.postgres.drop_database("in_order")


@pytest.mark.parametrize("order", list(itertools.permutations((ISSUED, ASSIGNED, SCHEDULED, HELD)))[::3])
async def test_one_batch_and_many_processes_come_to_the_same_in_any_order(
    office: Office, infrastructure: Infrastructure, order: tuple[Event, ...]
) -> None:
    await office.take(*order)
    infrastructure.postgres.create_database("one_by_one")
    async with open_office(infrastructure.postgres.dsn("one_by_one")) as other:
        await other.take(*UNITS)
        for each in order:
            other.restart()
            await other.take(each)
        assert await other.tables() == await office.tables()
    infrastructure.postgres.drop_database("one_by_one")
    assert sorted(of_directive(await office.events())) == ["assigned", "held", "issued", "scheduled"]


async def test_what_waits_for_the_same_thing_is_released_in_the_order_of_arrival(office: Office) -> None:
    await office.take(REPORTED, DRAFT, FINAL, SCHEDULED)
    office.restart()
    await office.take(HELD, ISSUED)
    assert of_directive(await office.events()) == ["issued"]
    await office.take(ASSIGNED)
    assert of_directive(await office.events()) == ["issued", "assigned", "report", "draft", "final", "scheduled", "held"]


async def test_a_fact_that_needs_one_thing_after_another_says_so_each_time_and_keeps_its_last_day(office: Office) -> None:
    record = office.place(DRAFT)
    await office.judge(record)
    office.now = NOW + timedelta(days=2)
    await office.take(ISSUED)
    receipt = await office.receipt(record)
    told = [said for said in await office.verdicts() if isinstance(said, FactWaiting)]
    assert [(said.needs, said.expires_at) for said in told] == [("directive", NOW + MONTH), ("task", NOW + MONTH)]
    assert (receipt["outcome"], receipt["need_kind"], receipt["need_id"], receipt["expires_at"]) == (
        "waiting",
        "task",
        str(TASK),
        NOW + MONTH,
    )
    assert receipt["position"] == receipt["waiting_position"] == 2


async def test_the_repeat_of_a_waiting_fact_is_its_duplicate_and_waits_no_second_time(office: Office) -> None:
    first, second = await office.take(ASSIGNED, ASSIGNED)
    office.restart()
    (third,) = await office.take(ASSIGNED)
    assert [receipt["outcome"] for receipt in (first, second, third)] == ["waiting", "duplicate", "duplicate"]
    assert second["original_offset"] == third["original_offset"] == first["kafka_offset"]
    await office.take(ISSUED)
    assert of_directive(await office.events()) == ["issued", "assigned"]


async def test_another_fact_under_the_id_of_a_waiting_one_is_refused(office: Office) -> None:
    await office.take(ASSIGNED, event(facts.report(), id="assigned", subject=REPORT))
    assert await office.codes() == ["id-reused"]


async def test_a_waiting_fact_that_the_rules_refuse_in_the_end_is_refused_then(office: Office) -> None:
    again = event(facts.task(), id="assigned again", subject=TASK)
    records = [office.place(each) for each in (ASSIGNED, again)]
    await office.judge(*records)
    office.restart()
    await office.take(ISSUED)
    assert [(await office.receipt(record))["outcome"] for record in records] == ["registered", "refused"]
    assert await office.codes() == ["task-already-assigned"]
    assert await waiting(office) == []


async def test_what_waits_under_a_recalled_directive_is_refused(office: Office) -> None:
    await office.take(ISSUED)
    record = office.place(DRAFT)
    await office.judge(record)
    await office.take(event(DirectiveRecalled(reason="Ban hành nhầm"), id="recalled", subject=DIRECTIVE))
    assert (await office.receipt(record))["outcome"] == "refused"
    assert await office.codes() == ["directive-recalled"]


async def test_a_waiting_fact_takes_no_names(office: Office) -> None:
    await office.take(ASSIGNED, DRAFT)
    assert [row for row in (await office.tables())["claim"] if "unit-code" not in row] == []


async def test_more_than_may_wait_under_a_key_is_refused_until_there_is_room_again(office: Office) -> None:
    office.limits = Limits(facts=2)
    office.restart()
    third = event(facts.report(), id="third", subject=REPORT)
    await office.take(DRAFT, ASSIGNED, third)
    assert await office.codes() == ["too-many-waiting"]
    office.restart()
    await office.take(event(facts.report(), id="fourth", subject=REPORT))
    assert await office.codes() == ["too-many-waiting"] * 2
    await office.take(ISSUED)
    await office.take(event(facts.report(of=facts.OTHER_TASK), id="fifth", subject=REPORT))
    assert await office.codes() == ["too-many-waiting"] * 2


async def test_more_bytes_than_may_wait_under_a_key_are_refused(office: Office) -> None:
    office.limits = Limits(size=len(office.place(ASSIGNED).value or b"") + 10)
    office.restart()
    await office.take(ASSIGNED, DRAFT)
    assert await office.codes() == ["too-many-waiting"]


async def test_more_than_one_turn_may_read_is_left_to_smaller_turns(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.take(ASSIGNED)
    office.restart()
    monkeypatch.setattr("services.directives.waiting.MAX_CALLED", 10)
    records = [office.place(each) for each in (ISSUED, REPORTED)]
    with pytest.raises(TurnTooLargeError):
        await office.judge(*records)
    for record in records:
        await office.judge(record)
    assert of_directive(await office.events()) == ["issued", "assigned", "report"]


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_fact_that_has_waited_too_long_is_refused_and_forgotten(office: Office, is_restarted: bool) -> None:  # noqa: FBT001
    record = office.place(ASSIGNED)
    await office.judge(record)
    office.now = NOW + MONTH - timedelta(seconds=1)
    assert await office.sweep() == 0
    office.now = NOW + MONTH
    if is_restarted:
        office.restart()
    assert await office.sweep() == 1
    told = (await office.verdicts())[-1]
    receipt = await office.receipt(record)
    assert isinstance(told, FactExpired)
    assert (told.fact_id, told.code) == ("assigned", "waited-too-long")
    assert told.reason_vi == f"sự kiện này cần văn bản chỉ đạo {DIRECTIVE} nhưng sau 30 ngày vẫn chưa nhận được"
    assert (receipt["outcome"], msgspec.json.decode(receipt["refusal"])["code"]) == ("refused", "waited-too-long")
    assert await office.sweep() == 0
    await office.take(ISSUED)
    assert of_directive(await office.events()) == ["issued"]


async def test_a_fact_whose_time_is_up_is_refused_even_when_what_it_needs_comes_before_the_sweeper(office: Office) -> None:
    await office.take(ASSIGNED)
    office.now = NOW + MONTH
    await office.take(ISSUED)
    assert isinstance((await office.verdicts())[-1], FactExpired)
    assert of_directive(await office.events()) == ["issued"]
    assert await waiting(office) == []


async def test_many_facts_of_many_keys_expire_in_turns_of_their_partitions(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.directives.sweeping.BATCH", 2)
    keys = [UUID(int=number, version=5) for number in range(9)]
    await office.take(*(event(facts.task(), id=f"task {key}", subject=key, key=key) for key in keys))
    office.now = NOW + MONTH
    assert await office.open_beside().sweep() == len(keys)
    assert [type(said) for said in await office.verdicts()].count(FactExpired) == len(keys)


async def test_of_a_sweeper_and_a_release_at_once_one_gives_the_verdict(office: Office) -> None:
    record = office.place(ASSIGNED)
    await office.judge(record)
    office.now = NOW + MONTH
    sweeping = office.open_beside()
    await asyncio.gather(sweeping.sweep(), office.take(ISSUED), sweeping.sweep())
    finals = [said for said in await office.verdicts() if isinstance(said, FactExpired | FactRefused | FactReleased)]
    assert [type(said) for said in finals] == [FactExpired]


STEPS = (
    "desk.write_streams",
    "names.release_names",
    "waiting.write_waiting",
    "waiting.write_needs",
    "waiting.end_waiting",
    "verdicts.write_receipts",
    "verdicts.judge_receipts",
)


@pytest.mark.parametrize("step", STEPS)
async def test_a_turn_that_is_lost_at_any_step_leaves_nothing_and_is_done_again(
    office: Office, infrastructure: Infrastructure, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    turns = ((DRAFT, ASSIGNED, event(facts.report(of=facts.OTHER_TASK), id="other", subject=REPORT)), (ISSUED, SCHEDULED), (HELD,))

    async def lose(*_: object) -> None:
        raise ConnectionError

    lost = 0
    for turn in turns:
        records = [office.place(each) for each in turn]
        before = await office.tables()
        with monkeypatch.context() as patched:
            patched.setattr(f"services.directives.{step}", lose)
            try:
                await office.judge(*records)
            except ConnectionError:
                lost += 1
                assert await office.tables() == before
        if await office.receipt(records[0]) is None:
            await office.judge(*records)
    assert lost
    infrastructure.postgres.create_database("undisturbed")
    async with open_office(infrastructure.postgres.dsn("undisturbed")) as other:
        await other.take(*UNITS)
        for turn in turns:
            await other.take(*turn)
        assert await other.tables() == await office.tables()
    infrastructure.postgres.drop_database("undisturbed")


async def test_what_was_released_says_what_it_has_waited_for(office: Office) -> None:
    (receipt, _) = await office.take(ASSIGNED, ISSUED)
    assert (receipt["outcome"], receipt["need_kind"], receipt["waiting_position"]) == ("registered", "directive", 1)
    assert [decode(row["value"]).type for row in await office.journal("directives.verdicts.v1")] == [
        "vn.dondoc.fact-waiting.v1", "vn.dondoc.fact-released.v1",
    ]  # fmt: skip
