"""Accounts of people: made, listed, locked, given another role or password; every change has its line in the audit log."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import asyncpg
import msgspec

from shared.clock import system_clock
from shared.errors import NotFoundError, RefusedError
from shared.identity.audit import record
from shared.identity.passwords import hash_password, require_good
from shared.identity.principals import WITH_UNIT, PersonRole
from shared.identity.queries import QUERIES
from shared.postgres import Connection

_NAME = re.compile(r"[^\W_][\w.@+-]{1,99}")
FIRST = "admin"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may sign in; `unit` is the id of the unit that roles unit and issuer_office belong to."""

    id: UUID
    name: str
    full_name: str
    role: PersonRole
    unit: UUID | None
    has_password: bool
    must_change: bool
    issuer: str | None
    subject: str | None
    made_at: datetime
    made_by: str
    signed_in_at: datetime | None
    locked_at: datetime | None


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account to be made; with `subject` the provider of identities `issuer` proves who it is, and no password does."""

    name: str
    full_name: str
    role: PersonRole
    unit: UUID | None = None
    issuer: str | None = None
    subject: str | None = None


def fold(name: str) -> str:
    """Return a name as it is compared: NFC and case-folded."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def make_password() -> str:
    """Return a random password that is read out or typed once (100 bits)."""
    return "-".join(secrets.token_hex(3)[:5] for _ in range(5))


async def add_account(connection: Connection, new: NewAccount, *, by: str, must_change: bool = True, password: str | None = None) -> str:
    """Make an account and return its first password ("" with a provider's subject); raises RefusedError where the name is taken."""
    name = unicodedata.normalize("NFC", new.name.strip())
    _require_sound(name, new)
    first = "" if new.subject else password or make_password()
    kept = await hash_password(first) if first else None
    try:
        async with connection.transaction():
            await connection.execute(
                QUERIES["add_account"], name, fold(name), new.full_name.strip(), new.role, new.unit, kept, must_change and bool(first),
                new.issuer, new.subject, await system_clock(), by,
            )  # fmt: skip
            await record(connection, actor=by, action="account-added", object=_named(name), detail=_told(new.role, new.unit))
    except asyncpg.UniqueViolationError as error:
        raise RefusedError("account-taken", f"{name} is taken already", "Tên đăng nhập hoặc định danh này đã được dùng.") from error
    return first


async def add_external(
    connection: Connection, issuer: str, subject: str, full_name: str, role: PersonRole, unit: UUID | None, *, by: str
) -> Account:
    """Make the account of somebody whom a provider's claims describe; it is called by a name that nobody types."""
    name = f"oidc-{hashlib.sha256(f'{issuer} {subject}'.encode()).hexdigest()[:16]}"
    new = NewAccount(name=name, full_name=full_name, role=role, unit=unit, issuer=issuer, subject=subject)
    await add_account(connection, new, by=by)
    return await find_account(connection, name)


async def follow_claims(
    connection: Connection, account: Account, full_name: str, role: PersonRole, unit: UUID | None, *, by: str
) -> Account:
    """Bring an account that claims made up to date with them."""
    if (account.full_name, account.role, account.unit) != (full_name, role, unit):
        await connection.execute(QUERIES["change_external"], account.id, full_name, role, unit, await system_clock())
        await connection.execute(QUERIES["end_sessions"], account.id, None)
        detail = {"from": _told(account.role, account.unit), "to": _told(role, unit)}
        await record(connection, actor=by, action="account-role-changed", object=_named(account.name), detail=detail)
    return await find_account(connection, account.name)


def _require_sound(name: str, new: NewAccount) -> None:
    if not _NAME.fullmatch(name):
        raise RefusedError(
            "account-name", "a name has 2 to 100 letters, digits, . @ + - or _, and begins with a letter or digit",
            "Tên đăng nhập có từ 2 đến 100 chữ, số hoặc . @ + - _, bắt đầu bằng chữ hoặc số.",
        )  # fmt: skip
    if not new.full_name.strip():
        raise RefusedError("account-full-name", "a person has a full name", "Cần ghi họ và tên.")
    require_unit(new.role, new.unit)


def require_unit(role: PersonRole, unit: UUID | None) -> None:
    """Raise RefusedError where a role that belongs to a unit has none, or another one has."""
    if (role in WITH_UNIT) != (unit is not None):
        raise RefusedError(
            "account-unit", "the roles unit and issuer_office belong to a unit, the others to none",
            "Vai trò đơn vị và văn phòng cơ quan ban hành phải gắn với một đơn vị; các vai trò khác thì không.",
        )  # fmt: skip


async def list_accounts(connection: Connection) -> list[Account]:
    """Return all accounts by name."""
    return [account_of(row) for row in await connection.fetch(QUERIES["list_accounts"])]


