"""Sessions of people: a random token in a cookie, of which only the SHA-256 is kept; they end idle, by age, or as an account changes."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from shared.clock import system_clock
from shared.identity.principals import PersonRole, Principal
from shared.identity.queries import QUERIES
from shared.postgres import Connection, Pool

Proof = Literal["password", "provider"]
"""What proved who somebody is."""
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(seconds=60)
"""How often it is written down that a session is used."""
BROWSER_LENGTH = 300
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person; `token_hash` is the session's key, `csrf` what each of its unsafe requests repeats."""

    account: UUID
    name: str
    full_name: str
    role: PersonRole
    unit: UUID | None
    must_change: bool
    token_hash: bytes
    csrf: str

    @property
    def principal(self) -> Principal:
        """Return who asks."""
        return Principal("account", self.name, self.role, self.unit)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A session as its person sees it."""

    token_hash: bytes
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str


async def begin(connection: Connection, account: UUID, *, proof: Proof, address: str, browser: str) -> str:
    """Begin a session and return its token; old ones are swept away meanwhile."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), await system_clock()
    await connection.execute(QUERIES["sweep_sessions"], now - IDLE, now - ABSOLUTE)
    await connection.execute(QUERIES["begin_session"], hash_of(token), account, proof, now, address, browser[:BROWSER_LENGTH])
    return token


async def find(pool: Pool, token: str, *, touch: bool = True) -> Session | None:
    """Return the session of a token, None where it is unknown, has ended, or the account is locked.

    With `touch` the person is at work; what a page asks for by itself does not keep a session alive.
    """
    now, token_hash = await system_clock(), hash_of(token)
    row = await pool.fetchrow(QUERIES["find_session"], token_hash, now - IDLE, now - ABSOLUTE)
    if row is None:
        return None
    if touch and now - row["seen_at"] > TOUCH:
        await pool.execute(QUERIES["touch_session"], token_hash, now)
    return Session(
        row["account"], row["name"], row["full_name"], row["role"], row["unit"], row["must_change"], token_hash, csrf_of(token)
    )  # fmt: skip


async def is_alive(pool: Pool, token_hash: bytes) -> bool:
    """Tell whether a session goes on; asking does not keep it alive."""
    now = await system_clock()
    return await pool.fetchrow(QUERIES["find_session"], token_hash, now - IDLE, now - ABSOLUTE) is not None


async def list_of(pool: Pool, account: UUID) -> list[Listed]:
    """Return an account's sessions, used last first."""
    now = await system_clock()
    return [Listed(**row) for row in await pool.fetch(QUERIES["list_sessions"], account, now - IDLE, now - ABSOLUTE)]


async def end(pool: Pool, token_hash: bytes) -> None:
    """End a session."""
    await pool.execute(QUERIES["end_session"], token_hash)


async def end_others(pool: Pool, account: UUID, token_hash: bytes) -> None:
    """End all sessions of an account but one."""
    await pool.execute(QUERIES["end_sessions"], account, token_hash)


def hash_of(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def csrf_of(token: str) -> str:
    """Return what the unsafe requests of a session repeat; it tells nothing of the token."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_csrf(session: Session, told: str) -> bool:
    """Tell whether a request repeats the right word."""
    return hmac.compare_digest(session.csrf.encode(), told.encode())
