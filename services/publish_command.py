"""`dondoc publish`: CloudEvents out of a file to the office, over HTTP or Kafka, and what became of them."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec

from shared.client import Client, HttpClient, Outcome, TurnedAwayError
from shared.errors import ConfigurationError
from shared.kafka_client import KafkaClient

HERE = "http://127.0.0.1:8080"


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--to",
    "url",
    default=lambda: os.environ.get("DONDOC_URL") or HERE,
    show_default=f"DONDOC_URL, else {HERE}",
    help="The office's address; the key is read from DONDOC_API_KEY.",
)
@click.option("--kafka", "bootstrap", metavar="ADDRESS", help="Over Kafka instead: scram://publisher:password@host:port.")
@click.option("--wait", type=click.IntRange(0, 3600), default=30, show_default=True, help="Wait for the verdicts up to so many seconds.")
def publish(file: Any, url: str, bootstrap: str | None, wait: int) -> None:  # noqa: ANN401  click's stream of bytes
    """Publish the events in FILE (JSON lines, a JSON array, or one event; - is the input) and print what became of each.

    Ends with 1 where one was refused or turned away; those before it may have been received, and sending all again is safe.
    """
    events = read_events(file.read())
    with KafkaClient(bootstrap) if bootstrap else HttpClient(url, _key()) as client:
        raise SystemExit(_publish(client, events, wait))


def _key() -> str:
    key = os.environ.get("DONDOC_API_KEY", "")
    if not key:
        raise ConfigurationError("DONDOC_API_KEY is not set: the key that the office has given you")
    return key


def _publish(client: Client, events: Sequence[dict[str, Any]], wait: int) -> int:
    try:
        outcomes = client.publish(events, wait=wait)
    except TurnedAwayError as error:
        _tell(_turned_away(error, events))
        return 1
    for outcome in outcomes:
        click.echo(_line(outcome))
        _tell(_reasons(outcome))
    return int(any(outcome.is_refused for outcome in outcomes))


def read_events(content: bytes) -> list[dict[str, Any]]:
    """Return the events in a file: a JSON array, one event, or one a line; raises ConfigurationError naming the line that is none."""
    try:
        whole = msgspec.json.decode(content, type=list[dict[str, Any]] | dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        lines = enumerate(content.splitlines(), start=1)
        return [_read(line, number) for number, line in lines if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _read(line: bytes, number: int) -> dict[str, Any]:
    try:
        event: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"line {number} is no CloudEvent in JSON: {error}") from error
    return event


def _line(outcome: Outcome) -> str:
    version = f" version {outcome.version}" if outcome.version else ""
    return f"{outcome.id}  {outcome.status}{version}  {outcome.receipt}"


def _reasons(outcome: Outcome) -> Iterable[str]:
    refusal = outcome.refusal
    if refusal is not None:
        yield f"{outcome.id}: {refusal.code}: {refusal.reason}"
        yield from (f"  {field.pointer}: {field.problem}" for field in refusal.fields)
        if refusal.reason_vi:
            yield f"  {refusal.reason_vi}"


def _turned_away(error: TurnedAwayError, events: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Return the reasons, each field with the id of its event: in a batch a pointer begins with the event's place."""
    yield f"{error.code}: {error.detail}"
    for field in error.fields:
        place, _, rest = field.pointer[1:].partition("/")
        event = events[error.first + int(place)] if place.isdecimal() else {}
        yield f"  {event.get('id') or f'event {place}'}: /{rest}: {field.problem}"


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")
