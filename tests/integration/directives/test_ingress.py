"""The ingress on a real Kafka and PostgreSQL: 202 means in Kafka, a verdict is told once its event is."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid5

import httpx
import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.infrastructure import Infrastructure
from services.directives.ingress import BATCH, STRUCTURED, Ingress, build_ingress
from services.directives.receipts import place_of
from services.directives.verdicts import EVENTS, VERDICTS
from shared.broker import client_options
from shared.envelope import Event, decode, encode
from shared.environment import Environment
from shared.web.app import WebPart, build_web
from tests.support import facts
from tests.support.facts import COMMITTEE, DIRECTIVE, OFFICE, TASK, event
from tests.support.people import BEARER, KEY, door_of
from tests.support.records import FakeRecord
from tests.support.registry import PARTITIONS, Office, open_office
from tests.support.serving import serving
from tests.support.waiting import eventually

UNIT = event(facts.unit(), id="unit", subject=COMMITTEE, key=COMMITTEE)
ISSUED = event(facts.directive(addressees=()), id="issued", subject=DIRECTIVE, received_at=None)
REFUSED = event(facts.directive(addressees=(OFFICE,)), id="refused", subject=DIRECTIVE, received_at=None)
"""It names a unit that nobody has registered."""

ASSIGNED = event(facts.task(lead=COMMITTEE, coordinating=()), id="assigned", subject=TASK, received_at=None)


@dataclass
class Counter:
    """The office's counter: who publishes over HTTP, and the registrar behind."""

    client: httpx.AsyncClient
    office: Office
    bootstrap: str
    inbox: str

    async def post(self, *events: Event, is_batch: bool = False, wait: int | None = None) -> httpx.Response:
        """Publish one event, or a batch."""
        content = b"[" + b",".join(map(encode, events)) + b"]" if is_batch else encode(events[0])
        headers = {"authorization": f"Bearer {KEY}", "content-type": BATCH if is_batch else STRUCTURED}
        return await self.client.post(
            "/api/events", content=content, headers=headers | ({} if wait is None else {"prefer": f"wait={wait}"})
        )

    async def status(self, receipt: str) -> dict[str, Any]:
        """Return what a receipt tells."""
        told: dict[str, Any] = (await self.client.get(f"/api/events/{receipt}")).json()
        return told

    async def read(self) -> list[FakeRecord]:
        """Return the whole inbox."""
        consumer = AIOKafkaConsumer(**client_options(self.bootstrap), auto_offset_reset="earliest", enable_auto_commit=False)
        await consumer.start()
        try:
            targets = [TopicPartition(self.inbox, partition) for partition in range(PARTITIONS)]
            consumer.assign(targets)
            ends = await consumer.end_offsets(targets)
            found: list[FakeRecord] = []
            while len(found) < sum(ends.values()):
                for records in (await consumer.getmany(timeout_ms=1_000)).values():
                    found += [FakeRecord(r.topic, r.partition, r.offset, 0, r.key, r.value) for r in records]
            return found
        finally:
            await consumer.stop()

    async def judge(self, *receipts: str) -> None:
        """Let the registrar judge records that were received, without telling anybody."""
        wanted = {place_of(receipt, PARTITIONS) for receipt in receipts}
        for record in await self.read():
            if (record.partition, record.offset) in wanted:
                await self.office.judge(record)


@pytest.fixture
async def counter(database: str, bootstrap: str, topics: Callable[..., str]) -> AsyncIterator[Counter]:
    inbox = topics("inbox", PARTITIONS)
    ingress = Ingress(Environment(bootstrap, database, PARTITIONS, "system", 0, "127.0.0.1", None), inbox=inbox)
    app = build_web([WebPart("ingress", build_ingress(ingress), ingress.opened, lambda: ingress.receipts.pool)], door_of())
    async with open_office(database) as office:
        # The unit lies in an inbox of the past: its offset is far behind those of this one.
        office.ends = dict.fromkeys(range(PARTITIONS), 1_000_000)
        await office.take(UNIT)
        async with serving(app) as address, httpx.AsyncClient(base_url=address, timeout=60, headers=BEARER) as client:
            yield Counter(client, office, bootstrap, inbox)


async def test_a_received_fact_is_in_kafka_with_its_stamp_and_has_a_receipt(counter: Counter) -> None:
    answer = await counter.post(ISSUED)
    (record,) = await counter.read()
    receipt = f"{record.partition}-{record.offset}"
    assert (answer.status_code, answer.json()) == (202, {"receipt": receipt, "status": "received"})
    assert answer.headers["location"] == f"/api/events/{receipt}"
    inside = decode(record.value)
    assert (record.key, inside.data, inside.publisher) == (str(DIRECTIVE).encode(), ISSUED.data, "api")
    assert inside.receivedtime is not None


