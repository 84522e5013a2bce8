"""`dondoc units`: the registry of units, from files."""

import asyncio
import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import click

from services.directives.api import Reader
from services.directives.delivery import InboxSender
from services.directives.receipts import Receipts
from services.directives.registering import INBOX
from services.directives.registry import Imported, Registry
from shared.clock import clock_of
from shared.environment import Environment
from shared.postgres import create_pool

SCHEMA = "directives"


@asynccontextmanager
async def opened_registry(environment: Environment) -> AsyncIterator[Registry]:
    """Hold open what the registry is kept with, for the block."""
    sender = InboxSender(environment.bootstrap, INBOX, environment.partitions)
    receipts = Receipts(environment.dsn, environment.bootstrap, INBOX)
    async with await create_pool(environment.dsn, schema=SCHEMA, size=2) as pool, receipts.opened():
        sending = asyncio.create_task(sender.run())
        try:
            yield Registry(Reader(pool, clock_of(environment, pool)), sender, receipts, environment.partitions)
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending


@click.group()
def units() -> None:
    """Keep the registry of units."""


@units.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only tell what would be done.")
@click.option("--rename", is_flag=True, help="Let other names in the file become the units' names, from valid_from or today on.")
@click.option("--by", default=getpass.getuser, show_default="the user of the system", help="Who decides; it is kept.")
def import_command(file: click.utils.LazyFile, by: str, *, is_dry_run: bool, rename: bool) -> None:
    """Register the units of a CSV FILE (code,name,short_name,parent_code,valid_from); exit 1 where anything is wrong."""

    async def run() -> Imported:
        async with opened_registry(Environment.read()) as registry:
            return await registry.import_file(file.read(), by=f"command:{by}", rename=rename, is_dry_run=is_dry_run)

    imported = asyncio.run(run())
    _show(imported)
    raise SystemExit(1 if imported.faults or imported.refused else 0)


def _show(imported: Imported) -> None:
    for fault in imported.faults:
        click.echo(f"line {fault['line']}, {fault['column'] or 'file'}: {fault['problem']}", err=True)
    for refusal in imported.refused:
        click.echo(f"line {refusal.line}, {refusal.code}: {refusal.reason}", err=True)
    for each in imported.differences:
        told = f"registered as {each['registered']!r}, in the file {each['in_file']!r}"
        click.echo(f"line {each['line']}, {each['code']}, {each['column']}: {told}")
    if imported.faults:
        click.echo(f"{len(imported.faults)} faults: nothing was registered", err=True)
        return
    word = "would be registered" if imported.is_dry_run else "registered"
    click.echo(f"{imported.registered} {word}, {imported.renamed} renamed, {imported.passed_over} passed over")
