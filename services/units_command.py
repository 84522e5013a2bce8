"""`dondoc units`: the registry of units, from files."""

import asyncio
import csv
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from services.directives.api import Reader
from services.directives.delivery import InboxSender
from services.directives.domain.communes import SuccessorRow, UnitRow, map_communes
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


BY = click.option("--by", default=getpass.getuser, show_default="the user of the system", help="Who decides; it is kept.")
DRY_RUN = click.option("--dry-run", "is_dry_run", is_flag=True, help="Only tell what would be done.")
FILE = click.argument("file", type=click.File("rb"))


@units.command("import")
@FILE
@DRY_RUN
@click.option("--rename", is_flag=True, help="Let other names in the file become the units' names, from valid_from or today on.")
@BY
def import_command(file: BinaryIO, by: str, *, is_dry_run: bool, rename: bool) -> None:
    """Register the units of a CSV FILE (code,name,short_name,parent_code,valid_from); exit 1 where anything is wrong."""
    content = file.read()
    _finish(lambda registry: registry.import_file(content, by=f"command:{by}", rename=rename, is_dry_run=is_dry_run))


@units.command("succeed")
@FILE
@DRY_RUN
@BY
def succeed_command(file: BinaryIO, by: str, *, is_dry_run: bool) -> None:
    """Register the successions of a CSV FILE (code,successor_code,valid_from,document); exit 1 where anything is wrong."""
    content = file.read()
    _finish(lambda registry: registry.import_successions(content, by=f"command:{by}", is_dry_run=is_dry_run))


@units.command("communes")
@FILE
@click.option(
    "--provinces", type=click.File("r", encoding="utf-8-sig"), required=True, help="CSV of code,name: the codes of the provinces."
)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the files are written.")
def communes_command(file: BinaryIO, provinces: TextIO, into: Path) -> None:
    """Turn the list of communes of 1/7/2025 (Tỉnh; Phường, xã mới; Phường, xã trước sáp nhập) into files for `import` and `succeed`."""
    codes = {row["name"].strip(): row["code"].strip() for row in csv.DictReader(provinces)}
    try:
        mapped = map_communes(file.read().decode("utf-8-sig"), codes)
    except (ValueError, csv.Error) as error:
        raise click.ClickException(str(error)) from error
    into.mkdir(parents=True, exist_ok=True)
    heads = [{"code": code, "name": name} for name, code in codes.items()]
    _write(into / "provinces.csv", ("code", "name"), heads)
    _write(into / "units.csv", UnitRow._fields, [row._asdict() for row in mapped.units])
    _write(into / "successors.csv", SuccessorRow._fields, [row._asdict() for row in mapped.successors])
    for line, text in mapped.unread:
        click.echo(f"line {line}: {text!r} is no name of a ward or commune; passed over", err=True)
    click.echo(f"{len(mapped.units)} units, {len(mapped.successors)} successions, {len(mapped.unread)} names not read")


def _write(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _finish(action: Callable[[Registry], Awaitable[Imported]]) -> None:
    async def run() -> Imported:
        async with opened_registry(Environment.read()) as registry:
            return await action(registry)

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
    click.echo(
        f"{imported.registered} {word}, {imported.renamed} renamed, {imported.succeeded} successions, {imported.passed_over} passed over"
    )
