"""A migrated read model on a real database, fed without Kafka."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from services.directives.projections import project_deadlines, project_facts
from services.schemas import sources_of
from shared.clock import QUERIES as CLOCK
from shared.envelope import decode
from shared.journal.unit_of_work import Ledger
from shared.migrations import migrate
from shared.postgres import Pool, connect, create_pool
from shared.sql import Queries
from tests.support.april import Journal, hanoi
from tests.support.records import FakeRecord

SCHEMA = "directives"
BEGINNING = hanoi(1)
QUERIES = Queries("tests.support", "read_model.sql")
TABLES = (
    "unit", "unit_name", "unit_successor", "directive", "task", "plan", "plan_item", "conference", "conference_task", "report",
    "extension", "published_index", "index_score", "fact", "task_deadline", "deadline_event",
)  # fmt: skip


@asynccontextmanager
async def opened_read_model(dsn: str) -> AsyncIterator[Pool]:
    """Migrate the schema, make the stepped clock, and keep a pool open for the block."""
    connection = await connect(dsn, schema="public")
    await connection.execute(CLOCK["create_clock"])
    await connection.execute(CLOCK["step_clock"], BEGINNING)
    await migrate(connection, SCHEMA, sources_of(SCHEMA))
    await connection.close()
    pool = await create_pool(dsn, schema=SCHEMA)
    yield pool
    await pool.close()


async def apply(pool: Pool, journal: Journal, size: int = 1_000) -> None:
    """Apply all records of a journal, in runs of a size, the topics one after the other."""
    ledger = Ledger(pool)
    for handler, records in ((project_facts, journal.records), (project_deadlines, journal.deadlines)):
        for run in _runs(records, size):
            async with ledger.turn(journal.partition) as work:
                await handler(work, run)


async def know(pool: Pool, journal: Journal, at: datetime) -> None:
    """Bring the tables to what had been registered by an instant, and let the office's clock show it (it never goes back)."""
    await pool.execute(QUERIES["empty"])
    await apply(pool, Journal(records=_until(journal.records, at), deadlines=_until(journal.deadlines, at)))
    await pool.execute(CLOCK["step_clock"], at)


def _until(records: Sequence[FakeRecord], at: datetime) -> list[FakeRecord]:
    return [each for each in records if (decode(each.value).registeredtime or at) <= at]


async def digests(pool: Pool) -> dict[str, str]:
    """Return a digest of each table's rows."""
    return {table: str(await pool.fetchval(QUERIES["digest"].format(table=table))) for table in TABLES}


def _runs(records: Sequence[FakeRecord], size: int) -> list[Sequence[FakeRecord]]:
    return [records[start : start + size] for start in range(0, len(records), size)]
