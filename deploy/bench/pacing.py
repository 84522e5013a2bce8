"""Posts events to the ingress: many at once to begin with, then at a steady pace whatever the answers take."""

import asyncio
import time
from collections.abc import Callable, Sequence

from deploy.bench.load import BATCH, Client, Target
from deploy.bench.machine import require_equal
from shared.envelope import Event, encode

CONNECTIONS = 16
BATCH_EVENTS = 200
ACCEPTED = 202

Note = Callable[[Event, float], None]
"""Takes an event and the moment (of the performance counter) at which it was due to be sent."""


async def post_all(target: Target, events: Sequence[Event]) -> None:
    """Post events in order, many in a request."""
    client = await Client.open(target, BATCH)
    for begin in range(0, len(events), BATCH_EVENTS):
        part = b",".join(map(encode, events[begin : begin + BATCH_EVENTS]))
        require_equal("the ingress's answer", await client.post(b"[" + part + b"]"), ACCEPTED)
    client.close()


async def post_steadily(target: Target, per_second: int, events: Sequence[Event], note: Note) -> None:
    """Post events one by one, each when it is due, over a few connections."""
    clients: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        clients.put_nowait(await Client.open(target))
    began = time.perf_counter()
    async with asyncio.TaskGroup() as posts:
        for number, event in enumerate(events):
            due = began + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            note(event, due)
            posts.create_task(_post(clients, encode(event)))
    while not clients.empty():
        clients.get_nowait().close()


async def _post(clients: asyncio.Queue[Client], content: bytes) -> None:
    client = await clients.get()
    try:
        require_equal("the ingress's answer", await client.post(content), ACCEPTED)
    finally:
        clients.put_nowait(client)
