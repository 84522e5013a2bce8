"""Signing in and out: with name and password, or at a provider of identities."""

import logging
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.types import Scope

from shared.errors import RefusedError, UnavailableError
from shared.identity import sessions
from shared.identity.audit import record
from shared.identity.oidc import OpenIdClient
from shared.identity.principals import UnauthenticatedError
from shared.identity.sessions import Session
from shared.identity.signing_in import Visitor, sign_in
from shared.web.access import Signed
from shared.web.door import Door
from shared.web.forms import address_of, headers_of, is_from_here, read_form
from shared.web.pages import Pages

logger = logging.getLogger(__name__)

FRONT = "/"
PATH_LIMIT = 2000
NOT_STORED = {"Cache-Control": "no-store"}
TOLD = {"password": "Đã đổi mật khẩu.", "out": "Đã đăng xuất.", "over": "Phiên đăng nhập đã kết thúc."}
"""What a page says after what was done before it."""

Next = Annotated[str, Query(max_length=PATH_LIMIT)]


def build_sign_in(door: Door, pages: Pages) -> APIRouter:
    """Return the routes of signing in and out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in")
    async def ask(next: Next = FRONT, told: str = "") -> Response:  # noqa: A002  the name in the address
        return _form(door, pages, next, told=TOLD.get(told, ""))

    @router.post("/sign-in")
    async def enter(request: Request) -> Response:
        if not is_from_here(headers_of(request.scope), door.settings.public_url):
            return pages.refuse(403, "csrf", "this was not sent by a page of this system")
        fields = await read_form(request)
        name, target = fields.get("name", ""), fields.get("next", FRONT)
        try:
            token = await sign_in(await door.pool(), name, fields.get("password", ""), visitor_of(request.scope))
        except RefusedError as error:
            return _form(door, pages, target, name=name, refusal=error, status=429 if error.code == "sign-in-throttled" else 401)
        return await enter_with(door, request, token, target)

    @router.post("/sign-out")
    async def leave(request: Request, signed: Signed) -> Response:
        await end_session(door, signed, address_of(request.scope))
        response = RedirectResponse("/sign-in?told=out", 303, {**NOT_STORED, "Clear-Site-Data": '"cache"'})
        response.delete_cookie(door.cookie, path="/", secure=door.settings.is_secure, httponly=True, samesite="lax")
        return response

    _add_provider(router, door, pages)
    return router


def _add_provider(router: APIRouter, door: Door, pages: Pages) -> None:
    """Add the way over a provider of identities; the answer must come back to the browser that asked."""
    provider = door.settings.provider
    client = OpenIdClient(provider, f"{door.settings.public_url}/sign-in/return", door.find_unit) if provider else None
    cookie = f"{door.cookie}-state"

    @router.get("/sign-in/provider")
    async def go(request: Request, next: Next = FRONT) -> Response:  # noqa: A002  the name in the address
        if client is None:
            return pages.refuse(404, "not-found", "no provider of identities is set")
        try:
            address, state = await client.begin(await door.pool(), _local(next), address_of(request.scope))
        except UnavailableError as error:
            return _failed(door, pages, error)
        except RefusedError as error:
            return _form(door, pages, next, refusal=error, status=429)
        response = RedirectResponse(address, 303, NOT_STORED)
        response.set_cookie(cookie, state, max_age=600, path="/", secure=door.settings.is_secure, httponly=True, samesite="lax")
        return response

    @router.get("/sign-in/return")
    async def come_back(request: Request) -> Response:
        if client is None:
            return pages.refuse(404, "not-found", "no provider of identities is set")
        try:
            token, target = await client.finish(
                await door.pool(), request.query_params, request.cookies.get(cookie, ""), visitor_of(request.scope)
            )
        except (UnauthenticatedError, UnavailableError) as error:
            return _failed(door, pages, error)
        response = await enter_with(door, request, token, target)
        response.delete_cookie(cookie, path="/", secure=door.settings.is_secure, httponly=True, samesite="lax")
        return response


def _failed(door: Door, pages: Pages, error: UnauthenticatedError | UnavailableError) -> Response:
    logger.warning("a sign-in at the provider of identities failed: %s", error)
    if isinstance(error, UnavailableError):
        refusal = RefusedError("provider-away", str(error), "Hệ thống định danh của cơ quan hiện không trả lời; hãy thử lại sau.")
        return _form(door, pages, FRONT, refusal=refusal, status=503)
    refusal = RefusedError(error.code, error.detail, "Không đăng nhập được qua hệ thống định danh của cơ quan.")
    return _form(door, pages, FRONT, refusal=refusal, status=401)


def _form(
    door: Door, pages: Pages, target: str, *, name: str = "", refusal: RefusedError | None = None, status: int = 200, told: str = ""
) -> Response:  # fmt: skip
    has_provider = door.settings.provider is not None
    return pages.answer(
        "sign_in.html", status=status, next=_local(target), name=name, refusal=refusal, told=told, has_provider=has_provider
    )


async def enter_with(door: Door, request: Request, token: str, target: str) -> Response:
    """Answer with a new session's cookie, and end the session that the browser had before."""
    before = request.cookies.get(door.cookie)
    if before:
        await sessions.end(await door.pool(), sessions.hash_of(before))
    response = RedirectResponse(_local(target), 303, NOT_STORED)
    response.set_cookie(door.cookie, token, path="/", secure=door.settings.is_secure, httponly=True, samesite="lax")
    return response


async def end_session(door: Door, signed: Session, address: str) -> None:
    """End a session and write that down."""
    pool = await door.pool()
    await sessions.end(pool, signed.token_hash)
    actor = signed.principal.actor
    await record(pool, actor=actor, action="signed-out", object=actor, address=address)


def visitor_of(scope: Scope) -> Visitor:
    """Return where somebody signs in from."""
    return Visitor(address_of(scope), headers_of(scope).get(b"user-agent", b"").decode("latin-1"))


def _local(target: str) -> str:
    """Return a path of ours, the front page where a target leads elsewhere."""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_ours and target.isprintable() and len(target) <= PATH_LIMIT else FRONT
