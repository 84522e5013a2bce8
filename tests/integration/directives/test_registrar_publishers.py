"""Publishers: what they may say counts for every partition, their sources are theirs, and their verdicts go to topics of their own."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid5

import msgspec
import pytest
from msgspec.structs import replace

from services.directives.verdicts import EVENTS
from shared.contracts.registry import PublisherAuthorised, publisher_key
from shared.contracts.verdicts import FactExpired, FactRefused, FactRegistered, FactReleased, FactWaiting
from shared.envelope import Event, chain, decode, encode
from tests.support import facts
from tests.support.facts import AGENCY, AGENCY_KEY, COMMITTEE, DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, TASK, event
from tests.support.registry import NOW, QUERIES, Office, open_office, sent_by

UNITS = [
    event(facts.unit(code=code), id=f"unit {code}", subject=unit, key=unit)
    for unit, code in ((COMMITTEE, "H10"), (HOME_AFFAIRS, "H10.1"), (OFFICE, "H10.2"))
]
TYPES = ("directive-issued", "task-assigned", "plan-submitted")
OTHER = "phan-mem-tinh"
SOURCE = "/phan-mem-huyen"
TOPIC = f"publishers.{AGENCY}.verdicts.v1"
ISSUED = sent_by(AGENCY, event(facts.directive(), id="issued", subject=DIRECTIVE, source=SOURCE))
ASSIGNED = sent_by(AGENCY, event(facts.task(), id="assigned", subject=TASK, source=SOURCE))
DRAFT = sent_by(AGENCY, event(facts.plan(), id="draft", subject=PLAN, source=SOURCE))


def authorised(data: PublisherAuthorised, name: str = "authorised") -> Event:
    key = publisher_key(data.publisher)
    return event(data, id=f"{data.publisher} {name}", subject=key, key=key)


RIGHTS = facts.authorised(*TYPES, units=(COMMITTEE, HOME_AFFAIRS))
WITH_TOPIC = replace(RIGHTS, has_topic=True)
REVOKED = replace(RIGHTS, valid_until=NOW)


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        await opened.take(*UNITS)
        yield opened


async def test_a_publisher_without_rights_is_refused(office: Office) -> None:
    await office.take(ISSUED)
    assert await office.codes() == ["publisher-unknown"]


async def test_a_publisher_speaks_for_its_units_once_it_is_authorised(office: Office) -> None:
    await office.take(authorised(RIGHTS))
    receipts = await office.take(ISSUED, ASSIGNED)
    assert [(receipt["outcome"], receipt["publisher"]) for receipt in receipts] == [("registered", AGENCY)] * 2


async def test_the_newest_rights_of_a_publisher_are_stored_whole(office: Office) -> None:
    await office.take(authorised(WITH_TOPIC), authorised(REVOKED, "revoked"))
    (row,) = await office.pool.fetch(QUERIES["dump_publisher"])
    assert (row["slug"], row["key"], row["version"], row["has_topic"]) == (AGENCY, AGENCY_KEY, 2, False)
    assert msgspec.json.decode(row["rights"], type=PublisherAuthorised) == REVOKED


async def test_a_revocation_in_another_partition_counts_from_the_next_turn_on(office: Office) -> None:
    await office.take(authorised(RIGHTS))
    await office.take(ISSUED)
    other = office.open_beside()
    await other.take(authorised(REVOKED, "revoked"))
    await office.take(ASSIGNED)
    assert await office.codes() == ["publisher-not-authorised"]


async def test_a_revocation_counts_for_the_facts_behind_it_in_the_same_turn(office: Office) -> None:
    home = office.partition_of(AGENCY_KEY)
    key = next(f"k{number}" for number in range(100) if office.partition_of(uuid5(COMMITTEE, f"k{number}")) == home)
    directive = uuid5(COMMITTEE, key)
    sent = sent_by(AGENCY, event(facts.directive(key=key), id="same turn", subject=directive, key=directive, source=SOURCE))
    receipts = await office.take(authorised(RIGHTS), sent, authorised(REVOKED, "revoked"), replace(sent, id="behind it"))
    assert [receipt["outcome"] for receipt in receipts] == ["registered", "registered", "registered", "refused"]
    assert await office.codes() == ["publisher-not-authorised"]


async def test_the_waiting_fact_of_a_publisher_whose_rights_were_taken_away_is_refused_at_its_release(office: Office) -> None:
    await office.take(authorised(RIGHTS))
    record = office.place(ASSIGNED)
    await office.judge(record)
    assert (await office.receipt(record))["outcome"] == "waiting"
    await office.take(authorised(REVOKED, "revoked"))
    await office.take(event(facts.directive(), id="issued", subject=DIRECTIVE))
    assert (await office.receipt(record))["outcome"] == "refused"
    assert await office.codes() == ["publisher-not-authorised"]


async def test_a_waiting_fact_that_was_received_by_right_is_registered_under_newer_rights(office: Office) -> None:
    await office.take(authorised(RIGHTS))
    (waiting,) = await office.take(ASSIGNED)
    office.now = NOW + timedelta(days=2)
    renewed = replace(RIGHTS, units=(*RIGHTS.units, OFFICE), valid_from=NOW + timedelta(days=1))
    await office.take(authorised(renewed, "renewed"))
    await office.take(event(facts.directive(), id="issued", subject=DIRECTIVE))
    told = [said for said in await office.verdicts() if said.fact_id == ASSIGNED.id]
    assert (waiting["outcome"], [type(said) for said in told]) == ("waiting", [FactWaiting, FactReleased])


async def test_a_source_belongs_to_the_publisher_that_used_it_first(office: Office) -> None:
    await office.take(authorised(RIGHTS), authorised(replace(RIGHTS, publisher=OTHER)))
    await office.take(ISSUED)
    (taken,) = await office.take(sent_by(OTHER, event(facts.task(), id="other", subject=TASK, source=SOURCE)))
    assert (taken["outcome"], await office.codes()) == ("refused", ["source-taken"])
    office.restart()
    (free,) = await office.take(sent_by(OTHER, event(facts.task(), id="other", subject=TASK, source="/phan-mem-tinh")))
    assert free["outcome"] == "registered"


async def test_nobody_learns_of_or_uses_up_the_ids_of_another_publisher_s_source(office: Office) -> None:
    await office.take(authorised(RIGHTS), authorised(replace(RIGHTS, publisher=OTHER)))
    await office.take(ISSUED)
    repeated, early = await office.take(sent_by(OTHER, ISSUED), sent_by(OTHER, ASSIGNED))
    assert [each["outcome"] for each in (repeated, early)] == ["refused", "refused"]
    assert [refusal.digest for refusal in await office.refusals()] == [None, None]
    (mine,) = await office.take(ASSIGNED)
    assert mine["outcome"] == "registered"


async def test_a_source_is_taken_in_the_order_of_commits_over_partitions(office: Office) -> None:
    await office.take(authorised(RIGHTS), authorised(replace(RIGHTS, publisher=OTHER)))
    here, there = office.keys_apart()
    first, second = (
        sent_by(publisher, event(facts.directive(key=key), id=key, subject=uuid5(COMMITTEE, key), key=uuid5(COMMITTEE, key), source=SOURCE))
        for key, publisher in ((here, AGENCY), (there, OTHER))
    )
    await office.take(first)
    await office.open_beside().take(second)
    assert await office.codes() == ["source-taken"]


async def test_the_system_s_own_publishers_share_their_sources_with_anybody(office: Office) -> None:
    await office.take(authorised(RIGHTS))
    await office.take(event(facts.directive(), id="issued", subject=DIRECTIVE, source=SOURCE))
    (theirs,) = await office.take(ASSIGNED)
    (ours,) = await office.take(event(facts.report(), id="ours", subject=facts.REPORT, source=SOURCE))
    assert (theirs["outcome"], ours["outcome"]) == ("registered", "registered")


@pytest.mark.parametrize("source", ["/services/deadlines", "/dondoc/office"])
async def test_nobody_uses_up_the_ids_of_the_system_s_own_services(office: Office, source: str) -> None:
    await office.take(authorised(RIGHTS))
    (theirs,) = await office.take(replace(ISSUED, id="too late/1", source=source))
    (ours,) = await office.take(event(facts.directive(), id="too late/1", subject=DIRECTIVE, source=source))
    assert (theirs["outcome"], await office.codes(), ours["outcome"]) == ("refused", ["source-taken"], "registered")


async def test_a_publisher_with_a_topic_reads_all_verdicts_on_its_own_facts_there(office: Office) -> None:
    await office.take(authorised(WITH_TOPIC))
    stranger = replace(ASSIGNED, id="stranger", data=facts.task(lead=facts.STRANGER))
    await office.take(DRAFT, stranger, event(facts.task(), id="the office's", subject=facts.OTHER_TASK))
    await office.take(ISSUED)
    await office.take(ASSIGNED)
    told = await office.verdicts(TOPIC)
    assert [(type(said), said.fact_id) for said in told] == [
        (FactWaiting, "draft"), (FactRefused, "stranger"), (FactRegistered, "issued"), (FactWaiting, "draft"),
        (FactRegistered, "assigned"), (FactReleased, "draft"), (FactRegistered, "draft"),
    ]  # fmt: skip
    rows = {row["position"]: row for row in await office.journal(TOPIC)}
    assert sorted(rows) == list(range(1, 8))
    registered = [row for row in await office.journal(EVENTS) if row["key"] == str(DIRECTIVE).encode()]
    last = registered[-1]
    assert (told[-1].hash, told[-1].version) == (chain(last["previous_hash"], last["value"]).hex(), decode(last["value"]).version)


async def test_a_publisher_with_a_topic_reads_there_that_its_fact_has_waited_too_long(office: Office) -> None:
    await office.take(authorised(WITH_TOPIC))
    await office.take(ASSIGNED)
    office.restart()
    office.now = NOW + timedelta(days=30)
    await office.sweep()
    assert [type(said) for said in await office.verdicts(TOPIC)] == [FactWaiting, FactExpired]


RAW = (("origin", b"publishers.phan-mem-huyen.v1/0/7"), ("publisher", AGENCY.encode()), ("receivedtime", b"2021-04-10T02:30:00+00:00"))
JUNK = {
    "no JSON": b"\xff{",
    "nothing": None,
    "empty": b"",
    "a list": b"[1]",
    "a forged stamp": encode(event(facts.unit(), id="forged", subject=COMMITTEE, key=COMMITTEE)),
}


@pytest.mark.parametrize("what", JUNK)
async def test_what_the_forwarder_could_not_read_is_refused_in_its_publisher_s_name(office: Office, what: str) -> None:
    await office.take(authorised(WITH_TOPIC))
    wrong = msgspec.json.encode([{"pointer": "/data/lead", "problem": "is not a UUID"}])
    key = str(AGENCY_KEY).encode()
    record = office.place_bytes(key, JUNK[what], office.partition_of(AGENCY_KEY), (*RAW, ("wrong", wrong)))
    await office.judge(record)
    (row,) = await office.journal(TOPIC)
    told, receipt = decode(row["value"]), await office.receipt(record)
    assert (told.publisher, str(told.receivedtime), told.partitionkey) == (AGENCY, "2021-04-10 02:30:00+00:00", str(AGENCY_KEY))
    assert (told.data.code, told.data.digest) == ("malformed", None)
    assert [(field.pointer, field.problem) for field in told.data.fields] == [("/data/lead", "is not a UUID")]
    assert (receipt["outcome"], receipt["publisher"]) == ("refused", AGENCY)


@pytest.mark.parametrize("header", [("wrong", b"no list"), ("receivedtime", b"yesterday"), ("publisher", b"\xff\x00")])
async def test_headers_that_cannot_be_read_stop_nothing(office: Office, header: tuple[str, bytes]) -> None:
    headers = tuple(header if name == header[0] else (name, value) for name, value in (*RAW, ("wrong", b"[]")))
    record = office.place_bytes(b"key", b"junk", 0, headers)
    await office.judge(record)
    assert await office.codes() == ["malformed"]


async def test_headers_count_for_nothing_where_the_forwarder_did_not_write_them(office: Office) -> None:
    record = office.place_bytes(b"key", b"junk", 0, RAW[1:])
    await office.judge(record)
    assert (await office.receipt(record))["publisher"] is None


async def test_a_forwarded_fact_that_was_read_is_judged_like_any_other(office: Office) -> None:
    await office.take(authorised(RIGHTS))
    forwarded = dataclasses.replace(office.place(ISSUED), headers=RAW[:1])
    await office.judge(forwarded)
    assert (await office.receipt(forwarded))["outcome"] == "registered"
