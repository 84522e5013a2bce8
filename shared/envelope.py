"""CloudEvents 1.0 envelopes: bytes in and out, decoded once.

Every record of our topics is one structured-mode CloudEvent (JSON). What the relay adds travels as Kafka headers: `position`
(counted for each topic and partition), `cause` (what the event follows from), `previoushash` and `hash`.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from shared.contracts import TYPES, Contract, type_of
from shared.contracts.types import Instant
from shared.errors import InvalidMessageError

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"
NO_HASH = bytes(32)
"""The previous hash of a key's first version."""

Headers = Sequence[tuple[str, bytes]]


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A CloudEvent with our extension attributes and typed data.

    `receivedtime` and `publisher` are stamped at receipt; `version` (of its key, from 1) and `registeredtime` by the registrar.
    """

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str
    time: Instant | None = None
    datacontenttype: str = "application/json"
    partitionkey: str
    traceparent: str | None = None
    receivedtime: Instant | None = None
    publisher: str | None = None
    registeredtime: Instant | None = None
    version: int | None = None
    data: Any


class _Raw(Event, frozen=True, kw_only=True, omit_defaults=False):
    data: msgspec.Raw


_envelope = msgspec.json.Decoder(_Raw)
_data = {name: msgspec.json.Decoder(contract) for name, contract in TYPES.items()}
_encoder = msgspec.json.Encoder()
_canonical = msgspec.json.Encoder(order="deterministic")


def decode(value: bytes | None) -> Event:
    """Return the event in a record's value, or raise InvalidMessageError; fields that we don't know are passed over."""
    try:
        raw = _envelope.decode(value or b"")
        data = _data[raw.type].decode(raw.data)
    except KeyError as error:
        message = f"unknown event type {error.args[0]!r}"
        raise InvalidMessageError(message) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not an event of ours: {error}"
        raise InvalidMessageError(message) from error
    return Event(
        specversion=raw.specversion, id=raw.id, source=raw.source, type=raw.type, subject=raw.subject, time=raw.time,
        datacontenttype=raw.datacontenttype, partitionkey=raw.partitionkey, traceparent=raw.traceparent,
        receivedtime=raw.receivedtime, publisher=raw.publisher, registeredtime=raw.registeredtime, version=raw.version,
        data=data,
    )  # fmt: skip


def encode(event: Event) -> bytes:
    """Return the bytes that are published for an event."""
    return _encoder.encode(event)


def event_of(
    data: Contract,
    *,
    id: str,  # noqa: A002  the attribute's name in CloudEvents
    source: str,
    subject: str,
    key: str,
    time: datetime | None = None,
    traceparent: str | None = None,
) -> Event:
    """Return an event around `data`."""
    return Event(
        specversion="1.0", id=id, source=source, type=type_of(type(data)), subject=subject, partitionkey=key, time=time,
        traceparent=traceparent, data=data,
    )  # fmt: skip


def content_digest(event: Event) -> bytes:
    """Return SHA-256 over what a publisher says (not over when it arrived), whatever order its fields were in."""
    said = (event.type, event.subject, event.partitionkey, event.time, event.data)
    return hashlib.sha256(_canonical.encode(said)).digest()


def chain(previous: bytes, value: bytes) -> bytes:
    """Return the hash of a registered event: SHA-256 over the previous hash of its key and the published bytes."""
    return hashlib.sha256(previous + value).digest()


def header(headers: Headers, name: str) -> bytes | None:
    """Return a record header's value, or None."""
    for key, value in headers:
        if key == name:
            return value
    return None
