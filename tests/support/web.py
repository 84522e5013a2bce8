"""The pages and the query API of directives on a real server and a real database; they only read, so no Kafka is needed."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace

import uvicorn

from services.directives.web import Office, build_reading
from shared.environment import Environment
from shared.errors import UnavailableError
from shared.web.app import WebPart, build_web
from tests.support.people import door_of
from tests.support.waiting import eventually

ENVIRONMENT = Environment(bootstrap="127.0.0.1:9", dsn="", partitions=4, clock="stepped", health_port=0, host="127.0.0.1", instance=None)


@asynccontextmanager
async def served(dsn: str) -> AsyncIterator[str]:
    """Serve on a free port for the block; return the address."""
    office = Office(replace(ENVIRONMENT, dsn=dsn))
    app = build_web([WebPart("directives", build_reading(office), office.opened, lambda: office.console.reader.pool)], door_of(dsn))
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))

        async def is_open() -> bool:
            try:
                return server.started and office.console is not None
            except UnavailableError:
                return False

        try:
            await eventually(is_open)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
