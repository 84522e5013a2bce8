"""The forwarder on a real broker: what publishers send reaches the inbox, whatever it is, stamped, in order, and never less than once."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka.errors import MessageSizeTooLargeError
from kafka import KafkaProducer

from deploy.local.stack import Stack
from shared.broker import client_options
from shared.contracts.registry import publisher_key
from shared.envelope import Event, decode, encode, header
from shared.postgres import connect
from shared.topics import partition_of
from tests.support import facts
from tests.support.facts import DIRECTIVE
from tests.support.forwarding import PARTITIONS, Forwarding, origin_of, producing, publish
from tests.support.waiting import eventually

MIB = 1_048_576


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=["forwarder"]) as running:
        running.wait_ready()
        yield running


@pytest.fixture
def forwarding(stack: Stack) -> Forwarding:
    return Forwarding(stack)


def letter(number: int) -> Event:
    """Return a letter as an agency's system sends it, about a directive of its own."""
    key = f"cv-{number}"
    data = facts.directive(key=key)
    return facts.event(data, id=f"letter-{number}", subject=DIRECTIVE, key=DIRECTIVE, received_at=None)


async def test_a_fact_arrives_stamped_with_its_publisher_and_its_time_of_arrival_at_the_broker(forwarding: Forwarding) -> None:
    publisher = forwarding.publisher()
    begin = datetime.now(UTC)  # noqa: TID251  the broker stamps by the machine's clock
    (offset,) = await publish(publisher, encode(letter(1)), partition=2)
    (record,) = await forwarding.received(publisher, 1)
    event = decode(record.value)
    assert event.publisher == publisher.slug
    assert event.receivedtime is not None
    assert begin - timedelta(seconds=1) < event.receivedtime < begin + timedelta(seconds=30)
    assert (event.id, event.data) == ("letter-1", letter(1).data)
    assert record.key == str(DIRECTIVE).encode()
    assert record.partition == partition_of(str(DIRECTIVE), PARTITIONS)
    assert record.headers == (("origin", f"{publisher.topic}/2/{offset}".encode()),)


async def test_a_publisher_that_is_added_at_run_time_is_read_within_60_seconds(forwarding: Forwarding) -> None:
    early, late = forwarding.publisher(), forwarding.publisher()
    begin = time.monotonic()
    for publisher in (early, late):
        await publish(publisher, encode(letter(2)))
        await forwarding.received(publisher, 1)
    assert time.monotonic() - begin < 60


async def test_what_a_publisher_claims_about_itself_and_the_time_counts_for_nothing(forwarding: Forwarding) -> None:
    publisher = forwarding.publisher()
    claimed = json.loads(encode(letter(3))) | {"publisher": "office", "receivedtime": "2001-01-01T00:00:00Z"}
    headers = [("publisher", b"office"), ("origin", b"elsewhere/0/0"), ("receivedtime", b"2001-01-01T00:00:00Z")]
    async with producing(publisher) as producer:
        for value in (encode(letter(3)), json.dumps(claimed).encode()):
            await producer.send_and_wait(publisher.topic, value, headers=headers, partition=0, timestamp_ms=0)
    by_headers, by_attributes = sorted(await forwarding.received(publisher, 2), key=origin_of)
    event = decode(by_headers.value)
    assert event.publisher == publisher.slug
    assert event.receivedtime is not None
    assert event.receivedtime.year > 2001
    assert [name for name, _ in by_headers.headers] == ["origin"]
    assert header(by_attributes.headers, "publisher") == publisher.slug.encode()
    assert not (header(by_attributes.headers, "receivedtime") or b"").startswith(b"2001")
    wrong = json.loads(header(by_attributes.headers, "wrong") or b"")
    assert [each["pointer"] for each in wrong] == ["/publisher", "/receivedtime"]


JUNK = {
    "no JSON": b"xin ch\xe0o",
    "no UTF-8": b"\xff\xfe{}",
    "nothing": b"",
    "a tombstone": None,
    "a number": b"7",
    "nested deeply": b"[" * 100_000,
    "no attributes": b"{}",
    "no type of ours": json.dumps(json.loads(encode(letter(4))) | {"type": "vn.dondoc.khac.v1"}).encode(),
    "a key that is none": json.dumps(json.loads(encode(letter(4))) | {"partitionkey": "không phải UUID"}).encode(),
    "NUL": encode(letter(4)).replace(b"letter-4", b"letter\\u0000"),
    "a mebibyte": b"x" * MIB,
    "huge": b"x" * (2 * MIB - 1_000),
}


