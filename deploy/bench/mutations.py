"""Facts that went wrong on their way, from a seed: bytes flipped, values replaced, texts cut, deep nesting, broken headers."""

import copy
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from shared.contracts import FACTS
from shared.explained import example_of

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
DATA = "application/json"

EXAMPLES: tuple[Mapping[str, Any], ...] = tuple(example_of(contract) for contract in FACTS)
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 2**64, 10**40, 1e308, -0.0, 1e-320, "", " ", "\0", "\u202e", "\ufeff", "Ủy ban" * 4_000,
    "😀" * 300,
    "2021-02-30", "0000-01-01", "9999-12-31T23:59:59.999999999+14:00", "2016-12-31T23:59:60Z", "00000000-0000-0000-0000-000000000000",
    "../../etc/passwd", "'; DROP TABLE fact; --", "%00", "{{7*7}}", [], {}, [[]], {"": None}, [None] * 500, {"a": {"a": {"a": {}}}},
)  # fmt: skip
RAW = (
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u0000",
    b"1e999",
    b"-",
    b'"',
    b"[" * 3_000,
    b'{"a":' * 3_000,
    b"NaN",
    b"9" * 5_000,
)
HEADERS = (
    "ce-id: %", "ce-id: %C0%A0", "ce-ủ: 1", "Content-Encoding: gzip", "Transfer-Encoding: gzip", "Content-Type: text/plain",
    "Content-Type: application/cloudevents+json; charset=utf-16", "Prefer: wait=1", "Prefer: wait=99999999999999999999", "ce-: x",
    "Authorization: Bearer dd_x", "X-Long: " + "a" * 20_000, "Expect: 100-continue", "Content-Length: 5", "Host: elsewhere", "no colon",
    "Connection: upgrade", "Cookie: dondoc=" + "b" * 300, "ce-time: yesterday", "ce-specversion: 1.0",
)  # fmt: skip


