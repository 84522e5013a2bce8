"""Bodies of requests: read up to a size, within a time, and within what all of them together may take of memory."""

import asyncio
from contextlib import suppress

from fastapi import Response
from starlette.types import Receive, Scope, Send

from services.directives.admission import NotAdmittedError

MAX_TOGETHER = 256 * 1_048_576
SMALL = 65_536
LINGER_SECONDS = 2.0
LINGER_BYTES = 20 * 1_048_576


class Bodies:
    """All bodies that are being read; `seconds` is how long one may take, `most` how many bytes all may hold together."""

    def __init__(self, seconds: float, most: int = MAX_TOGETHER) -> None:
        self.seconds = seconds
        self.most = most
        self.held = 0

    def of(self, scope: Scope, receive: Receive) -> "Body":
        """Return the body of a request."""
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        return Body(self, receive, int(told) if told.isdigit() else None)


class Body:
    """The body of one request; `told` is the size that its Content-Length tells."""

    __slots__ = ("_all", "_held", "_is_whole", "_receive", "_told")

    def __init__(self, bodies: Bodies, receive: Receive, told: int | None) -> None:
        self._all = bodies
        self._receive = receive
        self._told = told
        self._held = 0
        self._is_whole = False

    async def read(self, limit: int) -> bytes:
        """Return the body; raises NotAdmittedError as soon as it is longer than the limit, slower than it may be, or cut off."""
        if self._told is not None and self._told > limit:
            raise _too_large(limit)
        chunks: list[bytes] = []
        try:
            async with asyncio.timeout(self._all.seconds):
                while not self._is_whole:
                    chunks.append(await self._next())
                    if self._held > limit:
                        raise _too_large(limit)
        except TimeoutError as error:
            raise NotAdmittedError(408, "too-slow", f"the body was not there within {self._all.seconds} s") from error
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_whole = True
            raise NotAdmittedError(400, "incomplete", "the connection ended before the body did")
        chunk: bytes = message.get("body", b"")
        self._is_whole = not message.get("more_body", False)
        self._held += len(chunk)
        self._all.held += len(chunk)
        if self._all.held > self._all.most:
            detail = "too many large bodies at once; try again in a moment"
            raise NotAdmittedError(503, "busy", detail, headers={"Retry-After": "1"})
        return chunk

    def release(self) -> None:
        """Tell that the body is no longer held; calling it again changes nothing."""
        self._all.held -= self._held
        self._held = 0

    async def answer(self, response: Response, send: Send) -> None:
        """Send the answer; where the body has not been read, read a small one first, and close after a large one."""
        if not self._is_whole and self._told is not None and self._told <= SMALL:
            with suppress(NotAdmittedError):
                await self.read(SMALL)
            self.release()
        if self._is_whole:
            await _send(response, send, more_body=False)
        else:
            await self._answer_and_close(response, send)

    async def _answer_and_close(self, response: Response, send: Send) -> None:
        """Answer, and drop what still comes for a moment: closing at once could take the answer from a client that still sends.

        (RFC 9112, section 9.6.)
        """
        response.headers["connection"] = "close"
        await _send(response, send, more_body=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                await self._drop()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _drop(self) -> None:
        dropped = 0
        while dropped < LINGER_BYTES:
            message = await self._receive()
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return
            dropped += len(message.get("body", b""))


async def _send(response: Response, send: Send, *, more_body: bool) -> None:
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": bytes(response.body), "more_body": more_body})


def _too_large(limit: int) -> NotAdmittedError:
    return NotAdmittedError(413, "content-too-large", f"the body has more than {limit} bytes")
