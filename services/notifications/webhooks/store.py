"""Webhooks in and out of the database; every change leaves a line in the audit log, which never holds a secret or an address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

import asyncpg
import msgspec

from services.notifications.contacts import Author, readdress
from services.notifications.domain import NAMESPACE
from services.notifications.webhooks.queries import QUERIES
from services.notifications.webhooks.signing import new_secret, write_secret
from services.notifications.webhooks.vault import Vault
from shared.errors import NotFoundError, RefusedError
from shared.identity.audit import record
from shared.identity.principals import EVERYTHING, Sight
from shared.postgres import Connection, Pool

OVERLAP = timedelta(hours=24)
"""For how long a secret counts after another one took its place."""

State = Literal["enabled", "disabled", "no-secret"]
DisabledWhy = Literal["gone", "failing"]
"""Its server said that it is there no more (410), or it took nothing for days."""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook of a unit; `previous_until` is until when the secret before the present one still signs, too."""

    id: UUID
    unit: UUID
    unit_code: str | None
    unit_name: str | None
    url: str
    label: str | None
    state: State
    changed_at: datetime
    secret_made_at: datetime | None
    previous_until: datetime | None
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_why: DisabledWhy | None


class Webhooks(msgspec.Struct, frozen=True):
    """Webhooks that the asker may see."""

    items: list[Webhook]


class Keyed(msgspec.Struct, frozen=True):
    """A webhook with its new secret, which is told this once and never again."""

    webhook: Webhook
    secret: str


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes what, and when; `sight` is whose webhooks there are for them."""

    author: Author
    at: datetime
    sight: Sight = EVERYTHING


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook to add."""

    unit: UUID
    url: str
    label: str | None

    @property
    def id(self) -> UUID:
        """Return the id that a unit's webhook at this address has, whoever adds it."""
        return uuid5(NAMESPACE, f"webhook\n{self.unit}\n{self.url}")


@dataclass(frozen=True, slots=True)
class Signing:
    """With what a webhook is signed, sealed, the newest first, and why it is sent nothing, where it is not."""

    sealed: tuple[bytes, ...]
    disabled_why: str | None


async def list_webhooks(pool: Pool, sight: Sight, at: datetime, unit: UUID | None = None) -> Webhooks:
    """Return webhooks by unit and address."""
    return Webhooks([_webhook(row) for row in await pool.fetch(QUERIES["list_webhooks"], sight.unit, unit, None, at)])


async def read_webhook(connection: Connection | Pool, webhook: UUID, sight: Sight, at: datetime) -> Webhook:
    """Return one webhook, or raise NotFoundError where it is not there for the asker."""
    row = await connection.fetchrow(QUERIES["list_webhooks"], sight.unit, None, webhook, at)
    if row is None:
        raise NotFoundError("webhook", str(webhook))
    return _webhook(row)