@dataclass(frozen=True)
class Message:
    """A record for Kafka."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class Mutator:
    """Draws mutated requests and messages; the same seed draws the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  repeats, keeps no secret
        self._number = 0

    def request(self, key: str) -> bytes:
        """Return the bytes of a request to the ingress with a publisher's key."""
        draw = self._random.random()
        events = [self._event() for _ in range(self._random.randrange(1, 5) if draw < 0.2 else 1)]  # noqa: PLR2004
        is_binary = draw > 0.8  # noqa: PLR2004
        headers = {"Host": "office", "Authorization": f"Bearer {key}", "Connection": "close"}
        if len(events) > 1 or draw < 0.2:  # noqa: PLR2004
            headers["Content-Type"], body = BATCH, self._bytes(msgspec.json.encode(events))
        elif is_binary:
            headers["Content-Type"], body = DATA, self._bytes(msgspec.json.encode(events[0].get("data")))
            headers |= {f"ce-{name}": self._header(value) for name, value in events[0].items() if name not in ("data", "datacontenttype")}
        else:
            headers["Content-Type"], body = STRUCTURED, self._bytes(msgspec.json.encode(events[0]))
        headers["Content-Length"] = str(self._length(body))
        return self._head(headers) + body

    def _length(self, body: bytes) -> int:
        """Return what Content-Length tells, now and then a lie."""
        return len(body) if self._random.random() > 0.03 else max(0, len(body) + self._random.choice((-7, -1, 1, 900)))  # noqa: PLR2004

    def _header(self, value: object) -> str:
        text = quote(str(value), safe="") if self._random.random() < 0.8 else str(value)  # noqa: PLR2004
        return text.replace("\r", "").replace("\n", "").replace("\0", "")[:20_000]

    def _head(self, headers: dict[str, str]) -> bytes:
        lines = [f"{name}: {value}" for name, value in headers.items()]
        if self._random.random() < 0.25:  # noqa: PLR2004
            lines.insert(self._random.randrange(len(lines)), self._random.choice(HEADERS))
        if self._random.random() < 0.03:  # noqa: PLR2004
            del lines[self._random.randrange(len(lines))]
        head = "\r\n".join(["POST /api/events HTTP/1.1", *lines, "", ""]).encode("utf-8", "replace")
        return self._flip(head) if self._random.random() < 0.03 else head  # noqa: PLR2004

    def message(self, publisher: str, *, is_stamped: bool) -> Message:
        """Return a record as a publisher writes it, or as the ingress does, with something wrong."""
        event = self._event()
        if is_stamped:
            event |= {"receivedtime": "2026-03-02T08:15:00Z", "publisher": publisher}
        value: bytes | None = self._bytes(msgspec.json.encode(event))
        draw = self._random.random()
        if draw < 0.04:  # noqa: PLR2004
            value = None if draw < 0.02 else b""  # noqa: PLR2004
        key = self._key(event)
        return Message(
            key, b"" if key is None and value is None else value, self._record_headers()
        )  # the client sends no record of nothing

    def _key(self, event: Mapping[str, Any]) -> bytes | None:
        key = str(event.get("partitionkey")).encode("utf-8", "replace")
        return key if self._random.random() < 0.9 else self._random.choice((None, b"", b"\xff\x00", b"x" * 2_000))  # noqa: PLR2004

    def _record_headers(self) -> tuple[tuple[str, bytes], ...]:
        if self._random.random() < 0.8:  # noqa: PLR2004
            return ()
        names = ("content-type", "ce_id", "ce_specversion", "origin", "receivedtime", "publisher", "wrong", "position", "hash", "ủ")
        values = (b"", b"\xff", b"application/json", b"1.0", b"publishers.api.v1/0/0", b"[[[[", b"2021-01-01T00:00:00Z", b"api")
        return tuple((self._random.choice(names), self._random.choice(values)) for _ in range(self._random.randrange(1, 4)))

    def _event(self) -> dict[str, Any]:
        """Return an event of the catalogue under an id of its own, now and then an old one, with some members changed."""
        self._number += 1
        event = copy.deepcopy(dict(self._random.choice(EXAMPLES)))
        number = self._number if self._random.random() < 0.95 else self._random.randrange(self._number)  # noqa: PLR2004
        event |= {"id": f"biến-thể-{number}", "source": "/nam-son/thu"}
        for _ in range(self._random.choice((0, 1, 1, 1, 2, 3))):
            self._random.choice((self._replace, self._replace, self._remove, self._add))(self._inside(event))
        return event

    def _inside(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return one of the objects in an event."""
        found = [event]
        for each in found:
            inner = [item for value in each.values() for item in (value if isinstance(value, list) else [value])]
            found += [value for value in inner if isinstance(value, dict)]
        return self._random.choice(found)

    def _replace(self, thing: dict[str, Any]) -> None:
        if thing:
            thing[self._random.choice(list(thing))] = copy.deepcopy(self._random.choice(ODD))

    def _remove(self, thing: dict[str, Any]) -> None:
        if thing:
            del thing[self._random.choice(list(thing))]

    def _add(self, thing: dict[str, Any]) -> None:
        thing[self._random.choice(("ghi chú", "publisher", "receivedtime", "version", "a/b~c", "", "__proto__"))] = copy.deepcopy(
            self._random.choice(ODD)
        )

    def _bytes(self, content: bytes) -> bytes:
        """Return bytes as they are, or with something of them broken."""
        draw = self._random.random()
        changes: tuple[Callable[[bytes], bytes], ...] = (self._flip, self._cut, self._insert, self._repeat)
        return self._random.choice(changes)(content) if draw < 0.4 else content  # noqa: PLR2004

    def _flip(self, content: bytes) -> bytes:
        flipped = bytearray(content)
        for _ in range(self._random.randrange(1, 6)):
            if flipped:
                flipped[self._random.randrange(len(flipped))] ^= 1 << self._random.randrange(8)
        return bytes(flipped)

    def _cut(self, content: bytes) -> bytes:
        return content[: self._random.randrange(len(content) + 1)]

    def _insert(self, content: bytes) -> bytes:
        at = self._random.randrange(len(content) + 1)
        return content[:at] + self._random.choice(RAW) + content[at:]

    def _repeat(self, content: bytes) -> bytes:
        begin, end = sorted(self._random.randrange(len(content) + 1) for _ in range(2))
        return content[:end] + content[begin:end] + content[end:]
