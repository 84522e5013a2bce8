"""Signing in with name and password: guesses are counted before they are judged, by account and by address.

For an account, those from an address where its person signed in before are counted apart from all others (OWASP's "device cookies", without
a cookie): whoever guesses from afar keeps nobody out.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from shared.clock import system_clock
from shared.errors import RefusedError
from shared.identity import sessions
from shared.identity.accounts import Account, account_of, fold, hash_another, set_own_password
from shared.identity.audit import record
from shared.identity.passwords import hash_password, is_outdated, is_right
from shared.identity.queries import QUERIES
from shared.identity.sessions import Proof
from shared.postgres import Connection, Pool

WINDOW = timedelta(minutes=15)
ACCOUNT_GUESSES = 10
ADDRESS_GUESSES = 100
KNOWN = timedelta(days=90)
"""For how long an address is known from which somebody signed in."""
IPV6_PREFIX = 64
"""Bits of an IPv6 address that its holder cannot choose (RFC 4291, section 2.5.4)."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where somebody signs in from."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class _Guess:
    """A guess as it is counted: for which account, of which address, when."""

    account: bytes
    address: bytes
    at: datetime


async def sign_in(pool: Pool, name: str, password: str, visitor: Visitor) -> str:
    """Begin a session and return its token; raises RefusedError `sign-in-wrong` or `sign-in-throttled` (which tell nothing else)."""
    folded = fold(name)
    guess = await _count_guess(pool, folded, visitor)
    row = await pool.fetchrow(QUERIES["find_account"], folded)
    # No connection is held while the hash is computed: a flood of guesses must not take the pool.
    if not await is_right(row and row["password_hash"], password) or row is None:
        raise await _refuse(pool, row and row["name"], visitor, "wrong")
    if row["locked_at"] is not None:
        raise await _refuse(pool, row["name"], visitor, "locked")
    kept = row["password_hash"]
    anew = await hash_password(password) if is_outdated(kept) else kept
    async with pool.acquire() as connection, connection.transaction():
        if await connection.fetchval(QUERIES["rehash_password"], row["id"], anew, kept) is not None:
            await _forget(connection, guess)
            return await begin(connection, account_of(row), visitor, "password")
    # The password was changed, or the account locked, while this one was judged.
    raise await _refuse(pool, row["name"], visitor, "wrong")


async def change_password(pool: Pool, name: str, old: str, new: str, visitor: Visitor) -> str:
    """Set one's own password, end all sessions and return the token of a new one; a wrong old password counts as a guess.

    Raises RefusedError `password-wrong`, `sign-in-throttled`, or why the new password is not accepted.
    """
    folded = fold(name)
    guess = await _count_guess(pool, folded, visitor)
    row = await pool.fetchrow(QUERIES["find_account"], folded)
    if not await is_right(row and row["password_hash"], old) or row is None:
        await _note_failure(pool, row and row["name"], visitor, "wrong")
        raise _password_wrong()
    await _forget(pool, guess)
    account = account_of(row)
    kept = await hash_another(account, old, new)
    async with pool.acquire() as connection, connection.transaction():
        if await connection.fetchval(QUERIES["rehash_password"], account.id, kept, row["password_hash"]) is not None:
            await set_own_password(connection, account, kept, address=visitor.address)
            return await begin(connection, account, visitor, "password")
    raise _password_wrong()


def _password_wrong() -> RefusedError:
    return RefusedError("password-wrong", "the present password is wrong", "Mật khẩu hiện tại không đúng.")


async def begin(connection: Connection, account: Account, visitor: Visitor, proof: Proof) -> str:
    """Begin the session of somebody who is proven, write that down, and return the token."""
    token = await sessions.begin(connection, account.id, proof=proof, address=visitor.address, browser=visitor.browser)
    await connection.execute(QUERIES["note_sign_in"], account.id, await system_clock())
    actor = f"account:{account.name}"
    await record(connection, actor=actor, action="signed-in", object=actor, address=visitor.address, detail={"proof": proof})
    return token


async def _count_guess(pool: Pool, folded: str, visitor: Visitor) -> _Guess:
    """Count a guess first, so that many at once are not judged before any of them is counted; raises RefusedError for one too many.

    The first one too many is counted and written down, those after it are not: a flood must fill no table.
    """
    guess = await _guess_of(pool, folded, visitor)
    if not await _count(pool, guess):
        await _note_failure(pool, await pool.fetchval(QUERIES["find_name"], folded), visitor, "throttled")
        raise _throttled()
    return guess


async def _count(pool: Pool, guess: _Guess) -> bool:
    """Count a guess and tell whether it is not the first one too many; raises RefusedError for those after it."""
    account, address, now = guess.account, guess.address, guess.at
    if not await pool.fetch(QUERIES["add_guess"], account, address, now, now - WINDOW, ACCOUNT_GUESSES, ADDRESS_GUESSES):
        raise _throttled()
    by_account, by_address = await pool.fetchrow(QUERIES["count_guesses"], account, address, now - WINDOW) or (0, 0)
    return by_account <= ACCOUNT_GUESSES and by_address <= ADDRESS_GUESSES


async def count_departure(pool: Pool, state: str, address: str, at: datetime) -> None:
    """Count that somebody goes to a provider of identities; raises RefusedError (`sign-in-throttled`) for one too many of an address.

    They are counted apart from guesses of passwords: pages elsewhere can send anybody's browser there, and would keep an office out.
    """
    if not await _count(pool, _departure(state, address, at)):
        raise _throttled()


async def forget_departure(connection: Connection, state: str, address: str, at: datetime) -> None:
    """Count somebody who came back as who they are no more."""
    await _forget(connection, _departure(state, address, at))


def _departure(state: str, address: str, at: datetime) -> _Guess:
    # No name that is typed, and no network, has the character between them.
    return _Guess(_about(f"provider\0{state}"), _about(f"provider\0{network_of(address)}"), at)


async def _guess_of(pool: Pool, folded: str, visitor: Visitor) -> _Guess:
    now, network = await system_clock(), network_of(visitor.address)
    is_known = await pool.fetchval(QUERIES["is_known_address"], folded, visitor.address, now - KNOWN)
    # No name that is typed has the character between them.
    return _Guess(_about(f"{folded}\0{network}" if is_known else folded), _about(network), now)


async def _forget(connection: Connection | Pool, guess: _Guess) -> None:
    """Count a guess that was right no more, nor the wrong ones for its account before it; wrong ones of its address stay."""
    await connection.execute(QUERIES["forget_guesses"], guess.account, guess.address, guess.at)


def network_of(address: str) -> str:
    """Return what guesses of an address count for: an IPv4 address is one holder's, of IPv6 a holder has a whole network."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Network((int(found), IPV6_PREFIX), strict=False))


def _throttled() -> RefusedError:
    minutes = int(WINDOW.total_seconds() // 60)
    return RefusedError(
        "sign-in-throttled", f"too many tries; try again in {minutes} minutes",
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
