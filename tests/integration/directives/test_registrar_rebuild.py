"""The registrar's tables come out of the topics again, whatever was registered, refused, voided or waits; and it goes on where it was."""

import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from deploy.local.infrastructure import Infrastructure
from services.directives.verdicts import EVENTS, VERDICTS
from shared.envelope import Event, decode, encode
from tests.support import facts
from tests.support.facts import AGENCY, AGENCY_KEY, COMMITTEE, CONFERENCE, DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, REPORT, TASK, event
from tests.support.registrar_topics import OWN, Copied, open_copied
from tests.support.registry import NOW, Office, sent_by

UNITS = [
    event(facts.unit(code=code), id=f"unit {code}", subject=unit, key=unit)
    for unit, code in ((COMMITTEE, "H10"), (HOME_AFFAIRS, "H10.1"), (OFFICE, "H10.2"))
]
RIGHTS = event(
    replace(facts.authorised("task-assigned", "plan-submitted", "directive-issued", all_units=True), has_topic=True),
    id="rights", subject=AGENCY_KEY, key=AGENCY_KEY,
)  # fmt: skip
ISSUED = event(facts.directive(), id="issued", subject=DIRECTIVE)
ASSIGNED = sent_by(AGENCY, event(facts.task(), id="assigned", subject=TASK, source=f"/{AGENCY}"))
DRAFT = sent_by(AGENCY, event(facts.plan(), id="draft", subject=PLAN, source=f"/{AGENCY}"))
SCHEDULED = event(facts.scheduled(), id="scheduled", subject=CONFERENCE)
REPORTED = event(facts.report(), id="report", subject=REPORT)
KEYS = [f"k{number}" for number in range(40)]
LOST = sent_by(AGENCY, event(facts.plan(of=facts.OTHER_TASK), id="lost", subject=facts.named("lost plan"), source=f"/{AGENCY}"))


def numbered(name: str, number: int) -> Event:
    """Return another directive under the same number of document."""
    return event(
        facts.directive(key=name, number=number, issued_on=date(2021, 4, 1)),
        id=f"issued {name}",
        subject=facts.directive_id(name),
        key=facts.directive_id(name),
    )


@pytest.fixture(scope="module")
def alone() -> Iterator[Infrastructure]:
    with Infrastructure() as running:
        yield running


@pytest.fixture
async def copied(alone: Infrastructure) -> AsyncIterator[Copied]:
    alone.postgres.create_database("registrar")
    try:
        async with open_copied(alone.postgres.dsn("registrar"), alone.kafka.bootstrap) as opened:
            await opened.office.take(*UNITS)
            await opened.office.take(RIGHTS)
            yield opened
    finally:
        alone.postgres.drop_database("registrar")


async def live(office: Office) -> None:
    """Register, refuse, repeat, and leave something waiting."""
    await office.take(DRAFT)  # waits for its task
    await office.take(LOST)  # waits for ever
    await office.take(ISSUED)
    await office.take(ASSIGNED)  # releases the plan
    await office.take(SCHEDULED, replace(SCHEDULED, data=replace(SCHEDULED.data, title="Another title")))  # its id is used again
    await office.take(SCHEDULED)  # a repeat
    await office.take(sent_by(AGENCY, replace(REPORTED, source=f"/{AGENCY}")))  # it has no right to
    await office.take(sent_by("somebody-else", replace(DRAFT, id="stranger")))  # under another publisher's source
    await office.take(sent_by(AGENCY, event(facts.plan(), id="own", subject=facts.named("own plan"), source=f"/{AGENCY}/registered-only")))
    unread = encode(sent_by(AGENCY, replace(DRAFT, id="unread", source=f"/{AGENCY}/unread-only")))
    office.place_bytes(b"another key", unread, office.partition_of(DIRECTIVE))
    await office.judge(office.inbox[-1])
    office.place_bytes(b"no key", b"no fact", 2)
    await office.judge(office.inbox[-1])


async def take_names_over(office: Office) -> None:
    """Void directives, and issue others, in another partition, under their numbers; then the first ones again under other numbers."""
    here, there = ([key for key in KEYS if office.partition_of(facts.directive_id(key)) == partition] for partition in (0, 1))
    pairs = [pair for number in range(0, 6, 2) for pair in ((here[number], there[number]), (there[number + 1], here[number + 1]))]
    for number, (first, other) in zip(itertools.count(77, 10), pairs, strict=False):
        key = facts.directive_id(first)
        await office.take(numbered(first, number))
        await office.take(event(facts.voided(1), id=f"void {first}", subject=key, key=key))
        await office.take(numbered(other, number))
        await office.take(replace(numbered(first, number + 1), id=f"issued {first} again"))
    assert set(await office.codes()) <= {"id-reused", "type-not-authorised", "source-taken", "malformed"}


async def stored(copied: Copied) -> dict[str, Any]:
    return await copied.office.tables()


async def test_what_comes_out_is_certified_equal_by_table_and_partition(copied: Copied) -> None:
    await live(copied.office)
    await take_names_over(copied.office)
    await copied.copy()
    await copied.read_on()
    before = await stored(copied)
    rebuilt = await copied.rebuild()
    assert (list(rebuilt.certificate.differences), rebuilt.certificate.reason, rebuilt.is_in_place) == ([], "", True)
    assert {entry.table for entry in rebuilt.certificate.entries} == {
        "stream", "fact", "claim", "unit", "receipt", "waiting", "publisher", "journal",
    }  # fmt: skip
    assert await stored(copied) == before  # the states of streams too


