"""Letters as they arrive over HTTP: a form with a file or a pasted text, or the bare file; never more of it than a file may have."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request, Response
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.types import Receive, Scope, Send

from services.directives.admission import NotAdmittedError
from services.directives.bodies import Body
from services.directives.intake.documents import MAX_FILE
from shared.web.forms import MAX_FIELDS, NUL, URLENCODED

FORM_SPACE = 64 * 1024
"""What a form has beside its file."""
MAX_PARTS = 12
MAX_NAME = 200
CHUNK = 1_048_576
PASTED = "van-ban-dan-vao.txt"
"""What a pasted text is called."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A letter as it arrived; of a form also its other fields."""

    name: str
    content: bytes
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: bytes = b""
    value: bytes = b""
    chunks: list[bytes] = field(default_factory=list)


class Answered(Response):
    """An answer to a request whose body may not have been read to its end: what still comes is dropped, then the connection ends."""

    def __init__(self, answer: Response, body: Body) -> None:
        super().__init__()
        self._answer = answer
        self._body = body

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the answer."""
        await self._body.answer(self._answer, send)


async def read_form(request: Request, body: Body) -> Upload:
    """Return what a page's form sends: a file, else the text that was pasted.

    Raises NotAdmittedError for a body that is too long, too slow, cut off or no form, and where it has neither.
    """
    kind = request.headers.get("content-type", "")
    content = await body.read(MAX_FILE + FORM_SPACE)
    if kind.partition(";")[0].strip().lower().encode() == URLENCODED:
        return _pasted(_plain_fields(content))
    parts = await asyncio.to_thread(read_multipart, content, kind)
    fields = {name: part.decode() for name, (file, part) in parts.items() if file is None and _is_text(part)}
    file, letter = parts.get("file", (None, b""))
    return Upload(tidy_name(file), letter, fields) if file is not None and letter else _pasted(fields)


async def read_bare(body: Body, name: str) -> Upload:
    """Return a file that is a request's body; raises NotAdmittedError."""
    content = await body.read(MAX_FILE)
    if not content:
        raise NotAdmittedError(422, "no-file", "the body is empty")
    return Upload(tidy_name(name), content)


def _pasted(fields: Mapping[str, str]) -> Upload:
    text = fields.get("text", "").replace("\r\n", "\n")
    if not text.strip():
        raise NotAdmittedError(422, "no-file", "there is neither a file nor a text")
    return Upload(PASTED, text.encode(), fields)


def _plain_fields(content: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(content.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise NotAdmittedError(422, "not-a-form", "the form cannot be read") from error
    return {name: values[-1] for name, values in fields.items()}


def _is_text(content: bytes) -> bool:
    try:
        return NUL not in content.decode()
    except UnicodeDecodeError:
        return False


def tidy_name(name: str | None) -> str:
    """Return a file's name without folders and signs that nobody can see, at most MAX_NAME long."""
    bare = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in bare if sign.isprintable()).strip()[-MAX_NAME:] or "van-ban"


def read_multipart(content: bytes, kind: str) -> dict[str, tuple[str | None, bytes]]:
    """Return the parts of a multipart form by name: the file's name, None where it is a plain field, and what it holds.

    Raises NotAdmittedError where it is none, is cut off, or has more than MAX_PARTS parts.
    """
    media, options = parse_options_header(kind)
    if media != b"multipart/form-data" or not options.get(b"boundary"):
        raise NotAdmittedError(415, "unsupported-media-type", "send a form (multipart/form-data)")
    parts: list[_Part] = []
    ended: list[bool] = []
    try:
        parser = MultipartParser(options[b"boundary"], _callbacks(parts, ended))  # type: ignore[arg-type]  # its own TypedDict
        for begin in range(0, len(content), CHUNK):
            parser.write(content[begin : begin + CHUNK])
    except FormParserError as error:
        raise NotAdmittedError(422, "not-a-form", "the form cannot be read") from error
    if not ended:
        raise NotAdmittedError(400, "incomplete", "the form ended before its last boundary")
    return dict(_named(part) for part in parts)


def _callbacks(parts: list[_Part], ended: list[bool]) -> Mapping[str, Callable[..., Any]]:
    def begin() -> None:
        if len(parts) == MAX_PARTS:
            raise NotAdmittedError(422, "not-a-form", f"a form has at most {MAX_PARTS} parts")
        parts.append(_Part())

    def header_field(data: bytes, start: int, end: int) -> None:
        parts[-1].name += data[start:end]

    def header_value(data: bytes, start: int, end: int) -> None:
        parts[-1].value += data[start:end]

    def header_end() -> None:
        part = parts[-1]
        part.headers[part.name.lower()] = part.value
        part.name = part.value = b""

    def data(chunk: bytes, start: int, end: int) -> None:
        parts[-1].chunks.append(chunk[start:end])

    return {
        "on_part_begin": begin, "on_header_field": header_field, "on_header_value": header_value, "on_header_end": header_end,
        "on_part_data": data, "on_end": lambda: ended.append(True),
    }  # fmt: skip


def _named(part: _Part) -> tuple[str, tuple[str | None, bytes]]:
    _, options = parse_options_header(part.headers.get(b"content-disposition", b""))
    name, file = options.get(b"name", b""), options.get(b"filename")
    return name.decode(errors="replace"), (None if file is None else file.decode(errors="replace"), b"".join(part.chunks))
