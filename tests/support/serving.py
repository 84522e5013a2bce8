"""A real uvicorn server in the test's own event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from shared.web.protocol import LimitedProtocol
from tests.support.waiting import eventually


@asynccontextmanager
async def serving(app: FastAPI, port: int = 0) -> AsyncIterator[str]:
    """Serve an app on a loopback port (0: a free one) and yield its base address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, http=LimitedProtocol, lifespan="on", log_config=None, access_log=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())

    async def has_begun() -> bool:
        return server.started or running.done()

    try:
        await eventually(has_begun)
        if running.done():
            running.result()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running
