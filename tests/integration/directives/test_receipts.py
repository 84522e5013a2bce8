"""Receipts and the list of what waits: told once it is in Kafka, and to each publisher of its own facts only."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest
from fastapi import APIRouter

from services.directives.receipts import Receipt, Receipts, name_of
from services.directives.verdicts import EVENTS, VERDICTS
from services.directives.waiting_api import build_waiting
from shared.broker import new_producer
from shared.envelope import encode
from shared.errors import NotFoundError
from shared.identity.principals import Principal
from shared.streaming.queries import QUERIES as STREAMING
from shared.web.app import WebPart, build_web
from tests.support import facts
from tests.support.facts import AGENCY, AGENCY_KEY, COMMITTEE, DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, TASK, event
from tests.support.people import BEARER, door_of
from tests.support.records import FakeRecord
from tests.support.registry import NOW, PARTITIONS, Office, open_office, sent_by
from tests.support.serving import serving
from tests.support.waiting import eventually

UNITS = [
    event(facts.unit(code=code), id=f"unit {code}", subject=unit, key=unit)
    for unit, code in ((COMMITTEE, "H10"), (HOME_AFFAIRS, "H10.1"), (OFFICE, "H10.2"))
]
RIGHTS = event(facts.authorised("task-assigned", "plan-submitted", all_units=True), id="rights", subject=AGENCY_KEY, key=AGENCY_KEY)
ISSUED = event(facts.directive(), id="issued", subject=DIRECTIVE)
ASSIGNED = sent_by(AGENCY, event(facts.task(), id="assigned", subject=TASK, source="/phan-mem-huyen"))
DRAFT = event(facts.plan(), id="draft", subject=PLAN)


@dataclass
class Counter:
    """A registrar without its relay, and who asks it for receipts."""

    office: Office
    receipts: Receipts

    async def find(self, record: FakeRecord, publisher: str | None = None) -> Receipt:
        """Return a record's receipt."""
        return await self.receipts.find((record.partition, record.offset), publisher)


@pytest.fixture
async def counter(database: str, bootstrap: str, topics: Callable[..., str]) -> AsyncIterator[Counter]:
    receipts = Receipts(database, bootstrap, topics("inbox", PARTITIONS))
    async with open_office(database) as office, receipts.opened():
        office.ends = dict.fromkeys(range(PARTITIONS), 1_000_000)  # far behind the records that a test puts into Kafka itself
        await office.take(*UNITS, RIGHTS)
        await office.send()
        await eventually(lambda: is_open(receipts))
        yield Counter(office, receipts)


async def is_open(receipts: Receipts) -> bool:
    try:
        await receipts.read([])
    except Exception:  # noqa: BLE001  whatever it is, it is not open yet
        return False
    return True


async def test_that_a_fact_waits_is_told_once_it_is_in_kafka(counter: Counter) -> None:
    record = counter.office.place(DRAFT)
    await counter.office.judge(record)
    assert (await counter.find(record)).status == "received"
    await counter.office.send()
    told = await counter.find(record)
    assert (told.status, told.waits_for and (told.waits_for.kind, told.waits_for.id)) == ("waiting", ("directive", str(DIRECTIVE)))
    assert told.waits_for is not None
    assert told.waits_for.expires_at == NOW + timedelta(days=30)


async def test_a_waiting_fact_stays_waiting_until_its_verdict_is_in_kafka(counter: Counter) -> None:
    record, repeat = counter.office.place(ASSIGNED), counter.office.place(ASSIGNED)
    await counter.office.judge(record, repeat)
    await counter.office.send()
    await counter.office.take(ISSUED)
    await counter.office.send(VERDICTS)
    assert (await counter.find(record)).status == "waiting"
    again = await counter.find(repeat)
    assert (again.status, again.version, again.waits_for is not None) == ("duplicate", None, True)
    await counter.office.send(EVENTS)
    told, again = await counter.find(record), await counter.find(repeat)
    assert (told.status, told.version, told.waits_for) == ("registered", 2, None)
    assert (again.status, again.version, again.original) == ("duplicate", 2, name_of((record.partition, record.offset)))


async def test_that_a_fact_has_waited_too_long_is_told_as_a_refusal(counter: Counter) -> None:
    record = counter.office.place(DRAFT)
    await counter.office.judge(record)
    counter.office.now = NOW + timedelta(days=30)
    await counter.office.sweep()
    await counter.office.send()
    told = await counter.find(record)
    assert (told.status, told.refusal and told.refusal.code) == ("refused", "waited-too-long")


@pytest.mark.parametrize("is_told", [False, True])
async def test_a_publisher_finds_its_own_receipts_only(counter: Counter, is_told: bool) -> None:  # noqa: FBT001
    mine, foreign = counter.office.place(ASSIGNED), counter.office.place(DRAFT)
    await counter.office.judge(mine, foreign)
    if is_told:
        await counter.office.send()
    assert (await counter.find(mine, AGENCY)).status == ("waiting" if is_told else "received")
    with pytest.raises(NotFoundError):
        await counter.find(foreign, AGENCY)
    assert (await counter.find(foreign)).receipt == name_of((foreign.partition, foreign.offset))


@asynccontextmanager
async def asking(receipts: Receipts, publisher: str = "") -> AsyncIterator[httpx.AsyncClient]:
    """Serve the list, to the office or to a publisher."""

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield

    def know(key: str, _address: str) -> Principal | None:
        return Principal("key", key, "publisher") if key == publisher else None

    router = APIRouter()
    router.include_router(build_waiting(receipts))
    app = build_web([WebPart("waiting", router, lifespan, lambda: receipts.pool, know)], door_of())
    headers = {"Authorization": f"Bearer {publisher}"} if publisher else BEARER
    async with serving(app) as address, httpx.AsyncClient(base_url=address, timeout=30, headers=headers) as client:
        yield client


