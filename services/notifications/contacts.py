"""How units are reached: personal or secret data, kept beside the log and never in it; every change leaves a line in the audit log.

The audit log says who changed which contact of which unit and what kind it is, not the address itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from services.notifications.domain.deliveries import lane_of
from services.notifications.queries import QUERIES
from shared.errors import NotFoundError, RefusedError
from shared.identity.audit import record
from shared.postgres import Connection, Pool

Kind = Literal["mail", "telephone", "webhook"]


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach a unit; `value` is a mail address, a telephone number or the URL of a webhook."""

    id: UUID
    kind: Kind
    value: str
    label: str | None
    changed_at: datetime


class Contacts(msgspec.Struct, frozen=True):
    """All contacts of a unit."""

    items: list[Contact]


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, as the audit log names it, and from where."""

    actor: str
    address: str | None


async def read_contacts(pool: Pool, unit: UUID) -> Contacts:
    """Return the contacts of a unit, by kind and value."""
    rows = await pool.fetch(QUERIES["read_contacts"], unit)
    return Contacts([Contact(**row) for row in rows])


async def put_contact(pool: Pool, unit: UUID, contact: Contact, author: Author) -> bool:
    """Add a contact, or change the one of this id; return whether it is new.

    Raises NotFoundError where another unit has a contact of this id, RefusedError where this unit has the same value under another id.
    """
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        try:
            put = await connection.fetchrow(
                QUERIES["put_contact"], contact.id, unit, contact.kind, contact.value, contact.label, contact.changed_at
            )
        except asyncpg.UniqueViolationError as error:
            raise RefusedError("contact-twice", "the unit has this contact under another id", "đơn vị đã có đầu mối liên hệ này") from error
        if put is None:
            raise NotFoundError("contact", str(contact.id))
        if put["is_moved"]:
            await readdress(connection, contact.id, None if contact.kind == "telephone" else lane_of(contact.kind, contact.value))
        await _note(connection, "contact-added" if put["is_new"] else "contact-changed", unit, contact.id, contact.kind, author)
    return bool(put["is_new"])


async def delete_contact(pool: Pool, unit: UUID, contact: UUID, author: Author) -> None:
    """Remove a contact of a unit, or raise NotFoundError."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        kind = await connection.fetchval(QUERIES["delete_contact"], contact, unit)
        if kind is None:
            raise NotFoundError("contact", str(contact))
        await readdress(connection, contact)
        await _note(connection, "contact-removed", unit, contact, kind, author)


async def readdress(connection: Connection, contact: UUID, lane: str | None = None) -> None:
    """Let what is pending for a contact go to its present address, or nowhere, at once: it was changed, removed or enabled.

    Where it was disabled, what is pending keeps its time, so that it is still sent to a webhook that is enabled again before that.
    """
    await connection.execute(QUERIES["readdress_deliveries"], contact, lane)


async def _note(connection: Connection, action: str, unit: UUID, contact: UUID, kind: str, author: Author) -> None:
    detail = {"contact": str(contact), "kind": kind}
    await record(connection, actor=author.actor, action=action, object=f"contacts:{unit}", detail=detail, address=author.address)
