"""The registrar on a real PostgreSQL: what it registers, refuses and recognises, and what each record leaves behind."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid5

import msgspec
import pytest

from deploy.local.infrastructure import Infrastructure
from services.directives.domain import DECIDER, Fact
from services.directives.repository import read_streams
from services.directives.verdicts import EVENTS, VERDICTS
from shared.contracts.verdicts import FactRefused
from shared.envelope import NO_HASH, Event, chain, content_digest, decode, encode
from tests.support import facts
from tests.support.facts import COMMITTEE, CONFERENCE, DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, REPORT, STRANGER, TASK, event
from tests.support.registry import NOW, QUERIES, Office, open_office

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


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        await opened.take(*UNITS)
        yield opened


UNADDRESSED = event(facts.task(lead=STRANGER), id="stranger", subject=TASK)
"""A fact that is refused: it names a unit that nobody registered."""


def numbered(key: str, number: int = 15) -> Event:
    data = facts.directive(key=key, number=number, issued_on=date(2021, 4, 2))
    return event(data, id=f"issued {key}", subject=uuid5(COMMITTEE, key), key=uuid5(COMMITTEE, key))


async def test_registered_facts_get_contiguous_versions_in_a_hash_chain(office: Office) -> None:
    await office.take(ISSUED, ASSIGNED)
    office.restart()
    await office.take(DRAFT)
    rows = [row for row in await office.journal(EVENTS) if row["key"] == str(DIRECTIVE).encode()]
    assert [decode(row["value"]).version for row in rows] == [1, 2, 3]
    assert [row["previous_hash"] for row in rows] == [NO_HASH, rows[0]["hash"], rows[1]["hash"]]
    assert [row["hash"] for row in rows] == [chain(row["previous_hash"], row["value"]) for row in rows]


async def test_a_registered_event_says_what_was_received_and_when_it_was_registered(office: Office) -> None:
    (receipt,) = await office.take(ISSUED)
    (row,) = [row for row in await office.journal(EVENTS) if row["key"] == str(DIRECTIVE).encode()]
    registered = decode(row["value"])
    assert (registered.id, registered.source, registered.data) == (ISSUED.id, ISSUED.source, ISSUED.data)
    assert (registered.receivedtime, registered.publisher, registered.registeredtime) == (facts.RECEIVED_AT, "api", NOW)
    assert row["cause"] == f"directives.inbox.v1/{receipt['partition']}/{receipt['kafka_offset']}"
    assert (receipt["outcome"], receipt["version"], receipt["position"]) == ("registered", 1, row["position"])


async def test_the_state_of_every_key_is_the_fold_of_its_registered_events(office: Office) -> None:
    await office.take(*STORY)
    histories: dict[UUID, list[Fact]] = {}
    for each in await office.events():
        histories.setdefault(UUID(each.partitionkey), []).append(_fact(each))
    folded = {key: (DECIDER.fold(history), len(history)) for key, history in histories.items()}
    async with office.pool.acquire() as connection:
        stored = {stream.key: (stream.state, stream.version) for stream in await read_streams(connection, list(folded))}
    assert stored == folded
    assert stored[DIRECTIVE][1] == len(STORY)


def _fact(registered: Event) -> Fact:
    assert registered.receivedtime is not None
    return Fact(UUID(registered.partitionkey), UUID(registered.subject), registered.receivedtime, registered.data)


async def test_one_batch_and_many_processes_come_to_the_same(office: Office, infrastructure: Infrastructure) -> None:
    story = (ISSUED, ISSUED, DRAFT, ASSIGNED, *STORY, numbered("a"), numbered("b", 16), numbered("a"))
    await office.take(*story)
    infrastructure.postgres.create_database("one_by_one")
    async with open_office(infrastructure.postgres.dsn("one_by_one")) as other:
        await other.take(*UNITS)
        for each in story:
            other.restart()
            await other.take(each)
        assert await other.tables() == await office.tables()
    infrastructure.postgres.drop_database("one_by_one")


async def test_a_stream_that_was_forgotten_is_read_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.directives.desk.MAX_STREAMS", 0)
    monkeypatch.setattr("services.directives.desk.MAX_UNITS", 0)
    for each in STORY:
        await office.take(each)
    versions = [each.version for each in await office.events() if each.partitionkey == str(DIRECTIVE)]
    assert versions == list(range(1, len(STORY) + 1))


async def test_a_refused_fact_is_told_with_its_reasons(office: Office) -> None:
    (receipt,) = await office.take(UNADDRESSED)
    (row,) = await office.journal(VERDICTS)
    told = decode(row["value"])
    assert (told.data.fact_id, told.data.fact_source, told.data.fact_type) == (UNADDRESSED.id, UNADDRESSED.source, UNADDRESSED.type)
    assert (told.data.code, told.partitionkey, told.subject, told.publisher) == ("unit-unknown", str(DIRECTIVE), str(TASK), "api")
    assert (told.data.reason_vi[:16], told.data.digest) == ("chưa có đơn vị n", content_digest(UNADDRESSED).hex())
    assert (receipt["outcome"], receipt["position"], receipt["version"]) == ("refused", row["position"], None)
    assert msgspec.json.decode(receipt["refusal"])["code"] == "unit-unknown"


async def test_the_same_fact_twice_in_one_batch_is_one_fact(office: Office) -> None:
    original, duplicate = await office.take(ISSUED, ISSUED)
    assert (original["outcome"], duplicate["outcome"]) == ("registered", "duplicate")
    assert (duplicate["original_partition"], duplicate["original_offset"]) == (original["partition"], original["kafka_offset"])
    assert [each.version for each in await office.events() if each.partitionkey == str(DIRECTIVE)] == [1]


async def test_the_same_fact_in_a_later_batch_is_one_fact(office: Office) -> None:
    (original,) = await office.take(ISSUED)
    office.restart()
    first, second = await office.take(ISSUED, ISSUED)
    assert [first["outcome"], second["outcome"]] == ["duplicate", "duplicate"]
    assert first["original_offset"] == second["original_offset"] == original["kafka_offset"]


async def test_the_order_of_a_fact_s_fields_does_not_make_it_another_one(office: Office) -> None:
    await office.take(ISSUED)
    shuffled = msgspec.json.encode(dict(reversed(msgspec.json.decode(encode(ISSUED)).items())))
    record = office.place_bytes(str(DIRECTIVE).encode(), shuffled, office.partition_of(DIRECTIVE))
    await office.judge(record)
    assert (await office.receipt(record))["outcome"] == "duplicate"


async def test_when_a_fact_was_received_does_not_make_it_another_one(office: Office) -> None:
    later = event(facts.directive(), id="issued", subject=DIRECTIVE, received_at=NOW)
    assert [receipt["outcome"] for receipt in await office.take(ISSUED, later)] == ["registered", "duplicate"]


async def test_the_same_id_from_another_source_is_another_fact(office: Office) -> None:
    other = event(facts.task(), id=ISSUED.id, subject=TASK, source="/another")
    assert [receipt["outcome"] for receipt in await office.take(ISSUED, other)] == ["registered", "registered"]


async def test_the_same_id_with_other_content_is_refused(office: Office) -> None:
    changed = event(facts.task(), id=ISSUED.id, subject=TASK)
    await office.take(ISSUED, changed, ISSUED)
    assert await office.codes() == ["id-reused"]


async def test_the_same_id_with_other_content_in_another_partition_is_refused(office: Office) -> None:
    here, there = office.keys_apart()
    first, second = (
        event(facts.directive(key=key), id="same", subject=uuid5(COMMITTEE, key), key=uuid5(COMMITTEE, key)) for key in (here, there)
    )
    (original,) = await office.take(first)
    (reused,) = await office.take(second)
    assert (original["outcome"], reused["outcome"]) == ("registered", "refused")
    assert await office.codes() == ["id-reused"]


async def test_a_fact_that_follows_a_refused_one_of_the_same_id_is_its_duplicate(office: Office) -> None:
    (refused,) = await office.take(UNADDRESSED)
    await office.take(event(facts.unit(code="H10.9"), id="stranger's", subject=STRANGER, key=STRANGER), ISSUED)
    (again,) = await office.take(UNADDRESSED)
    assert (again["outcome"], again["original_offset"]) == ("duplicate", refused["kafka_offset"])
    assert await office.codes() == ["unit-unknown"]


async def test_a_corrected_fact_under_a_new_id_is_registered(office: Office) -> None:
    await office.take(ISSUED, UNADDRESSED)
    (corrected,) = await office.take(event(facts.task(), id="assigned again", subject=TASK))
    assert corrected["outcome"] == "registered"


async def test_a_number_that_a_refused_fact_asked_for_stays_free(office: Office) -> None:
    data = facts.directive(key="a", number=15, issued_on=date(2021, 4, 2), addressees=(STRANGER,))
    await office.take(event(data, id="unknown addressee", subject=uuid5(COMMITTEE, "a"), key=uuid5(COMMITTEE, "a")))
    (receipt,) = await office.take(numbered("b"))
    assert receipt["outcome"] == "registered"


async def test_a_number_passes_to_the_fact_of_the_batch_that_is_registered(office: Office) -> None:
    partition = office.partition_of(DIRECTIVE)
    key = next(f"n{number}" for number in range(100) if office.partition_of(uuid5(COMMITTEE, f"n{number}")) == partition)
    unknown = facts.directive(number=15, issued_on=date(2021, 4, 2), addressees=(STRANGER,))
    refused, registered = await office.take(event(unknown, id="unknown", subject=DIRECTIVE), numbered(key))
    assert (refused["outcome"], registered["outcome"]) == ("refused", "registered")
    assert await office.pool.fetchval(QUERIES["read_number_owner"]) == uuid5(COMMITTEE, key)


async def test_a_number_taken_in_another_partition_is_refused(office: Office) -> None:
    here, there = office.keys_apart()
    await office.take(numbered(here))
    await office.take(numbered(there))
    assert await office.codes() == ["number-taken"]


async def test_a_batch_of_nothing_new_publishes_nothing(office: Office) -> None:
    await office.take(ISSUED)
    before = await office.journal(EVENTS)
    await office.take(ISSUED)
    assert await office.journal(EVENTS) == before


async def test_a_refusal_s_event_has_an_id_that_is_derived_from_the_fact_s_place(office: Office) -> None:
    record = office.place(UNADDRESSED)
    await office.judge(record)
    (row,) = await office.journal(VERDICTS)
    told = decode(row["value"])
    assert isinstance(told.data, FactRefused)
    assert UUID(told.id).version == 5
    assert row["cause"] == f"directives.inbox.v1/{record.partition}/{record.offset}"
