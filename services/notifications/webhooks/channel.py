"""The courier's channel to webhooks: signs a notice, sends it, and says what came of it.

2xx is delivered. 410 Gone is final and disables the webhook. 3xx (never followed) and every other status are tried again, as is what was
surely not sent. What broke off after the request was begun, without a status, is unknown: it may have been taken.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from services.notifications.contacts import Author
from services.notifications.delivering.channel import Message, Outcome
from services.notifications.domain.deliveries import Kind
from services.notifications.domain.destinations import Reach, UnfitDestinationError, parse_destination
from services.notifications.domain.retries import read_retry_after
from services.notifications.webhooks.configuration import WebhookSettings
from services.notifications.webhooks.messages import body_of
from services.notifications.webhooks.sending import Answer, Sender
from services.notifications.webhooks.signing import headers_of
from services.notifications.webhooks.store import (
    Change,
    DisabledWhy,
    Signing,
    disable_webhook,
    note_failure,
    note_success,
    read_signing,
)
from services.notifications.webhooks.vault import SealedSecretError, Vault
from shared.clock import Clock, system_clock
from shared.postgres import Pool, is_transient

logger = logging.getLogger(__name__)

PATIENCE: Final = timedelta(days=5)
"""A webhook that took nothing for so long is disabled."""
COURIER: Final = Author("service:courier", None)
GONE: Final = 410
BUSY: Final = (429, 503)

_OURS: Final = ("no-secret", "secret-sealed")
"""Failures that are not the receiver's."""


class WebhookChannel:
    """Sends notices to webhooks; instants are real time, `patience` is for how long one may fail."""

    kind: Kind = "webhook"

    def __init__(
        self, pool: Pool, settings: WebhookSettings, public_url: str, *, sender: Sender | None = None, clock: Clock = system_clock,
        patience: timedelta = PATIENCE,
    ) -> None:  # fmt: skip
        self._pool = pool
        self._reach: Reach = settings.reach
        self._vault: Vault = settings.vault
        self._public_url = public_url
        self._sender = sender or Sender(settings.reach, settings.tls)
        self._clock = clock
        self._patience = patience

    async def attempt(self, message: Message) -> Outcome:
        """Try to send a notice once."""
        now = await self._clock()
        signing = await read_signing(self._pool, message.contact, now)
        if signing is None:
            return Outcome("withdrawn", "removed", "the webhook was removed")
        if signing.disabled_why is not None:
            return Outcome("withdrawn", "disabled", signing.disabled_why)
        outcome = await self._send(message, signing, now)
        try:
            await self._learn(message, outcome, now)
        except Exception as error:  # what came of the attempt is worth more than what is learned from it
            if not is_transient(error):
                raise
            logger.warning("webhook %s: what came of an attempt was not kept: %s", message.contact, error or type(error).__name__)
        return outcome

    async def _send(self, message: Message, signing: Signing, now: datetime) -> Outcome:
        if not signing.sealed:
            return Outcome("deferred", "no-secret", "the webhook has no secret; rotate it to make one")
        try:
            keys = [self._vault.open(each, message.contact) for each in signing.sealed]
            destination = parse_destination(message.address, self._reach)
        except SealedSecretError as error:
            return Outcome("deferred", "secret-sealed", str(error))
        except UnfitDestinationError as error:
            return Outcome("deferred", "not-allowed", str(error))
        body = body_of(message, self._public_url)
        headers = {**headers_of(keys, str(message.notice.notice), now, body), "Content-Type": "application/json"}
        return outcome_of(await self._sender.post(destination, headers, body), now)

    async def _learn(self, message: Message, outcome: Outcome, now: datetime) -> None:
        """Disable a webhook that is gone, or that has failed for too long; another attempt may have learned something meanwhile."""
        if outcome.kind == "delivered":
            await note_success(self._pool, message.contact, message.address)
        elif outcome.kind == "refused":
            await self._disable(message, "gone", now)
        elif outcome.code not in _OURS:
            since = await note_failure(self._pool, message.contact, message.address, now)
            if now - since >= self._patience:
                await self._disable(message, "failing", now)

    async def _disable(self, message: Message, why: DisabledWhy, now: datetime) -> None:
        if await disable_webhook(self._pool, message.contact, message.address, why, Change(COURIER, now)):
            logger.warning("webhook %s of %s is disabled, until somebody enables it: %s", message.contact, message.unit.code, why)


def outcome_of(answer: Answer, now: datetime) -> Outcome:
    """Return what an answer comes to; Retry-After counts where the receiver is busy."""
    status = answer.status
    if status is None:
        return Outcome("unknown" if answer.is_sent else "deferred", answer.failure, answer.detail)
    if 200 <= status < 300:  # noqa: PLR2004  RFC 9110, 15.3
        return Outcome("delivered", str(status), answer.detail)
    if status == GONE:
        return Outcome("refused", str(status), answer.detail)
    if 300 <= status < 400:  # noqa: PLR2004  RFC 9110, 15.4
        return Outcome("deferred", "redirect", f"{status}: redirects are not followed")
    asked = read_retry_after(answer.headers.get("retry-after"), now) if status in BUSY else None
    return Outcome("deferred", str(status), answer.detail, asked)
