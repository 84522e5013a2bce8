"""`dondoc setup`: topics and tables, made or brought up to date, and somebody who can sign in; safe to run again."""

import asyncio
import os

import click

from services.accounts_command import add_first_administrator
from services.schemas import ALL, sources_of
from shared.clock import QUERIES as CLOCK
from shared.environment import Environment, number
from shared.identity.accounts import FIRST
from shared.identity.queries import SCHEMA
from shared.migrations import migrate
from shared.postgres import connect
from shared.topics import create_topics

FIRST_ADMINISTRATOR = "first administrator:"
"""How the line begins that says who it is, in this command's output."""


@click.command()
def setup() -> None:
    """Create the topics, migrate the database, and make the first administrator where nobody can sign in yet."""
    environment = Environment.read()
    create_topics(environment.bootstrap, environment.partitions, number("DONDOC_REPLICATION_FACTOR", 3))
    asyncio.run(migrate_all(environment.dsn))
    click.echo("topics and tables are up to date")
    asyncio.run(welcome_first(environment))


async def welcome_first(environment: Environment) -> None:
    """Make the first administrator and say the password once; one that the environment gives is not repeated.

    On the stepped clock of demonstrations and tests it may stay; else it is changed at the first sign-in.
    """
    given = os.environ.get("DONDOC_FIRST_PASSWORD") or None
    connection = await connect(environment.dsn, schema=SCHEMA)
    try:
        password = await add_first_administrator(connection, given, must_change=environment.clock == "system")
    finally:
        await connection.close()
    if password is not None:
        told = "of DONDOC_FIRST_PASSWORD" if given else f"{password} (shown once)"
        click.echo(f"{FIRST_ADMINISTRATOR} {FIRST}, password {told}")


async def migrate_all(dsn: str) -> None:
    """Migrate every schema, and make the row of the stepped clock."""
    connection = await connect(dsn, schema="public")
    try:
        await connection.execute(CLOCK["create_clock"])
        for schema in ALL:
            for name in await migrate(connection, schema, sources_of(schema)):
                click.echo(f"{schema}: {name}")
    finally:
        await connection.close()
