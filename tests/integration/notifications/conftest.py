"""A migrated database of notifications, without Kafka: what the relay does is done by hand, so that a test can look before it."""

from collections.abc import AsyncIterator

import pytest

from shared.journal.unit_of_work import Ledger
from shared.migrations import SHARED, migrate, migration_files
from shared.postgres import Pool, connect, create_pool
from tests.support.office import Office

SCHEMA = "notifications"


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    connection = await connect(database, schema="public")
    sources = [source for package in (*SHARED, "services.notifications") for source in migration_files(package)]
    await migrate(connection, SCHEMA, sources)
    await connection.close()
    pool = await create_pool(database, schema=SCHEMA)
    yield pool
    await pool.close()


@pytest.fixture
def office(pool: Pool) -> Office:
    return Office(Ledger(pool))
