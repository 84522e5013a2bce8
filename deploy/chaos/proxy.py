"""The fault proxy: stands between the services and a server, and cuts, slows or silences what passes."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, Literal, Self

CHUNK = 65_536
CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 10.0
SLOW_SECONDS = 0.15
"""How long each chunk waits, in each direction, while a link is slowed."""

Mode = Literal["open", "cut", "slowed", "half-open", "deaf"]
"""What becomes of the bytes: they pass; connections end and none are taken; they come late; they vanish, while both ends believe in the
connection; those of the server's answers vanish, while requests pass."""
Address = tuple[str, int] | str
"""Where the server is: host and port, or the path of a unix socket."""


class _Pair:
    """A client's connection and ours to the server."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self.writers = writers
        self.has_lost = False

    def abort(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


class Link:
    """One port in front of one server; its methods are called on the proxy's loop alone."""

    def __init__(self, name: str, port: int, server: Address) -> None:
        self.name = name
        self.port = port
        self._server = server
        self._mode: Mode = "open"
        self._pairs: set[_Pair] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen."""
        self._listener = await asyncio.start_server(self._take, "127.0.0.1", self.port)

    async def set(self, mode: Mode) -> None:
        """Let bytes fare otherwise from now on; what has lost some of them ends once they pass again, since its stream has a hole."""
        self._mode = mode
        for pair in list(self._pairs):
            if mode == "cut" or (mode in ("open", "slowed") and pair.has_lost):
                pair.abort()

    async def close(self) -> None:
        """End everything."""
        if self._listener:
            self._listener.close()
        await self.set("cut")
        if self._serving:
            await asyncio.wait(self._serving, timeout=CONNECT_SECONDS)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode == "cut":
            writer.transport.abort()
            return
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                answers, requests = await self._connect()
        except (OSError, TimeoutError):
            writer.transport.abort()
            return
        for each in (writer, requests):
            _without_delay(each)
        pair = _Pair(writer, requests)
        self._pairs.add(pair)
        try:
            await asyncio.gather(self._pump(reader, requests, pair, "requests"), self._pump(answers, writer, pair, "answers"))
        finally:
            self._pairs.discard(pair)
            pair.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._server, str):
            return await asyncio.open_unix_connection(self._server)
        return await asyncio.open_connection(*self._server)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pair: _Pair, way: str) -> None:
        """Pass bytes on until either end has enough; then both are let go."""
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if self._mode == "slowed":
                    await asyncio.sleep(SLOW_SECONDS)
                if self._mode == "half-open" or (self._mode == "deaf" and way == "answers") or pair.has_lost:
                    pair.has_lost = True
                    continue
                writer.write(chunk)
                await writer.drain()
        if not pair.has_lost:
            pair.abort()


def _without_delay(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    if connection.family == socket.AF_INET:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Proxy:
    """All links, served by a thread of their own, so that nothing that the run does slows them."""

    def __init__(self, links: Iterable[Link]) -> None:
        self._links = {link.name: link for link in links}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._each(Link.open)
        return self

    def __exit__(self, *_error: object) -> None:
        self._each(Link.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_SECONDS)
        self._loop.close()

    def port_of(self, name: str) -> int:
        """Return the port at which a link listens."""
        return self._links[name].port

    def set(self, names: Iterable[str], mode: Mode) -> None:
        """Set the mode of the links whose name begins with one of the names, and return once it counts."""
        for name, link in self._links.items():
            if name.startswith(tuple(names)):
                self._call(link.set(mode))

    def _each(self, action: Callable[[Link], Coroutine[Any, Any, None]]) -> None:
        for link in self._links.values():
            self._call(action(link))

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(CLOSE_SECONDS)
