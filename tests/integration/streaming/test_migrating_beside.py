"""A schema is brought up to date while workers go on: nothing is parked, and neither side falls victim to the other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
from faust.types import TP

from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.migrations import SHARED, migrate, migration_files
from shared.postgres import Pool, connect, create_pool
from shared.streaming.follower import Follower
from shared.streaming.parked import list_parked
from shared.streaming.queries import QUERIES
from shared.streaming.runs import Record, Run
from tests.support.records import FakeRecord
from tests.support.waiting import eventually

PLACE = TP("facts", 0)
TABLES = ("first", "CREATE TABLE one (n bigint NOT NULL); CREATE TABLE two (n integer NOT NULL); INSERT INTO two VALUES (1)")
SOURCES = [*(source for package in SHARED for source in migration_files(package)), TABLES]


class Consumer:
    """Is never asked to read again."""

    def epoch(self, _tp: TP) -> int:
        return 1

    async def rewind(self, _tp: TP, offset: int) -> None:
        raise AssertionError(offset)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    await upgrade(database)
    pool = await create_pool(database, schema="lane", size=2)
    await pool.execute(QUERIES["add_checkpoint"], *PLACE, UUID(int=1))
    yield pool
    await pool.close()


async def upgrade(dsn: str, *changes: tuple[str, str]) -> None:
    """Bring the schema up to date with changes beyond its tables."""
    connection = await connect(dsn, schema="public")
    try:
        await migrate(connection, "lane", [*SOURCES, *changes])
    finally:
        await connection.close()


async def copy_largest(work: UnitOfWork, records: Sequence[Record]) -> None:
    for _ in records:
        await work.connection.execute("INSERT INTO one VALUES ($1)", await work.connection.fetchval("SELECT max(n) FROM two"))


async def test_a_migration_waits_for_open_turns_and_is_no_part_of_a_deadlock(pool: Pool, database: str) -> None:
    async with Ledger(pool).turn(0) as work:
        await work.connection.execute("INSERT INTO two VALUES (2)")
        change = ("second", "ALTER TABLE one ADD COLUMN m integer; ALTER TABLE two ADD COLUMN m integer")
        upgrading = asyncio.create_task(upgrade(database, change))

        async def is_waiting() -> bool:
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            return bool(await pool.fetchval(query))

        await eventually(is_waiting)
        await work.connection.execute("INSERT INTO one VALUES (2)")
    await upgrading
    assert [tuple(row) for row in await pool.fetch("SELECT n, m FROM one")] == [(2, None)]


async def test_a_statement_that_was_prepared_before_a_column_grew_is_prepared_again_and_parks_nothing(pool: Pool, database: str) -> None:
    follower = Follower(Ledger(pool), copy_largest, has_positions=False)
    for offset in (0, 1):
        await follower.take(Run(PLACE, [FakeRecord(*PLACE, offset, 0, b"key", b"")], 1, offset), Consumer(), lambda: False)
        await upgrade(database, ("second", "ALTER TABLE two ALTER COLUMN n TYPE bigint"))
    assert await list_parked(pool) == []
    assert len(await pool.fetch("SELECT n FROM one")) == 2
