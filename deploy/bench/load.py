"""A load generator for the ingress: a few connections that are kept open, one request at a time on each.

As a program it is what `wrk` is where that is not installed: `python -m deploy.bench.load HOST PORT KEY CONNECTIONS SECONDS RUN`.
"""

import asyncio
import sys
import time
from typing import NamedTuple

import httptools
import msgspec
import uvloop
from msgspec.structs import replace

from deploy.bench.facts import assigned
from deploy.bench.figures import percentile
from shared.envelope import encode

PATH = "/api/events"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
KEYS = 1_000


class Report(msgspec.Struct):
    """What a generator saw: answers, those that were not 202, seconds, and latencies in milliseconds."""

    requests: int
    errors: int
    seconds: float
    p50: float
    p99: float


class Target(NamedTuple):
    """Where requests go."""

    host: str
    port: int
    key: str


def template() -> str:
    """Return a task's assignment with places for {run} (8 hexadecimal digits), {n} and {k} (12 each)."""
    key = "00000000-0000-5000-8000-{k}"
    event = replace(assigned(0, 0), id="load-{run}-{n}", subject="{run}-0000-5000-8000-{n}", partitionkey=key)
    return encode(event).decode()


def body(text: str, run: int, number: int) -> bytes:
    """Return the numbered event of a run; no two are the same."""
    filled = text.replace("{run}", f"{run:08x}").replace("{n}", f"{number:012x}").replace("{k}", f"{number % KEYS:012x}")
    return filled.encode()


class Client(asyncio.Protocol):
    """One connection; raises ConnectionError when the server closes it."""

    def __init__(self, target: Target, content_type: str) -> None:
        self._head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {target.host}\r\nAuthorization: Bearer {target.key}\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: "
        ).encode()
        self._transport: asyncio.Transport
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[int] | None = None

    @classmethod
    async def open(cls, target: Target, content_type: str = STRUCTURED) -> "Client":
        """Connect."""
        _, client = await asyncio.get_running_loop().create_connection(lambda: cls(target, content_type), target.host, target.port)
        return client

    async def post(self, content: bytes) -> int:
        """Return the status of the answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(self._head + b"%d\r\n\r\n" % len(content) + content)
        return await self._answer

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (asyncio's callback)."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Parse what arrived (asyncio's callback)."""
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the request under way (asyncio's callback)."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server closed the connection"))

    def on_message_complete(self) -> None:
        """Answer the request under way (httptools' callback)."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(self._parser.get_status_code())
        self._parser = httptools.HttpResponseParser(self)


class _Counter:
    """Hands out event numbers and keeps latencies."""

    def __init__(self, run: int, seconds: float) -> None:
        self.text = template()
        self.run = run
        self.began = time.perf_counter()
        self.end = self.began + seconds
        self.number = 0
        self.errors = 0
        self.latencies: list[float] = []

    def next_body(self) -> bytes:
        self.number += 1
        return body(self.text, self.run, self.number)


async def generate(target: Target, connections: int, seconds: float, run: int) -> Report:
    """Send events as fast as they are answered."""
    counter = _Counter(run, seconds)
    await asyncio.gather(*(_send(target, counter) for _ in range(connections)))
    taken = time.perf_counter() - counter.began
    p50, p99 = (percentile(counter.latencies, share) * 1_000 for share in (0.5, 0.99))
    return Report(len(counter.latencies), counter.errors, taken, p50, p99)


async def _send(target: Target, counter: _Counter) -> None:
    client = await Client.open(target)
    while (began := time.perf_counter()) < counter.end:
        status = await client.post(counter.next_body())
        counter.latencies.append(time.perf_counter() - began)
        counter.errors += status != 202  # noqa: PLR2004
    client.close()


def main(arguments: list[str]) -> None:
    """Generate load and print the report as JSON."""
    host, port, key, connections, seconds, run = arguments
    uvloop.install()
    report = asyncio.run(generate(Target(host, int(port), key), int(connections), float(seconds), int(run)))
    print(msgspec.json.encode(report).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
