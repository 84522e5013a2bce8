"""`dondoc setup`: topics and tables, made or brought up to date; safe to run again."""

import asyncio

import click

from services.schemas import ALL, sources_of
from shared.clock import QUERIES as CLOCK
from shared.environment import Environment, number
from shared.migrations import migrate
from shared.postgres import connect
from shared.topics import create_topics


@click.command()
def setup() -> None:
    """Create the topics and migrate the database."""
    environment = Environment.read()
    create_topics(environment.bootstrap, environment.partitions, number("DONDOC_REPLICATION_FACTOR", 3))
    asyncio.run(migrate_all(environment.dsn))
    click.echo("topics and tables are up to date")


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
