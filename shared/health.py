"""Health of a process over HTTP: /healthz says that it runs, /readyz what the process makes of itself."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from shared.environment import Environment
from shared.errors import FatalError

Answer = Callable[[web.Request], Awaitable[web.Response]]
"""Answer a question for readiness."""


@asynccontextmanager
async def serving_health(environment: Environment, readyz: Answer) -> AsyncIterator[None]:
    """Serve health while the block runs; raises FatalError where the port is in use."""
    server = web.Application()
    server.router.add_get("/healthz", _healthz)
    server.router.add_get("/readyz", readyz)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, environment.host, environment.health_port).start()
    except OSError as error:
        await runner.cleanup()
        raise FatalError(f"DONDOC_HEALTH_PORT {environment.health_port}: {error.strerror}; choose another port") from error
    try:
        yield
    finally:
        await runner.cleanup()


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})
