"""Admission: bytes from outside become records for the inbox, or every wrong field is named."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import jsonschema_rs
import msgspec
from msgspec.structs import replace

from services.directives.inbox import holds_nul
from shared.contracts import FACTS, OWN_KEY, type_of
from shared.envelope import Event, decode, encode
from shared.errors import InvalidMessageError
from shared.schemas import envelope_schema, schema_of
from shared.topics import partition_of

MAX_EVENT = 1_048_576
MAX_BATCH_EVENTS = 1_000
MAX_PROBLEM = 300
MAX_FIELDS = 100
MAX_VALUES = 5_000
"""Of an event with more values only the first thing that is wrong is named."""
SECRET_MARKS = ("mat", "toi-mat", "tuyet-mat")

_validators = {type_of(contract): jsonschema_rs.validator_for(schema_of(contract), validate_formats=True) for contract in FACTS}
_any_fact = jsonschema_rs.validator_for(envelope_schema(), validate_formats=True)
_own_key_types = frozenset(type_of(contract) for contract in OWN_KEY)
_path = re.compile(r" - at `\$(.*)`$")
_partition_of = lru_cache(maxsize=65_536)(partition_of)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A record for the inbox, and the type of its event."""

    partition: int
    key: bytes
    value: bytes
    type: str


@dataclass(frozen=True, slots=True)
class WrongField:
    """A field (JSON Pointer, RFC 6901) and what is wrong with it."""

    pointer: str
    problem: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the office adds at receipt."""

    received_at: datetime
    publisher: str


class NotAdmittedError(Exception):
    """The request is turned away with a status and a code; nothing of it is written."""

    def __init__(
        self, status: int, code: str, detail: str, fields: Sequence[WrongField] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = fields
        self.headers = headers


def admit(body: bytes, stamp: Stamp, partitions: int) -> Admitted:
    """Return the record of one event, or raise NotAdmittedError."""
    return _admit(body, "", stamp, partitions)


class Batch:
    """A batch (a JSON array) that is admitted bit by bit, so that a large one does not hold up everybody else; raises NotAdmittedError."""

    def __init__(self, body: bytes, stamp: Stamp, partitions: int) -> None:
        self._items = _split(body)
        self._stamp = stamp
        self._partitions = partitions
        self._admitted: list[Admitted] = []
        self._wrong: list[WrongField] = []
        self._next = 0

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self._items)

    def step(self, events: int) -> bool:
        """Admit some more events, and tell whether that was worth while: no, once all are seen or enough is wrong."""
        for item in self._items[self._next : self._next + events]:
            try:
                self._admitted.append(_admit(bytes(item), f"/{self._next}", self._stamp, self._partitions))
            except NotAdmittedError as error:
                if error.code != "invalid-event":
                    raise
                self._wrong += error.fields
            self._next += 1
        return self._next < len(self._items) and len(self._wrong) < MAX_FIELDS

    def finish(self) -> list[Admitted]:
        """Return the records in the batch's order, or raise NotAdmittedError naming the wrong fields of all its events."""
        if self._wrong:
            raise invalid(self._wrong)
        return self._admitted


def admit_batch(body: bytes, stamp: Stamp, partitions: int) -> list[Admitted]:
    """Return the records of a batch in its order, or raise NotAdmittedError naming the wrong fields of all its events."""
    batch = Batch(body, stamp, partitions)
    while batch.step(len(batch)):
        continue
    return batch.finish()


def _split(body: bytes) -> list[msgspec.Raw]:
    try:
        items = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotAdmittedError(400, "invalid-json", f"the body is not a JSON array: {error}") from error
    except RecursionError as error:
        raise _too_deep() from error
    if len(items) > MAX_BATCH_EVENTS:
        raise NotAdmittedError(413, "content-too-large", f"a batch holds at most {MAX_BATCH_EVENTS} events, not {len(items)}")
    return items


def _admit(raw: bytes, at: str, stamp: Stamp, partitions: int) -> Admitted:
    if len(raw) > MAX_EVENT:
        raise NotAdmittedError(413, "content-too-large", f"an event has at most {MAX_EVENT} bytes", [WrongField(at, "too large")])
    seen = parse(raw)
    wrong = find_wrong(seen, at)
    if wrong:
        raise invalid(wrong)
    if holds_nul(raw):
        raise invalid([WrongField(at, "the character U+0000 cannot be stored")])
    try:
        event = decode(raw)
    except InvalidMessageError as error:
        raise invalid([_from_decoder(error, raw, at)]) from error
    key = event.partitionkey
    value = encode(replace(event, receivedtime=stamp.received_at, publisher=stamp.publisher))
    return Admitted(_partition_of(key, partitions), key.encode(), value, event.type)


