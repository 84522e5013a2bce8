"""The gate in front of every route: tells who asks, lets in by the table of rules, and turns away everything else."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, cast
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.codes import canonical_code
from shared.identity import sessions
from shared.identity.principals import EVERYTHING, Principal, Sight, ThrottledError, UnauthenticatedError
from shared.identity.sessions import Session
from shared.postgres import is_transient
from shared.web.door import Door
from shared.web.forms import NUL, address_of, again, fields_of, headers_of, is_form, is_from_here, read_whole
from shared.web.problems import absent, problem
from shared.web.routes import Found, Routes
from shared.web.watching import Readings, watched

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
WHILE_CHANGING = ("/account", "/account/password", "/sign-out")
"""What somebody may do who has yet to change a password that somebody else set."""
OWN_READERS = {"inbox": ("unit", "issuer_office"), "contacts": ("unit", "issuer_office")}
"""The roles that can open their own unit's things alone, by kind; what the others open is written down."""
TOKEN_FIELD = "csrf"  # noqa: S105  the name of a field

NOT_SIGNED_IN = UnauthenticatedError("unauthorized", "sign in, or send Authorization: Bearer <key>")

TurnAway = Callable[[int, str, str], Response]
"""Make the page that turns somebody away: status, code and detail."""

_session: ContextVar[Session | None] = ContextVar("session", default=None)


def current_session() -> Session | None:
    """Return who is signed in, where this runs within a request."""
    return _session.get()


def principal_of(request: Request) -> Principal:
    """Return who asks; raises KeyError where no gate let the request in, so that nothing is answered by mistake."""
    return cast("Principal", request.scope["principal"])


def sight_of(request: Request) -> Sight:
    """Return whose data may be answered; raises KeyError where no gate let the request in."""
    return cast("Sight", request.scope["sight"])


def session_of(request: Request) -> Session:
    """Return the session of a person; raises KeyError where a program asks."""
    return cast("Session", request.scope["session"])


Asker = Annotated[Principal, Depends(principal_of)]
Seen = Annotated[Sight, Depends(sight_of)]
Signed = Annotated[Session, Depends(session_of)]


@dataclass(frozen=True)
class _Asked:
    """Who asks, once it is known; a program has no session."""

    principal: Principal
    session: Session | None = None


