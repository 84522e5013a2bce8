"""The ingress: facts come in over HTTP (CloudEvents 1.0, structured, binary and batch), and receipts go out.

How to wire it into a web part (nothing is opened before the lifespan):

    ingress = Ingress(environment)
    router.include_router(build_ingress(ingress))
    async with ingress.opened(): ...     # inside the part's lifespan; neither Kafka nor PostgreSQL has to be there yet

`POST /api/events` answers 202 once the facts are safely in Kafka, 200 with the verdict where `Prefer: wait=N` was given and kept;
`GET /api/events/{receipt}` tells what became of a fact. Who asks was told by the gate in front (shared/web/access.py): it is in the
request's scope, and a key of a publisher is known by `Ingress.ring`.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Sequence

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from services.directives.admission import MAX_EVENT, Batch, NotAdmittedError, Stamp, admit
from services.directives.binding import BATCH, STRUCTURED, Headers, mode_of, read_binary, read_headers
from services.directives.bodies import Bodies, Body
from services.directives.delivery import InboxSender, Place
from services.directives.door_description import FIND, POST
from services.directives.receipts import Receipt, Receipts, guard, name_of, place_of
from services.directives.registering import INBOX
from services.directives.standing import Standing
from shared.clock import stepped_clock, system_clock
from shared.environment import Environment
from shared.errors import UnavailableError
from shared.identity.keyring import KeyRing
from shared.identity.limits import DEFAULT, Excess, Limit, Meter
from shared.web.access import principal_of
from shared.web.problems import problem

__all__ = ["BATCH", "MAX_BATCH_BODY", "PATH", "STRUCTURED", "Ingress", "build_ingress"]

MAX_BATCH_BODY = 16 * MAX_EVENT
MAX_WAIT_SECONDS = 30
BODY_SECONDS = 10
STEP = 50
"""So many events of a batch are looked at before others get their turn."""
PATH = "/api/events"
SERVICE = "api"
"""The publisher that the installation's own key stands for."""

_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?:$|[,;])", re.IGNORECASE)
_encode = msgspec.json.Encoder().encode


class Ingress:
    """What the ingress holds open while it serves."""

    def __init__(self, environment: Environment, *, inbox: str = INBOX, body_seconds: float = BODY_SECONDS, limit: Limit = DEFAULT) -> None:
        self.partitions = environment.partitions
        self.sender = InboxSender(environment.bootstrap, inbox, environment.partitions)
        self.receipts = Receipts(environment.dsn, environment.bootstrap, inbox)
        self.ring = KeyRing(environment.dsn, Meter(limit))
        self.standing = Standing(lambda: self.receipts.pool)
        self.bodies = Bodies(body_seconds)
        self._is_stepped = environment.clock == "stepped"

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Keep the producer, the receipts' connections, the keys and the rights open for the block."""
        async with self.receipts.opened(), self.ring.opened():
            running = [asyncio.create_task(guard(work)) for work in (self.sender.run(), self.standing.run())]
            try:
                yield
            finally:
                for task in running:
                    task.cancel()
                await asyncio.wait(running)

    async def stamp(self, publisher: str) -> Stamp:
        """Return the stamp of receipt: the office's instant, and who sent."""
        now = await stepped_clock(self.receipts.pool)() if self._is_stepped else await system_clock()
        return Stamp(now, publisher)

    def count(self, publisher: str, events: int) -> None:
        """Count what a publisher sends, or raise NotAdmittedError where it is too much."""
        if publisher != SERVICE and events > 0:
            excess = self.ring.meter.count(publisher, events, moment=time.monotonic(), now=self.ring.now())
            if excess is not None:
                raise _too_many(excess)


def _too_many(excess: Excess) -> NotAdmittedError:
    """Return the refusal, with the limit as the httpapi working group's draft on RateLimit header fields has it."""
    headers = {
        "Retry-After": str(excess.seconds),
        "RateLimit-Policy": f'"{excess.code}";q={excess.limit};w={excess.window}',
        "RateLimit": f'"{excess.code}";r=0;t={excess.seconds}',
    }
    return NotAdmittedError(429, excess.code, f"{excess.detail}; try again in {excess.seconds} s", headers=headers)


def build_ingress(ingress: Ingress) -> APIRouter:
    """Return the routes of the ingress."""
    router = APIRouter(tags=["publishing"])

    async def get(receipt: str, request: Request) -> Response:
        place = place_of(receipt, ingress.partitions)
        asker = principal_of(request)
        return _json(200, await ingress.receipts.find(place, asker.name if asker.role == "publisher" else None))

    router.add_api_route(PATH, _Post(ingress).described, methods=["POST"], route_class_override=_BareRoute, **POST)
    router.add_api_route(PATH + "/{receipt}", get, methods=["GET"], response_model=None, **FIND)
    return router


class _BareRoute(APIRoute):
    """A route that FastAPI describes but does not serve: its own parsing costs more than all the rest."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the door itself answer, whose method describes the route; the gate in front has checked the method."""
        await self.endpoint.__self__(scope, receive, send)  # type: ignore[attr-defined]  # a bound method


class _Post:
    """`POST /api/events` as a bare ASGI app, without the wrapper that Starlette puts around functions."""

    def __init__(self, ingress: Ingress) -> None:
        self._ingress = ingress

    async def described(self) -> None:
        """Receive one event or a batch; what it takes and answers is told in `door_description`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = self._ingress.bodies.of(scope, receive)
        try:
            response = await _receive(self._ingress, scope, body)
        except NotAdmittedError as error:
            response = _turned_away(error)
        except UnavailableError as error:
            response = problem(503, "unavailable", str(error), headers={"Retry-After": "2"})
        finally:
            body.release()
        await body.answer(response, send)


def _turned_away(error: NotAdmittedError) -> Response:
    fields = [{"pointer": each.pointer, "problem": each.problem} for each in error.fields]
    return problem(error.status, error.code, error.detail, headers=error.headers, **({"fields": fields} if fields else {}))


async def _receive(ingress: Ingress, scope: Scope, body: Body) -> Response:
    publisher = _publisher_of(scope)
    ingress.count(publisher, 1)
    headers = read_headers(scope["headers"])
    mode = mode_of(headers)
    stamp = await ingress.stamp(publisher)
    await ingress.standing.look_again(publisher)
    ingress.standing.require_any(publisher, stamp.received_at)
    if mode == "batch":
        batch = Batch(await body.read(MAX_BATCH_BODY), stamp, ingress.partitions)
        ingress.count(publisher, len(batch) - 1)
        while batch.step(STEP):  # noqa: ASYNC110  lets others in; nothing is waited for
            await asyncio.sleep(0)
        records = batch.finish()
        ingress.standing.require(publisher, records, stamp.received_at, is_batch=True)
        places = await ingress.sender.send_all(records)
        ingress.receipts.note(places, publisher)
        return await _answer(ingress, headers, places, is_batch=True)
    record = admit(await _read_event(body, headers, is_binary=mode == "binary"), stamp, ingress.partitions)
    ingress.standing.require(publisher, [record], stamp.received_at, is_batch=False)
    place = await ingress.sender.send(record)
    ingress.receipts.note([place], publisher)
    return await _answer(ingress, headers, [place], is_batch=False)


def _publisher_of(scope: Scope) -> str:
    principal = principal_of(Request(scope))
    return SERVICE if principal.role == "service" else principal.name


async def _read_event(body: Body, headers: Headers, *, is_binary: bool) -> bytes:
    content = await body.read(MAX_EVENT)
    return read_binary(headers, content) if is_binary else content


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
