"""`dondoc parked`: what could not be applied, and what an operator decides about it."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import click
import msgspec

from services import parked_texts as texts
from services.held import OUTLOOKS
from services.plans import PLANS
from services.schemas import OWN
from shared.environment import Environment
from shared.errors import NotFoundError
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool, create_pool
from shared.streaming.bulk import Choice, Outcome, Place, choose, discard_all, find_keys, retry_all, try_all
from shared.streaming.causes import ParkedKey, group_by_cause
from shared.streaming.held import Held, read_held, read_known
from shared.streaming.parked import ParkedRecord, discard, list_parked_keys, read_key, read_records

SCHEMA = click.Choice(list(OWN))
PLACE = "TOPIC/PARTITION/OFFSET"

Action = Callable[[Pool], Awaitable[None]]
Decorated = Callable[..., None]


@asynccontextmanager
async def _open(schema: str) -> AsyncIterator[Pool]:
    pool = await create_pool(Environment.read().dsn, schema=schema, size=2)
    try:
        yield pool
    finally:
        await pool.close()


def _run(schema: str, action: Action) -> None:
    async def run() -> None:
        async with _open(schema) as pool:
            await action(pool)

    asyncio.run(run())


def _place(text: str) -> Place:
    topic, _, rest = text.partition("/")
    partition, _, offset = rest.partition("/")
    if not (topic and partition.isdecimal() and offset.isdecimal()):
        message = f"{text!r} should be {PLACE}"
        raise click.BadParameter(message)
    return topic, int(partition), int(offset)


def _say(data: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(data)).decode())


JSON = click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")


def _deciding(command: Decorated) -> Decorated:
    """Add what retry and discard have in common."""
    options = (
        click.argument("schema", type=SCHEMA),
        click.argument("places", metavar=f"[{PLACE}]...", nargs=-1),
        click.option("--cause", default="", metavar="CODE", help="All keys that `list` shows under this cause."),
        click.option("--key", default="", help="The records of this key."),
        click.option("--topic", default="", help="Those that came by this topic."),
        click.option("--by", default=getpass.getuser, show_default="the user of the system", help="Who decides; it is kept."),
        click.option("--dry-run", is_flag=True, help="Say what would happen; this is so for more than one place unless --yes is given."),
        click.option("--yes", is_flag=True, help="Do it."),
        JSON,
    )
    for option in reversed(options):
        command = option(command)
    return command


def _is_dry(places: tuple[str, ...], **flags: bool) -> bool:
    if flags["dry_run"] and flags["yes"]:
        raise click.UsageError("--dry-run and --yes exclude each other")
    return flags["dry_run"] or not (flags["yes"] or len(places) == 1)


@click.group()
def parked() -> None:
    """Show, apply again or discard what a worker could not apply."""


@parked.command("list")
@click.argument("schema", type=SCHEMA, required=False)
@click.option("--all", "is_single", is_flag=True, help="Show each key instead of causes.")
@click.option("--cause", default="", metavar="CODE", help="Show the keys of this cause.")
@JSON
def list_command(schema: str | None, cause: str, **flags: bool) -> None:
    """List what is parked by cause, in one schema or in all, with what it holds back."""
    data: list[dict[str, Any]] = []

    async def action(pool: Pool, name: str) -> int:
        keys = await choose(pool, Choice(cause)) if cause else await list_parked_keys(pool)
        if cause or flags["is_single"]:
            data.extend(texts.key_data(name, key) for key in keys)
            _echo((texts.key_line(key) for key in keys), flags)
        else:
            for group in group_by_cause(keys):
                held = await read_held(pool, OUTLOOKS[name], group.keys)
                data.append(texts.group_data(name, group, held))
                _echo(texts.group_lines(name, group, held), flags)
        return len(keys) + sum(key.behind for key in keys)

    async def run() -> None:
        count = 0
        for name in [schema] if schema else OWN:
            async with _open(name) as pool:
                count += await action(pool, name)
        _echo([f"{count} parked"], flags)
        if flags["as_json"]:
            _say(data)

    asyncio.run(run())


def _echo(lines: Iterable[str], flags: dict[str, bool]) -> None:
    for line in () if flags["as_json"] else lines:
        click.echo(line)


@parked.command("show")
@click.argument("schema", type=SCHEMA)
@click.argument("place", metavar=PLACE)
@JSON
def show_command(schema: str, place: str, *, as_json: bool) -> None:
    """Show a parked record whole, and what its key holds back, as far as each service knows."""

    async def action(pool: Pool) -> None:
        records = await read_key(pool, *_place(place))
        record = _one(records, place)
        (key,) = await find_keys(pool, [_place(place)])
        held = {schema: await read_held(pool, OUTLOOKS[schema], [key]), **await _known_elsewhere(schema, key)}
        if as_json:
            _say({**texts.key_data(schema, key), "value": (record.value or b"").decode(errors="replace"), "held": texts.things_data(held)})
        else:
            _show(record, key, held)

    _run(schema, action)


async def _known_elsewhere(schema: str, key: ParkedKey) -> dict[str, Held]:
    """Return what the other services know of a key that one of them has parked."""
    found = {}
    for name in (other for other in OWN if other != schema):
        async with _open(name) as pool:
            found[name] = Held(await read_known(pool, OUTLOOKS[name], [key.key]))
    return found


def _show(record: ParkedRecord, key: ParkedKey, held: dict[str, Held]) -> None:
    click.echo(texts.record_line(record))
    click.echo(f"cause: {key.cause.code}; {texts.counted(key.behind, 'record')} wait behind {key.place}")
    for name, value in record.headers:
        click.echo(f"{name}: {value.decode(errors='replace')}")
    click.echo((record.value or b"").decode(errors="replace"))
    for name, things in held.items():
        lines = list(texts.held_lines(things))
        click.echo(f"{name} holds back:" if name in held and lines else f"{name} knows nothing of it")
        for line in lines:
            click.echo(f"    {line}")


@parked.command("retry")
@_deciding
def retry_command(schema: str, places: tuple[str, ...], by: str, *, as_json: bool, dry_run: bool, yes: bool, **choice: str) -> None:
    """Apply parked records again, each key's in order; one that fails again stays parked with those behind it."""
    is_dry = _is_dry(places, dry_run=dry_run, yes=yes)

    async def action(pool: Pool) -> None:
        handlers = {each.topic: each.handler for each in PLANS[schema](Environment.read()).subscriptions}
        keys, ledger = await _keys(pool, places, choice), Ledger(pool)
        outcomes = try_all(ledger, handlers, keys) if is_dry else retry_all(ledger, handlers, keys, by=by)
        await _tell(outcomes, "would be applied" if is_dry else "applied", is_dry=is_dry, as_json=as_json)

    _run(schema, action)


