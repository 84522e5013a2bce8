"""What the endpoints and pages of webhooks do: see that an address may be sent to, and try a webhook at once."""

import secrets
import time
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from services.notifications.delivering.channel import OutcomeKind
from services.notifications.domain.destinations import UnfitDestinationError, parse_destination
from services.notifications.webhooks.channel import outcome_of
from services.notifications.webhooks.configuration import WebhookSettings
from services.notifications.webhooks.messages import ping_of
from services.notifications.webhooks.sending import Sender
from services.notifications.webhooks.signing import headers_of
from services.notifications.webhooks.store import Change, Keyed, NewWebhook, Webhook, add_webhook, note_test, read_signing, read_webhook
from services.notifications.webhooks.vault import SealedSecretError
from shared.errors import RefusedError
from shared.postgres import Pool


class Trial(msgspec.Struct, frozen=True):
    """What came of trying a webhook: `code` is a status or a stable word, `detail` what was said."""

    outcome: OutcomeKind
    code: str
    detail: str
    milliseconds: int


@dataclass
class Keeper:
    """Keeps the webhooks of an installation, as the web part has it."""

    settings: WebhookSettings
    sender: Sender
    _tried: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, settings: WebhookSettings) -> "Keeper":
        """Return a keeper that sends to where the settings allow."""
        return cls(settings, Sender(settings.reach, settings.tls))

    async def add(self, pool: Pool, new: NewWebhook, change: Change) -> Keyed:
        """Add a webhook; raises RefusedError for an address that webhooks may not have."""
        try:
            parse_destination(new.url, self.settings.reach)
        except UnfitDestinationError as error:
            reason_vi = "Địa chỉ webhook phải là địa chỉ https công khai, không có tên đăng nhập, mật khẩu hay phần sau dấu #."
            raise RefusedError("unfit-destination", str(error), reason_vi) from error
        return await add_webhook(pool, self.settings.vault, new, change)

    async def try_out(self, pool: Pool, webhook: UUID, change: Change) -> Trial:
        """Send a signed trial at once, disabled or not; raises NotFoundError, or RefusedError while another trial is under way."""
        found = await read_webhook(pool, webhook, change.sight, change.at)
        if webhook in self._tried:
            raise RefusedError("trial-under-way", "this webhook is being tried already", "Đang gửi thử, hãy chờ kết quả.")
        self._tried.add(webhook)
        try:
            trial = await self._try(pool, found, change)
        finally:
            self._tried.discard(webhook)
        await note_test(pool, found, trial.code, change)
        return trial

    async def _try(self, pool: Pool, webhook: Webhook, change: Change) -> Trial:
        signing = await read_signing(pool, webhook.id, change.at)
        if signing is None or not signing.sealed:
            return Trial("deferred", "no-secret", "the webhook has no secret; make one first", 0)
        body = ping_of(webhook.unit_code or "", change.at)
        try:
            keys = [self.settings.vault.open(each, webhook.id) for each in signing.sealed]
            destination = parse_destination(webhook.url, self.settings.reach)
        except SealedSecretError as error:
            return Trial("deferred", "secret-sealed", str(error), 0)
        except UnfitDestinationError as error:
            return Trial("deferred", "not-allowed", str(error), 0)
        headers = {**headers_of(keys, f"trial-{secrets.token_hex(16)}", change.at, body), "Content-Type": "application/json"}
        begun = time.monotonic()
        outcome = outcome_of(await self.sender.post(destination, headers, body), change.at)
        # Whoever adds a webhook may not ask the house's name server through it.
        detail = "" if outcome.code == "not-allowed" else outcome.detail
        return Trial(outcome.kind, outcome.code, detail, round((time.monotonic() - begun) * 1000))
