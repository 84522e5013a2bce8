"""An SMTP server on loopback that can be cut, refuse, or hang at every step of the protocol, and keeps what it took."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from services.notifications.mail.server import Security, Server

Step = Literal["greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "body", "end", "QUIT"]
"""`body`: while it is sent; `end`: after the final dot, before the answer (the message is taken all the same)."""

STEPS: tuple[Step, ...] = ("greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "body", "end", "QUIT")
GOOD = {"greeting": "220 ready", "STARTTLS": "220 go ahead", "DATA": "354 go ahead", "QUIT": "221 bye", "AUTH": "235 welcome"}
USER, PASSWORD = "dondoc", "mat khau/@:"


@dataclass(frozen=True)
class Fault:
    """What goes wrong at a step: the connection is closed or reset, nothing is said any more, or an answer is given."""

    step: Step
    act: Literal["close", "reset", "hang", "answer"]
    answer: str = ""


@dataclass
class Taken:
    """A message as the server took it."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class SmtpServer:
    """The server: its faults, one a connection, none after the last one; `taken` are the messages that it answers for or may answer for."""

    faults: list[Fault | None] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    security: Security = "plain"
    taken: list[Taken] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def address(self, host: str = "localhost", *, user: str = "", password: str = "") -> Server:
        """Return the server as a client knows it."""
        return Server(host, self.port, self.security, user, password)


class _EndError(Exception):
    """The connection is over."""


class _Dialogue:
    """One connection."""

    def __init__(self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._fault = server.faults.pop(0) if server.faults else None
        self._sender = self._recipient = ""

    async def run(self) -> None:
        await self._answer("greeting")
        while line := await self._reader.readline():
            text = line.decode("ascii").rstrip("\r\n")
            word = text.partition(" ")[0].upper()
            await getattr(self, f"_on_{word.lower()}")(text)

    async def _answer(self, step: Step) -> bool:
        """Say what is said at a step, and return whether all goes on; a fault may end it."""
        await self._spoil(step)
        fault = self._fault
        if fault and (fault.step, fault.act) == (step, "answer"):
            await self._say(fault.answer)
            return False
        await self._say(GOOD.get(step, "250 OK"))
        return True

    async def _spoil(self, step: Step) -> None:
        fault = self._fault
        if fault is None or fault.step != step or fault.act == "answer":
            return
        if fault.act == "hang":
            await asyncio.Event().wait()
        if fault.act == "reset":
            self._writer.transport.abort()
        raise _EndError

    async def _say(self, text: str) -> None:
        self._writer.write(text.encode() + b"\r\n")
        await self._writer.drain()

    async def _on_ehlo(self, _text: str) -> None:
        await self._spoil("EHLO")
        offers = ["STARTTLS"] if self._server.security == "starttls" and not self._is_secure() else ["AUTH PLAIN"]
        if self._fault and (self._fault.step, self._fault.act) == ("EHLO", "answer"):
            await self._say(self._fault.answer)
        else:
            await self._say("250-localhost\r\n" + "".join(f"250-{offer}\r\n" for offer in offers) + "250 SIZE 10000000")

    async def _on_helo(self, _text: str) -> None:
        await self._answer("EHLO")

    def _is_secure(self) -> bool:
        return self._writer.get_extra_info("ssl_object") is not None

    async def _on_starttls(self, _text: str) -> None:
        if await self._answer("STARTTLS") and self._server.tls:
            await self._writer.start_tls(self._server.tls, ssl_handshake_timeout=1.0)

    async def _on_auth(self, text: str) -> None:
        _, user, password = base64.b64decode(text.split(" ")[2]).decode().split("\0")
        if (user, password) != (USER, PASSWORD):
            await self._say("535 no")
        elif await self._answer("AUTH"):
            self._server.signed_in.append(user)

    async def _on_mail(self, text: str) -> None:
        self._sender = text.partition("<")[2].partition(">")[0]
        await self._answer("MAIL")

    async def _on_rcpt(self, text: str) -> None:
        self._recipient = text.partition("<")[2].partition(">")[0]
        await self._answer("RCPT")

    async def _on_data(self, _text: str) -> None:
        if not await self._answer("DATA"):
            return
        content = await self._reader.readline()
        await self._spoil("body")
        while (line := await self._reader.readline()) != b".\r\n":
            if not line:
                raise _EndError
            content += line[1:] if line.startswith(b".") else line
        if not (self._fault and (self._fault.step, self._fault.act) == ("end", "answer")):
            self._server.taken.append(Taken(self._sender, self._recipient, content))
        await self._answer("end")

    async def _on_quit(self, _text: str) -> None:
        await self._answer("QUIT")
        raise _EndError


@asynccontextmanager
async def smtp_server(*faults: Fault | None, security: Security = "plain", tls: ssl.SSLContext | None = None) -> AsyncIterator[SmtpServer]:
    """Run a server while the block runs."""
    kept = SmtpServer([*faults], tls, security)
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        kept.connections += 1
        try:
            with suppress(_EndError, OSError, ssl.SSLError, asyncio.CancelledError):
                await _Dialogue(kept, reader, writer).run()
        finally:
            running.discard(task)
            writer.transport.abort()  # a handshake that failed is never reported as closed

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls if security == "tls" else None)
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        server.close()
        for task in [*running]:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()