class Gate:
    """An app behind the table of rules."""

    def __init__(self, app: ASGIApp, *, door: Door, routes: Routes, turn_away: TurnAway) -> None:
        self._app = app
        self._door = door
        self._routes = routes
        self._turn_away = turn_away
        self._readings = Readings(door)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or turn it away."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._judge(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _judge(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._routes.find(scope["method"], scope["path"])
        if NUL in scope["path"]:
            await self._turn(scope, 404, "not-found", "there is nothing at this address")(scope, receive, send)
        elif b"%00" in scope["query_string"]:
            await problem(422, "invalid-request", "a parameter has the character U+0000")(scope, receive, send)
        elif found is None:
            await self._turn_unknown(scope)(scope, receive, send)
        elif found.rule.is_open:
            await self._app(scope, receive, send)
        else:
            await self._admit(found, scope, receive, send)

    async def _admit(self, found: Found, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            asked = await self._identify(scope, touch=not found.rule.is_quiet)
            refusal, receive = await self._refuse(asked, found, scope, receive)
        except UnauthenticatedError as error:
            await _ask_to_sign_in(scope, error)(scope, receive, send)
        except HTTPException as error:
            await problem(error.status_code, "invalid-request", str(error.detail))(scope, receive, send)
        except Exception as error:
            if not is_transient(error):
                raise
            await absent(error)(scope, receive, send)
        else:
            await (refusal or self._let_in(asked, found))(scope, receive, send)

    async def _identify(self, scope: Scope, *, touch: bool) -> _Asked:
        """Return who asks, or raise UnauthenticatedError; a key that is sent counts, whatever cookie comes with it."""
        headers = headers_of(scope)
        if b"authorization" in headers:
            return _Asked(self._door.know(headers[b"authorization"].decode("latin-1"), address_of(scope)))
        token = cookie_parser(headers.get(b"cookie", b"").decode("latin-1")).get(self._door.cookie, "")
        session = await sessions.find(await self._door.pool(), token, touch=touch) if token else None
        if session is None:
            raise NOT_SIGNED_IN
        return _Asked(session.principal, session)

    async def _refuse(self, asked: _Asked, found: Found, scope: Scope, receive: Receive) -> tuple[ASGIApp | None, Receive]:
        """Return why somebody who is known is turned away, None where not; and the request's body again, where it had to be read."""
        session = asked.session
        if asked.principal.role not in found.rule.grants:
            return self._turn(scope, 403, "forbidden", "your role may not do this"), receive
        if session is None:
            return None, receive
        if scope["method"] not in SAFE:
            is_meant, receive = await self._is_meant(session, scope, receive)
            if not is_meant:
                return self._turn(scope, 403, "csrf", "this was not sent by a page of this system; load the page again"), receive
        return (_ask_to_change(scope) if session.must_change and scope["path"] not in WHILE_CHANGING else None), receive

    async def _is_meant(self, session: Session, scope: Scope, receive: Receive) -> tuple[bool, Receive]:
        """Tell whether one of our pages sent an unsafe request: it comes from here and repeats the session's word."""
        headers = headers_of(scope)
        if not is_from_here(headers, self._door.settings.public_url):
            return False, receive
        told = headers.get(b"x-csrf-token", b"").decode("latin-1")
        if not told and is_form(headers):
            body = await read_whole(receive)
            told, receive = fields_of(body).get(TOKEN_FIELD, ""), again(body, receive)
        return sessions.is_csrf(session, told), receive

    def _let_in(self, asked: _Asked, found: Found) -> ASGIApp:
        who, session, rule = asked.principal, asked.session, found.rule

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            scope["principal"] = who
            scope["sight"] = EVERYTHING if rule.grants[who.role] == "all" else who.sight
            if scope["method"] in SAFE:
                send = _keeping_nowhere(send)
            if session is None:
                await self._app(scope, receive, send)
                return
            scope["session"] = session
            if rule.opens and who.role not in OWN_READERS.get(rule.opens, ("unit",)):
                send = self._readings.noting(who, f"{rule.opens}:{_one_name(found.name)}", address_of(scope), scope, send)
            mark = _session.set(session)
            try:
                await (watched(self._app, self._door, session) if rule.is_stream else self._app)(scope, receive, send)
            finally:
                _session.reset(mark)

        return serve

    def _turn_unknown(self, scope: Scope) -> ASGIApp:
        methods = self._routes.methods(scope["path"])
        if methods:
            return problem(405, "method-not-allowed", "this address does not take that method", headers={"Allow": ", ".join(methods)})
        return self._turn(scope, 404, "not-found", "there is nothing at this address")

    def _turn(self, scope: Scope, status: int, code: str, detail: str) -> ASGIApp:
        return self._turn_away(status, code, detail) if is_page(scope) else problem(status, code, detail)


def _one_name(name: str) -> str:
    """Return an id or a unit's code in its one form: whoever looks for readings must not miss those that were asked for in another."""
    try:
        return str(UUID(name))
    except ValueError:
        return canonical_code(name)


def _keeping_nowhere(send: Send) -> Send:
    """Return a `send` that lets no cache keep an answer which says nothing of that itself: it is for who asked alone."""

    async def send_unkept(message: Message) -> None:
        if message["type"] == "http.response.start" and not any(name == b"cache-control" for name, _ in message["headers"]):
            message["headers"] = [*message["headers"], (b"cache-control", b"private, no-store")]
        await send(message)

    return send_unkept


def is_page(scope: Scope) -> bool:
    """Tell whether people look at what is asked for, rather than programs."""
    return not scope["path"].startswith("/api/")


def _ask_to_sign_in(scope: Scope, error: UnauthenticatedError) -> Response:
    if isinstance(error, ThrottledError):
        return problem(429, error.code, error.detail, headers={"Retry-After": str(error.seconds)})
    is_looked_at = is_page(scope) and scope["method"] == "GET"
    if is_looked_at and headers_of(scope).get(b"sec-fetch-mode", b"navigate") == b"navigate":
        query = scope["query_string"].decode("latin-1")
        asked = quote(scope["path"] + (f"?{query}" if query else ""), safe="/")
        return RedirectResponse(f"/sign-in?next={asked}", 303, {"Cache-Control": "no-store"})
    return problem(401, error.code, error.detail, headers={"WWW-Authenticate": "Bearer"})


def _ask_to_change(scope: Scope) -> Response:
    if is_page(scope):
        return RedirectResponse("/account", 303, {"Cache-Control": "no-store"})
    return problem(403, "password-change-needed", "the password was set by somebody else; change it at /account first")
