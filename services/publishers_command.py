"""`dondoc publishers`: who may publish what, with which keys, through Kafka or HTTP, how much, and until when."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import click

from services.publishing import Office, Wanted
from shared import kafka_access
from shared.contracts import FACTS
from shared.contracts.registry import PublisherAuthorised
from shared.environment import Environment, number
from shared.identity.limits import HANOI, Limit

DAY = click.DateTime(["%Y-%m-%d"])
TYPES = sorted(contract.NAME for contract in FACTS if contract is not PublisherAuthorised)
BY = click.option("--by", default=getpass.getuser, show_default="the user of the system", help="Who decides; it is kept.")
OVER_KAFKA = click.option("--kafka", "over_kafka", is_flag=True, help="Through Kafka.")
OVER_HTTP = click.option("--http", "over_http", is_flag=True, help="Over HTTP.")


def _run(action: Callable[[Office], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Office.opened(Environment.read(), number("DONDOC_REPLICATION_FACTOR", 3)) as office:
            await action(office)

    asyncio.run(run())


@click.group()
def publishers() -> None:
    """Authorise publishers, hand out their keys, limit and revoke them."""


@publishers.command()
@click.argument("slug")
@click.option("--name", required=True, help="What people call it.")
@click.option("--unit", "units", multiple=True, metavar="CODE", help="A unit that it speaks for; may be repeated.")
@click.option("--all-units", is_flag=True, help="It speaks for every unit.")
@click.option("--type", "types", multiple=True, type=click.Choice(TYPES), metavar="NAME", help="A type of facts; may be repeated.")
@click.option("--all-types", is_flag=True, help="Every type but publisher-authorised.")
@click.option("--from", "first_day", type=DAY, help="First day, in Vietnam; default: at once.")
@click.option("--until", "last_day", type=DAY, help="Last day, in Vietnam; default: no end.")
@OVER_KAFKA
@OVER_HTTP
@BY
def add(slug: str, by: str, *, over_kafka: bool, over_http: bool, **said: Any) -> None:  # noqa: ANN401  click's options
    """Authorise a publisher, or replace all its rights, and print its new secrets once."""
    wanted = _wanted(slug, **said)

    async def action(office: Office) -> None:
        if over_kafka:
            await office.make_topics(slug)
        receipt = await office.authorise(wanted, over_kafka=over_kafka)
        click.echo(f"{slug} is registered: version {receipt.version}, receipt {receipt.receipt}")
        if over_http:
            _show_key(await office.issue_key(slug, by))
        if over_kafka:
            _show_password(slug, await office.grant(slug))

    _run(action)


def _wanted(  # noqa: PLR0913  the options of a command
    slug: str, *, name: str, units: tuple[str, ...], all_units: bool, types: tuple[str, ...], all_types: bool,
    first_day: datetime | None, last_day: datetime | None,
) -> Wanted:  # fmt: skip
    if bool(units) == all_units:
        raise click.UsageError("say either --unit CODE (once or more) or --all-units")
    if bool(types) == all_types:
        raise click.UsageError("say either --type NAME (once or more) or --all-types")
    begin = first_day.replace(tzinfo=HANOI) if first_day else None
    end = last_day.replace(tzinfo=HANOI) + timedelta(days=1) if last_day else None
    return Wanted(slug, name, units, all_units, tuple(TYPES) if all_types else types, begin, end)


def _show_key(key: str) -> None:
    click.echo(f"API key, shown this once: {key}")


def _show_password(slug: str, password: str) -> None:
    click.echo(f"Kafka (SASL, SCRAM-SHA-512): user {slug}, password, shown this once: {password}")
    click.echo(f"  writes {kafka_access.topic_of(slug)}, reads {kafka_access.verdict_topic_of(slug)}")
    click.echo(f"  its groups and transactional ids begin with {slug}.")


@publishers.command("list")
def list_publishers() -> None:
    """Print a line for each publisher."""

    async def action(office: Office) -> None:
        for rights in await office.read_rights():
            units = "all units" if rights.all_units else f"{len(rights.units)} units"
            way = "Kafka and HTTP" if rights.has_topic else "HTTP"
            click.echo(f"{rights.publisher}  {rights.name}  {units}, {len(rights.types)} types  {_span(rights)}  {way}")

    _run(action)


def _span(rights: PublisherAuthorised) -> str:
    begin = rights.valid_from.astimezone(HANOI).isoformat(timespec="minutes")
    end = rights.valid_until.astimezone(HANOI).isoformat(timespec="minutes") if rights.valid_until else "no end"
    return f"from {begin} until {end}"


@publishers.command()
@click.argument("slug")
def show(slug: str) -> None:
    """Print what a publisher may do, its keys (not the secrets) and its limits."""

    async def action(office: Office) -> None:
        for line in await office.describe(slug):
            click.echo(line)

    _run(action)


@publishers.command()
@click.argument("slug")
@OVER_KAFKA
@OVER_HTTP
@click.option("--overlap", type=click.IntRange(0), default=24, show_default=True, help="Hours for which its older API keys still count.")
@BY
def rotate(slug: str, overlap: int, by: str, *, over_kafka: bool, over_http: bool) -> None:
    """Give a publisher another API key, another password for Kafka, or both; print them once."""
    if not (over_kafka or over_http):
        raise click.UsageError("say --http, --kafka, or both")

    async def action(office: Office) -> None:
        await office.read_one(slug)
        if over_http:
            _show_key(await office.rotate_key(slug, by, timedelta(hours=overlap)))
        if over_kafka:
            _show_password(slug, await office.renew_password(slug))

    _run(action)


@publishers.command()
@click.argument("slug")
@BY
def revoke(slug: str, by: str) -> None:
    """End a publisher's rights now: its keys, its user in Kafka, and by a registered fact what it may say."""

    async def action(office: Office) -> None:
        receipt = await office.revoke(slug, by)
        click.echo(f"{slug} is revoked: version {receipt.version}, receipt {receipt.receipt}")

    _run(action)


@publishers.command()
@click.argument("slug")
@click.option("--bytes-per-second", type=click.IntRange(1), help="Written into its topic, at each broker.")
@click.option("--events-per-second", type=click.IntRange(1), help="Over HTTP.")
@click.option("--burst", type=click.IntRange(1), help="Events at once, over HTTP.")
@click.option("--events-per-day", type=click.IntRange(1), help="Over HTTP.")
@BY
def limit(slug: str, bytes_per_second: int | None, by: str, **numbers: int | None) -> None:
    """Change how much a publisher may send; what is not named stays."""
    if bytes_per_second is None and not any(numbers.values()):
        raise click.UsageError("name at least one limit")

    async def action(office: Office) -> None:
        await office.read_one(slug)
        if any(numbers.values()):
            await office.limit_http(slug, Limit(**numbers), by)
        if bytes_per_second is not None:
            await office.limit_kafka(slug, bytes_per_second)
        click.echo(f"{slug}: the limits are set")

    _run(action)
