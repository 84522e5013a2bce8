"""Letters as they arrive over HTTP: files and pasted texts, and everything that is no letter, too long, too slow or cut off."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from services.directives.admission import NotAdmittedError
from services.directives.bodies import Bodies
from services.directives.intake.documents import MAX_FILE
from services.directives.intake.uploads import MAX_PARTS, Answered, read_bare, read_form, read_multipart, tidy_name
from tests.support.serving import serving

KIND = "multipart/form-data; boundary=x"


def form(*parts: tuple[str, bytes], end: bytes = b"--x--\r\n") -> bytes:
    heads = (f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts)
    return b"".join(heads) + end


def an_app(bodies: Bodies) -> FastAPI:
    app = FastAPI()

    @app.post("/form")
    async def take_form(request: Request) -> Response:
        return await answer(bodies, request, is_form=True)

    @app.post("/bare")
    async def take_bare(request: Request) -> Response:
        return await answer(bodies, request, is_form=False)

    return app


async def answer(bodies: Bodies, request: Request, *, is_form: bool) -> Response:
    body = bodies.of(request.scope, request.receive)
    try:
        upload = await (read_form(request, body) if is_form else read_bare(body, request.query_params.get("name", "")))
        told = Response(upload.content, headers={"X-Name": upload.name.encode().hex(), "X-Fields": ",".join(upload.fields)})
    except NotAdmittedError as error:
        told = Response(error.code, error.status)
    finally:
        body.release()
    return Answered(told, body)


@pytest.mark.parametrize(("head", "name"), [
    ('name="file"; filename="Công văn 612.pdf"', "Công văn 612.pdf"),
    ('name="file"; filename="C:\\\\van ban\\\\612.pdf"', "612.pdf"),
    ('name="file"; filename="../../etc/612.pdf"', "612.pdf"),
    ('name="file"; filename=""', "van-ban"),
])  # fmt: skip
async def test_a_file_keeps_its_bytes_and_a_name_without_folders(head: str, name: str) -> None:
    content = bytes(range(256)) * 9000
    async with serving(an_app(Bodies(5))) as address, httpx.AsyncClient(base_url=address) as client:
        sent = await client.post("/form", content=form((head, content), ('name="text"', b"")), headers={"Content-Type": KIND})
    assert (sent.status_code, sent.content == content) == (200, True)
    assert bytes.fromhex(sent.headers["x-name"]).decode() == name
    assert sent.headers["x-fields"] == "text"


@pytest.mark.parametrize("kind", [KIND, "application/x-www-form-urlencoded"])
async def test_a_pasted_text_is_a_file_of_its_own_with_plain_line_ends(kind: str) -> None:
    content = form(('name="text"', "Kính gửi:\r\n- Sở".encode())) if kind == KIND else b"text=K%C3%ADnh+g%E1%BB%ADi%3A%0D%0A-+S%E1%BB%9F"
    async with serving(an_app(Bodies(5))) as address, httpx.AsyncClient(base_url=address) as client:
        sent = await client.post("/form", content=content, headers={"Content-Type": kind})
    assert sent.text == "Kính gửi:\n- Sở"


@pytest.mark.parametrize(("content", "kind", "code"), [
    (b"", KIND, "incomplete"),
    (form(('name="text"', b"x"), end=b""), KIND, "incomplete"),
    (form(('name="text"', b"  ")), KIND, "no-file"),
    (form(('name="text"', b"x")), "text/plain", "unsupported-media-type"),
    (form(('name="text"', b"x")), "multipart/form-data", "unsupported-media-type"),
    (b"not a form at all", KIND, "not-a-form"),
    (form(*[('name="text"', b"x")] * (MAX_PARTS + 1)), KIND, "not-a-form"),
    (b"--x\r\n" + b"a" * 100_000 + b": b\r\n\r\n\r\n--x--", KIND, "not-a-form"),
    (b"text=%ff", "application/x-www-form-urlencoded", "not-a-form"),
])  # fmt: skip
async def test_what_is_no_form_with_a_letter_is_turned_away(content: bytes, kind: str, code: str) -> None:
    async with serving(an_app(Bodies(5))) as address, httpx.AsyncClient(base_url=address) as client:
        sent = await client.post("/form", content=content, headers={"Content-Type": kind})
    assert sent.text == code


async def test_a_bare_file_has_the_name_that_the_address_gives() -> None:
    async with serving(an_app(Bodies(5))) as address, httpx.AsyncClient(base_url=address) as client:
        sent = await client.post("/bare", params={"name": "a/b.txt"}, content=b"abc")
        assert (sent.content, bytes.fromhex(sent.headers["x-name"])) == (b"abc", b"b.txt")
        assert (await client.post("/bare", content=b"")).text == "no-file"


async def test_a_file_that_is_too_long_is_refused_without_being_read() -> None:
    bodies = Bodies(5)
    async with serving(an_app(bodies)) as address, httpx.AsyncClient(base_url=address) as client:
        sent = await client.post("/bare", content=b"x" * (MAX_FILE + 1))
        assert (sent.status_code, sent.text) == (413, "content-too-large")
    assert bodies.held == 0


async def test_a_body_without_an_end_is_cut_off_at_the_limit_and_holds_nothing_afterwards() -> None:
    bodies, sent = Bodies(20), 0
    async with serving(an_app(bodies)) as address:
        reader, writer = await connect(address)
        writer.write(f"POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: {KIND}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        status = asyncio.create_task(reader.readline())
        while not status.done() and sent < 4 * MAX_FILE:
            writer.write(b"100000\r\n" + bytes(0x100000) + b"\r\n")
            await writer.drain()
            sent += 0x100000
        assert b"413" in await status
        writer.close()
    assert bodies.held == 0


async def test_a_body_that_dribbles_is_given_up_after_its_time() -> None:
    async with serving(an_app(Bodies(0.3))) as address:
        reader, writer = await connect(address)
        writer.write(f"POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: {KIND}\r\nContent-Length: 1000000\r\n\r\n--x".encode())
        assert b"408" in await asyncio.wait_for(reader.readline(), 5)
        writer.close()


async def connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))


@pytest.mark.parametrize("change", [
    lambda text: text.replace(b"\r\n", b"\n"), lambda text: text[1:], lambda text: text.replace(b"form-data", b"nothing"), bytes.upper,
])  # fmt: skip
def test_a_spoilt_form_is_refused_or_read_and_never_breaks(change: Callable[[bytes], bytes]) -> None:
    spoilt = change(form(('name="text"', b"abc")))
    with suppress(NotAdmittedError):
        assert list(read_multipart(spoilt, KIND).values()) == [(None, b"abc")]


def test_a_name_is_one_line_that_can_be_seen_and_keeps_its_ending() -> None:
    assert tidy_name("a\r\nSet-Cookie: x\u202e.pdf") == "aSet-Cookie: x.pdf"
    assert tidy_name("x" * 300 + ".docx") == "x" * 195 + ".docx"
    assert tidy_name(None) == "van-ban"
