"""Reads records of the inbox: bytes become a fact that can be judged, or the reason why they can't."""

import hashlib
import re
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias
from uuid import UUID

import msgspec

from services.directives.domain import Claim, Fact, FactRefusedError, claims_of, refused
from shared.contracts import FACTS, type_of
from shared.envelope import Event, content_digest, decode
from shared.errors import InvalidMessageError
from shared.streaming.runs import Record
from shared.topics import partition_of

FACT_TYPES = frozenset(type_of(contract) for contract in FACTS)
MAX_ID = 200
MAX_SOURCE = 500
MAX_KEYS = 65_536
UUID_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Registered(msgspec.Struct, frozen=True):
    """The fact became a version of its key."""

    event: Event
    value: bytes
    previous_hash: bytes
    hash: bytes


class Refused(msgspec.Struct, frozen=True):
    """The fact was refused."""

    error: FactRefusedError


class Duplicate(msgspec.Struct, frozen=True):
    """The same fact was judged before, at this place of the inbox."""

    partition: int
    offset: int


Verdict: TypeAlias = Registered | Refused | Duplicate


class Entry:
    """A record of the inbox on the registrar's desk; `event` and `fact` are missing where it can't be read."""

    __slots__ = ("claims", "digest", "event", "fact", "identity", "record", "verdict")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.verdict: Verdict | None = None
        self.event: Event
        self.fact: Fact
        self.identity: bytes
        self.digest: bytes
        self.claims: tuple[Claim, ...]


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
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Glimpse()
    return Glimpse(*(clean(text, MAX_SOURCE) for text in (seen.id, seen.source, seen.type)))


def clean(text: str, limit: int) -> str:
    """Return a text that came from outside in a form that every table can hold."""
    return text[:limit].replace("\0", "\N{REPLACEMENT CHARACTER}")


def holds_nul(value: bytes) -> bool:
    r"""Return whether JSON text spells U+0000 (`\u0000`), which PostgreSQL cannot store in text."""
    return b"\\u0000" in value and _ESCAPED_NUL.search(value) is not None


def identity_of(event: Event) -> bytes:
    """Return what makes a fact one fact, whoever sends it how often: SHA-256 over source and id."""
    return hashlib.sha256(f"{event.source}\0{event.id}".encode()).digest()


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


def read_receipt_time(event: Event) -> datetime:
    """Return when a fact was received, or raise FactRefusedError when nobody stamped it."""
    if event.receivedtime is None or event.publisher is None:
        raise refused("malformed", "/receivedtime", "/publisher", why="the stamps of receipt are missing")
    return event.receivedtime


def fill(entry: Entry, key: UUID, event: Event) -> None:
    """Complete an entry that can be judged, or raise FactRefusedError."""
    received_at = read_receipt_time(event)
    entry.event = event
    entry.fact = Fact(key, read_uuid(event.subject, "/subject"), received_at, event.data)
    entry.claims = claims_of(entry.fact)
    entry.identity = identity_of(event)
    entry.digest = content_digest(event)
