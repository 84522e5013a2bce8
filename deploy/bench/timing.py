"""The timers of deadlines, in this process over a real PostgreSQL: all deadlines pass at once, and each is told as missed."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from deploy.bench.facts import BEGIN, assigned, issued
from deploy.bench.machine import require_equal
from deploy.local.infrastructure import Infrastructure
from services.deadlines.agents import follow_directives
from services.deadlines.domain.due import Policy
from services.deadlines.handlers import FACTS
from services.deadlines.projections import RuleBook
from services.deadlines.timers import Timers
from services.schemas import sources_of
from shared.clock import QUERIES as CLOCK
from shared.clock import step_clock
from shared.envelope import Event, encode
from shared.journal.unit_of_work import Ledger
from shared.migrations import migrate
from shared.postgres import connect, create_pool
from shared.sql import Queries
from shared.topics import partition_of

SCHEMA = "deadlines"
PARTITIONS = 4
DUTIES = 4
DEADLINES = 5
"""Of each directive: one of its four tasks has two."""
BATCH = 5_000
TIMERS_AT_ONCE = 500
PASSED = datetime(2021, 7, 1, tzinfo=UTC)
QUERIES = Queries("deploy.bench", "services.sql")


@dataclass(frozen=True, slots=True)
class _Record:
    """A record as the handler sees it."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    topic: str = FACTS
    timestamp: int = 0
    headers: Sequence[tuple[str, bytes]] = ()


async def run(infrastructure: Infrastructure, directives: int, number: int) -> float:
    """Return how many timers are fired a second; raises WrongResultError unless each deadline was told as missed once."""
    name = f"timers_{number}"
    infrastructure.postgres.create_database(name)
    try:
        return await _run(infrastructure.postgres.dsn(name), directives)
    finally:
        infrastructure.postgres.drop_database(name)


async def _run(dsn: str, directives: int) -> float:
    connection = await connect(dsn, schema="public")
    pool = await create_pool(dsn, schema=SCHEMA)
    try:
        await connection.execute(CLOCK["create_clock"])
        await migrate(connection, SCHEMA, sources_of(SCHEMA))
        await step_clock(connection, BEGIN)
        ledger, book = Ledger(pool), RuleBook(Policy())
        await _set(ledger, book, directives)
        await step_clock(connection, PASSED)
        timers = Timers(ledger, book, "stepped", batch=TIMERS_AT_ONCE)
        begun = time.perf_counter()
        fired = sum(await asyncio.gather(*(_drain(timers, partition) for partition in range(PARTITIONS))))
        seconds = time.perf_counter() - begun
        missed = await pool.fetchval(QUERIES["count_missed"])
    finally:
        await pool.close()
        await connection.close()
    require_equal("the timers", {"fired": fired, "missed": missed}, dict.fromkeys(("fired", "missed"), DEADLINES * directives))
    return fired / seconds


async def _drain(timers: Timers, partition: int) -> int:
    fired = 0
    while count := await timers.fire(partition):
        fired += count
    return fired


async def _set(ledger: Ledger, book: RuleBook, directives: int) -> None:
    """Set the deadlines of some directives, batch by batch."""
    handle = follow_directives(book, "stepped")
    parts: list[list[_Record]] = [[] for _ in range(PARTITIONS)]
    for event in _facts(directives):
        part = partition_of(event.partitionkey, PARTITIONS)
        parts[part].append(_Record(part, len(parts[part]), event.partitionkey.encode(), encode(event)))
    for part, records in enumerate(parts):
        for start in range(0, len(records), BATCH):
            async with ledger.turn(part) as work:
                await handle(work, records[start : start + BATCH])


def _facts(directives: int) -> Iterator[Event]:
    for number in range(directives):
        for version, event in enumerate((issued(number), *(assigned(number, duty) for duty in range(DUTIES))), start=1):
            yield replace(event, receivedtime=BEGIN, registeredtime=BEGIN, version=version, publisher="api")