def parse(raw: bytes) -> Any:  # noqa: ANN401  any JSON
    """Return any JSON, or raise NotAdmittedError."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotAdmittedError(400, "invalid-json", f"the body is not JSON: {error}") from error
    except RecursionError as error:
        raise _too_deep() from error


def _too_deep() -> NotAdmittedError:
    return NotAdmittedError(400, "invalid-json", "the body is nested too deeply")


def find_wrong(seen: Any, at: str = "") -> list[WrongField]:  # noqa: ANN401  any JSON
    """Return every wrong field of an event; raises NotAdmittedError for a document with a mark of state secrets."""
    if not isinstance(seen, dict):
        return [WrongField(at, "an event is a JSON object")]
    _turn_away_secrets(seen, at)
    kind = seen.get("type")
    validator = _validators.get(kind, _any_fact) if isinstance(kind, str) else _any_fact
    if validator.is_valid(seen):
        return _wrong_key(seen, at)
    try:
        errors = validator.iter_errors(seen) if _is_small(seen) else _first_error(validator, seen)
        return [found for error in errors for found in _named(error, at)]
    except ValueError:  # the library's word for its limit of recursion; its own errors are ValueErrors too, but returned here
        return [WrongField(at, "is nested too deeply")]


def _first_error(validator: Any, seen: object) -> list[jsonschema_rs.ValidationError]:  # noqa: ANN401  the library has no common type
    """Return the first thing that is wrong: naming each of 200,000 wrong values takes seconds, in which nobody else is served."""
    try:
        validator.validate(seen)
    except jsonschema_rs.ValidationError as error:
        return [error]
    return []


def _is_small(seen: object) -> bool:
    """Tell whether an event has at most MAX_VALUES values, looking at no more of them."""
    left, rest = MAX_VALUES, [seen]
    while rest:
        value = rest.pop()
        inner: Iterable[object] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        left -= len(value) if isinstance(value, dict | list) else 0
        if left < 0:
            return False
        rest += [each for each in inner if isinstance(each, dict | list)]
    return True


def _turn_away_secrets(seen: dict[str, Any], at: str) -> None:
    """State secrets never enter this system; what the document says is not repeated, not even in an error."""
    data = seen.get("data")
    if isinstance(data, dict) and data.get("security") in SECRET_MARKS:
        detail = "documents with a mark of state secrets never enter this system"
        raise NotAdmittedError(422, "state-secret", detail, [WrongField(f"{at}/data/security", detail)])


def _wrong_key(seen: dict[str, Any], at: str) -> list[WrongField]:
    if seen["type"] in _own_key_types and seen["partitionkey"] != seen["subject"]:
        return [WrongField(f"{at}/partitionkey", "is the same id as subject for events of this type")]
    return []


def _named(error: jsonschema_rs.ValidationError, at: str) -> list[WrongField]:
    parent = at + "".join(f"/{escaped(part)}" for part in error.instance_path)
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(property=name):
            return [WrongField(f"{parent}/{escaped(name)}", "is required")]
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=names):
            return [WrongField(f"{parent}/{escaped(name)}", "is not known here") for name in names]
        case _:
            return [WrongField(parent, error.message[:MAX_PROBLEM])]


def escaped(part: str | int) -> str:
    """Return a part of a JSON Pointer (RFC 6901, section 3)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _from_decoder(error: InvalidMessageError, raw: bytes, at: str) -> WrongField:
    """Name the field that a schema lets through but Python's types do not hold (the year 0000, a leap second)."""
    found = _path.search(str(error))
    pointer = found[1].replace(".", "/").replace("[", "/").replace("]", "") if found else ""
    return WrongField(f"{at}{'/data' if _is_envelope(raw) else ''}{pointer}", str(error)[:MAX_PROBLEM])


def _is_envelope(raw: bytes) -> bool:
    """Tell whether the attributes are right, so that the wrong field is in the data: paths in errors begin where decoding began."""
    try:
        msgspec.json.decode(raw, type=Event)
    except msgspec.DecodeError:
        return False
    return True


def invalid(fields: Sequence[WrongField]) -> NotAdmittedError:
    """Return the error that names wrong fields, the first MAX_FIELDS of them."""
    return NotAdmittedError(422, "invalid-event", f"{len(fields)} fields are wrong; nothing was written", fields[:MAX_FIELDS])
