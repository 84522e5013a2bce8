"""What happens beside an answer: readings of other units' data are written down first, and streams end with their session."""

import asyncio
import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clock import system_clock
from shared.identity import sessions
from shared.identity.audit import record
from shared.identity.principals import Principal
from shared.identity.sessions import Session
from shared.postgres import is_transient
from shared.web.door import Door
from shared.web.problems import absent

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 600
"""A page that keeps itself up to date opens the same thing over and over: it is written down once in ten minutes."""
REMEMBERED = 10_000


class Readings:
    """Writes down who opened what, before it is answered: what cannot be written down is not shown."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._told: dict[tuple[str, str], float] = {}

    def noting(self, who: Principal, thing: str, address: str, scope: Scope, send: Send) -> Send:
        """Return a `send` that first writes down that a thing was opened, where the answer shows it."""
        is_held_back = False

        async def send_noted(message: Message) -> None:
            nonlocal is_held_back
            if message["type"] == "http.response.start" and message["status"] < 300:  # noqa: PLR2004  a success
                try:
                    await self._note(who, thing, address)
                except Exception as error:
                    if not is_transient(error):
                        raise
                    is_held_back = True
                    await absent(error)(scope, _receive_nothing, send)
            if not is_held_back:
                await send(message)

        return send_noted

    async def _note(self, who: Principal, thing: str, address: str) -> None:
        now = (await system_clock()).timestamp()
        if now - self._told.get((who.actor, thing), 0) < AGAIN_SECONDS:
            return
        await record(await self._door.pool(), actor=who.actor, action="read", object=thing, address=address, detail={"role": who.role})
        if len(self._told) >= REMEMBERED:
            self._told.clear()
        self._told[who.actor, thing] = now


async def _receive_nothing() -> Message:
    return {"type": "http.disconnect"}


def watched(app: ASGIApp, door: Door, session: Session) -> ASGIApp:
    """Return an app whose answer ends soon after the session has: a stream must not outlive a sign-out or a lock."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        serving = asyncio.ensure_future(app(scope, receive, sending))
        watching = asyncio.ensure_future(_end_of(door, session))
        try:
            await asyncio.wait((serving, watching), return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                await serving
        finally:
            for task in (serving, watching):
                task.cancel()
            await asyncio.gather(serving, watching, return_exceptions=True)
        if has_begun and watching.done() and not watching.cancelled():
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return serve


async def _end_of(door: Door, session: Session) -> None:
    """Return once a session has ended; while nobody can tell, it goes on."""
    while True:
        await asyncio.sleep(door.watch_seconds)
        try:
            if not await sessions.is_alive(await door.pool(), session.token_hash):
                return
        except Exception as error:
            if not is_transient(error):
                raise
            logger.warning("cannot tell whether a session goes on: %s", error or type(error).__name__)
