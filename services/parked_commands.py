"""`dondoc parked`: what could not be applied, and what an operator decides about it."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import click

from services.plans import PLANS
from services.schemas import OWN
from shared.environment import Environment
from shared.errors import NotFoundError
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool, create_pool
from shared.streaming.parked import ParkedRecord, discard, list_parked, read_key, retry

SCHEMA = click.Choice(list(OWN))
PLACE = "TOPIC/PARTITION/OFFSET"
BY = click.option("--by", default=getpass.getuser, show_default="the user of the system", help="Who decides; it is kept.")


@asynccontextmanager
async def _open(schema: str) -> AsyncIterator[Pool]:
    pool = await create_pool(Environment.read().dsn, schema=schema, size=2)
    try:
        yield pool
    finally:
        await pool.close()


def _run(schema: str, action: Callable[[Pool], Awaitable[None]]) -> None:
    async def run() -> None:
        async with _open(schema) as pool:
            await action(pool)

    asyncio.run(run())


def _place(text: str) -> tuple[str, int, int]:
    topic, _, rest = text.partition("/")
    partition, _, offset = rest.partition("/")
    if not (topic and partition.isdecimal() and offset.isdecimal()):
        message = f"{text!r} should be {PLACE}"
        raise click.BadParameter(message)
    return topic, int(partition), int(offset)


def _show(record: ParkedRecord) -> None:
    role = "behind" if record.is_follower else "bad"
    click.echo(f"{record.place}  {role}  key {record.key.decode(errors='replace')}  {record.parked_at:%Y-%m-%d %H:%M:%S}Z  {record.reason}")


@click.group()
def parked() -> None:
    """Show, apply again or discard what a worker could not apply."""


@parked.command("list")
@click.argument("schema", type=SCHEMA)
def list_command(schema: str) -> None:
    """List what is parked."""

    async def action(pool: Pool) -> None:
        records = await list_parked(pool)
        for record in records:
            _show(record)
        click.echo(f"{len(records)} parked")

    _run(schema, action)


@parked.command("show")
@click.argument("schema", type=SCHEMA)
@click.argument("place", metavar=PLACE)
def show_command(schema: str, place: str) -> None:
    """Show a parked record whole."""

    async def action(pool: Pool) -> None:
        record = _one(await read_key(pool, *_place(place)), place)
        _show(record)
        for name, value in record.headers:
            click.echo(f"{name}: {value.decode(errors='replace')}")
        click.echo((record.value or b"").decode(errors="replace"))

    _run(schema, action)


@parked.command("retry")
@click.argument("schema", type=SCHEMA)
@click.argument("place", metavar=PLACE)
@BY
def retry_command(schema: str, place: str, by: str) -> None:
    """Apply a parked record again, and then those that wait behind it."""

    async def action(pool: Pool) -> None:
        records = await read_key(pool, *_place(place))
        subscriptions = PLANS[schema](Environment.read()).subscriptions
        handler = next(subscription.handler for subscription in subscriptions if subscription.topic == records[0].topic)
        click.echo(f"{await retry(Ledger(pool), handler, records, by=by)} applied")

    _run(schema, action)


@parked.command("discard")
@click.argument("schema", type=SCHEMA)
@click.argument("place", metavar=PLACE)
@click.option("--why", required=True, help="The reason; it is kept.")
@BY
def discard_command(schema: str, place: str, why: str, by: str) -> None:
    """Take a parked record out without applying it."""

    async def action(pool: Pool) -> None:
        record = _one(await read_key(pool, *_place(place)), place)
        await discard(Ledger(pool), record, by=by, why=why)
        click.echo(f"{record.place} discarded")

    _run(schema, action)


def _one(records: list[ParkedRecord], place: str) -> ParkedRecord:
    for record in records:
        if record.place == place:
            return record
    raise NotFoundError("parked record", place)