async def test_junk_is_sent_on_raw_with_who_when_from_where_and_what_is_wrong(forwarding: Forwarding) -> None:
    publisher = forwarding.publisher()
    await publish(publisher, *JUNK.values(), encode(letter(5)), max_request_size=3 * MIB)
    by_origin = {origin_of(record): record for record in await forwarding.received(publisher, len(JUNK) + 1)}
    key = str(publisher_key(publisher.slug))
    for offset, (what, value) in enumerate(JUNK.items()):
        junk = by_origin[f"{publisher.topic}/0/{offset}"]
        assert (junk.key, junk.partition) == (key.encode(), partition_of(key, PARTITIONS)), what
        assert header(junk.headers, "publisher") == publisher.slug.encode(), what
        assert datetime.fromisoformat((header(junk.headers, "receivedtime") or b"").decode()).tzinfo is not None, what
        wrong = json.loads(header(junk.headers, "wrong") or b"")
        assert 1 <= len(wrong) <= 20, what
        assert all(set(each) == {"pointer", "problem"} and each["problem"] for each in wrong), what
        assert junk.value == (value if what != "huge" else b'{"id":"","source":"","type":""}'), what
    assert decode(by_origin[f"{publisher.topic}/0/{len(JUNK)}"].value).id == "letter-5"


class _NoText(str):
    """The name of a header that no client writes by itself."""

    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        return b"\xffce_\xfe"


async def test_a_header_whose_name_is_no_text_stops_nobody(forwarding: Forwarding) -> None:
    publisher = forwarding.publisher()
    odd = KafkaProducer(**client_options(publisher.address), acks="all")
    for number in (10, 11):
        odd.send(publisher.topic, encode(letter(number)), headers=[(_NoText("x"), b"1")], partition=0).get(20)
    odd.close()
    await publish(publisher, encode(letter(12)))
    records = sorted(await forwarding.received(publisher, 3), key=origin_of)
    assert [decode(record.value).id for record in records] == ["letter-10", "letter-11", "letter-12"]


async def test_every_wrong_field_is_named(forwarding: Forwarding) -> None:
    publisher = forwarding.publisher()
    wrong = json.loads(encode(letter(6)))
    del wrong["data"]["subject"], wrong["specversion"]
    wrong["data"]["issuer"] = "UBND"
    await publish(publisher, json.dumps(wrong).encode())
    (record,) = await forwarding.received(publisher, 1)
    named = {each["pointer"] for each in json.loads(header(record.headers, "wrong") or b"")}
    assert named == {"/specversion", "/data/subject", "/data/issuer"}


async def test_a_state_secret_does_not_enter_the_inbox(forwarding: Forwarding) -> None:
    publisher = forwarding.publisher()
    secret = json.loads(encode(letter(7)))
    secret["data"] |= {"security": "tuyet-mat", "subject": "Nội dung tuyệt mật"}
    await publish(publisher, json.dumps(secret).encode())
    (record,) = await forwarding.received(publisher, 1)
    assert json.loads(record.value) == {"id": "letter-7", "source": secret["source"], "type": secret["type"]}
    assert [each["pointer"] for each in json.loads(header(record.headers, "wrong") or b"")] == ["/data/security"]


async def test_events_in_binary_mode_are_events(forwarding: Forwarding) -> None:
    publisher = forwarding.publisher()
    sent = json.loads(encode(letter(8)))
    data = json.dumps(sent.pop("data"), ensure_ascii=False).encode()
    headers = [(f"ce_{name}", str(value).encode()) for name, value in sent.items() if name != "datacontenttype"]
    async with producing(publisher) as producer:
        await producer.send_and_wait(publisher.topic, data, headers=[*headers, ("content-type", b"application/json")], partition=0)
        await producer.send_and_wait(publisher.topic, b"{", headers=[*headers, ("content-type", b"application/json")], partition=0)
    good, bad = sorted(await forwarding.received(publisher, 2), key=origin_of)
    assert decode(good.value).data == letter(8).data
    assert (decode(good.value).source, decode(good.value).publisher) == (sent["source"], publisher.slug)
    assert json.loads(bad.value) == {"id": "letter-8", "source": sent["source"], "type": sent["type"]}
    assert json.loads(header(bad.headers, "wrong") or b"")[0]["pointer"] == "/data"


