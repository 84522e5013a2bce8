"""Pages that follow the read model: who shows it is told, as server-sent events, that there is something new to fetch."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Protocol

from fastapi.sse import format_sse_event

from services.directives.queries import QUERIES
from shared.postgres import Pool, connect, is_transient

logger = logging.getLogger(__name__)

SCHEMA = "directives"
CHANNELS = ("dondoc_directives", "dondoc_clock")
POLL_SECONDS = 2.0
RETRY_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
PAUSE_SECONDS = 0.15
"""How long a page is left alone after it was told, so that a flood of facts is one fetch."""

HEARTBEAT = b": heartbeat\n\n"


class Followed(Protocol):
    """Something whose states have marks."""

    async def after(self, seen: str) -> str:
        """Wait until there is another mark than the one seen, and return it."""


class Changes:
    """Follows how often the read model was written to, woken by LISTEN and by polling, and the steps of a stepped clock."""

    def __init__(self, dsn: str, pool: Pool) -> None:
        self._dsn = dsn
        self._pool = pool
        self._rung = asyncio.Event()
        self._moved = asyncio.Event()
        self._turns = 0
        self._clock = ""

    @property
    def mark(self) -> str:
        """Return what tells one state of the read model from another."""
        return f"{self._turns}@{self._clock}"

    async def read_mark(self) -> str:
        """Return the mark of what a page that is read from now on shows at least."""
        self._turns = max(self._turns, await self._pool.fetchval(QUERIES["read_turns"]))
        return self.mark

    async def run(self) -> None:
        """Follow until cancelled; waits for a database that is away."""
        while True:
            try:
                await self._listen()
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("the pages wait for the database: %s; again in %s s", error or type(error).__name__, RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)

    async def after(self, seen: str) -> str:
        """Wait until there is another mark than the one seen, and return it."""
        while self.mark == seen:
            await self._moved.wait()
        return self.mark

    async def _listen(self) -> None:
        connection = await connect(self._dsn, schema=SCHEMA)
        try:
            for channel in CHANNELS:
                await connection.add_listener(channel, self._on_notify)
            while True:
                self._rung.clear()
                self._tell(await connection.fetchval(QUERIES["read_turns"]))
                await _wait(self._rung, POLL_SECONDS)
        finally:
            connection.terminate()

    def _on_notify(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        if channel == "dondoc_clock":
            self._clock = str(payload)
        self._rung.set()

    def _tell(self, turns: int) -> None:
        self._turns = turns
        self._moved.set()
        self._moved = asyncio.Event()


async def stream(changes: Followed, seen: str, heartbeat: float = HEARTBEAT_SECONDS) -> AsyncIterator[bytes]:
    """Yield an event whenever a page that shows the mark `seen` is old, for ever."""
    yield HEARTBEAT  # sends the headers at once
    while True:
        try:
            async with asyncio.timeout(heartbeat):
                seen = await changes.after(seen)
        except TimeoutError:
            yield HEARTBEAT
        else:
            yield format_sse_event(data_str=seen, event="change", id=seen)
            await asyncio.sleep(PAUSE_SECONDS)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
