"""What follows the database for live inboxes outlives whatever asyncpg says of a connection that breaks."""

import asyncio

import asyncpg
import pytest

from services.notifications import inbox
from services.notifications.inbox import Bell


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed"),
        ConnectionResetError(),
    ],
    ids=["asyncpg's own", "uvloop's", "the system's"],
)
async def test_a_connection_that_breaks_is_made_again(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, enough = 0, asyncio.Event()

    async def connect(*_arguments: object, **_options: object) -> object:
        nonlocal asked
        asked += 1
        if asked > 1:
            enough.set()
        raise error

    monkeypatch.setattr(inbox, "connect", connect)
    monkeypatch.setattr(inbox, "RETRY_SECONDS", 0.0)
    running = asyncio.create_task(Bell("postgresql://nowhere").run())
    try:
        await asyncio.wait_for(enough.wait(), 5)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
