"""`dondoc audit`: whether what was registered is still what was registered, and the heads that are kept elsewhere to prove it."""

import asyncio
from pathlib import Path

import click

from services.auditing.heads import read_heads, write_heads
from services.auditing.verifying import Place, Report, export_heads, verify
from shared.environment import Environment
from shared.processes import collect_less_often

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Prove that nothing registered was changed, removed or added."""


@audit.command("verify")
@click.option("--heads", "file", type=FILE, help="A file of exported heads: everything in it must still be there.")
@click.option("--strict", is_flag=True, help="Take what a relay sent twice for wrong, too; readers apply it once.")
def verify_command(file: Path | None, *, strict: bool) -> None:
    """Compare the journal with its hash chains, the topic, the registrar's heads and exported heads."""
    heads = read_heads(file) if file else None
    collect_less_often()
    report = asyncio.run(verify(_place(), heads=heads, is_strict=strict))
    _end_where_wrong(report)
    exported = f" and what was exported at {heads.exported_at:%Y-%m-%d %H:%M:%S}Z" if heads else ""
    repeats = f"; {report.repeats:,} sent twice" if report.repeats else ""
    click.echo(f"{_counted(report)}: journal, topic and registrar agree{exported}{repeats}")


@audit.command("export-heads")
@click.argument("file", type=FILE)
def export_command(file: Path) -> None:
    """Write the newest version and hash of every key into a file; keep it where nobody who runs this system can change it."""
    heads, report = asyncio.run(export_heads(_place()))
    _end_where_wrong(report)
    write_heads(heads, file)
    click.echo(f"{_counted(report)}: heads in {file}")


def _place() -> Place:
    environment = Environment.read()
    return Place(environment.dsn, environment.bootstrap, environment.partitions)


def _counted(report: Report) -> str:
    return f"{report.events:,} events of {report.keys:,} keys in {report.partitions} partitions"


def _end_where_wrong(report: Report) -> None:
    """Print a line for each finding and end with exit code 1, where there is any."""
    findings = report.findings
    for finding in findings.kept:
        click.echo(finding)
    if findings.count > len(findings.kept):
        click.echo(f"and {findings.count - len(findings.kept):,} more")
    if findings.count:
        click.echo(f"{_counted(report)}: {findings.count:,} findings")
        raise SystemExit(1)
