"""A registrar on a real PostgreSQL, without Kafka: records go in, and what was written comes out."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from services.directives.registering import INBOX, Registrar
from services.directives.sweeping import Sweeper
from services.directives.verdicts import EVENTS, VERDICTS
from services.directives.waiting import Limits
from services.schemas import sources_of
from shared.contracts.verdicts import FactRefused
from shared.envelope import Event, decode, encode
from shared.journal.queries import QUERIES as JOURNAL
from shared.journal.unit_of_work import Ledger
from shared.migrations import migrate
from shared.postgres import Connection, Pool, connect, create_pool
from shared.sql import Queries
from shared.topics import partition_of
from tests.support.facts import COMMITTEE
from tests.support.records import FakeRecord

PARTITIONS = 4
NOW = datetime(2021, 4, 10, 3, 0, tzinfo=UTC)
QUERIES = Queries("tests.support", "registry.sql")
TABLES = ("stream", "fact", "claim", "unit", "receipt", "waiting", "publisher", "journal")


@dataclass
class Office:
    """One registrar's process, with the offsets of an inbox that only it sees."""

    pool: Pool
    ledger: Ledger = field(init=False)
    registrar: Registrar = field(init=False)
    ends: dict[int, int] = field(default_factory=dict)
    inbox: list[FakeRecord] = field(default_factory=list)
    now: datetime = NOW
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget everything, as a new process does."""
        self.ledger = Ledger(self.pool)
        self.registrar = Registrar(PARTITIONS, self.read_clock, self.limits)

    async def read_clock(self, _connection: Connection) -> datetime:
        """Return the office's instant."""
        return self.now

    def open_beside(self) -> "Office":
        """Return another process that reads the same inbox."""
        return Office(self.pool, self.ends, self.inbox, self.now, self.limits)

    async def sweep(self) -> int:
        """Refuse what has waited too long, and return how many facts that were."""
        return await Sweeper(self.ledger, self.registrar, self.read_clock).sweep()

    def partition_of(self, key: UUID | str) -> int:
        """Return the partition that a key belongs to."""
        return partition_of(str(key), PARTITIONS)

    def keys_apart(self) -> tuple[str, str]:
        """Return two publisher's keys whose directives lie in different partitions."""
        first = "k0"
        apart = (f"k{number}" for number in range(1, 100))
        home = self.partition_of(uuid5(COMMITTEE, first))
        return first, next(key for key in apart if self.partition_of(uuid5(COMMITTEE, key)) != home)

    def place(self, event: Event, *, partition: int | None = None) -> FakeRecord:
        """Put an event into the inbox, into its own partition where no other is named."""
        key = event.partitionkey.encode()
        return self.place_bytes(key, encode(event), partition_of(key, PARTITIONS) if partition is None else partition)

    def place_bytes(
        self, key: bytes | None, value: bytes | None, partition: int, headers: tuple[tuple[str, bytes], ...] = ()
    ) -> FakeRecord:
        """Put any bytes into the inbox."""
        offset = self.ends.get(partition, 0)
        self.ends[partition] = offset + 1
        self.inbox.append(FakeRecord(INBOX, partition, offset, 0, key, value, headers))
        return self.inbox[-1]

    async def judge(self, *records: FakeRecord) -> None:
        """Judge records of one partition in one transaction."""
        async with self.ledger.turn(records[0].partition) as work:
            await self.registrar.handle(work, records)

    async def take(self, *events: Event) -> list[Any]:
        """Place and judge events, each partition's in one transaction, and return their receipts."""
        placed = [self.place(event) for event in events]
        for partition in {record.partition for record in placed}:
            await self.judge(*(record for record in placed if record.partition == partition))
        return [await self.receipt(record) for record in placed]

    async def receipt(self, record: FakeRecord) -> Any:
        """Return what became of a record."""
        return await self.pool.fetchrow(QUERIES["read_receipt"], record.partition, record.offset)

    async def journal(self, topic: str) -> Sequence[Any]:
        """Return the journal's rows of a topic."""
        return list(await self.pool.fetch(QUERIES["read_journal"], topic))

    async def events(self) -> list[Event]:
        """Return what was registered."""
        return [decode(row["value"]) for row in await self.journal(EVENTS)]

    async def refusals(self) -> list[Any]:
        """Return the data of what was refused."""
        return [said for said in await self.verdicts() if isinstance(said, FactRefused)]

    async def verdicts(self, topic: str = VERDICTS) -> list[Any]:
        """Return the data of all verdicts of a topic."""
        return [decode(row["value"]).data for row in await self.journal(topic)]

    async def codes(self) -> list[str]:
        """Return the codes of what was refused."""
        return [refusal.code for refusal in await self.refusals()]

    async def tables(self) -> dict[str, list[Any]]:
        """Return the whole content of the registrar's tables, in an order that does not depend on when a row was written."""
        return {name: sorted(map(str, await self.pool.fetch(QUERIES[f"dump_{name}"]))) for name in TABLES}

    async def send(self, *topics: str) -> None:
        """Do the relay's part: say that everything published to the topics is in Kafka, and wake who waits."""
        for topic in topics or (EVENTS, VERDICTS):
            for partition in range(PARTITIONS):
                row = await self.pool.fetchrow(JOURNAL["read_relay"], topic, partition)
                if row is not None:
                    await self.pool.execute(JOURNAL["mark_sent"], topic, partition, row["last_position"])


@asynccontextmanager
async def open_office(dsn: str) -> AsyncIterator[Office]:
    """Migrate a fresh database and open a registrar on it."""
    connection = await connect(dsn, schema="public")
    await migrate(connection, "registrar", sources_of("registrar"))
    await connection.close()
    pool = await create_pool(dsn, schema="registrar")
    try:
        yield Office(pool)
    finally:
        await pool.close()


def sent_by(publisher: str, event: Event) -> Event:
    """Return a fact as another publisher's."""
    return replace(event, publisher=publisher)
