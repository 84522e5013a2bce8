"""Puts the services' web parts together into one FastAPI app, or serves one alone."""

import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from shared.environment import Environment, number
from shared.errors import ConfigurationError
from shared.journal.queries import QUERIES as JOURNAL
from shared.postgres import Pool, is_transient
from shared.processes import collect_less_often
from shared.web.access import Gate
from shared.web.account_pages import build_account_pages
from shared.web.audit_pages import build_audit_pages
from shared.web.door import Door, KnowKey
from shared.web.headers import SecureHeaders
from shared.web.openapi import install_openapi, read_examples
from shared.web.pages import STATIC, Pages
from shared.web.problems import install_problems, problem
from shared.web.protocol import limited
from shared.web.routes import routes_of
from shared.web.sign_in import build_sign_in

OTHER_FILES = 256
"""What a process has open beside the connections of its clients."""


@dataclass(frozen=True)
class WebPart:
    """A service's share of the web: its routes, what they need opened while the app runs, whether that is ready, whose keys it knows.

    `examples` are those of the OpenAPI document, by method and path.
    """

    name: str
    router: APIRouter
    lifespan: Callable[[], AbstractAsyncContextManager[None]]
    pool: Callable[[], Pool]
    know_key: KnowKey | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)


def build_web(parts: Sequence[WebPart], door: Door, *, front: str | None = None) -> FastAPI:
    """Return an app with the routes of all parts behind the gate; their resources open and close with it.

    `front` is where the first page is. Raises FatalError where a route is not in the table of rules.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(door.opened())
            for part in parts:
                await stack.enter_async_context(part.lifespan())
            yield

    app = FastAPI(title="Đôn Đốc", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    install_problems(app)
    door.key_owners += [part.know_key for part in parts if part.know_key is not None]
    for part in parts:
        app.include_router(part.router)
    _add_own_routes(app, parts, front)
    pages = Pages("shared.web")
    for build in (build_sign_in, build_account_pages, build_audit_pages):
        app.include_router(build(door, pages))
    examples = {key: each for part in parts for key, each in part.examples.items()}
    install_openapi(app, cookie=door.cookie, examples={**read_examples("shared.web"), **examples})
    app.add_middleware(Gate, door=door, routes=routes_of(app), turn_away=pages.refuse)
    app.add_middleware(SecureHeaders, is_secure=door.settings.is_secure)
    return app


def _add_own_routes(app: FastAPI, parts: Sequence[WebPart], front: str | None) -> None:
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_api_route("/healthz", _healthz, include_in_schema=False)
    app.add_api_route("/readyz", partial(_readyz, parts), include_in_schema=False)
    if front is not None:
        app.add_api_route("/", lambda: RedirectResponse(front, status_code=307), include_in_schema=False)


async def _healthz() -> dict[str, str]:
    return {"status": "alive"}


async def _readyz(parts: Sequence[WebPart]) -> Response:
    for part in parts:
        try:
            await part.pool().fetchval(JOURNAL["heartbeat"])
        except Exception as error:
            if not is_transient(error):
                raise
            return problem(503, "not-ready", f"{part.name}: {error}")
    return Response('{"status":"ready"}', media_type="application/json")


def _allow_files(connections: int) -> None:
    """Let this process hold so many connections open, as far as the machine allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard != resource.RLIM_INFINITY else wanted, hard))


def serve(app: FastAPI, environment: Environment) -> None:
    """Serve until SIGTERM; requests under way are finished first."""
    port, connections = number("DONDOC_PORT", 8080), number("DONDOC_CONNECTIONS", 4000)
    _allow_files(connections)
    config = uvicorn.Config(
        app, host=environment.host, port=port, loop="uvloop", http=limited(connections), access_log=False, log_config=None,
        timeout_graceful_shutdown=3, backlog=4096, server_header=False,
    )  # fmt: skip
    collect_less_often()
    # uvicorn raises the signal again after it has shut down; that is the end of an orderly stop, not a failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        uvicorn.Server(config).run()
    except OSError as error:
        message = f"DONDOC_PORT {port}: {error.strerror}; choose another port"
        raise ConfigurationError(message) from error
