"""The deadlines service's handlers and timers on a real database, without Kafka: facts go in, what was said comes out."""

from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import msgspec

from services.deadlines.agents import follow_directives
from services.deadlines.domain.calendar import midnight
from services.deadlines.domain.due import Policy
from services.deadlines.handlers import FACTS
from services.deadlines.projections import RuleBook
from services.deadlines.recalculating import Recalculation
from services.deadlines.timers import Timers
from services.schemas import sources_of
from shared.clock import QUERIES as CLOCK
from shared.clock import step_clock
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, DirectiveIssued, TaskAssigned
from shared.envelope import Event, decode, event_of
from shared.journal.unit_of_work import Ledger
from shared.migrations import migrate
from shared.postgres import Pool, connect, create_pool
from tests.support.records import FakeRecord, record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SCHEMA = "deadlines"
D1 = UUID("d1000000-0000-4000-8000-000000000001")
T1 = UUID("a1000000-0000-4000-8000-000000000001")
C1 = UUID("c1000000-0000-4000-8000-000000000001")
P1 = UUID("b1000000-0000-4000-8000-000000000001")
ISSUER = UUID("e1000000-0000-4000-8000-000000000001")
HOME_AFFAIRS = UUID("e1000000-0000-4000-8000-000000000002")
OFFICE = UUID("e1000000-0000-4000-8000-000000000003")


def vn(day: int, month: int = 4, hour: int = 0, minute: int = 0) -> datetime:
    """Return an instant of 2021 in Vietnam."""
    return midnight(datetime(2021, month, day).date()).replace(hour=hour, minute=minute)  # noqa: DTZ001  only its date counts


def registered(
    data: Contract, subject: UUID, version: int, received: datetime, *, registered_at: datetime | None = None, key: UUID = D1
) -> Event:
    """Return a fact as the registrar publishes it."""
    event = event_of(data, id=f"fact-{version}", source="/agencies/test", subject=str(subject), key=str(key), time=received)
    at = registered_at or received
    return msgspec.structs.replace(event, receivedtime=received, registeredtime=at, version=version, publisher="test")


def issued(received: datetime, key: UUID = D1, issued_on: datetime | None = None) -> Event:
    """Return the fact that a directive was issued."""
    day = issued_on.date() if issued_on else None
    data = DirectiveIssued(key="15/UBND-NC", issuer=ISSUER, subject="Kế hoạch", document_type="CV", symbol="UBND-NC", issued_on=day)
    return registered(data, key, 1, received, key=key)


def assigned(*clauses: DeadlineClause, received: datetime, task: UUID = T1, version: int = 2, key: UUID = D1) -> Event:
    """Return the fact that a task was assigned."""
    data = TaskAssigned(
        number="1.b", content="Lập kế hoạch hội nghị", lead=HOME_AFFAIRS, coordinating=(OFFICE,), deliverable="plan", deadlines=clauses
    )
    return registered(data, task, version, received, key=key)


class DeadlineOffice:
    """One worker's handlers and timers over one database."""

    def __init__(self, pool: Pool, offsets: Iterator[int]) -> None:
        self.pool = pool
        self.ledger = Ledger(pool)
        self.book = RuleBook(Policy())
        self.timers = Timers(self.ledger, self.book, "stepped", batch=500)
        self.recalculation = Recalculation(self.ledger, self.book, "stepped", batch=2)
        self._handle = follow_directives(self.book, "stepped")
        self._offsets = offsets
        self.taken: list[FakeRecord] = []

    async def step_to(self, at: datetime) -> None:
        """Step the office clock."""
        async with self.pool.acquire() as connection:
            await step_clock(connection, at)  # type: ignore[arg-type]

    async def take(self, *events: Event, partition: int = 0) -> None:
        """Hand facts to the handler, in one turn."""
        records = [record(FACTS, partition, next(self._offsets), event) for event in events]
        self.taken += records
        await self._take(records, partition)

    async def take_again(self, *records: FakeRecord) -> None:
        """Hand records of one partition to the handler, in one turn."""
        await self._take(records, records[0].partition)

    async def _take(self, records: Sequence[FakeRecord], partition: int) -> None:
        async with self.ledger.turn(partition) as work:
            await self._handle(work, records)

    async def rows(self) -> list[Any]:
        """Return the outgoing events' rows in the journal, in order."""
        return list(await self.pool.fetch("SELECT key, value, cause FROM journal ORDER BY partition, position"))

    async def said(self) -> list[Event]:
        """Return what was said so far, in order."""
        return [decode(row["value"]) for row in await self.rows()]

    async def names(self) -> list[str]:
        """Return the types of what was said so far, by their bare names."""
        return [event.data.NAME.removeprefix("deadline-") for event in await self.said()]


@asynccontextmanager
async def open_office(dsn: str) -> "AsyncIterator[DeadlineOffice]":
    """Migrate a fresh database and open an office over it."""
    connection = await connect(dsn, schema="public")
    try:
        await connection.execute(CLOCK["create_clock"])
        await migrate(connection, SCHEMA, sources_of(SCHEMA))
    finally:
        await connection.close()
    async with join_office(dsn) as office:
        yield office


@asynccontextmanager
async def join_office(dsn: str) -> "AsyncIterator[DeadlineOffice]":
    """Open one more worker's office, with connections and memory of its own."""
    pool = await create_pool(dsn, schema=SCHEMA)
    try:
        yield DeadlineOffice(pool, count())
    finally:
        await pool.close()


def deadline_id(task: UUID, name: str) -> UUID:
    """Return a deadline's id, as anybody may compute it."""
    return uuid5(task, name)
