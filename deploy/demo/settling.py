"""Whether the whole system has caught up: every journal sent, every topic applied by those who follow it, no due timer left.

The journals, checkpoints and timers are read in one snapshot first, and Kafka's ends after it. Where the two agree, nothing was under way
at the moment of the snapshot: each record that was sent had been applied, and nothing waited to be sent.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from deploy.demo.topics import DEADLINES, EVENTS, INBOX, Place, Topics
from shared.errors import UnavailableError
from shared.postgres import connect
from shared.sql import Queries

if TYPE_CHECKING:
    import asyncpg

QUERIES = Queries("deploy.demo")
FOLLOWED: Mapping[str, tuple[str, ...]] = {
    "registrar": (INBOX,),
    "directives": (EVENTS, DEADLINES),
    "deadlines": (EVENTS,),
    "notifications": (EVENTS, DEADLINES),
}
"""Which topics each service follows."""
SETTLE_SECONDS = 60.0
POLL_SECONDS = 0.03
SHOWN = 5

Row = Any


@dataclass(frozen=True)
class Snapshot:
    """How far the services were at one moment.

    `next_timer` is the next instant at which a deadline has something to say, or the next level of one that was missed; `under_way` counts
    notices that neither arrived by mail or webhook nor were given up.
    """

    relays: Sequence[Row]
    checkpoints: Mapping[tuple[str, str, int], int]
    due_timers: int
    next_timer: datetime | None
    under_way: int = 0


@asynccontextmanager
async def open_observer(dsn: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """Open a connection to the services' database that can only read."""
    connection = await connect(dsn, schema="public", default_transaction_read_only="on")
    try:
        yield connection
    finally:
        await connection.close(timeout=2)


async def take_snapshot(connection: "asyncpg.Connection[Any]") -> Snapshot:
    """Return how far the services are."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        relays = await connection.fetch(QUERIES["read_relays"])
        rows = await connection.fetch(QUERIES["read_checkpoints"])
        timers = await connection.fetchrow(QUERIES["read_timers"])
        under_way = await connection.fetchval(QUERIES["count_under_way"])
    checkpoints = {(row["service"], row["topic"], row["partition"]): row["next_offset"] for row in rows}
    return Snapshot(relays, checkpoints, timers["due"] if timers else 0, timers["next"] if timers else None, under_way)


def find_lags(snapshot: Snapshot, ends: Mapping[Place, int]) -> list[str]:
    """Return what has not caught up, each in one line; nothing where everything has."""
    lags = [
        f"the relay of {row['service']} has sent {row['sent_position']} of {row['last_position']} to {row['topic']}/{row['partition']}"
        for row in snapshot.relays
        if row["sent_position"] < row["last_position"]
    ]
    for (topic, partition), end in sorted(ends.items()):
        for service in (name for name, topics in FOLLOWED.items() if topic in topics):
            applied = snapshot.checkpoints.get((service, topic, partition), 0)
            if applied < end:
                lags.append(f"{service} has applied {applied} of {end} records of {topic}/{partition}")
    lags += [f"{snapshot.due_timers} timers that are due have not fired"] if snapshot.due_timers else []
    return lags + ([f"{snapshot.under_way} deliveries are under way"] if snapshot.under_way else [])


async def settle(
    connection: "asyncpg.Connection[Any]", topics: Topics, require_alive: Callable[[], None], seconds: float = SETTLE_SECONDS
) -> Snapshot:
    """Return the snapshot at which the system had caught up; raises UnavailableError naming what lags after the seconds."""
    lags: list[str] = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                require_alive()
                snapshot = await take_snapshot(connection)
                lags = find_lags(snapshot, await topics.ends())
                if not lags:
                    return snapshot
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        more = f"; and {len(lags) - SHOWN} more" if len(lags) > SHOWN else ""
        raise UnavailableError(f"the system did not catch up within {seconds:g} s: {'; '.join(lags[:SHOWN])}{more}") from None
