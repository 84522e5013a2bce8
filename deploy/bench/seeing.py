"""From a POST to the ingress until the fact is visible in the read model, with the whole system running."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from deploy.bench.facts import UNITS, assigned, issued, units
from deploy.bench.load import Target
from deploy.bench.machine import connect, require_equal, until
from deploy.bench.pacing import post_all, post_steadily
from deploy.bench.registering import QUERIES
from deploy.local.stack import Stack
from shared.envelope import Event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg

SCHEMA = "directives"
DIRECTIVES = 200
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

    def note(self, event: Event, due: float) -> None:
        """Look for a task from now on."""
        self.sent[UUID(event.subject)] = due

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


def target_of(stack: Stack) -> Target:
    """Return where facts are posted to."""
    return Target("127.0.0.1", stack.processes["gateway"].port, stack.api_key)


@asynccontextmanager
async def watching(stack: Stack) -> "AsyncIterator[Watch]":
    """Watch the read model for the block."""
    watch = Watch(await connect(stack.dsn, SCHEMA))
    looking = asyncio.create_task(watch.look())
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.wait([looking])
        await watch.connection.close()


async def run(stack: Stack, per_second: int, seconds: float) -> list[float]:
    """Return seconds from when each POST was due until its fact was visible, for posts at a steady pace whatever the answers take."""
    target, warming, measured = target_of(stack), round(per_second * WARM_SECONDS), round(per_second * seconds)
    async with watching(stack) as watch:
        await open_office(target, watch)
        await post_steadily(target, per_second, list(_tasks(range(warming))), watch.note)
        await watch.finish()
        watch.seconds.clear()
        await post_steadily(target, per_second, list(_tasks(range(warming, warming + measured))), watch.note)
        await watch.finish()
    require_equal("facts that became visible", len(watch.seconds), measured)
    return watch.seconds


def _tasks(numbers: range) -> Iterator[Event]:
    for number in numbers:
        yield assigned(number % DIRECTIVES, REPORT_DUTY, f"-{number}")


async def open_office(target: Target, watch: Watch) -> None:
    """Register units and directives, and see a first task of each, so that everything is warm and every later fact is registered."""
    await post_all(target, units())
    await until(watch.has_units, "the registration of all units")
    await post_all(target, [issued(number) for number in range(DIRECTIVES)])
    first = [assigned(number, 0) for number in range(DIRECTIVES)]
    for event in first:
        watch.note(event, time.perf_counter())
    await post_all(target, first)
    await watch.finish()
