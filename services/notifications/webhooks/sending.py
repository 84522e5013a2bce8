"""One attempt at a webhook over HTTP: its name is looked up once, and one of the very addresses that were looked at is connected to.

No proxy and no setting of the environment plays a part, no redirect is followed, no connection is shared between two webhooks. Before
the first byte of the request was written, whatever happens leaves the message unsent; after that, an end without a status may mean that
it was taken.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Final

import httpcore
import httpx

from services.notifications.domain.destinations import Address, Destination, Reach, refusal_of
from shared.errors import DondocError

logger = logging.getLogger(__name__)

SECONDS: Final = 15.0
"""For a whole attempt: looking up, connecting, sending, and waiting for the status."""
CONNECT_SHARE: Final = 1 / 3
"""How much of it connecting may take, and the handshake as much again, for one address of several.

httpcore 1.0 closes a connection whose time is up, and leaves one whose handshake was cancelled to the garbage collector.
"""
READ_SECONDS: Final = 2.0
"""For the body of an answer, whose status says all that counts."""
MAX_BODY: Final = 64 * 1024
MAX_ADDRESSES: Final = 4
LOOKUPS: Final = 16
"""Names looked up at a time: a slow name server holds up no thread that others need."""
EXCERPT: Final = 200
AGENT: Final = "dondoc"
_HEADERS: Final = (("User-Agent", AGENT), ("Accept", "*/*"), ("Accept-Encoding", "identity"))
_BROKEN: Final = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Return the addresses of a host; raises OSError where there is none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: the status of an answer, or by which failure there was none.

    `is_sent` tells whether any of the request was written; `failure` is a stable word, `detail` a line for people.
    """

    status: int | None = None
    failure: str = ""
    is_sent: bool = False
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Progress:
    """Hears from the HTTP library whether the request was begun to be written; keeps the answer once its status is there."""

    is_sent: bool = False
    answer: Answer | None = None

    async def hear(self, event: str, _info: object) -> None:
        if event == "http11.send_request_headers.started":
            self.is_sent = True


class _NoSuchHostError(DondocError):
    """A name has no address, or the resolver gave none."""


class Sender:
    """Sends to where an installation's webhooks may go; `resolve` looks names up."""

    def __init__(self, reach: Reach, tls: ssl.SSLContext, resolve: Resolve | None = None, seconds: float = SECONDS) -> None:
        self._reach = reach
        self._tls = tls
        self._resolve = resolve or Resolver()
        self._seconds = seconds

    async def post(self, destination: Destination, headers: Mapping[str, str], body: bytes) -> Answer:
        """Try once, within the seconds; whatever the other side does comes back as an answer."""
        progress = _Progress()
        try:
            async with asyncio.timeout(self._seconds):
                addresses = await self._look_up(destination)
                if reason := refusal_of(addresses, destination, self._reach):
                    return Answer(failure="not-allowed", detail=reason)
                return await self._post_to_first(addresses, destination, headers, body, progress)
        except _NoSuchHostError as error:
            return Answer(failure="no-such-host", detail=str(error))
        except TimeoutError:
            return progress.answer or Answer(failure="timeout", is_sent=progress.is_sent, detail=f"no answer within {self._seconds:g} s")

    async def _look_up(self, destination: Destination) -> Sequence[Address]:
        try:
            return await self._resolve(destination.host, destination.port)
        except (OSError, UnicodeError) as error:  # Python encodes names by IDNA first, which knows no label of more than 63 letters
            raise _NoSuchHostError(f"{destination.host}: {error}") from error

    async def _post_to_first(
        self, addresses: Sequence[Address], destination: Destination, headers: Mapping[str, str], body: bytes, progress: _Progress
    ) -> Answer:
        """Try addresses until one is connected to: nothing was sent to those before it."""
        answer = Answer(failure="unreachable")
        for address in addresses[:MAX_ADDRESSES]:
            answer = await self._post_to(address, destination, headers, body, progress)
            if answer.is_sent or answer.status is not None:
                break
        return answer

    async def _post_to(
        self, address: Address, destination: Destination, headers: Mapping[str, str], body: bytes, progress: _Progress
    ) -> Answer:
        url = httpx.URL(destination.url)
        host = url.netloc.decode("ascii")  # what the owner of the webhook wrote, never the address that was looked up
        sent = [("Host", host), *_HEADERS, *headers.items(), ("Content-Length", str(len(body)))]
        target = httpcore.URL(scheme=url.scheme, host=str(address), port=destination.port, target=url.raw_path)
        try:
            async with (
                # One for each attempt shares nothing with another host's; the total is limited by the caller.
                httpcore.AsyncHTTPConnection(target.origin, ssl_context=self._tls) as connection,
                connection.stream(
                    "POST", target, headers=sent, content=body, extensions=self._extensions(destination, progress)
                ) as response,
            ):
                progress.answer = Answer(response.status, is_sent=True, headers=_headers_of(response))
                return replace(progress.answer, detail=await _read_some(response))
        except _BROKEN as error:
            return _broken(error, address, is_sent=progress.is_sent)

    def _extensions(self, destination: Destination, progress: _Progress) -> dict[str, object]:
        timeout = {"connect": self._seconds * CONNECT_SHARE}
        return {"sni_hostname": destination.host, "trace": progress.hear, "timeout": timeout}


class Resolver:
    """Looks names up by the system's resolver, in threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="webhook-names")

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        """Return the addresses of a host in the order in which to try them."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port)
        return list(dict.fromkeys(ip_address(each) for each in found))


def _look_up(host: str, port: int) -> list[str]:
    return [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _headers_of(response: httpcore.Response) -> Mapping[str, str]:
    """Return the headers by their names in small letters."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


async def _read_some(response: httpcore.Response) -> str:
    """Return the beginning of a body in one line; it is read up to a size and for a while only, and what breaks off is no matter."""
    read = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in response.aiter_stream():
                read += chunk
                if len(read) >= MAX_BODY:
                    break
    except (TimeoutError, *_BROKEN) as error:
        logger.debug("the body of an answer broke off: %r", error)
    text = bytes(read[: 4 * EXCERPT]).decode("utf-8", "replace")
    return "".join(each if each.isprintable() else " " for each in text)[:EXCERPT].strip()


def _broken(error: Exception, address: Address, *, is_sent: bool) -> Answer:
    if is_sent:
        return Answer(failure="broken-off", is_sent=True, detail=f"the connection ended without an answer: {_said(error)}")
    if isinstance(error, httpcore.TimeoutException):
        return Answer(failure="timeout", detail=f"{address}: no connection in time")
    cause = _tls_error(error)
    if cause is not None:
        reason = cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else cause.reason
        return Answer(failure="tls", detail=f"{address}: {reason}")
    return Answer(failure="unreachable", detail=f"{address}: {_said(error)}")


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None
