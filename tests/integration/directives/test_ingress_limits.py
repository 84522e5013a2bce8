"""What is slow, endless or too much costs the door little and is told so; a publisher's limits, rights and receipts are its own."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import httpx
import msgspec
import pytest

from services.directives.binding import BATCH, STRUCTURED
from shared.clock import system_clock
from shared.contracts.tasks import TaskReceived
from shared.explained import example_of
from shared.identity.limits import Limit, set_limit
from shared.postgres import connect
from tests.support.door import Counter, open_counter, read_answer

EVENT = msgspec.json.encode(example_of(TaskReceived))
NARROW = Limit(events_per_second=1, burst=10, events_per_day=1_000)
BODY_SECONDS = 0.5


@pytest.fixture
async def counter(database: str, bootstrap: str, topics: Callable[..., str]) -> AsyncIterator[Counter]:
    async with open_counter(bootstrap, database, topics("inbox", 4), limit=NARROW, body_seconds=BODY_SECONDS) as opened:
        yield opened


@pytest.fixture
async def client(counter: Counter) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=counter.url, timeout=30) as opened:
        yield opened


async def post(client: httpx.AsyncClient, key: str, content: bytes = EVENT, media_type: str = STRUCTURED) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}", "content-type": media_type}
    return await client.post("/api/events", content=content, headers=headers)


def code_of(answer: httpx.Response) -> str:
    code: str = answer.json()["type"].rpartition("/")[2]
    return code


def head(counter: Counter, *lines: str) -> bytes:
    """Return the head of a request by the agency."""
    key = counter.keys["agency"]
    usual = ["POST /api/events HTTP/1.1", "Host: office", f"Authorization: Bearer {key}", f"Content-Type: {STRUCTURED}"]
    return "\r\n".join([*usual, *lines, "", ""]).encode()


async def test_a_body_that_drips_is_turned_away_in_time(counter: Counter) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(counter.url.rpartition(":")[2]))

    async def drip() -> None:
        writer.write(head(counter, "Transfer-Encoding: chunked"))
        while True:
            writer.write(b"1\r\n \r\n")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    try:
        answer = await asyncio.wait_for(read_answer(reader), 10)
    finally:
        dripping.cancel()
        await asyncio.wait([dripping])
        writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"].endswith("/too-slow")
    assert await counter.inbox.added() == []


async def test_a_body_shorter_than_it_was_told_to_be_is_turned_away_in_time(counter: Counter) -> None:
    answer = await counter.exchange(head(counter, f"Content-Length: {len(EVENT) + 1}") + EVENT)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert await counter.inbox.added() == []


async def test_a_body_that_is_told_to_be_too_large_is_turned_away_before_it_comes(counter: Counter) -> None:
    answer = await counter.exchange(head(counter, "Content-Length: 1073741824", "Expect: 100-continue"))
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_too_many_large_bodies_at_once_are_told_to_come_later(counter: Counter, client: httpx.AsyncClient) -> None:
    counter.ingress.bodies.most = 10
    answer = await post(client, counter.keys["agency"])
    assert (answer.status_code, code_of(answer), answer.headers["retry-after"]) == (503, "busy", "1")
    counter.ingress.bodies.most = 1_000_000
    assert (await post(client, counter.keys["agency"])).status_code == 202
    assert counter.ingress.bodies.held == 0


async def test_a_publisher_beyond_its_rate_is_told_when_to_come_again_and_the_others_are_served(
    counter: Counter, client: httpx.AsyncClient
) -> None:
    answers = [await post(client, counter.keys["agency"], b"junk") for _ in range(10)]
    assert {code_of(answer) for answer in answers} == {"invalid-json"}
    too_many = await post(client, counter.keys["agency"])
    for _ in range(20):  # the bucket fills by one a second: a slow machine may send one more
        if too_many.status_code == 429:
            break
        too_many = await post(client, counter.keys["agency"])
    assert (too_many.status_code, code_of(too_many), too_many.headers["retry-after"]) == (429, "too-many-events", "1")
    assert too_many.headers["ratelimit-policy"] == '"too-many-events";q=10;w=10'
    assert too_many.headers["ratelimit"] == '"too-many-events";r=0;t=1'
    assert (await post(client, counter.keys["clerk"])).status_code == 202


async def test_a_batch_counts_by_its_events(counter: Counter, client: httpx.AsyncClient) -> None:
    batch = b"[" + b",".join([EVENT] * 9) + b"]"
    assert (await post(client, counter.keys["clerk"], batch, BATCH)).status_code == 202
    too_many = await post(client, counter.keys["clerk"], batch, BATCH)
    assert (too_many.status_code, code_of(too_many)) == (429, "too-many-events")
    assert len(await counter.inbox.added()) == 9


async def test_a_quota_that_is_used_up_ends_at_midnight(counter: Counter, client: httpx.AsyncClient) -> None:
    connection = await connect(counter.dsn, schema="identity")
    try:
        await set_limit(connection, "clerk", Limit(events_per_day=1), by="command:tests", now=await system_clock())
        await counter.ingress.ring.refresh(connection)
    finally:
        await connection.close()
    assert (await post(client, counter.keys["clerk"])).status_code == 202
    used_up = await post(client, counter.keys["clerk"])
    assert (used_up.status_code, code_of(used_up)) == (429, "quota-used-up")
    assert 0 < int(used_up.headers["retry-after"]) <= 86_400


async def test_a_foreign_receipt_is_not_found_once_the_fact_is_judged(counter: Counter, client: httpx.AsyncClient) -> None:
    receipt = (await post(client, counter.keys["clerk"])).json()["receipt"]
    (record,) = await counter.inbox.added()
    await counter.office.judge(record)
    await counter.office.send()
    told = {
        name: await client.get(f"/api/events/{receipt}", headers={"authorization": f"Bearer {counter.keys[name]}"})
        for name in ("clerk", "agency", "office")
    }
    assert {name: answer.status_code for name, answer in told.items()} == {"clerk": 200, "agency": 404, "office": 200}
    assert told["clerk"].json()["refusal"]["code"] == "unit-unknown"


async def test_wrong_keys_are_turned_away_sooner_after_too_many(counter: Counter, client: httpx.AsyncClient) -> None:
    answers = [await post(client, counter.keys["unknown"]) for _ in range(25)]
    assert (answers[0].status_code, code_of(answers[0])) == (401, "key-unknown")
    assert (answers[-1].status_code, code_of(answers[-1])) == (429, "too-many-failures")
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert (await post(client, counter.keys["clerk"])).status_code == 202


async def test_the_door_is_described(counter: Counter, client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json", headers={"authorization": f"Bearer {counter.keys['clerk']}"})).json()
    door = document["paths"]["/api/events"]["post"]
    assert set(door["requestBody"]["content"]) == {STRUCTURED, BATCH, "application/json"}
    assert {"200", "202", "400", "401", "403", "408", "413", "415", "422", "429", "431", "503"} <= set(door["responses"])
    assert {parameter["name"] for parameter in door["parameters"]} >= {"Prefer", "ce-id", "ce-type"}
    assert set(document["paths"]["/api/events/{receipt}"]["get"]["responses"]) >= {"200", "401", "404"}
