"""Reads a publisher's record: an event as the ingress would take it, or what is sent on raw, with its wrong fields named in a header.

CloudEvents come in structured mode (the value is the whole event), or in binary mode (attributes in headers that begin with `ce_`, the
value is the data), as the Kafka binding of CloudEvents 1.0 has them. Everything else is junk, and goes into the inbox as it came.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.directives.admission import MAX_EVENT, Admitted, NotAdmittedError, Stamp, WrongField, admit
from services.directives.inbox import glimpse
from shared.contracts.registry import publisher_key
from shared.envelope import header
from shared.streaming.runs import Headers, Record
from shared.topics import partition_of

TOPIC = re.compile(r"publishers\.([a-z][a-z0-9-]{1,39})\.v1")
PREFIX = "ce_"
STRUCTURED = "application/cloudevents"
DATA = "application/json"
MAX_WRONG = 20

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A record for the inbox."""

    partition: int
    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]


def publisher_of(topic: str) -> str:
    """Return the publisher whose topic it is; raises ValueError for another topic."""
    found = TOPIC.fullmatch(topic)
    if found is None:
        raise ValueError(f"{topic} is no topic of a publisher")
    return found[1]


def forward(record: Record, received_at: datetime, partitions: int) -> Forwarded:
    """Return what goes into the inbox for a record; nothing that a publisher sends makes it raise."""
    stamp = Stamp(received_at, publisher_of(record.topic))
    try:
        admitted = _admit(record, stamp, partitions)
    except NotAdmittedError as error:
        return _raw(record, stamp, partitions, error)
    except Exception as error:  # noqa: BLE001  one publisher's bytes may not stop the topic of any
        return _raw(record, stamp, partitions, NotAdmittedError(400, "unreadable", f"it cannot be read: {type(error).__name__}"))
    return Forwarded(admitted.partition, admitted.key, admitted.value, [_origin(record)])


def _admit(record: Record, stamp: Stamp, partitions: int) -> Admitted:
    value = record.value or b""
    if is_binary(record.headers):
        return admit(_structured(record.headers, value), stamp, partitions)
    return admit(value, stamp, partitions)


def is_binary(headers: Headers) -> bool:
    """Tell whether a record is an event in binary mode (Kafka binding, section 3.2)."""
    content_type = header(headers, "content-type") or b""
    return any(name == f"{PREFIX}specversion" for name, _ in headers) and not content_type.startswith(STRUCTURED.encode())


def _structured(headers: Headers, value: bytes) -> bytes:
    """Return the structured form of an event in binary mode; raises NotAdmittedError naming each attribute that is no UTF-8."""
    attributes: dict[str, object] = {"datacontenttype": DATA}
    wrong: list[WrongField] = []
    for name, content in headers:
        attribute = name.removeprefix(PREFIX)
        if attribute == name:
            continue
        try:
            attributes[attribute] = content.decode()
        except UnicodeDecodeError:
            wrong.append(WrongField(f"/{attribute}", "is not UTF-8"))
    if wrong:
        raise NotAdmittedError(422, "invalid-event", "attributes cannot be read", wrong)
    return msgspec.json.encode({**attributes, "data": _parsed(value)})


def _parsed(value: bytes) -> object:
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAdmittedError(400, "invalid-json", f"the data is not JSON: {error}", [WrongField("/data", "is not JSON")]) from error


def _raw(record: Record, stamp: Stamp, partitions: int, error: NotAdmittedError) -> Forwarded:
    """Return the record as it came, keyed by its publisher, with what is wrong with it.

    Of state secrets, and of what is too large for an event, only the attributes that name it go on: it stays in the publisher's topic.
    """
    key = str(publisher_key(stamp.publisher))
    headers = [
        _origin(record),
        ("publisher", stamp.publisher.encode()),
        ("receivedtime", stamp.received_at.isoformat().encode()),
        ("wrong", _encode(_wrong_of(error))),
    ]
    value = record.value
    if value is not None and is_binary(record.headers):
        value = _named(record.headers)
    elif error.code == "state-secret" or len(value or b"") > MAX_EVENT:
        value = _encode(glimpse(value))
    return Forwarded(partition_of(key, partitions), key.encode(), value, headers)


def _named(headers: Headers) -> bytes:
    """Return the attributes that name an event in binary mode, so that its refusal can name it."""
    shown = {name: (header(headers, PREFIX + name) or b"").decode(errors="replace") for name in ("id", "source", "type")}
    return _encode(shown)


def _wrong_of(error: NotAdmittedError) -> Sequence[WrongField]:
    """Return the wrong fields; where none can be named, or only the event as a whole, what is wrong with it."""
    named = [field for field in error.fields if field.pointer]
    return named[:MAX_WRONG] or [WrongField("", error.detail)]


def _origin(record: Record) -> tuple[str, bytes]:
    return "origin", f"{record.topic}/{record.partition}/{record.offset}".encode()
