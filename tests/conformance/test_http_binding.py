"""The HTTP binding case by case: each request of the corpus over a socket to the real app, and what is in Kafka after it."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from deploy.local.infrastructure import Infrastructure
from shared.envelope import decode
from shared.topics import Topic, create_topics, partition_of
from tests.support.door import Counter, open_counter
from tests.support.door_corpus import Built, Case, build, load_cases
from tests.support.records import FakeRecord
from tests.support.registry import PARTITIONS

CASES = load_cases()
TOPIC = "conformance.inbox"


@dataclass
class Outcome:
    """What came of a case."""

    built: Built
    status: int
    headers: Mapping[str, str]
    body: Any
    records: list[FakeRecord]


@pytest.fixture(scope="module")
def outcomes(infrastructure: Infrastructure) -> Mapping[str, Outcome]:
    """Return what came of every case, sent one after another."""
    bootstrap = infrastructure.kafka.bootstrap
    infrastructure.postgres.create_database("conformance")
    create_topics(bootstrap, PARTITIONS, 1, [Topic(TOPIC, owner="tests", key="", holds="", config={"max.message.bytes": "2097152"})])
    try:
        return asyncio.run(_run(bootstrap, infrastructure.postgres.dsn("conformance")))
    finally:
        infrastructure.postgres.drop_database("conformance")


async def _run(bootstrap: str, dsn: str) -> Mapping[str, Outcome]:
    async with open_counter(bootstrap, dsn, TOPIC) as counter:
        return {name: await _send(counter, case) for name, case in CASES.items()}


async def _send(counter: Counter, case: Case) -> Outcome:
    key = counter.keys.get(case.who)
    built = build(case, f"Bearer {key}" if key else "", counter.keys)
    head, _, body = (await counter.exchange(built.request)).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Outcome(built, int(first.split()[1]), headers, json.loads(body), await counter.inbox.added())


def test_the_corpus_is_large_enough_and_speaks_vietnamese() -> None:
    assert len(CASES) >= 120
    assert sum(case.status >= 400 for case in CASES.values()) >= 60
    assert {case.mode for case in CASES.values()} == {"structured", "binary", "batch"}


@pytest.mark.parametrize("name", CASES)
def test_a_request_is_answered_as_the_corpus_says(name: str, outcomes: Mapping[str, Outcome]) -> None:
    case, outcome = CASES[name], outcomes[name]
    assert outcome.status == case.status, outcome.body
    if case.status >= 400:
        assert outcome.headers["content-type"] == "application/problem+json"
        assert outcome.body["type"].rpartition("/")[2] == case.code
        assert tuple(sorted(field["pointer"] for field in outcome.body.get("fields", []))) == tuple(sorted(case.pointers))
    else:
        receipts = outcome.body if case.mode == "batch" else [outcome.body]
        assert [each["status"] for each in receipts] == ["received"] * len(outcome.records)
        assert {each["receipt"] for each in receipts} == {f"{record.partition}-{record.offset}" for record in outcome.records}
        assert case.mode == "batch" or outcome.headers["location"] == f"/api/events/{outcome.body['receipt']}"


@pytest.mark.parametrize("name", CASES)
def test_what_is_in_kafka_after_it_is_what_the_corpus_says(name: str, outcomes: Mapping[str, Outcome]) -> None:
    case, outcome = CASES[name], outcomes[name]
    wanted = wanted_of(case, outcome)
    by_receipt = {f"{record.partition}-{record.offset}": record for record in outcome.records}
    assert len(by_receipt) == len(wanted)
    receipts = outcome.body if case.mode == "batch" else [outcome.body]
    for receipt, attributes in zip(receipts if wanted else [], wanted, strict=True):
        require_record(by_receipt[receipt["receipt"]], attributes, "api" if case.who == "office" else case.who)


def wanted_of(case: Case, outcome: Outcome) -> list[dict[str, Any]]:
    """Return what the records have to say: the events that were sent, or what the case spells out."""
    if case.status >= 300:
        return []
    if case.kafka is not None:
        sent = outcome.built.events if case.body is None else [{} for _ in case.kafka]
        return [{**event, **spelled} for event, spelled in zip(sent, case.kafka, strict=True)]
    return outcome.built.events


def require_record(record: FakeRecord, attributes: Mapping[str, Any], publisher: str) -> None:
    """Fail unless a record is an event with these attributes, in its key's partition, with the office's stamps."""
    event = decode(record.value)
    assert record.key == event.partitionkey.encode()
    assert record.partition == partition_of(event.partitionkey, PARTITIONS)
    assert event.receivedtime is not None
    assert event.publisher == ("agency" if publisher == "nobody" else publisher)
    inside = msgspec.to_builtins(event)
    for name, value in attributes.items():
        if name == "data":
            assert event.data == msgspec.convert(value, type(event.data), str_keys=True)
        elif name.startswith("data."):
            assert inside["data"][name.removeprefix("data.")] == value
        elif name == "time":
            assert event.time == (None if value is None else msgspec.json.decode(msgspec.json.encode(value), type=type(event.receivedtime)))
        else:
            assert inside.get(name) == value, name
