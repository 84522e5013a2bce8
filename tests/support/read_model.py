"""A migrated read model on a real database, fed without Kafka."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.directives.projections import project_deadlines, project_facts
from services.schemas import sources_of
from shared.journal.unit_of_work import Ledger
from shared.migrations import migrate
from shared.postgres import Pool, connect, create_pool
from shared.sql import Queries
from tests.support.april import Journal
from tests.support.records import FakeRecord

SCHEMA = "directives"
QUERIES = Queries("tests.support", "read_model.sql")
TABLES = (
    "unit", "directive", "task", "plan", "plan_item", "conference", "conference_task", "report", "fact", "task_deadline", "deadline_event",
)  # fmt: skip


@asynccontextmanager
async def opened_read_model(dsn: str) -> AsyncIterator[Pool]:
    """Migrate the schema and keep a pool open for the block."""
    connection = await connect(dsn, schema="public")
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


async def digests(pool: Pool) -> dict[str, str]:
    """Return a digest of each table's rows."""
    return {table: str(await pool.fetchval(QUERIES["digest"].format(table=table))) for table in TABLES}


def _runs(records: Sequence[FakeRecord], size: int) -> list[Sequence[FakeRecord]]:
    return [records[start : start + size] for start in range(0, len(records), size)]
