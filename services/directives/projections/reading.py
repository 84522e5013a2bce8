"""Reads records of directives.events.v1: what the registrar registered, decoded once."""

from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import msgspec

from services.directives.domain.board import Fact
from shared.envelope import Event, decode
from shared.errors import InvalidMessageError
from shared.streaming.runs import Record


class Registered(NamedTuple):
    """A registered fact and where it came from; `value` is what was published, byte for byte."""

    type: str
    fact: Fact
    cause: str
    hash: bytes | None
    value: bytes


def read(record: Record) -> Registered:
    """Return a record's fact; raises InvalidMessageError where it is not a registered one."""
    event = decode(record.value)
    headers = dict(record.headers)
    digest = headers.get("hash")
    return Registered(
        event.type, fact_of(event), headers.get("cause", b"").decode(), bytes.fromhex(digest.decode()) if digest else None,
        record.value or b"",
    )  # fmt: skip


def fact_of(event: Event) -> Fact:
    """Return the fact in an event; raises InvalidMessageError where it was not registered."""
    if event.version is None or event.receivedtime is None or event.registeredtime is None:
        message = f"{event.type} {event.id} bears no version, receivedtime or registeredtime: it was not registered"
        raise InvalidMessageError(message)
    return Fact(_uuid(event.partitionkey), event.version, _uuid(event.subject), event.receivedtime, event.registeredtime, event.data)


@lru_cache(maxsize=10_000)
def _uuid(text: str) -> UUID:
    try:
        return msgspec.convert(text, UUID)  # three times as fast as UUID(text)
    except msgspec.ValidationError as error:
        message = f"{text!r} is no UUID"
        raise InvalidMessageError(message) from error
