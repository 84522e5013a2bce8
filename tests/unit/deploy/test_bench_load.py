import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest

from deploy.bench.load import Client, Target, body, generate, template
from services.directives.admission import Stamp, admit

ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"
CLOSING = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


@asynccontextmanager
async def server(answer: bytes, seen: list[bytes]) -> AsyncIterator[Target]:
    """Serve one answer to every request, in two pieces, and keep the bodies."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # the client is done
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
                seen.append(await reader.readexactly(length))
                writer.write(answer[:20])
                await writer.drain()
                writer.write(answer[20:])
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as running:
        yield Target("127.0.0.1", running.sockets[0].getsockname()[1], "key")


async def test_no_two_requests_carry_the_same_event() -> None:
    seen: list[bytes] = []
    async with server(ANSWER, seen) as target:
        report = await generate(target, 4, 0.2, 1)
    assert report.requests == len(seen) == len(set(seen))
    assert report.errors == 0
    assert 0 < report.p50 <= report.p99


async def test_an_answer_that_is_not_202_counts_as_an_error() -> None:
    async with server(CLOSING, []) as target:
        report = await generate(target, 1, 0.05, 1)
    assert report.errors == report.requests > 0


async def test_a_closed_connection_is_an_error_not_a_wait() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as running:
        client = await Client.open(Target("127.0.0.1", running.sockets[0].getsockname()[1], "key"))
        with pytest.raises(ConnectionError):
            await client.post(b"{}")


def test_the_ingress_admits_what_is_generated() -> None:
    stamp = Stamp(datetime(2021, 4, 5, tzinfo=UTC), "api")
    first, second = (admit(body(template(), 3, number), stamp, 4) for number in (1, 2))
    assert first.value != second.value
