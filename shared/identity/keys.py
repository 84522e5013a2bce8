"""API keys of publishers: made, rotated, revoked, listed; only a key's SHA-256 is kept.

A key is `dd_`, a public part of 8 characters by which people tell keys apart, `_`, a secret of 24 characters (142 bits) and a check of 6
(CRC-32 over what stands before it), all in base 62: so a key that was mistyped is told from one that nobody has, and programs that look
for lost secrets find it by `dd_[0-9A-Za-z]{8}_[0-9A-Za-z]{30}`.
"""

import hashlib
import re
import secrets
import string
import zlib
from datetime import datetime, timedelta

import msgspec

from shared.clock import system_clock
from shared.identity.audit import record
from shared.postgres import Connection
from shared.sql import Queries

QUERIES = Queries("shared.identity", "sql/keys.sql")
PREFIX = "dd_"
PATTERN = re.compile(r"dd_[0-9A-Za-z]{8}_[0-9A-Za-z]{30}")
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH = 8
SECRET_LENGTH = 24
CHECK_LENGTH = 6


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a key: everything but the key."""

    id: str
    publisher: str
    made_at: datetime
    made_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    def counts(self, now: datetime) -> bool:
        """Tell whether the key opens anything at an instant."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def make_key() -> str:
    """Return a new key."""
    body = f"{PREFIX}{_random(ID_LENGTH)}_{_random(SECRET_LENGTH)}"
    return body + check_of(body)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def check_of(body: str) -> str:
    """Return the check that ends a key: CRC-32 over what stands before it, in base 62."""
    rest, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECK_LENGTH):
        rest, digit = divmod(rest, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def is_well_formed(key: str) -> bool:
    """Tell whether a text has the form of a key, its check included."""
    return PATTERN.fullmatch(key) is not None and check_of(key[:-CHECK_LENGTH]) == key[-CHECK_LENGTH:]


def hash_of(key: str) -> bytes:
    """Return what is kept of a key; a slow hash would protect nothing, since a key is random."""
    return hashlib.sha256(key.encode()).digest()


def id_of(key: str) -> str:
    """Return the public part of a key."""
    return key[len(PREFIX) : len(PREFIX) + ID_LENGTH]


async def issue_key(connection: Connection, publisher: str, *, by: str, expires_at: datetime | None = None) -> str:
    """Make a key for a publisher and return it; it is never shown again."""
    async with connection.transaction():
        return await _add(connection, publisher, by, expires_at)


async def _add(connection: Connection, publisher: str, by: str, expires_at: datetime | None) -> str:
    key = make_key()
    await connection.execute(QUERIES["add_key"], id_of(key), hash_of(key), publisher, await system_clock(), by, expires_at)
    detail = {"key": id_of(key), "expires_at": expires_at}
    await record(connection, actor=by, action="key-issued", object=_named(publisher), detail=detail)
    return key


async def rotate_key(connection: Connection, publisher: str, *, by: str, overlap: timedelta) -> str:
    """Make another key for a publisher and return it; the keys before it live on for `overlap`, none longer than it would have."""
    now = await system_clock()
    async with connection.transaction():
        await connection.execute(QUERIES["end_keys"], publisher, now + overlap)
        key = await _add(connection, publisher, by, None)
        detail = {"key": id_of(key), "others_end_at": now + overlap}
        await record(connection, actor=by, action="key-rotated", object=_named(publisher), detail=detail)
    return key


async def revoke_keys(connection: Connection, publisher: str, *, by: str) -> list[str]:
    """Revoke all keys of a publisher that still count and return their public parts; they end within seconds, everywhere."""
    async with connection.transaction():
        revoked = [row["id"] for row in await connection.fetch(QUERIES["revoke_keys"], publisher, await system_clock())]
        await record(connection, actor=by, action="keys-revoked", object=_named(publisher), detail={"keys": revoked})
    return revoked


async def list_keys(connection: Connection, publisher: str | None = None) -> list[Key]:
    """Return a publisher's keys, or everybody's, oldest first."""
    return [Key(**row) for row in await connection.fetch(QUERIES["list_keys"], publisher)]


def _named(publisher: str) -> str:
    return f"publisher:{publisher}"
