"""The courier's channel to mail."""

import ssl

from services.notifications.delivering.channel import Message, Outcome
from services.notifications.domain.deliveries import Kind
from services.notifications.mail.composing import Composer, From
from services.notifications.mail.sending import STEP_SECONDS, Envelope, hand_in
from services.notifications.mail.server import Server
from shared.clock import Clock, system_clock


class MailChannel:
    """Sends notices through one SMTP server; the Date of a message is real time."""

    kind: Kind = "mail"

    def __init__(
        self, server: Server, sender: From, public_url: str, *, tls: ssl.SSLContext | None = None, clock: Clock = system_clock,
        step_seconds: float = STEP_SECONDS,
    ) -> None:  # fmt: skip
        self._server = server
        self._composer = Composer(sender, public_url)
        self._sender = sender
        self._tls = tls or ssl.create_default_context()
        self._clock = clock
        self._step_seconds = step_seconds

    async def attempt(self, message: Message) -> Outcome:
        """Try to hand a notice in once."""
        content = self._composer.compose(message, await self._clock())
        envelope = Envelope(self._sender.address, message.address, content)
        return await hand_in(self._server, envelope, self._tls, step_seconds=self._step_seconds)
