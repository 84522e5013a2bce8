"""The conformance corpus of the door: cases out of TOML files, and the requests that they spell."""

import copy
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from services.directives.admission import MAX_EVENT
from services.directives.binding import BATCH, DATA, STRUCTURED
from shared.contracts import FACTS
from shared.explained import example_of

FOLDER = Path(__file__).parents[1] / "conformance" / "http_binding"
EXAMPLES = {contract.NAME: example_of(contract) for contract in FACTS}
MEDIA_TYPES = {"structured": STRUCTURED, "batch": BATCH, "binary": DATA}
NULL = "@null"


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """An event of the catalogue with some members changed or taken out."""

    event: str = "task-assigned"
    set: dict[str, Any] = {}
    remove: tuple[str, ...] = ()


class Case(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A request and what has to come of it, as the corpus's README tells."""

    name: str
    mode: str = "structured"
    event: str = "task-assigned"
    set: dict[str, Any] = {}
    remove: tuple[str, ...] = ()
    events: tuple[Change, ...] | None = None
    who: str = msgspec.field(default="agency", name="as")
    headers: dict[str, str] = {}
    lines: tuple[str, ...] = ()
    body: str | None = None
    hex: str | None = None
    repeat: tuple[str, int] | None = None
    chunks: int | None = None
    status: int = 202
    code: str | None = None
    pointers: tuple[str, ...] = ()
    kafka: tuple[dict[str, Any], ...] | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    case: tuple[Case, ...]


def load_cases() -> dict[str, Case]:
    """Return all cases by file and name."""
    found: dict[str, Case] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        cases = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File).case
        for case in cases:
            name = f"{path.stem}: {case.name}"
            assert name not in found, name
            found[name] = case
    return found


@dataclass
class Built:
    """A request's bytes, and what its events say."""

    request: bytes
    events: list[dict[str, Any]] = field(default_factory=list)


def build(case: Case, authorization: str, keys: dict[str, str]) -> Built:
    """Return the request of a case."""
    events = _events(case)
    body = _body(case, events)
    headers = {"Host": "office", "Connection": "close", "Content-Type": MEDIA_TYPES[case.mode]}
    headers |= {"Authorization": authorization} if authorization else {}
    headers |= _attributes(events[0]) if case.mode == "binary" else {}
    headers |= {"Transfer-Encoding": "chunked"} if case.chunks else {"Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in (headers | case.headers).items() if value] + list(case.lines)
    head = "\r\n".join(["POST /api/events HTTP/1.1", *(_with_keys(line, keys) for line in lines), "", ""]).encode()
    return Built(head + (_chunked(body, case.chunks) if case.chunks else body), events)


def _with_keys(line: str, keys: dict[str, str]) -> str:
    """Put keys in place of their names: "Bearer @clerk"."""
    for name, key in keys.items():
        line = line.replace(f"earer @{name}", f"earer {key}").replace(f"EARER @{name}", f"EARER {key}")
    return line


def _events(case: Case) -> list[dict[str, Any]]:
    changes = case.events if case.events is not None else (Change(case.event, case.set, case.remove),)
    return [changed(change) for change in changes]


def changed(change: Change) -> dict[str, Any]:
    """Return the event of a change."""
    event = copy.deepcopy(EXAMPLES[change.event])
    for pointer in change.remove:
        parent, name = _place(event, pointer)
        del parent[name]
    for pointer, value in change.set.items():
        parent, name = _place(event, pointer)
        parent[name] = _value(value)
    return event


def _place(event: Any, pointer: str) -> tuple[Any, Any]:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    if len(parts) > 2 and "/".join(parts[1:]) and not isinstance(event.get(parts[0], {}).get(parts[1]), dict | list):
        return event[parts[0]], "/".join(parts[1:])  # a name with a slash in it
    for part in parts[:-1]:
        event = event[int(part)] if isinstance(event, list) else event[part]
    return event, int(parts[-1]) if isinstance(event, list) else parts[-1]


def _value(value: Any) -> Any:
    """Return a value: "@null" is null, "@201*ủ" is 201 times that letter."""
    if value == NULL:
        return None
    if isinstance(value, str) and value.startswith("@"):
        times, _, letter = value[1:].partition("*")
        return letter * int(times)
    return value


def _body(case: Case, events: list[dict[str, Any]]) -> bytes:
    if case.hex is not None:
        return bytes.fromhex(case.hex)
    if case.repeat is not None:
        return (case.repeat[0] * case.repeat[1]).encode()
    if case.body is not None:
        return _named_body(case.body)
    if case.mode == "batch":
        return msgspec.json.encode(events)
    return msgspec.json.encode(events[0]["data"] if case.mode == "binary" else events[0])


def _named_body(text: str) -> bytes:
    received = EXAMPLES["task-received"]
    if text.startswith("@batch "):
        return msgspec.json.encode([received] * int(text.removeprefix("@batch ")))
    if text == "@large":
        return msgspec.json.encode([received, {**received, "ghichu": "ủ" * (MAX_EVENT // 2)}])
    return text.encode("utf-8", "surrogatepass")


def _attributes(event: dict[str, Any]) -> dict[str, str]:
    """Return the attributes as headers (HTTP binding, section 3.1.3)."""
    names = [name for name in event if name not in ("data", "datacontenttype")]
    return {f"ce-{name}": quote(str(event[name]), safe="!#$&'()*+,/:;=?@[]-._~") for name in names if event[name] is not None}


def _chunked(body: bytes, size: int) -> bytes:
    pieces = [body[begin : begin + size] for begin in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