async def find_account(connection: Connection, name: str) -> Account:
    """Return the account with a name, or raise NotFoundError."""
    row = await connection.fetchrow(QUERIES["find_account"], fold(name))
    if row is None:
        raise NotFoundError("account", name)
    return account_of(row)


async def has_accounts(connection: Connection) -> bool:
    """Tell whether anybody may sign in."""
    return bool(await connection.fetchval(QUERIES["has_accounts"]))


async def lock(connection: Connection, name: str, *, by: str) -> None:
    """Keep a person out, and end the sessions; raises RefusedError for the last administrator."""
    async with connection.transaction():
        account = await _take(connection, name)
        await _require_another_administrator(connection, account)
        await connection.execute(QUERIES["lock_account"], account.id, await system_clock())
        await connection.execute(QUERIES["end_sessions"], account.id, None)
        await record(connection, actor=by, action="account-locked", object=_named(account.name))


async def unlock(connection: Connection, name: str, *, by: str) -> None:
    """Let a person in again, and forget wrong guesses."""
    async with connection.transaction():
        account = await _take(connection, name)
        await connection.execute(QUERIES["lock_account"], account.id, None)
        await record(connection, actor=by, action="account-unlocked", object=_named(account.name))


async def change_role(connection: Connection, name: str, role: PersonRole, unit: UUID | None, *, by: str) -> None:
    """Give a person another role (and unit); the sessions end, so that nothing goes on with the old one."""
    require_unit(role, unit)
    async with connection.transaction():
        account = await _take(connection, name)
        if role != "administrator":
            await _require_another_administrator(connection, account)
        await connection.execute(QUERIES["change_role"], account.id, role, unit, await system_clock())
        await connection.execute(QUERIES["end_sessions"], account.id, None)
        detail = {"from": _told(account.role, account.unit), "to": _told(role, unit)}
        await record(connection, actor=by, action="account-role-changed", object=_named(account.name), detail=detail)


async def reset_password(connection: Connection, name: str, *, by: str) -> str:
    """Give a person a new password, which must be changed at the next sign-in, and return it; the sessions end."""
    password = make_password()
    kept = await hash_password(password)
    async with connection.transaction():
        account = await _take(connection, name)
        if account.subject is not None:
            raise RefusedError(
                "account-external", "a provider of identities proves who this is; there is no password here",
                "Tài khoản này đăng nhập qua hệ thống định danh bên ngoài, không có mật khẩu tại đây.",
            )  # fmt: skip
        await _set_password(connection, account, kept, must_change=True)
        await record(connection, actor=by, action="account-password-reset", object=_named(account.name))
    return password


async def hash_another(account: Account, old: str, new: str) -> str:
    """Return what is kept of a person's new password; raises RefusedError where it is not accepted."""
    require_good(new, [account.name, *account.full_name.split()])
    if new == old:
        raise RefusedError("password-same", "the new password is the present one", "Mật khẩu mới phải khác mật khẩu hiện tại.")
    return await hash_password(new)


async def set_own_password(connection: Connection, account: Account, kept: str, *, address: str) -> None:
    """Set the password that a person chose, inside a transaction; all sessions end."""
    await _set_password(connection, account, kept, must_change=False)
    actor = _named(account.name)
    await record(connection, actor=actor, action="account-password-changed", object=actor, address=address)


async def _set_password(connection: Connection, account: Account, kept: str, *, must_change: bool) -> None:
    await connection.execute(QUERIES["set_password"], account.id, kept, must_change, await system_clock())
    await connection.execute(QUERIES["end_sessions"], account.id, None)


async def _take(connection: Connection, name: str) -> Account:
    """Return an account for a change; changes of accounts wait for each other, so that one administrator always stays."""
    await connection.execute(QUERIES["lock_accounts"])
    return await find_account(connection, name)


async def _require_another_administrator(connection: Connection, account: Account) -> None:
    others = await connection.fetchval(QUERIES["count_other_administrators"], account.id)
    if account.role == "administrator" and account.locked_at is None and not others:
        raise RefusedError(
            "last-administrator",
            "nobody could administer the system any more",
            "Đây là quản trị viên cuối cùng, không thể khoá hoặc đổi vai trò.",
        )


def account_of(row: Mapping[str, Any]) -> Account:
    """Return an account out of a row."""
    values = {name: row[name] for name in Account.__struct_fields__ if name not in ("role", "has_password")}
    return Account(**values, role=cast("PersonRole", row["role"]), has_password=row["password_hash"] is not None)


def _named(name: str) -> str:
    return f"account:{name}"


def _told(role: PersonRole, unit: UUID | None) -> dict[str, str | None]:
    return {"role": role, "unit": str(unit) if unit else None}
