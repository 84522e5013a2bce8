"""A database with the tables of the intake and of people."""

from collections.abc import AsyncIterator

import pytest

from services.schemas import sources_of
from shared.migrations import migrate
from shared.postgres import Pool, connect, create_pool
from tests.support.people import migrate_identity


@pytest.fixture
async def cabinet_pool(database: str) -> AsyncIterator[Pool]:
    """Return an open pool on schema intake."""
    await migrate_identity(database)
    connection = await connect(database, schema="public")
    await migrate(connection, "intake", sources_of("intake"))
    await connection.close()
    pool = await create_pool(database, schema="intake")
    yield pool
    await pool.close()