@parked.command("discard")
@click.option("--why", required=True, help="The reason; it is kept.")
@click.option("--whole", is_flag=True, help="The records that wait behind as well; otherwise they stay, to be applied by retry.")
@_deciding
def discard_command(  # noqa: PLR0913  the options of the command
    schema: str, places: tuple[str, ...], why: str, by: str, *, whole: bool, as_json: bool, dry_run: bool, yes: bool, **choice: str
) -> None:
    """Take parked records out without applying them: those at the places, or the one that failed of each key that is meant."""
    is_dry = _is_dry(places, dry_run=dry_run, yes=yes)
    if not why.strip():
        raise click.UsageError("--why should say the reason")

    async def action(pool: Pool) -> None:
        ledger = Ledger(pool)
        if places and not is_dry and not whole:
            for place in places:
                await discard(ledger, _one(await read_key(pool, *_place(place)), place), by=by, why=why)
                click.echo(f"{place} discarded")
            return
        keys = await _keys(pool, places, choice)
        outcomes = _would_discard(pool, keys, is_whole=whole) if is_dry else discard_all(ledger, keys, by=by, why=why, is_whole=whole)
        await _tell(outcomes, "would be discarded" if is_dry else "discarded", is_dry=is_dry, as_json=as_json)

    _run(schema, action)


async def _would_discard(pool: Pool, keys: Iterable[ParkedKey], *, is_whole: bool) -> AsyncIterator[Outcome]:
    for key in keys:
        records = await read_records(pool, [key], key.behind + 1)
        yield Outcome(key, len(records) if is_whole else 1, 0 if is_whole else len(records) - 1)


async def _keys(pool: Pool, places: tuple[str, ...], choice: dict[str, str]) -> list[ParkedKey]:
    if bool(places) == any(choice.values()):
        raise click.UsageError(f"say which: {PLACE}, or --cause, --key, --topic")
    if places:
        return await find_keys(pool, map(_place, places))
    return await choose(pool, Choice(**choice))


async def _tell(outcomes: AsyncIterator[Outcome], verb: str, *, is_dry: bool, as_json: bool) -> None:
    """Say each outcome as it comes; ends with 1 where something failed for good."""
    told = []
    async for outcome in outcomes:
        told.append(outcome)
        _echo([texts.outcome_line(outcome, verb)], {"as_json": as_json})
    failed = sum(bool(outcome.failed) for outcome in told)
    if as_json:
        _say({"dry_run": is_dry, "outcomes": [texts.outcome_data(outcome) for outcome in told]})
    else:
        size = f"{texts.counted(sum(outcome.decided for outcome in told), 'record')} of {texts.counted(len(told), 'key')} {verb}"
        click.echo(f"{size}, {texts.counted(failed, 'key')} failed{'; nothing was done, --yes does it' if is_dry else ''}")
    if failed and not is_dry:
        raise SystemExit(1)


def _one(records: list[ParkedRecord], place: str) -> ParkedRecord:
    for record in records:
        if record.place == place:
            return record
    raise NotFoundError("parked record", place)
