"""What the forwarder says of a record that it could not read: in headers, which nobody but it writes into the inbox."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.contracts.types import Instant
from shared.contracts.verdicts import FieldProblem
from shared.envelope import header
from shared.streaming.runs import Headers

MAX_SLUG = 40
MAX_PROBLEM = 500
MAX_FIELDS = 20

_instant = msgspec.json.Decoder(Instant)
_wrong = msgspec.json.Decoder(tuple[FieldProblem, ...])


class RawRecord(NamedTuple):
    """Whose record it is, when it was received, and which fields of it are wrong."""

    publisher: str
    received_at: datetime | None
    wrong: tuple[FieldProblem, ...]


def read_raw(headers: Headers) -> RawRecord | None:
    """Return what the headers say of a record that was sent on as it came, None for every other record.

    Whatever the bytes of such a record say of a publisher is a claim of whoever wrote them, even where they could be read as an event
    that is stamped: it counts for nothing.
    """
    if not headers or header(headers, "origin") is None:
        return None
    publisher = header(headers, "publisher")
    if publisher is None:
        return None
    return RawRecord(clean(publisher.decode(errors="replace"), MAX_SLUG), _read_instant(headers), _read_wrong(headers))


def clean(text: str, limit: int) -> str:
    """Return a text that came from outside in a form that every table can hold."""
    return text[:limit].replace("\0", "\N{REPLACEMENT CHARACTER}")


def _read_instant(headers: Headers) -> datetime | None:
    try:
        return _instant.decode(b'"' + (header(headers, "receivedtime") or b"") + b'"')
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _read_wrong(headers: Headers) -> tuple[FieldProblem, ...]:
    try:
        wrong = _wrong.decode(header(headers, "wrong") or b"[]")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    return tuple(_clean(each) for each in wrong[:MAX_FIELDS])


def _clean(field: FieldProblem) -> FieldProblem:
    return FieldProblem(pointer=clean(field.pointer, MAX_PROBLEM), problem=clean(field.problem, MAX_PROBLEM))
