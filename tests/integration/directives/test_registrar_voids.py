"""Voiding on a real PostgreSQL: the history comes from the journal, and what was registered by mistake is free again."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid5

import pytest

from services.directives.domain import fold
from services.directives.repository import past_of, read_streams
from services.directives.waiting import TurnTooLargeError
from shared.envelope import Event
from tests.support import facts
from tests.support.facts import COMMITTEE, CONFERENCE, DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, TASK, event
from tests.support.registry import Office, open_office

UNITS = [
    event(facts.unit(code=code), id=f"unit {code}", subject=unit, key=unit)
    for unit, code in ((COMMITTEE, "H10"), (HOME_AFFAIRS, "H10.1"), (OFFICE, "H10.2"))
]
ISSUED = event(facts.directive(number=15, issued_on=date(2021, 4, 2)), id="issued", subject=DIRECTIVE)
ASSIGNED = event(facts.task(), id="assigned", subject=TASK)
FINAL = event(facts.plan(is_final=True), id="final", subject=PLAN)
SCHEDULED = event(facts.scheduled(), id="scheduled", subject=CONFERENCE)


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        await opened.take(*UNITS)
        yield opened


def voided(version: int, name: str = "voided", key: UUID = DIRECTIVE) -> Event:
    return event(facts.voided(version), id=name, subject=key, key=key)


async def require_folded(office: Office) -> None:
    """Require that the stored state is what the registered history folds to."""
    history = [past_of(each) for each in await office.events() if each.partitionkey == str(DIRECTIVE)]
    async with office.pool.acquire() as connection:
        (stream,) = await read_streams(connection, [DIRECTIVE])
    assert (stream.state, stream.version) == (fold(history), len(history))


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_final_plan_sent_by_mistake_can_be_handed_in_again(office: Office, is_restarted: bool) -> None:  # noqa: FBT001
    await office.take(ISSUED, ASSIGNED, FINAL)
    if is_restarted:
        office.restart()
    again = event(facts.plan(is_final=True), id="final again", subject=PLAN)
    receipts = await office.take(voided(3), again)
    assert [(receipt["outcome"], receipt["version"]) for receipt in receipts] == [("registered", 4), ("registered", 5)]
    await require_folded(office)


async def test_a_void_and_what_it_voids_may_come_in_one_turn(office: Office) -> None:
    receipts = await office.take(ISSUED, ASSIGNED, FINAL, voided(3))
    assert [receipt["outcome"] for receipt in receipts] == ["registered"] * 4
    await require_folded(office)


async def test_what_others_rest_on_cannot_be_voided(office: Office) -> None:
    await office.take(ISSUED, ASSIGNED, FINAL)
    (receipt,) = await office.take(voided(2))
    assert (receipt["outcome"], await office.codes()) == ("refused", ["fact-needed"])
    await require_folded(office)


async def test_a_voided_version_cannot_be_voided_again(office: Office) -> None:
    await office.take(ISSUED, ASSIGNED, voided(2), voided(2, "again"))
    office.restart()
    await office.take(voided(2, "once more"))
    assert await office.codes() == ["already-voided"] * 2


async def test_the_number_of_a_voided_directive_is_free_for_another_one(office: Office) -> None:
    other = uuid5(COMMITTEE, "other")
    numbered = event(facts.directive(key="other", number=15, issued_on=date(2021, 4, 2)), id="other", subject=other, key=other)
    await office.take(ISSUED)
    await office.take(voided(1))
    (receipt,) = await office.take(numbered)
    assert receipt["outcome"] == "registered"


async def test_a_name_that_is_freed_and_taken_in_one_turn_has_its_new_owner(office: Office) -> None:
    home = office.partition_of(DIRECTIVE)
    key = next(f"n{number}" for number in range(100) if office.partition_of(uuid5(COMMITTEE, f"n{number}")) == home)
    other = uuid5(COMMITTEE, key)
    numbered = event(facts.directive(key=key, number=15, issued_on=date(2021, 4, 2)), id="other", subject=other, key=other)
    await office.take(ISSUED)
    receipts = await office.take(voided(1), numbered)
    assert [receipt["outcome"] for receipt in receipts] == ["registered", "registered"]
    assert [row for row in (await office.tables())["claim"] if str(other) in row]
    (third,) = await office.take(event(facts.directive(number=15, issued_on=date(2021, 4, 2)), id="issued again", subject=DIRECTIVE))
    assert (third["outcome"], await office.codes()) == ("refused", ["number-taken"])


async def test_what_comes_after_its_task_was_voided_waits_for_another_one(office: Office) -> None:
    await office.take(ISSUED, ASSIGNED, voided(2))
    record = office.place(SCHEDULED)
    await office.judge(record)
    assert (await office.receipt(record))["outcome"] == "waiting"
    await office.take(event(facts.task(), id="assigned again", subject=TASK))
    assert (await office.receipt(record))["outcome"] == "registered"
    await require_folded(office)


async def test_a_unit_cannot_be_voided(office: Office) -> None:
    await office.take(voided(1, key=COMMITTEE))
    assert await office.codes() == ["cannot-be-voided"]


async def test_nothing_is_voided_under_a_key_without_history(office: Office) -> None:
    await office.take(voided(1))
    assert await office.codes() == ["version-unknown"]


async def test_more_voids_than_one_turn_may_judge_are_left_to_smaller_turns(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.take(ISSUED, ASSIGNED, SCHEDULED)
    monkeypatch.setattr("services.directives.histories.MAX_JUDGED_AGAIN", 5)
    records = [office.place(each) for each in (voided(3), voided(2, "second"))]
    with pytest.raises(TurnTooLargeError):
        await office.judge(*records)
    for record in records:
        await office.judge(record)
    assert await office.codes() == []
    await require_folded(office)


async def test_nothing_is_voided_in_a_history_that_no_turn_can_judge_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.take(ISSUED, ASSIGNED, SCHEDULED)
    monkeypatch.setattr("services.directives.histories.MAX_JUDGED_AGAIN", 2)
    await office.take(voided(3))
    assert await office.codes() == ["history-too-long"]
    await require_folded(office)
