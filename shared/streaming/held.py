"""What a parked key holds back: the directive, tasks, deadlines and notices that its records and its service's own tables know of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts import name_of
from shared.contracts.deadlines import DeadlineEvent
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.envelope import Event, decode
from shared.errors import InvalidMessageError
from shared.postgres import Pool
from shared.streaming.causes import ParkedKey
from shared.streaming.parked import ParkedRecord, read_records

MOST_KEYS = 200
MOST_RECORDS = 2000
"""How much is looked through for one answer; where there is more, the answer says so."""

Kind = Literal["unit", "directive", "task", "deadline", "notice"]
Risk = Literal["", "unset", "stale", "untold", "unseen", "unregistered"]
"""What may go wrong meanwhile: a deadline has no timer, so neither warning nor miss is told; its timer goes by old facts; a notice is not
sent; pages show the old state; nobody knows of it at all."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is held back: `due` is a deadline's, `at` when the next stage of it (warning or miss) is told."""

    kind: Kind
    id: str
    title: str = ""
    due: datetime | None = None
    stage: str = ""
    at: datetime | None = None
    risk: Risk = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a service can say of keys.

    It has a query on its own tables, what may go wrong with the deadlines in them and with those that are parked, and the events that it
    tells people of.
    """

    query: str | None
    risk: Risk
    parked_risk: Risk
    tells: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Held:
    """What some keys hold back, deadlines that are due soonest first; `is_part` where only some of the keys were looked through."""

    things: Sequence[Thing] = ()
    is_part: bool = False
    types: Mapping[str, int] = field(default_factory=dict)

    def of(self, kind: Kind) -> list[Thing]:
        """Return the things of a kind."""
        return [thing for thing in self.things if thing.kind == kind]

    def counts(self) -> dict[Kind, int]:
        """Return how many things there are of each kind that there are any of."""
        return {kind: count for kind in ORDER if (count := len(self.of(kind)))}

    @property
    def first_due(self) -> datetime | None:
        """Return when the first of the deadlines is due."""
        return min((thing.due for thing in self.of("deadline") if thing.due), default=None)


ORDER: tuple[Kind, ...] = ("unit", "directive", "task", "deadline", "notice")


async def read_held(pool: Pool, outlook: Outlook, keys: Sequence[ParkedKey]) -> Held:
    """Return what parked keys hold back, by their own records and by what the schema knows of them."""
    looked = keys[:MOST_KEYS]
    records = await read_records(pool, looked, MOST_RECORDS)
    known = await read_known(pool, outlook, (key.key for key in looked))
    is_part = len(keys) > len(looked) or len(records) == MOST_RECORDS
    events = events_of(records)
    types: dict[str, int] = {}
    for event in events:
        types[name_of(event.type)] = types.get(name_of(event.type), 0) + 1
    return Held(merge([*known, *(thing for event in events for thing in things_of(event, outlook))]), is_part, types)


async def read_known(pool: Pool, outlook: Outlook, keys: Iterable[bytes]) -> list[Thing]:
    """Return what a schema knows of some keys, parked or not."""
    ids = sorted({known for key in keys if (known := _uuid(key))})
    if outlook.query is None or not ids:
        return []
    rows = await pool.fetch(outlook.query, ids)
    return [
        Thing(
            row["kind"], row["id"], row["title"] or "", row["due"], row["stage"] or "", row["fire_at"],
            outlook.risk if row["kind"] == "deadline" else "",
        )
        for row in rows
    ]  # fmt: skip


def events_of(records: Iterable[ParkedRecord]) -> list[Event]:
    """Return the events in records, those that can be read."""
    events = []
    for record in records:
        try:
            events.append(decode(record.value))
        except InvalidMessageError:
            continue
    return events


def things_of(event: Event, outlook: Outlook) -> list[Thing]:
    """Return what is held back while an event is parked."""
    name, data = name_of(event.type), event.data
    things: list[Thing] = []
    match data:
        case DirectiveIssued():
            title = f"{data.symbol}: {data.subject}" if data.security == "none" else ""
            things.append(Thing("directive", event.subject, title))
        case TaskAssigned():
            things.append(Thing("task", event.subject, f"{data.number}. {data.content}"))
            things += [
                Thing("deadline", f"{event.subject}/{clause.name}", f"{clause.name}: {clause.phrase}", risk=outlook.parked_risk)
                for clause in data.deadlines
            ]
        case DeadlineEvent():
            things.append(Thing("task", str(data.task), f"{data.task_number}. {data.content}"))
            things.append(Thing("deadline", str(data.deadline), data.name, data.due, risk=outlook.parked_risk))
        case _:
            things += [Thing("task", task) for task in _tasks_of(event, name)]
    if name in outlook.tells:
        things.append(Thing("notice", event.id, name, risk="untold"))
    return things


def merge(things: Iterable[Thing]) -> list[Thing]:
    """Return each thing once, as it is known best, by kind; deadlines that are due soonest first."""
    best: dict[tuple[Kind, str], Thing] = {}
    for thing in things:
        known = best.get((thing.kind, thing.id))
        if known is None or (not known.title and thing.title):
            best[thing.kind, thing.id] = thing
    return sorted(best.values(), key=lambda thing: (ORDER.index(thing.kind), thing.due is None, thing.due or 0, thing.title, thing.id))


def _tasks_of(event: Event, name: str) -> list[str]:
    if name.startswith("task-") or name == "progress-reported":
        return [event.subject]
    task = getattr(event.data, "task", None)
    return [str(task)] if task else [str(each) for each in getattr(event.data, "tasks", ())]


def _uuid(key: bytes) -> UUID | None:
    try:
        return UUID(key.decode())
    except ValueError:
        return None
