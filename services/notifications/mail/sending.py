"""Handing a message in at the SMTP server, step by step, so that it is known at each end whether the server may have taken it.

Up to the server's 354 nothing of a message is its own; from then on until it answers, nobody can tell (RFC 5321, 4.2.5 and 6.1).
"""

import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPException, SMTPRecipientRefused, SMTPResponseException, SMTPTimeoutError
from aiosmtplib.response import SMTPResponse

from services.notifications.delivering.channel import Outcome
from services.notifications.mail.server import Server

STEP_SECONDS: Final = 20.0
"""How long the server may take for each answer."""
QUIT_SECONDS: Final = 1.0

_START_INPUT: Final = 354
_CODES: Final = range(100, 600)
_COMPLETED, _TRANSIENT, _PERMANENT = range(200, 300), range(400, 500), range(500, 600)
"""What the first digit of an answer says (RFC 5321, 4.2.1)."""
_LEADING_DOT: Final = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as the server gets it: from and to whom, and its bytes, lines ended by CRLF."""

    sender: str
    recipient: str
    content: bytes


async def hand_in(server: Server, envelope: Envelope, tls: ssl.SSLContext, *, step_seconds: float = STEP_SECONDS) -> Outcome:
    """Hand a message in and return what came of it; "refused" is what the server says for good of this recipient or message.

    What it says against us (greeting, sign-in, sender) is put off: it is mended at the server or in the settings, not by the recipient.
    """
    client = _client(server, envelope, tls, step_seconds)
    try:
        answer = await _up_to_input(client, envelope)
        return answer or await _give(client, envelope.content, step_seconds)
    finally:
        client.close()


def _client(server: Server, envelope: Envelope, tls: ssl.SSLContext, step_seconds: float) -> SMTP:
    return SMTP(
        hostname=server.host, port=server.port, username=server.user or None, password=server.password or None,
        local_hostname=envelope.sender.rpartition("@")[2], timeout=step_seconds, use_tls=server.security == "tls",
        start_tls=server.security == "starttls", tls_context=None if server.security == "plain" else tls,
    )  # fmt: skip


async def _up_to_input(client: SMTP, envelope: Envelope) -> Outcome | None:
    """Get as far as the server's 354, or return why not."""
    try:
        await client.connect()
        await client.mail(envelope.sender)
        await client.rcpt(envelope.recipient)
        response = await client.execute_command(b"DATA")
    except SMTPRecipientRefused as error:
        return _not_taken(error.code, error.message)
    except SMTPResponseException as error:
        return Outcome("deferred", _code(error.code), error.message)
    except (SMTPException, OSError) as error:
        return Outcome("deferred", _word(error), str(error))
    return None if response.code == _START_INPUT else _not_taken(response.code, response.message)


async def _give(client: SMTP, content: bytes, step_seconds: float) -> Outcome:
    """Send the content and wait for the server's word; where it stays out, the message may have been taken."""
    protocol = client.protocol
    if protocol is None:
        return Outcome("deferred", "disconnected", "the server left after its 354")
    try:
        protocol.write(_LEADING_DOT.sub(b"..", content) + b".\r\n")
        response = await protocol.read_response(timeout=step_seconds)
    except SMTPResponseException as error:
        return Outcome("unknown", _code(error.code), error.message)
    except (SMTPException, OSError) as error:
        return Outcome("unknown", _word(error), str(error))
    with suppress(SMTPException, OSError):
        await client.quit(timeout=QUIT_SECONDS)
    return _answered(response)


def _answered(response: SMTPResponse) -> Outcome:
    if response.code in _COMPLETED:
        return Outcome("delivered", str(response.code), response.message)
    if response.code in _TRANSIENT or response.code in _PERMANENT:
        return _not_taken(response.code, response.message)
    return Outcome("unknown", _code(response.code), response.message)


def _not_taken(code: int, message: str) -> Outcome:
    """Return what an answer comes to that takes no message: before its content was sent, even a 2yz is none."""
    return Outcome("refused" if code in _PERMANENT else "deferred", _code(code), message)


def _code(code: int) -> str:
    """Return a code as the log names it: what is none of the protocol's says nothing."""
    return str(code) if code in _CODES else "malformed"


def _word(error: BaseException) -> str:
    """Return a stable word for an end without an answer."""
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return "tls"
    if isinstance(error, SMTPTimeoutError):
        return "timeout"
    return "disconnected" if isinstance(error, ConnectionError) and not isinstance(error.__cause__, OSError) else "unreachable"
