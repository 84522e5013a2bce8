"""The ingress: facts come in over HTTP (CloudEvents 1.0, structured and batch), and receipts go out.

How to wire it into a web part (nothing is opened before the lifespan):

    ingress = Ingress(environment, api_key=required("DONDOC_API_KEY"))
    router.include_router(build_ingress(ingress))
    async with ingress.opened(): ...     # inside the part's lifespan; neither Kafka nor PostgreSQL has to be there yet

`POST /api/events` answers 202 once the facts are safely in Kafka, 200 with the verdict where `Prefer: wait=N` was given and kept;
`GET /api/events/{receipt}` tells what became of a fact.
"""

import asyncio
import contextlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from services.directives.admission import MAX_EVENT, NotAdmittedError, Stamp, admit, admit_batch
from services.directives.delivery import InboxSender, Place
from services.directives.receipts import Receipt, Receipts, guard, name_of, place_of
from services.directives.registering import INBOX
from shared.clock import stepped_clock, system_clock
from shared.environment import Environment
from shared.errors import UnavailableError
from shared.web.problems import problem

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MAX_BATCH_BODY = 16 * MAX_EVENT
MAX_WAIT_SECONDS = 30
PATH = "/api/events"
PUBLISHER = "api"
"""Who sends with the one key of the environment."""

Headers = Mapping[bytes, bytes]
"""A request's headers by lower-case name; of a name that is repeated the last one, but all of "prefer", which is a list."""

_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?:$|[,;])", re.IGNORECASE)
_encode = msgspec.json.Encoder().encode


class Ingress:
    """What the ingress holds open while it serves."""

    def __init__(self, environment: Environment, api_key: str, *, inbox: str = INBOX) -> None:
        self.partitions = environment.partitions
        self.sender = InboxSender(environment.bootstrap, inbox, environment.partitions)
        self.receipts = Receipts(environment.dsn, environment.bootstrap, inbox)
        self._is_stepped = environment.clock == "stepped"
        self._authorization = f"Bearer {api_key}".encode()

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Keep the producer and the receipts' connections open for the block."""
        async with self.receipts.opened():
            sending = asyncio.create_task(guard(self.sender.run()))
            try:
                yield
            finally:
                sending.cancel()
                await asyncio.wait([sending])

    def is_authorized(self, headers: Headers) -> bool:
        """Tell whether a request carries the key."""
        return hmac.compare_digest(headers.get(b"authorization", b""), self._authorization)

    async def stamp(self) -> Stamp:
        """Return the stamp of receipt: the office's instant, and who sent."""
        now = await stepped_clock(self.receipts.pool)() if self._is_stepped else await system_clock()
        return Stamp(now, PUBLISHER)


def build_ingress(ingress: Ingress) -> APIRouter:
    """Return the routes of the ingress; they bypass FastAPI's own parsing, which costs more than all the rest."""
    router = APIRouter()

    async def get(request: Request) -> Response:
        place = place_of(request.path_params["receipt"], ingress.partitions)
        return _json(200, await ingress.receipts.find(place))

    router.add_route(PATH, _Post(ingress), methods=["POST"])  # type: ignore[arg-type]  # Starlette takes an ASGI app here too
    router.add_route(PATH + "/{receipt}", get, methods=["GET"])
    return router


class _Post:
    """`POST /api/events` as a bare ASGI app, without the wrapper that Starlette puts around functions."""

    def __init__(self, ingress: Ingress) -> None:
        self._ingress = ingress

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(_read_headers(scope), receive)
        await response(scope, receive, send)

    async def _respond(self, headers: Headers, receive: Receive) -> Response:
        try:
            return await _receive(self._ingress, headers, receive)
        except NotAdmittedError as error:
            fields = [{"pointer": each.pointer, "problem": each.problem} for each in error.fields]
            return problem(error.status, error.code, error.detail, fields=fields)
        except UnavailableError as error:
            return problem(503, "unavailable", str(error), headers={"Retry-After": "2"})
        except ClientDisconnect:
            return problem(400, "incomplete", "the connection ended before the body did")


def _read_headers(scope: Scope) -> Headers:
    pairs: Sequence[tuple[bytes, bytes]] = scope["headers"]
    headers = dict(pairs)
    if b"prefer" in headers:
        headers[b"prefer"] = b",".join(value for name, value in pairs if name == b"prefer")
    return headers


async def _receive(ingress: Ingress, headers: Headers, receive: Receive) -> Response:
    if not ingress.is_authorized(headers):
        return problem(401, "unauthorized", "send Authorization: Bearer <key>", headers={"WWW-Authenticate": "Bearer"})
    media_type = _media_type(headers)
    if media_type == STRUCTURED:
        record = admit(await _read_body(headers, receive, MAX_EVENT), await ingress.stamp(), ingress.partitions)
        place = await ingress.sender.send(record)
        return await _answer(ingress, headers, [place], is_batch=False)
    if media_type == BATCH:
        records = admit_batch(await _read_body(headers, receive, MAX_BATCH_BODY), await ingress.stamp(), ingress.partitions)
        return await _answer(ingress, headers, await ingress.sender.send_all(records), is_batch=True)
    return problem(
        415, "unsupported-media-type", f"send {STRUCTURED} or {BATCH}, in UTF-8", headers={"Accept-Post": f"{STRUCTURED}, {BATCH}"}
    )


def _media_type(headers: Headers) -> str:
    """Return the media type in lower case, "" where its charset is not UTF-8."""
    media_type, _, parameters = headers.get(b"content-type", b"").decode("latin-1").lower().partition(";")
    charset = parameters.replace('"', "").replace(" ", "")
    return media_type.strip() if charset in ("", "charset=utf-8") else ""


async def _read_body(headers: Headers, receive: Receive, limit: int) -> bytes:
    """Return the body, or raise NotAdmittedError as soon as it is longer than the limit."""
    told = headers.get(b"content-length", b"0")
    if told.isdigit() and int(told) > limit:
        raise _too_large(limit)
    chunks, size, is_whole = [], 0, False
    while not is_whole:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise _too_large(limit)
        is_whole = not message.get("more_body", False)
    return b"".join(chunks)


def _too_large(limit: int) -> NotAdmittedError:
    return NotAdmittedError(413, "content-too-large", f"the body has more than {limit} bytes")


async def _answer(ingress: Ingress, headers: Headers, places: Sequence[Place], *, is_batch: bool) -> Response:
    """Answer 202, or 200 once all verdicts are in Kafka where the client prefers to wait (RFC 7240, section 4.3)."""
    seconds = _preferred_wait(headers)
    if seconds and places:
        receipts = await ingress.receipts.wait(places, seconds)
    else:
        receipts = [Receipt(name_of(place), "received") for place in places]
    is_told = bool(seconds) and all(receipt.status != "received" for receipt in receipts)
    response = _json(200 if is_told else 202, receipts if is_batch else receipts[0])
    if not is_batch:
        response.headers["location"] = f"{PATH}/{receipts[0].receipt}"
    if is_told:
        response.headers["preference-applied"] = f"wait={seconds}"
    return response


def _preferred_wait(headers: Headers) -> int:
    """Return for how many seconds a client prefers to wait, at most MAX_WAIT_SECONDS; 0 where it did not say so in a way that counts."""
    found = _WAIT.search(headers[b"prefer"].decode("latin-1")) if b"prefer" in headers else None
    return min(int(found[1]), MAX_WAIT_SECONDS) if found else 0


def _json(status: int, content: Receipt | Sequence[Receipt]) -> Response:
    return Response(_encode(content), status, media_type="application/json")
