"""`dondoc accounts`: who may sign in, with which role; what is done here is in the audit log under the user of the system."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from services.unit_directory import UnitDirectory
from shared.environment import required
from shared.errors import NotFoundError
from shared.identity import accounts as registry
from shared.identity.accounts import FIRST, NewAccount
from shared.identity.principals import PERSON_ROLES, PersonRole
from shared.identity.queries import SCHEMA
from shared.identity.settings import PeopleSettings
from shared.postgres import connect

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[Any]

ROLE = click.Choice(PERSON_ROLES)
UNIT = click.option("--unit", metavar="CODE", help="The unit that roles unit and issuer_office belong to: its code or id.")


@click.group()
def accounts() -> None:
    """Add, list, lock and unlock people's accounts, reset passwords, change roles."""


@accounts.command()
@click.argument("name")
@click.option("--full-name", required=True, help="The person's name, as pages show it.")
@click.option("--role", required=True, type=ROLE)
@UNIT
@click.option("--subject", metavar="SUB", help="The person's subject at the provider of identities (DONDOC_OIDC_ISSUER): no password then.")
def add(name: str, full_name: str, role: PersonRole, unit: str | None, subject: str | None) -> None:
    """Make an account and print its first password once."""

    async def action(connection: "Connection", dsn: str) -> None:
        found = await _find_unit(dsn, unit)
        new = NewAccount(name=name, full_name=full_name, role=role, unit=found, issuer=_issuer(subject), subject=subject)
        _show(name, await registry.add_account(connection, new, by=_by()))

    _run(action)


@accounts.command("list")
def list_() -> None:
    """Show all accounts."""

    async def action(connection: "Connection", dsn: str) -> None:
        found = await registry.list_accounts(connection)
        names = await UnitDirectory(dsn).names({account.unit for account in found if account.unit})
        for account in found:
            unit = names.get(account.unit, str(account.unit)) if account.unit else ""
            state = "locked" if account.locked_at else "signs in at the provider" if account.subject else ""
            click.echo("  ".join(filter(None, (f"{account.name:<20}", f"{account.role:<14}", account.full_name, unit, state))))

    _run(action)


@accounts.command()
@click.argument("name")
def lock(name: str) -> None:
    """Keep a person out, and end the sessions."""
    _run(lambda connection, _dsn: registry.lock(connection, name, by=_by()))


@accounts.command()
@click.argument("name")
def unlock(name: str) -> None:
    """Let a person in again."""
    _run(lambda connection, _dsn: registry.unlock(connection, name, by=_by()))


@accounts.command()
@click.argument("name")
def reset(name: str) -> None:
    """Give a person a new password and print it once; the sessions end."""

    async def action(connection: "Connection", _dsn: str) -> None:
        _show(name, await registry.reset_password(connection, name, by=_by()))

    _run(action)


@accounts.command()
@click.argument("name")
@click.argument("role", type=ROLE)
@UNIT
def role(name: str, role: PersonRole, unit: str | None) -> None:
    """Give a person another role; the sessions end."""

    async def action(connection: "Connection", dsn: str) -> None:
        await registry.change_role(connection, name, role, await _find_unit(dsn, unit), by=_by())

    _run(action)


async def add_first_administrator(connection: "Connection", password: str | None, *, must_change: bool) -> str | None:
    """Make the first administrator where nobody can sign in yet, and return the password, None where there are accounts already."""
    if await registry.has_accounts(connection):
        return None
    new = NewAccount(name=FIRST, full_name="Quản trị viên", role="administrator")
    return await registry.add_account(connection, new, by="command:setup", password=password, must_change=must_change)


def _run(action: Callable[["Connection", str], Awaitable[None]]) -> None:
    async def run() -> None:
        dsn = required("DONDOC_POSTGRES_DSN")
        connection = await connect(dsn, schema=SCHEMA)
        try:
            await action(connection, dsn)
        finally:
            await connection.close()

    asyncio.run(run())


async def _find_unit(dsn: str, code: str | None) -> UUID | None:
    if code is None:
        return None
    unit = await UnitDirectory(dsn).find(code)
    if unit is None:
        raise NotFoundError("unit", code)
    return unit


def _issuer(subject: str | None) -> str | None:
    if subject is None:
        return None
    provider = PeopleSettings.read().provider
    if provider is None:
        raise click.UsageError("--subject needs DONDOC_OIDC_ISSUER, DONDOC_OIDC_CLIENT_ID and DONDOC_OIDC_CLIENT_SECRET")
    return provider.issuer


def _show(name: str, password: str) -> None:
    if password:
        click.echo(f"{name}: password {password} (shown once; it must be changed at the first sign-in)")


def _by() -> str:
    return f"command:{getpass.getuser()}"
