"""How `dondoc parked` says what is parked: lines for people, and JSON."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.streaming.bulk import Outcome
from shared.streaming.causes import Group, ParkedKey
from shared.streaming.held import Held, Thing
from shared.streaming.parked import ParkedRecord

RISKS = {
    "unset": "has no timer: neither warning nor miss will be told",
    "stale": "its timer goes by old facts",
    "untold": "is not sent",
    "unseen": "pages show the old state",
    "unregistered": "nobody knows of it",
}


def moment(at: datetime | None) -> str:
    """Return an instant as lines show it."""
    return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else "-"


def counted(number: int, noun: str) -> str:
    """Return a number of things."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def group_lines(schema: str, group: Group, held: Held) -> Iterator[str]:
    """Say one cause."""
    size = f"{counted(len(group.keys), 'key')}, {counted(group.records, 'record')}"
    yield f"{schema}  {group.cause.code}  {size}, since {moment(group.since)}  {', '.join(group.topics)}"
    yield f"    {group.cause.text}"
    yield f"    holds back {sum_line(held)}"


def sum_line(held: Held) -> str:
    """Say how much is held back."""
    parts = [counted(count, kind) for kind, count in held.counts().items()]
    due = f", first due {moment(held.first_due)}" if held.first_due else ""
    return f"{'at least ' if held.is_part else ''}{', '.join(parts) or 'nothing that is known'}{due}"


def key_line(key: ParkedKey) -> str:
    """Say one parked key."""
    return f"{key.place}  key {key.key.decode(errors='replace') or '-'}  {moment(key.parked_at)}  {key.behind} behind  {key.reason}"


def record_line(record: ParkedRecord) -> str:
    """Say one parked record."""
    role = "behind" if record.is_follower else "bad"
    key = record.key.decode(errors="replace") or "-"
    return f"{record.place}  {role}  key {key}  {moment(record.parked_at)}  {record.reason}"


def held_lines(held: Held) -> Iterator[str]:
    """Say what is held back, thing by thing."""
    if held.types:
        yield f"parked events: {', '.join(f'{count} {name}' for name, count in sorted(held.types.items()))}"
    for thing in held.things:
        yield "  ".join(part for part in _words(thing) if part)


def _words(thing: Thing) -> Iterator[str]:
    yield f"{thing.kind}  {thing.id}  {thing.title}"
    yield f"due {moment(thing.due)}" if thing.due else ""
    yield f"{thing.stage} at {moment(thing.at)}" if thing.at else ""
    yield RISKS[thing.risk] if thing.risk else ""


def outcome_line(outcome: Outcome, verb: str) -> str:
    """Say what became of a key, or would."""
    failed = f"; {outcome.failed} fails: {outcome.reason}" if outcome.failed else ""
    key = outcome.key.key.decode(errors="replace") or "-"
    return f"{outcome.key.place}  key {key}  {outcome.decided} {verb}, {outcome.left} left{failed}"


def group_data(schema: str, group: Group, held: Held) -> dict[str, Any]:
    """Return one cause as JSON has it."""
    return {
        "schema": schema, "cause": group.cause.code, "reason": group.cause.text, "keys": len(group.keys), "records": group.records,
        "since": group.since, "topics": group.topics, "held": held_data(held),
    }  # fmt: skip


def held_data(held: Held) -> dict[str, Any]:
    """Return what is held back as JSON has it."""
    return {"is_part": held.is_part, "counts": held.counts(), "first_due": held.first_due, "events": held.types}


def things_data(things: Mapping[str, Held]) -> dict[str, Any]:
    """Return what services know to be held back, thing by thing, as JSON has it."""
    return {schema: {**held_data(held), "things": held.things} for schema, held in things.items()}


def key_data(schema: str, key: ParkedKey) -> dict[str, Any]:
    """Return one parked key as JSON has it."""
    return {
        "schema": schema, "place": key.place, "key": key.key.decode(errors="replace"), "cause": key.cause.code, "reason": key.reason,
        "parked_at": key.parked_at, "behind": key.behind,
    }  # fmt: skip


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """Return what became of a key, or would, as JSON has it."""
    return {
        "place": outcome.key.place, "key": outcome.key.key.decode(errors="replace"), "decided": outcome.decided, "left": outcome.left,
        "failed": outcome.failed, "reason": outcome.reason,
    }  # fmt: skip
