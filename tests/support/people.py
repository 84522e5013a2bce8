"""People and programs at the door of an app under test: the installation's key, accounts of every role, sign-ins."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx

from shared.identity.accounts import NewAccount, add_account
from shared.identity.principals import PersonRole
from shared.identity.queries import SCHEMA
from shared.identity.settings import PeopleSettings, Provider
from shared.migrations import migrate, migration_files
from shared.postgres import Pool, connect, create_pool
from shared.web.door import Door, FindUnit, find_none

if TYPE_CHECKING:
    import asyncpg

KEY = "a-key-for-tests"
BEARER: Mapping[str, str] = {"Authorization": f"Bearer {KEY}"}
PASSWORD = "bảy con trâu gặm cỏ ven đê"  # noqa: S105  of accounts that tests make
NOWHERE = "postgresql://127.0.0.1:1/none"
_CSRF = re.compile(r'name="csrf-token" content="([0-9a-f]{64})"')


def door_of(
    dsn: str = NOWHERE, *, provider: Provider | None = None, public_url: str = "http://127.0.0.1:8080", find_unit: FindUnit = find_none,
    watch_seconds: float = 10,
) -> Door:  # fmt: skip
    """Return a door that knows the key of tests."""
    return Door(PeopleSettings(public_url, KEY, provider), dsn, find_unit=find_unit, watch_seconds=watch_seconds)


async def migrate_identity(dsn: str) -> None:
    """Make the tables of people."""
    connection = await connect(dsn, schema="public")
    try:
        await migrate(connection, SCHEMA, migration_files("shared.identity"))
    finally:
        await connection.close()


@asynccontextmanager
async def opened_identity(dsn: str) -> AsyncIterator[Pool]:
    """Make the tables of people and keep a pool open for the block."""
    await migrate_identity(dsn)
    pool = await create_pool(dsn, schema=SCHEMA)
    try:
        yield pool
    finally:
        await pool.close()


async def add_person(dsn: str, name: str, role: PersonRole, unit: UUID | None = None, *, must_change: bool = False) -> None:
    """Make an account with the password of tests."""
    connection: asyncpg.Connection[Any] = await connect(dsn, schema=SCHEMA)
    new = NewAccount(name=name, full_name=f"Người dùng {name}", role=role, unit=unit)
    try:
        await add_account(connection, new, by="command:tests", must_change=must_change, password=PASSWORD)
    finally:
        await connection.close()


async def sign_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> httpx.Response:
    """Sign in; the client keeps the cookie."""
    return await client.post("/sign-in", data={"name": name, "password": password, "next": "/account"})


async def csrf_of(client: httpx.AsyncClient) -> str:
    """Return the word that unsafe requests of the client's session repeat."""
    page = await client.get("/account")
    found = _CSRF.search(page.text)
    assert found, page.text
    return found[1]
