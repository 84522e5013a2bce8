"""The units at their desks: each follows its inbox over server-sent events, and acknowledges what it has read."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import httpx
import msgspec

from shared.errors import UnavailableError

DELIVERY_SECONDS = 30.0
RETRY_SECONDS = 0.2
POLL_SECONDS = 0.02

Notice = dict[str, Any]


class Office:
    """One unit; `received` counts how often each notice came over the stream."""

    def __init__(self, client: httpx.AsyncClient, code: str) -> None:
        self._client = client
        self._last_id = ""
        self.code = code
        self.received: dict[str, int] = {}
        self.unread: list[str] = []
        self.acknowledged: list[str] = []

    async def follow(self) -> None:
        """Follow the inbox until cancelled, going on after the last notice whenever the stream breaks."""
        while True:
            try:
                await self._listen()
            except httpx.TransportError:
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        headers = {"Last-Event-ID": self._last_id}
        async with self._client.stream("GET", f"/api/units/{self.code}/inbox/stream", headers=headers, timeout=None) as response:
            if response.status_code != httpx.codes.OK:
                await asyncio.sleep(RETRY_SECONDS)  # the unit is not known there yet
                return
            async for place, notice in read_events(response):
                self._last_id = place
                self._receive(notice["notice"])

    def _receive(self, notice: str) -> None:
        self.received[notice] = self.received.get(notice, 0) + 1
        if self.received[notice] == 1:
            self.unread.append(notice)

    async def read(self) -> int:
        """Acknowledge all that came and return how many that were; raises UnavailableError where the system does not take it."""
        count = len(self.unread)
        while self.unread:
            address = f"/api/units/{self.code}/inbox/{self.unread[0]}/acknowledgement"
            answer = await self._client.post(address, json={"acknowledged_by": self.code})
            if not answer.is_success:
                raise UnavailableError(f"{address} answered {answer.status_code}: {answer.text}")
            self.acknowledged.append(self.unread.pop(0))
        return count


async def read_events(response: httpx.Response) -> AsyncIterator[tuple[str, Notice]]:
    """Yield id and data of each event of a stream (WHATWG HTML, section 9.2); comments are passed over."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and "data" in fields:
            yield fields["id"], msgspec.json.decode(fields["data"])
            fields = {}


class Offices:
    """The units that take part, by their codes."""

    def __init__(self, client: httpx.AsyncClient, tasks: asyncio.TaskGroup) -> None:
        self._client = client
        self._tasks = tasks
        self._following: list[asyncio.Task[None]] = []
        self.by_code: dict[str, Office] = {}
        self.ids: dict[UUID, str] = {}

    def open(self, unit: UUID, code: str) -> None:
        """Open a unit's desk."""
        self.ids[unit] = code
        self.by_code[code] = Office(self._client, code)
        self._following.append(self._tasks.create_task(self.by_code[code].follow()))

    def close(self) -> None:
        """Let everybody go home."""
        for following in self._following:
            following.cancel()

    async def wait_delivered(self, issued: Mapping[str, set[str]], seconds: float = DELIVERY_SECONDS) -> None:
        """Return once each office has received the notices that were issued to it; raises UnavailableError naming one that has not."""
        missing = ""
        try:
            async with asyncio.timeout(seconds):
                for code, notices in issued.items():
                    while missing := ", ".join(sorted(notices - self.by_code[code].received.keys())):
                        missing = f"{code} has not received {missing}"
                        await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise UnavailableError(f"the inboxes did not catch up within {seconds:g} s: {missing}") from None
