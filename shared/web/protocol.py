"""HTTP/1.1 as our servers speak it: uvicorn's protocol, held to limits that uvicorn does not have.

A request's headers have at most MAX_HEADERS bytes and are there within HEADER_SECONDS, and no more bytes come between two parts of its body
or after the last; a whole request is there within MESSAGE_SECONDS and its body has at most MAX_MESSAGE bytes; there are at most
`connections` connections. What is beyond is answered with a problem (400, 408, 431, 503) where an answer is still possible, and costs no
more than a closed connection.
"""

import asyncio
from typing import Any

from fastapi import Response
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from shared.web.problems import problem

MAX_HEADERS = 65_536
MAX_MESSAGE = 48 * 1_048_576
HEADER_SECONDS = 10.0
MESSAGE_SECONDS = 60.0
SWEEP_SECONDS = 1.0


def limited(connections: int) -> type["LimitedProtocol"]:
    """Return the protocol for a server that takes so many connections at most."""
    return type("ServerProtocol", (LimitedProtocol,), {"most_connections": connections})


class LimitedProtocol(HttpToolsProtocol):
    """One connection of a client; subclasses narrow the limits."""

    max_headers = MAX_HEADERS
    max_message = MAX_MESSAGE
    header_seconds = HEADER_SECONDS
    message_seconds = MESSAGE_SECONDS
    most_connections = 4_000

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any], **rest: Any) -> None:  # noqa: ANN401
        super().__init__(config, server_state, app_state, **rest)
        self._begun_at: float | None = None
        self._is_in_headers = True
        self._bytes = 0
        self._body = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection, or turn it away where there are too many."""
        super().connection_made(transport)
        self._begin()
        if len(self.connections) > self.most_connections:
            self._refuse(problem(503, "busy", "there are too many connections; try again in a moment", headers={"Retry-After": "1"}))
        elif len(self.connections) == 1:
            self.loop.call_later(SWEEP_SECONDS, self._sweep)

    def _begin(self) -> None:
        self._begun_at = self.loop.time()
        self._is_in_headers = True
        self._bytes = 0
        self._body = 0

    def _sweep(self) -> None:
        """Close what is too slow; one connection looks at all, now and then, since a timer for each request costs more."""
        now = self.loop.time()
        for connection in list(self.connections):
            if isinstance(connection, LimitedProtocol):
                connection.end_if_slow(now)
        if self.connections:
            self.loop.call_later(SWEEP_SECONDS, self._sweep)

    def end_if_slow(self, now: float) -> None:
        """End the connection where a request has been on its way for too long."""
        if self._begun_at is None or self.transport.is_closing():
            return
        if self._is_in_headers and now - self._begun_at > self.header_seconds:
            self._end_slow_headers()
        elif now - self._begun_at > self.message_seconds:
            self.transport.close()

    def _end_slow_headers(self) -> None:
        if self._bytes:
            self._refuse(problem(408, "too-slow", f"the headers were not there within {self.header_seconds:g} s"))
        else:
            self.transport.close()  # browsers open connections that they may never need

    def data_received(self, data: bytes) -> None:
        """Take bytes from the client."""
        if self._is_in_headers and self._begun_at is None:
            self._begin()
        self._bytes += len(data)
        super().data_received(data)
        if self._bytes > self.max_headers and not self.transport.is_closing():
            self._refuse(problem(431, "headers-too-large", f"the headers have more than {self.max_headers} bytes"))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers are dropped (RFC 9110, section 6.5.1): uvicorn would keep any number of them, among the headers."""
        if self._is_in_headers:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._is_in_headers = False
        self._bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._bytes = 0
        self._body += len(body)
        if self._body > self.max_message:
            self.transport.close()
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Know that the request is there as a whole."""
        super().on_message_complete()
        self._begun_at = None
        self._is_in_headers = True
        self._bytes = 0

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem."""
        self._refuse(problem(400, "invalid-http", msg))

    def _refuse(self, response: Response) -> None:
        """Answer outside of any app, and close."""
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.close()  # in the middle of another answer
            return
        lines = [name + b": " + value + b"\r\n" for name, value in (*response.raw_headers, (b"connection", b"close"))]
        self.transport.write(STATUS_LINE[response.status_code] + b"".join(lines) + b"\r\n" + bytes(response.body))
        self.transport.close()