async def test_a_batch_is_in_kafka_in_its_order(counter: Counter) -> None:
    events = [ISSUED, *(event(facts.report(), id=f"r{n}", subject=uuid5(DIRECTIVE, str(n)), received_at=None) for n in range(999))]
    answer = await counter.post(*events, is_batch=True)
    assert answer.status_code == 202
    by_receipt = {f"{record.partition}-{record.offset}": decode(record.value).id for record in await counter.read()}
    assert [by_receipt[each["receipt"]] for each in answer.json()] == [each.id for each in events]


async def test_a_batch_that_is_larger_than_one_of_kafka_s_is_received_in_its_order(counter: Counter) -> None:
    events = [event(facts.directive(key="x" * 200), id="a" * 100 + str(n), subject=DIRECTIVE, received_at=None) for n in range(3)]
    large = [msgspec.structs.replace(each, data=msgspec.structs.replace(each.data, subject="ủ" * 6_000)) for each in events * 100]
    answer = await counter.post(*large, is_batch=True)
    receipts = [place_of(each["receipt"], PARTITIONS) for each in answer.json()]
    assert receipts == sorted(receipts)
    assert len(set(receipts)) == 300


async def test_each_of_many_at_once_gets_the_receipt_of_its_own_record(counter: Counter) -> None:
    keys = [uuid5(COMMITTEE, f"k{number}") for number in range(150)]
    events = [event(facts.task(), id=f"t{number}", subject=key, key=key, received_at=None) for number, key in enumerate(keys)]
    answers = await asyncio.gather(*(counter.post(each) for each in events))
    by_receipt = {f"{record.partition}-{record.offset}": decode(record.value).id for record in await counter.read()}
    assert [by_receipt[answer.json()["receipt"]] for answer in answers] == [each.id for each in events]


async def test_another_count_of_partitions_is_told_with_its_remedy(database: str, bootstrap: str, topics: Callable[..., str]) -> None:
    environment = Environment(bootstrap, database, PARTITIONS, "system", 0, "127.0.0.1", None)
    ingress = Ingress(environment, inbox=topics("inbox", PARTITIONS + 1))
    app = build_web([WebPart("ingress", build_ingress(ingress), ingress.opened, lambda: ingress.receipts.pool)], door_of())
    async with serving(app) as address, httpx.AsyncClient(base_url=address, timeout=60, headers=BEARER) as client:
        headers = {"authorization": f"Bearer {KEY}", "content-type": STRUCTURED}
        answer = await client.post("/api/events", content=encode(ISSUED), headers=headers)
        again = await client.post("/api/events", content=encode(ISSUED), headers=headers)
    assert (answer.status_code, again.status_code) == (503, 503)
    assert f"set DONDOC_PARTITIONS={PARTITIONS + 1}" in again.json()["detail"]


async def test_a_batch_with_one_wrong_event_writes_nothing(counter: Counter) -> None:
    answer = await counter.post(ISSUED, msgspec.structs.replace(ASSIGNED, id=""), is_batch=True)
    assert (answer.status_code, [field["pointer"] for field in answer.json()["fields"]]) == (422, ["/1/id"])
    assert await counter.read() == []


async def test_a_fact_is_received_until_its_verdict_is_in_kafka(counter: Counter) -> None:
    receipt = (await counter.post(ISSUED)).json()["receipt"]
    assert await counter.status(receipt) == {"receipt": receipt, "status": "received"}
    await counter.judge(receipt)
    assert await counter.status(receipt) == {"receipt": receipt, "status": "received"}
    await counter.office.send(EVENTS)
    assert await counter.status(receipt) == {"receipt": receipt, "status": "registered", "version": 1}


async def test_a_refused_fact_s_receipt_tells_why(counter: Counter) -> None:
    receipt = (await counter.post(REFUSED)).json()["receipt"]
    await counter.judge(receipt)
    await counter.office.send(VERDICTS)
    told = await counter.status(receipt)
    assert (told["status"], told["refusal"]["code"]) == ("refused", "unit-unknown")
    assert told["refusal"]["fields"][0]["pointer"] == "/data/addressees/0"
    assert told["refusal"]["reason_vi"]


async def test_a_waiting_fact_s_receipt_tells_what_it_waits_for(counter: Counter) -> None:
    receipt = (await counter.post(ASSIGNED)).json()["receipt"]
    await counter.judge(receipt)
    await counter.office.send(VERDICTS)
    told = await counter.status(receipt)
    assert (told["receipt"], told["status"]) == (receipt, "waiting")


