"""Reads records of directives.events.v1: what the registrar registered, decoded once."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from shared.contracts import Contract
from shared.envelope import decode
from shared.errors import InvalidMessageError
from shared.streaming.runs import Record


class Registered(NamedTuple):
    """A registered fact and where it came from; `value` is what was published, byte for byte."""

    type: str
    key: UUID
    subject: UUID
    version: int
    received_at: datetime
    registered_at: datetime
    data: Contract
    cause: str
    hash: bytes | None
    value: bytes


def read(record: Record) -> Registered:
    """Return a record's fact; raises InvalidMessageError where it is not a registered one."""
    event = decode(record.value)
    if event.version is None or event.receivedtime is None or event.registeredtime is None:
        message = f"{event.type} {event.id} bears no version, receivedtime or registeredtime: it was not registered"
        raise InvalidMessageError(message)
    headers = dict(record.headers)
    digest = headers.get("hash")
    return Registered(
        event.type, _uuid(event.partitionkey), _uuid(event.subject), event.version, event.receivedtime, event.registeredtime,
        event.data, headers.get("cause", b"").decode(), bytes.fromhex(digest.decode()) if digest else None, record.value or b"",
    )  # fmt: skip


@lru_cache(maxsize=10_000)
def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        message = f"{text!r} is no UUID"
        raise InvalidMessageError(message) from error