async def add_webhook(pool: Pool, vault: Vault, new: NewWebhook, change: Change) -> Keyed:
    """Add a webhook with a secret of its own; raises RefusedError where the unit has it already, or where no secret can be kept."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        try:
            await connection.execute(QUERIES["add_webhook"], new.id, new.unit, new.url, new.label, change.at)
        except asyncpg.UniqueViolationError as error:
            raise RefusedError("contact-twice", "the unit has this webhook already", "Đơn vị đã có webhook này.") from error
        secret = await _add_secret(connection, vault, new.id, change.at)
        await _note(connection, "webhook-added", new.unit, new.id, change)
        return Keyed(await read_webhook(connection, new.id, change.sight, change.at), write_secret(secret))


async def rotate_secret(pool: Pool, vault: Vault, webhook: UUID, change: Change) -> Keyed:
    """Give a webhook a new secret; the present one signs beside it for a day more. Raises NotFoundError or RefusedError."""
    async with _locked(pool, webhook, change) as (connection, unit):
        await connection.execute(QUERIES["retire_secrets"], webhook, change.at + OVERLAP)
        secret = await _add_secret(connection, vault, webhook, change.at)
        await _note(connection, "webhook-rotated", unit, webhook, change)
        return Keyed(await read_webhook(connection, webhook, change.sight, change.at), write_secret(secret))


async def remove_webhook(pool: Pool, webhook: UUID, change: Change) -> None:
    """Remove a webhook, or raise NotFoundError."""
    async with _locked(pool, webhook, change) as (connection, unit):
        await connection.execute(QUERIES["remove_webhook"], webhook)
        await readdress(connection, webhook)
        await _note(connection, "webhook-removed", unit, webhook, change)


async def enable_webhook(pool: Pool, webhook: UUID, change: Change) -> Webhook:
    """Send a webhook notices again, or raise NotFoundError."""
    async with _locked(pool, webhook, change) as (connection, unit):
        await connection.execute(QUERIES["enable_webhook"], webhook)
        await readdress(connection, webhook)
        await _note(connection, "webhook-enabled", unit, webhook, change)
        return await read_webhook(connection, webhook, change.sight, change.at)


async def disable_webhook(pool: Pool, webhook: UUID, url: str, why: DisabledWhy, change: Change) -> bool:
    """Send a webhook nothing any more, and return whether it was still enabled, at this address."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        unit = await connection.fetchval(QUERIES["disable_webhook"], webhook, url, change.at, why)
        if unit is not None:
            await _note(connection, "webhook-disabled", unit, webhook, change, why=why)
    return unit is not None


async def note_test(pool: Pool, webhook: Webhook, outcome: str, change: Change) -> None:
    """Write down that somebody tried a webhook, and what came of it."""
    async with pool.acquire(timeout=5) as connection:
        await _note(connection, "webhook-tested", webhook.unit, webhook.id, change, outcome=outcome)


async def read_signing(pool: Pool, webhook: UUID, at: datetime) -> Signing | None:
    """Return with what a webhook is signed at an instant, None where it is gone."""
    row = await pool.fetchrow(QUERIES["read_secrets"], webhook, at)
    if row is None:
        return None
    return Signing(tuple(row["secrets"]), row["disabled_why"] if row["disabled_at"] else None)


async def note_success(pool: Pool, webhook: UUID, url: str) -> None:
    """Forget that a webhook had been failing at an address."""
    await pool.execute(QUERIES["note_success"], webhook, url)


async def note_failure(pool: Pool, webhook: UUID, url: str, at: datetime) -> datetime:
    """Return since when a webhook has been failing at an address without any success, this failure included."""
    since: datetime | None = await pool.fetchval(QUERIES["note_failure"], webhook, url, at)
    return since or at


@asynccontextmanager
async def _locked(pool: Pool, webhook: UUID, change: Change) -> AsyncIterator[tuple[Connection, UUID]]:
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        unit = await connection.fetchval(QUERIES["lock_webhook"], webhook, change.sight.unit)
        if unit is None:
            raise NotFoundError("webhook", str(webhook))
        yield connection, unit


async def _add_secret(connection: Connection, vault: Vault, webhook: UUID, at: datetime) -> bytes:
    secret = new_secret()
    await connection.execute(QUERIES["add_secret"], webhook, at, vault.seal(secret, webhook))
    return secret


async def _note(connection: Connection, action: str, unit: UUID, webhook: UUID, change: Change, **more: str) -> None:
    detail = {"webhook": str(webhook), **more}
    author = change.author
    await record(connection, actor=author.actor, action=action, object=f"contacts:{unit}", detail=detail, address=author.address)


def _webhook(row: asyncpg.Record) -> Webhook:
    state: State = "disabled" if row["disabled_at"] else "enabled" if row["made_at"] else "no-secret"
    return Webhook(
        id=row["id"], unit=row["unit"], unit_code=row["code"], unit_name=row["name"], url=row["url"], label=row["label"], state=state,
        changed_at=row["changed_at"], secret_made_at=row["made_at"], previous_until=row["previous_until"],
        failing_since=row["failing_since"], disabled_at=row["disabled_at"], disabled_why=row["disabled_why"],
    )  # fmt: skip