async def test_a_duplicate_s_receipt_tells_the_verdict_on_its_original(counter: Counter) -> None:
    original, duplicate = [(await counter.post(ISSUED)).json()["receipt"] for _ in range(2)]
    await counter.judge(original, duplicate)
    assert (await counter.status(duplicate))["status"] == "received"
    await counter.office.send(EVENTS)
    assert await counter.status(duplicate) == {"receipt": duplicate, "status": "duplicate", "version": 1, "original": original}


async def test_a_duplicate_of_a_refused_fact_tells_the_refusal(counter: Counter) -> None:
    original, duplicate = [(await counter.post(REFUSED)).json()["receipt"] for _ in range(2)]
    await counter.judge(original, duplicate)
    await counter.office.send()
    told = await counter.status(duplicate)
    assert (told["status"], told["original"], told["refusal"]["code"]) == ("duplicate", original, "unit-unknown")


async def test_who_prefers_to_wait_is_answered_with_the_verdict_once_it_is_in_kafka(counter: Counter) -> None:
    waiting = asyncio.create_task(counter.post(ISSUED, wait=30))
    (record,) = await eventually(counter.read)
    await counter.office.judge(record)
    assert not waiting.done()
    await counter.office.send(EVENTS)
    answer = await waiting
    assert (answer.status_code, answer.json()["status"], answer.json()["version"]) == (200, "registered", 1)
    assert answer.headers["preference-applied"] == "wait=30"
    assert answer.headers["location"].endswith(answer.json()["receipt"])


async def test_a_batch_waits_for_all_its_verdicts(counter: Counter) -> None:
    waiting = asyncio.create_task(counter.post(ISSUED, ASSIGNED, is_batch=True, wait=30))

    async def are_there() -> list[FakeRecord]:
        records = await counter.read()
        return records if len(records) == 2 else []

    await counter.office.judge(*await eventually(are_there))
    await counter.office.send(EVENTS)
    answer = await waiting
    assert (answer.status_code, [each["version"] for each in answer.json()]) == (200, [1, 2])


async def test_who_waited_in_vain_is_answered_202(counter: Counter) -> None:
    answer = await counter.post(ISSUED, wait=1)
    assert (answer.status_code, answer.json()["status"]) == (202, "received")
    assert "preference-applied" not in answer.headers


async def test_a_receipt_beyond_the_inbox_s_end_is_not_found(counter: Counter) -> None:
    partition, offset = place_of((await counter.post(ISSUED)).json()["receipt"], PARTITIONS)
    answer = await counter.client.get(f"/api/events/{partition}-{offset + 1}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_while_the_broker_stands_still_nothing_is_told_to_be_received(counter: Counter, infrastructure: Infrastructure) -> None:
    infrastructure.kafka.pause()
    try:
        began = time.monotonic()
        answer = await counter.post(ISSUED)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert time.monotonic() - began < 8
        batch = await counter.post(ISSUED, ASSIGNED, is_batch=True)
        assert batch.status_code == 503
    finally:
        infrastructure.kafka.resume()

    async def is_back() -> bool:
        return (await counter.post(ISSUED)).status_code == 202

    await eventually(is_back)


async def test_the_stopped_database_does_not_stop_the_receiving(counter: Counter, infrastructure: Infrastructure) -> None:
    infrastructure.postgres.pause()
    try:
        assert (await counter.post(ISSUED)).status_code == 202
    finally:
        infrastructure.postgres.resume()


async def test_receipts_are_told_again_after_the_database_was_killed(counter: Counter, infrastructure: Infrastructure) -> None:
    receipt = (await counter.post(ISSUED)).json()["receipt"]
    infrastructure.postgres.kill()
    try:
        away = await counter.client.get(f"/api/events/{receipt}")
        assert away.status_code == 503
    finally:
        infrastructure.postgres.start()

    async def is_judged() -> bool:
        return (await counter.client.get(f"/api/events/{receipt}")).status_code == 200

    await eventually(is_judged)
    waiting = asyncio.create_task(counter.post(ASSIGNED, wait=30))
    await counter.judge(receipt)
    await counter.office.send()

    async def are_there() -> list[FakeRecord]:
        records = await counter.read()
        return records if len(records) == 2 else []

    await counter.judge(*(f"{record.partition}-{record.offset}" for record in (await eventually(are_there))[1:]))
    await counter.office.send()
    assert (await waiting).json()["status"] == "registered"