async def list_ids(client: httpx.AsyncClient, **question: Any) -> list[str]:
    return [each["id"] for each in (await client.get("/api/waiting", params=question)).json()["items"]]


async def test_what_waits_is_listed_with_what_it_needs(counter: Counter) -> None:
    record = counter.office.place(ASSIGNED)
    await counter.office.judge(record)
    async with asking(counter.receipts) as client:
        assert await list_ids(client) == []  # nobody was told yet
        await counter.office.send()
        answer = await client.get("/api/waiting")
    assert answer.json() == {
        "items": [
            {
                "receipt": name_of((record.partition, record.offset)), "id": "assigned", "source": "/phan-mem-huyen", "type": ASSIGNED.type,
                "subject": str(TASK), "key": str(DIRECTIVE), "publisher": AGENCY, "needs": {"kind": "directive", "id": str(DIRECTIVE)},
                "received_at": "2021-04-10T02:00:00Z", "expires_at": "2021-05-10T03:00:00Z",
            }
        ],
        "next": None,
    }  # fmt: skip


async def test_what_waits_is_listed_by_key_and_publisher_page_by_page(counter: Counter) -> None:
    other = uuid5(COMMITTEE, "other")
    tasks = [event(facts.task(), id=f"task {number}", subject=uuid5(other, str(number)), key=other) for number in range(5)]
    await counter.office.take(ASSIGNED, DRAFT, *tasks)
    await counter.office.send()
    async with asking(counter.receipts) as client:
        assert await list_ids(client, key=str(DIRECTIVE)) == ["assigned", "draft"]
        assert await list_ids(client, publisher=AGENCY) == ["assigned"]
        found: list[str] = []
        question = {"limit": "2", "key": str(other)}
        while "cursor" not in question or question["cursor"]:
            page = (await client.get("/api/waiting", params=question)).json()
            found += [each["id"] for each in page["items"]]
            question["cursor"] = page["next"] or ""
        assert found == [f"task {number}" for number in range(5)]
        assert (await client.get("/api/waiting", params={"cursor": "nonsense"})).status_code == 422


async def test_a_publisher_sees_only_what_waits_of_its_own(counter: Counter) -> None:
    await counter.office.take(ASSIGNED, DRAFT)
    await counter.office.send()
    async with asking(counter.receipts, AGENCY) as client:
        assert await list_ids(client) == await list_ids(client, publisher="api") == ["assigned"]


async def test_a_record_that_was_not_judged_yet_is_found_by_its_publisher_only(counter: Counter, bootstrap: str) -> None:
    producer = new_producer(bootstrap)
    await producer.start()
    raw = [("origin", b"publishers.x.v1/0/0"), ("publisher", AGENCY.encode())]
    sent = [
        await producer.send_and_wait(counter.receipts.inbox, value, b"key", 1, headers=headers)
        for value, headers in ((encode(DRAFT), []), (encode(ASSIGNED), []), (encode(DRAFT), raw), (b"junk", []), (None, []))
    ]
    await producer.stop()
    found: list[str] = []
    for each in sent:
        try:
            found.append((await counter.receipts.find((each.partition, each.offset), AGENCY)).status)
        except NotFoundError:
            found.append("not found")
    assert found == ["not found", "received", "received", "not found", "not found"]
    assert (await counter.receipts.find((1, sent[0].offset))).status == "received"
    with pytest.raises(NotFoundError):
        await counter.receipts.find((1, sent[-1].offset + 1), AGENCY)


async def test_who_has_just_sent_a_record_is_remembered_for_a_while(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.directives.receipts.MAX_SENDERS", 2)

    async def never(*_: object) -> str:
        raise AssertionError

    async def whole(*_: object) -> bool:
        return True

    monkeypatch.setattr("services.directives.receipts.read_publisher", never)
    monkeypatch.setattr(counter.receipts, "_is_in_inbox", whole)
    counter.receipts.note([(3, 0), (3, 1), (3, 2)], AGENCY)
    assert (await counter.receipts.find((3, 2), AGENCY)).status == "received"
    with pytest.raises(NotFoundError):
        await counter.receipts.find((3, 2), "another")
    with pytest.raises(AssertionError):
        await counter.receipts.find((3, 0), AGENCY)


async def test_a_record_that_is_judged_while_its_receipt_is_looked_for_is_found(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    record, fetch = counter.office.place(ASSIGNED), counter.receipts.fetch

    async def slow(query: str, *arguments: object) -> Any:
        found = await fetch(query, *arguments)
        if query == "read_receipt" and not found:
            await counter.office.judge(record)
            await counter.office.pool.execute(STREAMING["add_checkpoint"], counter.receipts.inbox, record.partition, UUID(int=0))
            await counter.office.pool.execute(STREAMING["move_checkpoint"], counter.receipts.inbox, record.partition, record.offset + 1, 0)
        return found

    monkeypatch.setattr(counter.receipts, "fetch", slow)
    assert (await counter.find(record, AGENCY)).status == "received"


async def test_who_sent_what_was_looked_up_is_remembered_for_a_while_only(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.directives.receipts.MAX_SENDERS", 2)
    looked_up: list[int] = []

    async def look_up(_bootstrap: str, _inbox: str, place: tuple[int, int]) -> str:
        looked_up.append(place[1])
        return AGENCY

    async def whole(*_: object) -> bool:
        return True

    monkeypatch.setattr("services.directives.receipts.read_publisher", look_up)
    monkeypatch.setattr(counter.receipts, "_is_in_inbox", whole)
    for offset in (0, 1, 2, 2, 0):
        assert (await counter.receipts.find((3, offset), AGENCY)).status == "received"
    assert looked_up == [0, 1, 2, 0]
