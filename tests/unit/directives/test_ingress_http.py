"""What the ingress answers before anything is sent: neither Kafka nor PostgreSQL is there."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from services.directives.admission import MAX_EVENT
from services.directives.binding import ACCEPTED
from services.directives.bodies import LINGER_BYTES
from services.directives.ingress import BATCH, MAX_BATCH_BODY, STRUCTURED, Ingress, build_ingress
from shared.envelope import encode
from shared.environment import Environment
from shared.errors import DondocError
from shared.web.app import WebPart, build_web
from tests.support import facts
from tests.support.facts import DIRECTIVE, event
from tests.support.people import BEARER, KEY, door_of

ABSENT = Environment("127.0.0.1:1", "postgresql://127.0.0.1:1/none", 4, "system", 0, "127.0.0.1", None)
ISSUED = encode(event(facts.directive(), id="a-1", subject=DIRECTIVE, received_at=None))
HEADERS = {"authorization": f"Bearer {KEY}", "content-type": STRUCTURED}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    ingress = Ingress(ABSENT)
    app = build_web([WebPart("ingress", build_ingress(ingress), ingress.opened, lambda: ingress.receipts.pool)], door_of())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://office", headers=BEARER) as opened:
        yield opened


async def post(client: httpx.AsyncClient, content: bytes = ISSUED, **headers: str) -> httpx.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/api/events", content=content, headers=HEADERS | given)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", KEY, f"Basic {KEY}", "Bearer ủ"])
async def test_nothing_is_taken_without_the_key(client: httpx.AsyncClient, authorization: str) -> None:
    headers = [(b"content-type", STRUCTURED.encode()), (b"authorization", authorization.encode())]
    answer = await client.post("/api/events", content=ISSUED, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "", f"{STRUCTURED}; charset=latin-1"])
async def test_other_media_types_are_named_unsupported(client: httpx.AsyncClient, media_type: str) -> None:
    answer = await post(client, content_type=media_type)
    assert (answer.status_code, answer.headers["accept-post"]) == (415, ACCEPTED)


@pytest.mark.parametrize("media_type", [f"{STRUCTURED}; charset=UTF-8", f'{STRUCTURED.upper()};charset="utf-8"'])
async def test_utf_8_may_be_said(client: httpx.AsyncClient, media_type: str) -> None:
    assert (await post(client, b"{}", content_type=media_type)).status_code == 422


async def test_every_wrong_field_is_in_the_problem(client: httpx.AsyncClient) -> None:
    answer = await post(client, msgspec.json.encode({**msgspec.json.decode(ISSUED), "id": "", "partitionkey": 1}))
    problem = answer.json()
    assert (answer.status_code, problem["type"].rpartition("/")[2]) == (422, "invalid-event")
    assert sorted(field["pointer"] for field in problem["fields"]) == ["/id", "/partitionkey"]


async def test_a_body_that_is_told_to_be_too_long_is_turned_away_before_it_is_read(client: httpx.AsyncClient) -> None:
    async def never() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b" "

    answer = await client.post("/api/events", content=never(), headers=HEADERS | {"content-length": str(MAX_EVENT + 1)})
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")


@pytest.mark.parametrize(("media_type", "limit"), [(STRUCTURED, MAX_EVENT), (BATCH, MAX_BATCH_BODY)])
async def test_a_body_is_read_no_further_than_its_limit(client: httpx.AsyncClient, media_type: str, limit: int) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield b" " * 65_536

    answer = await client.post("/api/events", content=endless(), headers=HEADERS | {"content-type": media_type})
    assert answer.status_code == 413
    assert read <= limit + LINGER_BYTES + 2 * 65_536


async def test_a_state_secret_has_a_code_of_its_own(client: httpx.AsyncClient) -> None:
    secret = msgspec.json.decode(ISSUED)
    secret["data"]["security"] = "mat"
    answer = await post(client, msgspec.json.encode(secret))
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "state-secret")


async def test_a_batch_of_nothing_is_received_as_nothing(client: httpx.AsyncClient) -> None:
    answer = await post(client, b"[]", content_type=BATCH)
    assert (answer.status_code, answer.json()) == (202, [])


@pytest.mark.parametrize("receipt", ["x", "1", "1-", "-1", "4-0", "01-0", "0-x", "0--1", "0-99999999999999999999", "٣-٣"])
async def test_a_receipt_that_was_never_given_is_not_found(client: httpx.AsyncClient, receipt: str) -> None:
    assert (await client.get(f"/api/events/{receipt}")).status_code == 404


async def test_without_a_database_a_receipt_is_unavailable(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/events/0-0")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_reading_all_events_is_not_offered(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/events")).status_code == 405


def test_a_pool_that_is_not_open_says_so() -> None:
    with pytest.raises(DondocError, match="PostgreSQL is away"):
        _ = Ingress(ABSENT).receipts.pool
