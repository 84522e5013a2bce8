"""What is left after a run, as plain data: what publishers were answered, what Kafka and PostgreSQL hold, and how the clock was moved."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

INBOX = "directives.inbox.v1"
EVENTS = "directives.events.v1"
VERDICTS = "directives.verdicts.v1"
DEADLINES = "deadlines.events.v1"
NOTICES = "notifications.events.v1"
TOPICS = (INBOX, EVENTS, VERDICTS, DEADLINES, NOTICES)

FOLLOWS: Mapping[str, Sequence[str]] = {
    "registrar": (INBOX,),
    "directives": (EVENTS, DEADLINES),
    "deadlines": (EVENTS,),
    "notifications": (EVENTS, DEADLINES),
}
"""Which topics each schema's worker applies."""
SENDERS: Mapping[str, str] = {EVENTS: "registrar", VERDICTS: "registrar", DEADLINES: "deadlines", NOTICES: "notifications"}
"""Whose relay sends each topic."""

OWN_VERDICTS = "publishers."
"""How the topics begin in which agencies find the verdicts on what they sent over Kafka."""

Place = tuple[int, int]
"""A partition of a topic and an offset (or, in a journal, a position) in it."""
Outcome = Literal["registered", "released", "refused"]
"""What becomes of a fact in the end; one that is released was registered after it had waited."""
Kind = Literal["lost", "doubled", "reordered", "early", "missed"]
KINDS: tuple[Kind, ...] = ("lost", "doubled", "reordered", "early", "missed")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with the ids that prove it."""

    kind: Kind
    what: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer of 202: a fact, sent as number `sequence` of its key, is at a place of the inbox; a repeat has its original's number.

    What came over Kafka names its `origin`, topic/partition/offset of the agency's own topic.
    """

    fact: str
    key: str
    sequence: int
    place: Place
    expected: Outcome
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A record of a topic; `stamped_at` is when its sender made it, by the machine's clock."""

    topic: str
    partition: int
    offset: int
    stamped_at: datetime
    value: bytes
    event: Mapping[str, Any]
    position: int = 0
    cause: str = ""
    previous_hash: str = ""
    hash: str = ""
    origin: str = ""

    @property
    def name(self) -> str:
        """Return the bare name of the event's type."""
        return str(self.event["type"]).removeprefix("vn.dondoc.").rpartition(".")[0]

    @property
    def data(self) -> Mapping[str, Any]:
        """Return the event's data."""
        data: Mapping[str, Any] = self.event["data"]
        return data

    @property
    def id(self) -> str:
        """Return the event's id."""
        return str(self.event["id"])

    @property
    def key(self) -> str:
        """Return the directive or unit that the event belongs to."""
        return str(self.event["partitionkey"])

    @property
    def subject(self) -> str:
        """Return what the event is about."""
        return str(self.event["subject"])

    @property
    def where(self) -> str:
        """Return the record's place for people."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the registrar noted about a record of the inbox; a duplicate names its original's place."""

    outcome: Literal["registered", "refused", "duplicate", "waiting"]
    original: Place | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a schema's worker has applied a partition: the next offset, and the last position of the topic's sender."""

    next_offset: int
    last_position: int


@dataclass(frozen=True, slots=True)
class Step:
    """A move of the office clock: to which instant, and when (by the machine's clock) it was begun."""

    begun_at: datetime
    instant: datetime


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that a worker put aside."""

    schema: str
    where: str
    reason: str


@dataclass(slots=True)
class Evidence:
    """Everything that the checker judges.

    `dues` are the deadlines' instants by (task, clause) as they were meant; `journals` hold the values by topic and (partition, position);
    `tables` the rows of tables and views by name; `witnessed` what a reader saw of each partition while the faults happened, in its order:
    offsets, and the digests of the values. `schemas` are those whose workers took part.
    """

    accepted: list[Accepted] = field(default_factory=list)
    dues: Mapping[tuple[str, str], datetime | None] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    topics: dict[str, list[Message]] = field(default_factory=dict)
    ends: dict[tuple[str, int], int] = field(default_factory=dict)
    journals: dict[str, dict[Place, bytes]] = field(default_factory=dict)
    receipts: dict[Place, Receipt] = field(default_factory=dict)
    checkpoints: dict[tuple[str, str, int], Checkpoint] = field(default_factory=dict)
    parked: list[Parked] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    witnessed: dict[tuple[str, int], list[tuple[int, bytes]]] = field(default_factory=dict)
    schemas: Collection[str] = tuple(FOLLOWS)


def digest(value: bytes) -> bytes:
    """Return what stands for a record's value."""
    return hashlib.blake2b(value, digest_size=8).digest()


def instant(text: str) -> datetime:
    """Return the instant that an event's RFC 3339 text names."""
    return datetime.fromisoformat(text)
