"""From a POST to the ingress until the fact is visible in the read model, with the whole system running."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from deploy.bench.facts import UNITS, assigned, issued, units
from deploy.bench.load import BATCH, Client, Target
from deploy.bench.machine import connect, require_equal, until
from deploy.bench.registering import QUERIES
from deploy.local.stack import Stack
from shared.envelope import Event, encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    import asyncpg

SCHEMA = "directives"
DIRECTIVES = 200
CONNECTIONS = 16
BATCH_EVENTS = 200
ACCEPTED = 202
LOOK_SECONDS = 0.25
REPORT_DUTY = 3
WARM_SECONDS = 15
"""At the same pace, before anything is measured: the broker's JVM compiles its hot paths in the first seconds."""


@dataclass
class Watch:
    """Notices when tasks become visible; woken by the projection's notification, as the pages are, and looking now and then besides."""

    connection: "asyncpg.Connection[Any]"
    sent: dict[UUID, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self) -> None:
        """Look until cancelled."""
        await self.connection.add_listener("dondoc_directives", lambda *_: self._woken.set())
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            if self.sent:
                self._note(await self.connection.fetch(QUERIES["find_tasks"], list(self.sent)))

    def _note(self, rows: "Iterable[asyncpg.Record]") -> None:
        now = time.perf_counter()
        for row in rows:
            self.seconds.append(now - self.sent.pop(row["id"]))

    async def finish(self) -> None:
        """Return once everything sent was seen; raises UnavailableError after a time."""
        await until(self._has_seen_all, "the sight of all facts")

    async def _has_seen_all(self) -> bool:
        return not self.sent

    async def has_units(self) -> bool:
        """Tell whether all units are in the read model, hence registered: facts of other partitions may name them only then."""
        row = await self.connection.fetchrow(QUERIES["count_read_model"])
        return row is not None and row["units"] == UNITS


async def run(stack: Stack, per_second: int, seconds: float) -> list[float]:
    """Return seconds from when each POST was due until its fact was visible, for posts at a steady pace whatever the answers take."""
    target = Target("127.0.0.1", stack.processes["gateway"].port, stack.api_key)
    watch = Watch(await connect(stack.dsn, SCHEMA))
    looking = asyncio.create_task(watch.look())
    try:
        await _open_office(target, watch)
        warming = round(per_second * WARM_SECONDS)
        await _post_steadily(target, watch, per_second, range(warming))
        await watch.finish()
        watch.seconds.clear()
        await _post_steadily(target, watch, per_second, range(warming, warming + round(per_second * seconds)))
        await watch.finish()
    finally:
        looking.cancel()
        await asyncio.wait([looking])
        await watch.connection.close()
    require_equal("facts that became visible", len(watch.seconds), round(per_second * seconds))
    return watch.seconds


async def _open_office(target: Target, watch: Watch) -> None:
    """Register units and directives, and see a first task of each, so that everything is warm and every later fact is registered."""
    client = await Client.open(target, BATCH)
    await _post_batches(client, units())
    await until(watch.has_units, "the registration of all units")
    await _post_batches(client, [issued(number) for number in range(DIRECTIVES)])
    first = [assigned(number, 0) for number in range(DIRECTIVES)]
    watch.sent.update((UUID(event.subject), time.perf_counter()) for event in first)
    await _post_batches(client, first)
    client.close()
    await watch.finish()


async def _post_batches(client: Client, events: list[Event]) -> None:
    for begin in range(0, len(events), BATCH_EVENTS):
        part = b",".join(map(encode, events[begin : begin + BATCH_EVENTS]))
        require_equal("the ingress's answer", await client.post(b"[" + part + b"]"), ACCEPTED)


async def _post_steadily(target: Target, watch: Watch, per_second: int, numbers: range) -> None:
    clients: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        clients.put_nowait(await Client.open(target))
    began = time.perf_counter()
    async with asyncio.TaskGroup() as posts:
        for number in numbers:
            due = began + (number - numbers.start) / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            event = assigned(number % DIRECTIVES, REPORT_DUTY, f"-{number}")
            watch.sent[UUID(event.subject)] = due
            posts.create_task(_post(clients, encode(event)))
    while not clients.empty():
        clients.get_nowait().close()


async def _post(clients: asyncio.Queue[Client], content: bytes) -> None:
    client = await clients.get()
    try:
        require_equal("the ingress's answer", await client.post(content), ACCEPTED)
    finally:
        clients.put_nowait(client)
