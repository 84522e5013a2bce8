"""Signing in with name and password: guesses are counted before they are judged, by account and by address."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from shared.clock import system_clock
from shared.errors import RefusedError
from shared.identity import sessions
from shared.identity.accounts import Account, account_of, fold
from shared.identity.audit import record
from shared.identity.passwords import hash_password, is_outdated, is_right
from shared.identity.queries import QUERIES
from shared.identity.sessions import Proof
from shared.postgres import Connection, Pool

WINDOW = timedelta(minutes=15)
ACCOUNT_GUESSES = 10
ADDRESS_GUESSES = 100


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where somebody signs in from."""

    address: str
    browser: str


async def sign_in(pool: Pool, name: str, password: str, visitor: Visitor) -> str:
    """Begin a session and return its token; raises RefusedError `sign-in-wrong` or `sign-in-throttled` (which tell nothing else)."""
    folded = fold(name)
    await _count_guess(pool, folded, visitor)
    row = await pool.fetchrow(QUERIES["find_account"], folded)
    # No connection is held while the hash is computed: a flood of guesses must not take the pool.
    if not await is_right(row and row["password_hash"], password) or row is None:
        raise await _refuse(pool, row and row["name"], visitor, "wrong")
    if row["locked_at"] is not None:
        raise await _refuse(pool, row["name"], visitor, "locked")
    kept = row["password_hash"]
    anew = await hash_password(password) if is_outdated(kept) else kept
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(QUERIES["rehash_password"], row["id"], anew, kept)
        await connection.execute(QUERIES["forget_guesses"], _about(folded))
        return await begin(connection, account_of(row), visitor, "password")


async def begin(connection: Connection, account: Account, visitor: Visitor, proof: Proof) -> str:
    """Begin the session of somebody who is proven, write that down, and return the token."""
    token = await sessions.begin(connection, account.id, proof=proof, address=visitor.address, browser=visitor.browser)
    await connection.execute(QUERIES["note_sign_in"], account.id, await system_clock())
    actor = f"account:{account.name}"
    await record(connection, actor=actor, action="signed-in", object=actor, address=visitor.address, detail={"proof": proof})
    return token


async def _count_guess(pool: Pool, folded: str, visitor: Visitor) -> None:
    """Count a guess first, so that many at once are not judged before any of them is counted."""
    now = await system_clock()
    await pool.execute(QUERIES["add_guess"], _about(folded), _about(visitor.address), now, now - WINDOW)
    by_account, by_address = await pool.fetchrow(QUERIES["count_guesses"], _about(folded), _about(visitor.address), now - WINDOW) or (0, 0)
    if by_account > ACCOUNT_GUESSES or by_address > ADDRESS_GUESSES:
        known = await pool.fetchval(QUERIES["find_name"], folded)
        await _note_failure(pool, known, visitor, "throttled")
        minutes = int(WINDOW.total_seconds() // 60)
        raise RefusedError(
            "sign-in-throttled", f"too many wrong guesses; try again in {minutes} minutes",
            f"Đã thử quá nhiều lần; hãy thử lại sau {minutes} phút.",
        )  # fmt: skip


async def _refuse(pool: Pool, name: str | None, visitor: Visitor, reason: str) -> RefusedError:
    await _note_failure(pool, name, visitor, reason)
    return RefusedError("sign-in-wrong", "name or password is wrong", "Tên đăng nhập hoặc mật khẩu không đúng.")


async def _note_failure(pool: Pool, name: str | None, visitor: Visitor, reason: str) -> None:
    """Write a failure down; a name that nobody has is not told, since it may be a password typed into the wrong field."""
    about = f"account:{name}" if name is not None else "account:?"
    await record(pool, actor=about, action="sign-in-failed", object=about, address=visitor.address, detail={"reason": reason})


def _about(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
