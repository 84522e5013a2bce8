"""A client of server-sent events that reads as a browser does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec


@dataclass(frozen=True)
class Sent:
    """One event: its id, its name and its data."""

    id: str
    event: str
    data: dict[str, Any]


async def events(response: httpx.Response) -> AsyncIterator[Sent]:
    """Yield the events of an open stream; comments are passed over."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and "data" in fields:
            yield Sent(fields["id"], fields.get("event", "message"), msgspec.json.decode(fields["data"]))
            fields = {}


@asynccontextmanager
async def follow(client: httpx.AsyncClient, path: str, last_id: str | None = None) -> AsyncIterator[AsyncIterator[Sent]]:
    """Open a stream, resuming after an event's id if one is given."""
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    async with client.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        yield events(response)
