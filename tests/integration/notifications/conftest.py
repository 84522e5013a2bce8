"""A migrated database of notifications, without Kafka: what the relay does is done by hand, so that a test can look before it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.notifications.settings import Settings
from services.notifications.web import part
from shared.environment import Environment
from shared.journal.unit_of_work import Ledger
from shared.migrations import SHARED, migrate, migration_files
from shared.postgres import Pool, connect, create_pool
from shared.web.app import build_web
from tests.support.notice_office import Office
from tests.support.people import BEARER, door_of, migrate_identity
from tests.support.serving import serving

SCHEMA = "notifications"


@pytest.fixture
async def migrated(database: str) -> str:
    """Return the DSN of a database with the schema of notifications."""
    connection = await connect(database, schema="public")
    sources = [source for package in (*SHARED, "services.notifications") for source in migration_files(package)]
    await migrate(connection, SCHEMA, sources)
    await connection.close()
    await migrate_identity(database)
    return database


@pytest.fixture
async def pool(migrated: str) -> AsyncIterator[Pool]:
    pool = await create_pool(migrated, schema=SCHEMA)
    yield pool
    await pool.close()


@pytest.fixture
def office(pool: Pool) -> Office:
    return Office(Ledger(pool))


@pytest.fixture
async def desk(migrated: str) -> AsyncIterator[str]:
    """Return the address of a running server with the inboxes."""
    environment = Environment(bootstrap="", dsn=migrated, partitions=4, clock="system", health_port=0, host="127.0.0.1", instance=None)
    settings = Settings(acknowledge_seconds=1, patience_seconds=1)
    async with serving(build_web([part(environment, settings)], door_of(migrated))) as address:
        yield address


@pytest.fixture
async def client(desk: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=desk, timeout=20, headers=BEARER) as client:
        yield client