async def test_a_small_batch_that_unpacks_to_a_large_one_is_refused_by_the_broker(forwarding: Forwarding) -> None:
    publisher = forwarding.publisher()
    async with producing(publisher, compression_type="gzip", max_batch_size=100 * MIB, max_request_size=100 * MIB) as producer:
        bomb = producer.create_batch()
        for _ in range(20):
            assert bomb.append(timestamp=None, key=b"k", value=bytes(MIB))
        bomb.close()
        with pytest.raises(MessageSizeTooLargeError):
            await (await producer.send_batch(bomb, publisher.topic, partition=0))
        await producer.send_and_wait(publisher.topic, encode(letter(9)), partition=0)
    (record,) = await forwarding.received(publisher, 1)
    assert decode(record.value).id == "letter-9"


async def test_only_committed_records_are_forwarded_and_markers_leave_no_lag(forwarding: Forwarding) -> None:
    publisher = forwarding.publisher()
    async with producing(publisher, transactional_id=f"{publisher.slug}.test") as producer:
        for number, ends in enumerate(["commit", "abort", "commit", "abort"]):
            await producer.begin_transaction()
            for part in range(3):
                await producer.send_and_wait(publisher.topic, f"{number}-{part}".encode(), partition=1)
            await (producer.commit_transaction() if ends == "commit" else producer.abort_transaction())
    records = await forwarding.received(publisher, 6)
    assert [record.value for record in records] == [b"0-0", b"0-1", b"0-2", b"2-0", b"2-1", b"2-2"]

    async def has_no_lag() -> bool:
        lag = await forwarding.lag()
        return lag is not None and lag.get(f"{publisher.topic}/1") == 0

    await eventually(has_no_lag, 20)
    assert len(await forwarding.read(publisher)) == 6


async def test_a_forwarder_killed_in_the_middle_loses_nothing_and_keeps_the_order(forwarding: Forwarding, stack: Stack) -> None:
    publisher = forwarding.publisher()
    count = 3_000
    async with producing(publisher, linger_ms=5) as producer:
        sent = [await producer.send(publisher.topic, str(n).encode(), partition=n % PARTITIONS) for n in range(count)]
        for each in sent:
            await each
    process = stack.processes["forwarder"]
    for target in (200, 900, 1_700):
        await forwarding.received(publisher, target)
        process.kill()
        process.start()
    records = await forwarding.received(publisher, count, limit=90)
    for partition in range(PARTITIONS):
        came = [int(record.value) for record in records if origin_of(record).startswith(f"{publisher.topic}/{partition}/")]
        assert list(dict.fromkeys(came)) == [n for n in range(count) if n % PARTITIONS == partition]


async def test_while_kafka_is_away_the_forwarder_waits_and_then_goes_on(forwarding: Forwarding, stack: Stack) -> None:
    publisher = forwarding.publisher()
    await publish(publisher, b"1")
    await forwarding.received(publisher, 1)
    stack.infrastructure.kafka.kill()
    stack.infrastructure.kafka.start()
    await publish(publisher, b"2", b"3")
    records = await forwarding.received(publisher, 3)
    assert list(dict.fromkeys(record.value for record in records)) == [b"1", b"2", b"3"]
    assert stack.processes["forwarder"].alive


async def test_nothing_of_all_this_was_parked_and_nothing_is_left(forwarding: Forwarding, stack: Stack) -> None:
    async def is_done() -> bool:
        lag = await forwarding.lag()
        return lag is not None and set(lag.values()) == {0}

    await eventually(is_done, 20)
    connection = await connect(stack.dsn, schema="forwarder")
    try:
        assert await connection.fetchval("SELECT count(*) FROM parked") == 0
    finally:
        await connection.close()
