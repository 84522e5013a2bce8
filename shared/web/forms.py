"""Forms and headers as they arrive, and whether one of our own pages sends them."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from fastapi import HTTPException, Request
from starlette.types import Message, Receive, Scope

MAX_FORM = 64 * 1024
MAX_FIELDS = 200
URLENCODED = b"application/x-www-form-urlencoded"
NUL = "\0"
"""No text of PostgreSQL can hold it, so nothing has it in its name."""

Headers = Mapping[bytes, bytes]


def headers_of(scope: Scope) -> Headers:
    """Return a request's headers by lower-case name; of a name that is repeated the last one."""
    return dict(scope["headers"])


def address_of(scope: Scope) -> str:
    """Return where a request comes from, as far as the server knows."""
    client = scope.get("client")
    return client[0] if client else ""


def is_form(headers: Headers) -> bool:
    """Tell whether a request's body is a plain form."""
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower() == URLENCODED


def is_from_here(headers: Headers, public_url: str) -> bool:
    """Tell whether a browser says that one of our own pages sends this (Fetch Metadata, RFC 6454); a program says nothing."""
    if headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
        return False
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return True
    return origin == public_url or origin.partition("://")[2] == headers.get(b"host", b"").decode("latin-1")


async def read_whole(receive: Receive) -> bytes:
    """Return a form's body; raises HTTPException (413) where it is longer than a form of ours can be."""
    chunks, size, is_whole = [], 0, False
    while not is_whole:
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_FORM:
            raise HTTPException(413, f"a form has at most {MAX_FORM} bytes")
        is_whole = not message.get("more_body", False)
    return b"".join(chunks)


def again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body that was read already, then what comes after it."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return left.pop() if left else await receive()

    return receive_again


def fields_of(body: bytes) -> dict[str, str]:
    """Return a form's fields, of one that is repeated the last; raises HTTPException (422) where it is none, or no text can hold it."""
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise HTTPException(422, "the form cannot be read") from error
    if any(NUL in value for values in fields.values() for value in values):
        raise HTTPException(422, "the form has the character U+0000")
    return {name: values[-1] for name, values in fields.items()}


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of the form that a request sends, with outer blanks taken away but from passwords."""
    fields = fields_of(await read_whole(request.receive))
    return {name: value if "password" in name else value.strip() for name, value in fields.items()}
