"""Reads records of the inbox: bytes become a fact that can be judged, or the reason why they can't."""

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec

from services.directives.domain import Claim, Fact, FactRefusedError, claims_of, refused
from services.directives.raw_records import clean, read_raw
from services.directives.rulings import Verdict, Waits
from shared.contracts import FACTS, type_of
from shared.envelope import Event, content_digest, decode
from shared.errors import InvalidMessageError
from shared.streaming.runs import Record
from shared.topics import partition_of

if TYPE_CHECKING:
    from datetime import datetime

INBOX = "directives.inbox.v1"
FACT_TYPES = frozenset(type_of(contract) for contract in FACTS)
MAX_ID = 200
MAX_SOURCE = 500
MAX_KEYS = 65_536
UUID_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Entry:
    """A record of the inbox on the registrar's desk; `event` and `fact` are missing where it can't be read.

    `publisher` and `received_at` are those that the office stamped. `waits` is the verdict by which it waits or has waited, `is_old`
    where an earlier turn gave it its receipt.
    """

    __slots__ = ("claims", "digest", "event", "fact", "identity", "is_old", "publisher", "received_at", "record", "verdict", "waits")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.publisher: str | None = None
        self.received_at: datetime | None = None
        self.verdict: Verdict | None = None
        self.waits: Waits | None = None
        self.is_old = False
        self.event: Event
        self.fact: Fact
        self.identity: bytes
        self.digest: bytes
        self.claims: tuple[Claim, ...]


class Ruling(NamedTuple):
    """A verdict on an entry; `topic` is that of the publisher's own verdicts, where it has one."""

    entry: Entry
    verdict: Verdict
    topic: str | None


class Glimpse(msgspec.Struct):
    """What can still be told of a record that is not a fact."""

    id: str = ""
    source: str = ""
    type: str = ""


_glimpse = msgspec.json.Decoder(Glimpse)


def glimpse(value: bytes | None) -> Glimpse:
    """Return what can be told of bytes that may be anything."""
    try:
        seen = _glimpse.decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Glimpse()
    return Glimpse(*(clean(text, MAX_SOURCE) for text in (seen.id, seen.source, seen.type)))


def holds_nul(value: bytes) -> bool:
    r"""Return whether JSON text spells U+0000 (`\u0000`), which PostgreSQL cannot store in text."""
    return b"\\u0000" in value and _ESCAPED_NUL.search(value) is not None


def identity_of(event: Event) -> bytes:
    """Return what makes a fact one fact, whoever sends it how often: SHA-256 over source and id."""
    return fact_identity(event.source, event.id)


def fact_identity(source: str, id_: str) -> bytes:
    """Return the identity of the fact with a source and an id."""
    return hashlib.sha256(f"{source}\0{id_}".encode()).digest()


def require_readable(entry: Entry) -> None:
    """Raise FactRefusedError for what the forwarder sent on as it came, with the fields that it found wrong."""
    raw = read_raw(entry.record.headers)
    if raw is None:
        return
    entry.publisher, entry.received_at = raw.publisher, raw.received_at
    error = refused("malformed", why="it does not fit the schema of its type" if raw.wrong else "it is not an event of ours")
    raise FactRefusedError(error.code, error.reason, error.reason_vi, raw.wrong)


def read_key(record: Record, event: Event, partitions: int) -> UUID:
    """Return the key of a fact, or raise FactRefusedError when the record lies where its key does not belong."""
    text = event.partitionkey
    key, partition = _place_key(text, partitions)
    if record.key != text.encode() or partition != record.partition:
        raise refused("malformed", "/partitionkey", why="the record's key or partition is not that of its partitionkey")
    return key


@lru_cache(maxsize=MAX_KEYS)
def _place_key(text: str, partitions: int) -> tuple[UUID, int]:
    return read_uuid(text, "/partitionkey"), partition_of(text, partitions)


def read_uuid(text: str, pointer: str) -> UUID:
    """Return a UUID in its one lower-case form (RFC 9562, section 4), or raise FactRefusedError."""
    if UUID_FORM.fullmatch(text) is None:
        raise refused("malformed", pointer, why=f"{pointer} is not a UUID in lower case with hyphens")
    return msgspec.convert(text, UUID)


def read_event(value: bytes | None) -> Event:
    """Return the fact's event as it was received, or raise FactRefusedError."""
    try:
        event = decode(value)
    except InvalidMessageError as error:
        raise refused("malformed", why=clean(str(error), 300)) from error
    if holds_nul(value or b""):
        raise refused("malformed", why="it spells the character U+0000")
    if event.type not in FACT_TYPES:
        raise refused("not-a-fact", "/type", type=event.type)
    if not 0 < len(event.id) <= MAX_ID or not 0 < len(event.source) <= MAX_SOURCE:
        raise refused("malformed", "/id", "/source", why="id or source is empty or too long")
    return event


def read(entry: Entry, partitions: int) -> None:
    """Complete an entry that can be judged, or raise FactRefusedError."""
    require_readable(entry)
    event = entry.event = read_event(entry.record.value)
    entry.publisher, entry.received_at = event.publisher, event.receivedtime
    key = read_key(entry.record, event, partitions)
    if event.receivedtime is None or event.publisher is None:
        raise refused("malformed", "/receivedtime", "/publisher", why="the stamps of receipt are missing")
    entry.fact = Fact(key, read_uuid(event.subject, "/subject"), event.receivedtime, event.data, event.publisher)
    entry.claims = claims_of(entry.fact)
    entry.identity = identity_of(event)
    entry.digest = content_digest(event)
