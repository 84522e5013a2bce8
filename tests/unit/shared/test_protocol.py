"""The limits of a connection, on a real socket: slow, endless, broken and too many requests cost little and are told so."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.protocol import LimitedProtocol, limited
from tests.support.waiting import eventually


class Narrow(LimitedProtocol):
    """A connection with limits that a test reaches quickly."""

    max_headers = 1_000
    max_message = 5_000
    header_seconds = 0.5
    message_seconds = 1.0
    most_connections = 3


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the length of the body."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@asynccontextmanager
async def listening(protocol: type[LimitedProtocol] = Narrow, app: ASGIApp = echo) -> AsyncIterator[int]:
    """Serve for the block and yield the port."""
    config = uvicorn.Config(app, port=0, http=protocol, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def is_started() -> bool:
        return server.started

    await eventually(is_started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def exchange(port: int, *parts: bytes) -> bytes:
    """Send and return all that is answered until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 20)
    except ConnectionError:
        return b""
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def problem_of(answer: bytes) -> tuple[int, str]:
    """Return the status and the code of a problem."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower()
    assert b"connection: close" in head.lower()
    problem = json.loads(body)
    assert problem["status"] == int(head.split()[1])
    return problem["status"], problem["type"].rpartition("/")[2]


HELLO = b"POST / HTTP/1.1\r\nHost: office\r\n"


async def test_requests_one_after_another_are_answered() -> None:
    request = HELLO + b"Content-Length: 4\r\n\r\nabcd"
    last = HELLO + b"Content-Length: 4\r\nConnection: close\r\n\r\nabcd"
    async with listening() as port:
        answer = await exchange(port, request * 3, last)
    assert answer.count(b"HTTP/1.1 200 OK") == 4


async def test_headers_that_never_end_are_turned_away() -> None:
    async with listening() as port:
        answer = await exchange(port, HELLO + b"X-Long: " + b"a" * 1_200)
    assert problem_of(answer) == (431, "headers-too-large")


async def test_slow_headers_are_turned_away() -> None:
    async with listening() as port:
        answer = await exchange(port, HELLO)
    assert problem_of(answer) == (408, "too-slow")


async def test_a_connection_that_is_never_used_is_closed_without_a_word() -> None:
    async with listening() as port:
        assert await exchange(port) == b""


async def test_a_body_that_never_ends_is_cut_off() -> None:
    async with listening() as port:
        assert await exchange(port, HELLO + b"Transfer-Encoding: chunked\r\n\r\n", *[b"7d0\r\n" + b"a" * 2_000 + b"\r\n"] * 3) == b""


@pytest.mark.parametrize(
    "endless",
    [b"0\r\n" + b"X-More: abc\r\n" * 100, b"0\r\nX-Long: " + b"a" * 1_200, b"1;part=" + b"a" * 1_200],
    ids=["trailers", "one trailer", "an extension of a chunk"],
)
async def test_what_brings_no_body_after_the_headers_is_held_to_their_limit(endless: bytes) -> None:
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HELLO + b"Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(endless)
        assert problem_of(await asyncio.wait_for(reader.read(), 20)) == (431, "headers-too-large")
        writer.close()
        await writer.wait_closed()


async def test_trailers_are_not_taken_for_headers() -> None:
    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        await PlainTextResponse(",".join(name.decode() for name, _ in scope["headers"]))(scope, receive, send)

    async with listening(Narrow, tell) as port:
        sent = HELLO + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\nAuthorization: Bearer x\r\n\r\n"
        answer = await exchange(port, sent)
    assert answer.endswith(b"host,transfer-encoding,connection")


async def test_a_body_that_never_comes_is_cut_off() -> None:
    async with listening() as port:
        assert await exchange(port, HELLO + b"Content-Length: 10\r\n\r\nabc") == b""


@pytest.mark.parametrize(
    "junk",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        HELLO + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        HELLO + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HELLO + b"Content-Length: -1\r\n\r\n",
        HELLO + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"GET / HTTP/1.1\r\nNo colon here\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_told_so(junk: bytes) -> None:
    async with listening() as port:
        answer = await exchange(port, junk)
    assert problem_of(answer) == (400, "invalid-http")


async def test_one_connection_too_many_is_told_so_and_the_others_are_served() -> None:
    async with listening(limited(2)) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]

        async def is_refused() -> bool:
            return b" 503 " in await exchange(port, b"")

        await eventually(is_refused)
        for reader, writer in held:
            writer.write(b"GET / HTTP/1.1\r\nHost: office\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 200")
            writer.close()
            await writer.wait_closed()