async def test_a_rebuild_goes_on_with_what_has_waited_until_another_one_was_broken_off(copied: Copied) -> None:
    await copied.office.take(ISSUED, DRAFT)
    await copied.copy()
    await copied.read_on()
    await copied.office.pool.execute("UPDATE unit SET code = 'changed by hand' WHERE code = 'H10.1'")
    assert not (await copied.rebuild()).is_in_place
    await copied.office.pool.execute("UPDATE unit SET code = 'H10.1' WHERE code = 'changed by hand'")
    copied.office.restart()
    await copied.office.take(ASSIGNED, LOST)
    await copied.copy()
    await copied.read_on()
    before = await stored(copied)
    rebuilt = await copied.rebuild()
    assert (list(rebuilt.certificate.differences), rebuilt.is_in_place) == ([], True)
    assert (await stored(copied), "going on with what an earlier rebuild has left" in copied.said) == (before, True)


async def test_a_dropped_schema_comes_back_and_the_registrar_goes_on_where_it_was(copied: Copied) -> None:
    await live(copied.office)
    await take_names_over(copied.office)
    await copied.copy()
    before = await stored(copied)
    await copied.office.pool.execute("DROP SCHEMA registrar CASCADE")
    rebuilt = await copied.rebuild()
    assert (list(rebuilt.certificate.entries), rebuilt.is_in_place) == ([], True)
    assert await stored(copied) == before
    office = copied.office
    office.restart()
    (again,) = await office.take(ASSIGNED)
    assert again["outcome"] == "duplicate"
    other = sent_by(AGENCY, event(facts.task(), id="second task", subject=facts.OTHER_TASK, source=f"/{AGENCY}"))
    await office.take(replace(other, data=replace(other.data, number="2")))
    registered = [each for each in await office.events() if each.partitionkey == str(DIRECTIVE)]
    assert [each.id for each in registered][-2:] == ["second task", "lost"]
    assert [each.version for each in registered] == list(range(1, len(registered) + 1))


async def test_what_waits_expires_after_a_rebuild_as_before(copied: Copied) -> None:
    await live(copied.office)
    await copied.copy()
    await copied.office.pool.execute("DROP SCHEMA registrar CASCADE")
    await copied.rebuild()
    copied.office.restart()
    copied.office.now = NOW + timedelta(days=30)
    assert await copied.office.sweep() == 1
    assert (await copied.office.tables())["waiting"] == []


async def test_verdicts_that_were_lost_with_the_database_are_given_anew_and_nothing_is_judged_twice(copied: Copied) -> None:
    await live(copied.office)
    told = {each.id: each for each in await copied.office.events()}
    before = await stored(copied)
    # No refusal, nothing that waits, and nothing of the agency's own topic has reached Kafka, nor what came after the conference.
    await copied.copy(lambda row: row["topic"] == EVENTS and decode(row["value"]).id != "scheduled")
    await copied.office.pool.execute("DROP SCHEMA registrar CASCADE")
    await copied.rebuild()
    copied.office.restart()
    for row in await copied.office.pool.fetch("SELECT partition, next_offset FROM checkpoint"):
        for record in copied.office.inbox:
            if record.partition == row["partition"] and record.offset >= row["next_offset"]:
                await copied.office.judge(record)
    after = {each.id: each for each in await copied.office.events()}
    assert {each.id: each.version for each in after.values()} == {each.id: each.version for each in told.values()}
    assert len((await stored(copied))["receipt"]) == len(before["receipt"])
    said = [type(each).__name__ + " " + each.fact_id for each in await copied.office.verdicts(OWN)]
    assert sorted(said) == sorted(await own_verdicts(copied))
    assert set(said) >= {"FactRegistered assigned", "FactRegistered draft", "FactWaiting lost", "FactRefused report"}


async def own_verdicts(copied: Copied) -> list[str]:
    """Return what the agency should have been told, from the common topics."""
    registered = [each for each in await copied.office.events() if each.publisher == AGENCY]
    others = [decode(row["value"]) for row in await copied.office.journal(VERDICTS)]
    return [f"FactRegistered {each.id}" for each in registered] + [
        f"{type(each.data).__name__} {each.data.fact_id}" for each in others if each.publisher == AGENCY
    ]


async def test_an_old_backup_is_not_compared_but_replaced_where_that_is_accepted(copied: Copied) -> None:
    await live(copied.office)
    await copied.copy()
    await copied.read_on()
    before = await stored(copied)
    await copied.office.pool.execute("UPDATE relay SET last_position = 1, sent_position = 1 WHERE topic = $1", VERDICTS)
    refused = await copied.rebuild()
    assert (refused.is_in_place, refused.certificate.reason) == (
        False, f"the live tables lack what Kafka holds of {', '.join(await behind(copied))} (an old backup?)",
    )  # fmt: skip
    assert (await copied.rebuild(accepts_differences=True)).is_in_place
    assert await stored(copied) == before


async def behind(copied: Copied) -> list[str]:
    counts = [len([row for row in await copied.office.journal(VERDICTS) if row["partition"] == number]) for number in range(4)]
    return [f"{VERDICTS}/{number}" for number, count in enumerate(counts) if count > 1]
