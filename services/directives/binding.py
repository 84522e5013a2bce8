"""The HTTP binding of CloudEvents 1.0: which mode a request is in, and what headers and body say together in binary mode."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote_to_bytes

import msgspec

from services.directives.admission import NotAdmittedError, WrongField, escaped, invalid, parse

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
DATA = "application/json"
"""The media type of data, and so of the whole body in binary mode."""

ACCEPTED = f"{STRUCTURED}, {BATCH}, {DATA}"
PREFIX = b"ce-"

Mode = Literal["structured", "batch", "binary"]
Pairs = Sequence[tuple[bytes, bytes]]
Headers = Mapping[bytes, bytes]
"""A request's headers by lower-case name; of "prefer", which may be repeated, all values together."""

_LISTS = frozenset({b"prefer", b"accept", b"accept-encoding", b"accept-language", b"cache-control", b"cookie", b"forwarded", b"via"})
_ONCE = frozenset({b"content-type", b"content-encoding", b"content-length", b"authorization", b"transfer-encoding", b"traceparent"})
_ATTRIBUTE = re.compile(r"[a-z0-9]+")
_PRINTABLE = re.compile(rb"[\x20-\x7e]*")
_PARTS = re.compile(rb'(?:[^"]+|"(?:[^"\\]|\\.)*")*')
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_QUOTED_PAIR = re.compile(rb"\\(.)")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def read_headers(pairs: Pairs) -> Headers:
    """Return the headers by name, or raise NotAdmittedError where one that counts once is repeated."""
    headers = dict(pairs)
    if len(headers) != len(pairs):
        _require_once(pairs)
        if b"prefer" in headers:
            headers[b"prefer"] = b",".join(value for name, value in pairs if name == b"prefer")
    return headers


def _require_once(pairs: Pairs) -> None:
    seen: set[bytes] = set()
    for name, _ in pairs:
        if name in seen and (name in _ONCE or name.startswith(PREFIX)):
            shown = name.decode("latin-1")
            raise NotAdmittedError(400, "repeated-header", f"the header {shown} is there more than once")
        seen.add(name)


def mode_of(headers: Headers) -> Mode:
    """Return the mode of a request by its headers, or raise NotAdmittedError for what cannot be read (HTTP binding, section 3)."""
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding not in (b"identity", b""):
        raise _unsupported("the body is sent without content encoding", "unsupported-content-encoding", **{"Accept-Encoding": "identity"})
    media_type = media_type_of(headers.get(b"content-type", b""))
    if media_type == STRUCTURED:
        return "structured"
    if media_type == BATCH:
        return "batch"
    if media_type == DATA and any(name.startswith(PREFIX) for name in headers):
        return "binary"
    raise _unsupported(f"send {STRUCTURED}, {BATCH}, or {DATA} with the attributes as ce- headers, in UTF-8", "unsupported-media-type")


def _unsupported(detail: str, code: str, **headers: str) -> NotAdmittedError:
    return NotAdmittedError(415, code, detail, headers={"Accept-Post": ACCEPTED, **headers})


@lru_cache(maxsize=256)
def media_type_of(content_type: bytes) -> str:
    """Return the media type in lower case, "" where its charset is not UTF-8 or a parameter is one that nobody can read."""
    media_type, *parameters = content_type.decode("latin-1").lower().split(";")
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            return ""
    return media_type.strip()


def read_binary(headers: Headers, body: bytes) -> bytes:
    """Return the structured form of an event in binary mode; raises NotAdmittedError naming every header that cannot be read."""
    attributes: dict[str, object] = {}
    wrong: list[WrongField] = []
    for name, value in headers.items():
        if name.startswith(PREFIX):
            attribute = name[len(PREFIX) :].decode("latin-1")
            try:
                attributes[attribute] = _read_attribute(attribute, value)
            except ValueError as error:
                wrong.append(WrongField(f"/{escaped(attribute)}", str(error)))
    if wrong:
        raise invalid(wrong)
    if body:
        parse(body)  # else a body that is no JSON could pass as members of the event
        attributes["data"] = msgspec.Raw(body)
    return msgspec.json.encode({**attributes, "datacontenttype": DATA})


def _read_attribute(name: str, value: bytes) -> str:
    if not _ATTRIBUTE.fullmatch(name):
        raise ValueError("the name of an attribute has lower-case letters and digits only")
    if name in ("datacontenttype", "data"):
        raise ValueError("is told by Content-Type and body, never by a header of its own")
    return decode_value(value)


def decode_value(value: bytes) -> str:
    """Return what a header's value spells (HTTP binding, section 3.1.3.2), or raise ValueError with what is wrong with it."""
    value = value.strip(b" \t")  # the parser leaves white space at the end (RFC 9110, section 5.5)
    if not _PRINTABLE.fullmatch(value):
        raise ValueError("letters beyond ASCII are percent-encoded in a header (UTF-8)")
    if b'"' in value:
        if not _PARTS.fullmatch(value):
            raise ValueError("a quotation mark has no other one")
        value = _QUOTED.sub(lambda found: _QUOTED_PAIR.sub(rb"\1", found[1]), value)
    if _BAD_ESCAPE.search(value):
        raise ValueError("a % is followed by two hexadecimal digits")
    try:
        text = unquote_to_bytes(value).decode()
    except UnicodeDecodeError as error:
        raise ValueError("the percent-encoded bytes are not UTF-8") from error
    if _CONTROL.search(text):
        raise ValueError("an attribute has no control characters")
    return text
