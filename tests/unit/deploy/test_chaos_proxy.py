"""The fault proxy between a client and a server: bytes pass, end, come late, or vanish."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from deploy.chaos import proxy as proxying
from deploy.chaos.proxy import Link, Proxy
from deploy.local.ports import free_port

SHORT = 0.2


class Server:
    """Answers each line in capitals, and remembers what it was asked."""

    def __init__(self) -> None:
        self.port = free_port()
        self.asked: list[bytes] = []
        self._serving: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        async with await asyncio.start_server(self._take, "127.0.0.1", self.port):
            yield
        await asyncio.gather(*self._serving)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while line := await reader.readline():
                self.asked.append(line)
                writer.write(line.upper())
        writer.close()


class Client:
    """A connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, line: bytes, seconds: float = 5) -> bytes:
        """Return the answer, b"" where the connection has ended; raises TimeoutError."""
        try:
            self.writer.write(line)
            async with asyncio.timeout(seconds):
                return await self.reader.readline()
        except ConnectionError:
            return b""


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy([Link("kafka-1", free_port(), ("127.0.0.1", server.port))]) as running:
        yield running


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port_of("kafka-1"))
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


async def test_bytes_pass_in_both_directions(proxy: Proxy, server: Server) -> None:
    async with server.serving(), connected(proxy) as client:
        assert await client.ask(b"mo\n") == b"MO\n"
        assert await client.ask(b"hai\n") == b"HAI\n"


async def test_a_cut_ends_connections_and_lets_none_in_until_it_is_over(proxy: Proxy, server: Server) -> None:
    async with server.serving(), connected(proxy) as client:
        await client.ask(b"mo\n")
        proxy.set(["kafka"], "cut")
        assert await client.ask(b"hai\n") == b""
        async with connected(proxy) as another:
            assert await another.ask(b"ba\n") == b""
        proxy.set(["kafka"], "open")
        async with connected(proxy) as another:
            assert await another.ask(b"bon\n") == b"BON\n"


async def test_a_slowed_link_delays_both_directions(proxy: Proxy, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxying, "SLOW_SECONDS", 0.1)
    async with server.serving(), connected(proxy) as client:
        proxy.set(["kafka"], "slowed")
        begin = time.monotonic()
        assert await client.ask(b"mo\n") == b"MO\n"
        assert time.monotonic() - begin >= 0.2


async def test_a_half_open_connection_swallows_all_and_ends_once_the_link_is_well(proxy: Proxy, server: Server) -> None:
    async with server.serving(), connected(proxy) as client:
        await client.ask(b"mo\n")
        proxy.set(["kafka"], "half-open")
        with pytest.raises(TimeoutError):
            await client.ask(b"hai\n", SHORT)
        proxy.set(["kafka"], "open")
        assert await client.ask(b"ba\n") == b""
    assert server.asked == [b"mo\n"]


async def test_on_a_deaf_link_requests_arrive_and_answers_do_not(proxy: Proxy, server: Server) -> None:
    async with server.serving(), connected(proxy) as client:
        proxy.set(["kafka"], "deaf")
        with pytest.raises(TimeoutError):
            await client.ask(b"mo\n", SHORT)
        assert server.asked == [b"mo\n"]
        proxy.set(["kafka"], "open")
        assert await client.ask(b"hai\n") == b""


async def test_a_connection_that_has_lost_nothing_lives_on(proxy: Proxy, server: Server) -> None:
    async with server.serving(), connected(proxy) as client:
        await client.ask(b"mo\n")
        proxy.set(["kafka"], "half-open")
        proxy.set(["kafka"], "open")
        assert await client.ask(b"hai\n") == b"HAI\n"


async def test_only_the_links_that_are_named_are_disturbed(proxy: Proxy, server: Server) -> None:
    async with server.serving(), connected(proxy) as client:
        proxy.set(["kafka-2", "postgres"], "cut")
        assert await client.ask(b"mo\n") == b"MO\n"


async def test_where_no_server_listens_the_connection_ends(proxy: Proxy) -> None:
    async with connected(proxy) as client:
        assert await client.ask(b"mo\n") == b""
