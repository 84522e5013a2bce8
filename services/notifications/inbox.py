"""Live inboxes: who waits for what is woken once it is in Kafka, and a stream that loses nothing and repeats nothing."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from services.notifications.cursors import Seen
from services.notifications.views import read_after, read_recipients, read_sent
from shared.postgres import Pool, connect, is_transient

if TYPE_CHECKING:
    import asyncpg

    Listening = asyncpg.Connection[Any]

logger = logging.getLogger(__name__)

SCHEMA = "notifications"
POLL_SECONDS = 1.0
RETRY_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
PAGE = 50
"""Notices that a stream holds in memory at a time."""

HEARTBEAT = b": heartbeat\n\n"


class Bell:
    """Follows the relay's marks, woken by LISTEN and by polling, and wakes the inboxes that show something new."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._rung = asyncio.Event()
        self._moved = asyncio.Event()
        self._marks: Mapping[int, int] | None = None
        self._waiting: dict[UUID, set[asyncio.Event]] = {}

    async def run(self) -> None:
        """Follow until cancelled; waits for a database that is away."""
        while True:
            try:
                await self._listen()
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("the inboxes wait for the database: %s; again in %s s", error or type(error).__name__, RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)

    @contextmanager
    def follow(self, recipient: UUID) -> Iterator[asyncio.Event]:
        """Return an event that is set whenever the recipient's inbox may show more."""
        woken = asyncio.Event()
        self._waiting.setdefault(recipient, set()).add(woken)
        try:
            yield woken
        finally:
            self._waiting[recipient].discard(woken)
            if not self._waiting[recipient]:
                del self._waiting[recipient]

    async def wait_sent(self, partition: int, position: int, seconds: float) -> bool:
        """Wait, up to some seconds, until Kafka has the event at a position, and return whether it has."""
        try:
            async with asyncio.timeout(seconds):
                while not self._has(partition, position):
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    def _has(self, partition: int, position: int) -> bool:
        return (self._marks or {}).get(partition, 0) >= position

    async def _listen(self) -> None:
        connection = await connect(self._dsn, schema=SCHEMA)
        try:
            await connection.add_listener("dondoc_sent", self._on_notify)
            while True:
                self._rung.clear()
                await self._advance(connection)
                await wait_for(self._rung, POLL_SECONDS)
        finally:
            connection.terminate()

    def _on_notify(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        if str(payload).startswith(f"{SCHEMA}/"):
            self._rung.set()

    async def _advance(self, connection: "Listening") -> None:
        """Read the marks again and wake whom they concern; everybody the first time."""
        marks, before = await read_sent(connection), self._marks
        if before is None:
            self._wake(set(self._waiting))
        else:
            moved = {partition: (before.get(partition, 0), mark) for partition, mark in marks.items() if mark > before.get(partition, 0)}
            self._wake(await read_recipients(connection, moved) if moved and self._waiting else set())
        self._marks = marks
        self._moved.set()
        self._moved = asyncio.Event()

    def _wake(self, recipients: set[UUID]) -> None:
        for recipient in recipients:
            for woken in self._waiting.get(recipient, ()):
                woken.set()


async def stream(
    pool: Pool, bell: Bell, recipient: UUID, seen: Seen, event: str = "notice", heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncGenerator[bytes, None]:
    """Yield what an inbox shows beyond what was seen, as server-sent events, for ever; a database that is away is waited for."""
    with bell.follow(recipient) as woken:
        yield HEARTBEAT  # sends the headers at once
        while True:
            woken.clear()
            try:
                found = await read_after(pool, recipient, seen, PAGE)
            except Exception as error:
                if not is_transient(error):
                    raise
                yield HEARTBEAT
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if found:
                seen = found[-1][1]
                yield b"".join(_frame(event, item, cursor) for item, cursor in found)
            elif not await wait_for(woken, heartbeat):
                yield HEARTBEAT


def _frame(event: str, item: msgspec.Struct, cursor: Seen) -> bytes:
    return format_sse_event(data_str=msgspec.json.encode(item).decode(), event=event, id=str(cursor))


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, up to some seconds, and return whether it was set."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


class EventStream(StreamingResponse):
    """Server-sent events; a client that takes nothing for some seconds is disconnected, and resumes where it was."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncGenerator[bytes, None], patience: float) -> None:
        self._content = content
        super().__init__(content, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream until the client leaves or is too slow."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(self._patience):
                await send(message)

        try:
            await super().__call__(scope, receive, send_in_time)
        except (TimeoutError, ClientDisconnect):
            logger.info("a client of an inbox left, or took nothing for %s s, and is disconnected", self._patience)
        finally:
            await self._content.aclose()
