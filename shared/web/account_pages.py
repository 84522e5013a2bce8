"""Pages of accounts: one's own (password, sessions), and everybody's for administrators."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from shared.errors import NotFoundError, RefusedError
from shared.identity import accounts, sessions
from shared.identity.accounts import NewAccount
from shared.identity.principals import PERSON_ROLES, WITH_UNIT, PersonRole
from shared.identity.sessions import Session
from shared.identity.signing_in import change_password
from shared.postgres import Connection
from shared.web.access import Signed
from shared.web.door import Door
from shared.web.forms import read_form
from shared.web.pages import Pages
from shared.web.sign_in import NOT_STORED, TOLD, enter_with, visitor_of

Form = dict[str, str]
BLANK: Form = {"name": "", "full_name": "", "role": "operator", "unit": "", "subject": ""}
DONE = {
    "locked": "Đã khoá tài khoản; các phiên đăng nhập đã kết thúc.",
    "unlocked": "Đã mở khoá tài khoản.",
    "role": "Đã đổi vai trò; các phiên đăng nhập đã kết thúc.",
    "added": "Đã thêm tài khoản.",
}


def build_account_pages(door: Door, pages: Pages) -> APIRouter:
    """Return the routes of accounts."""
    router = APIRouter(include_in_schema=False)
    _add_own(router, door, pages)
    _add_everybodys(router, door, pages)
    return router


def _add_own(router: APIRouter, door: Door, pages: Pages) -> None:
    @router.get("/account")
    async def show(signed: Signed, told: str = "") -> Response:
        return await _show_own(door, pages, signed, told=TOLD.get(told, ""))

    @router.post("/account/password")
    async def change(request: Request, signed: Signed) -> Response:
        try:
            old, new = _passwords(await read_form(request))
            token = await change_password(await door.pool(), signed.name, old, new, visitor_of(request.scope))
        except RefusedError as error:
            return await _show_own(door, pages, signed, refusal=error)
        return await enter_with(door, request, token, "/account?told=password")

    @router.post("/account/sessions/end")
    async def end_others(signed: Signed) -> Response:
        await sessions.end_others(await door.pool(), signed.account, signed.token_hash)
        return RedirectResponse("/account?told=over", 303, NOT_STORED)


def _passwords(fields: Form) -> tuple[str, str]:
    new = fields.get("new_password", "")
    if new != fields.get("again_password", ""):
        raise RefusedError("password-differs", "the new password was typed in two ways", "Hai lần nhập mật khẩu mới không giống nhau.")
    return fields.get("old_password", ""), new


async def _show_own(door: Door, pages: Pages, signed: Session, *, refusal: RefusedError | None = None, told: str = "") -> Response:
    pool = await door.pool()
    async with pool.acquire() as connection:
        account = await accounts.find_account(connection, signed.name)
    unit = (await door.name_units([account.unit])).get(account.unit, str(account.unit)) if account.unit else ""
    listed = await sessions.list_of(pool, signed.account)
    return pages.answer(
        "account.html", status=409 if refusal else 200, account=account, unit=unit, sessions=listed, refusal=refusal, told=told
    )


def _add_everybodys(router: APIRouter, door: Door, pages: Pages) -> None:
    desk = _Desk(door, pages)

    @router.get("/accounts")
    async def show(told: str = "") -> Response:
        return await desk.show(told=DONE.get(told, ""))

    @router.post("/accounts")
    async def add(request: Request, signed: Signed) -> Response:
        return await desk.add(await read_form(request), signed)

    @router.post("/accounts/{name}/lock")
    async def lock(name: str, signed: Signed) -> Response:
        return await desk.answer(partial(accounts.lock, name=name, by=signed.principal.actor), "locked")

    @router.post("/accounts/{name}/unlock")
    async def unlock(name: str, signed: Signed) -> Response:
        return await desk.answer(partial(accounts.unlock, name=name, by=signed.principal.actor), "unlocked")

    @router.post("/accounts/{name}/password")
    async def reset(name: str, signed: Signed) -> Response:
        return await desk.reset(name, signed)

    @router.post("/accounts/{name}/role")
    async def change_role(name: str, request: Request, signed: Signed) -> Response:
        return await desk.change_role(name, await read_form(request), signed)


class _Desk:
    """What an administrator does with accounts; what is refused is said on the page, with what was typed."""

    def __init__(self, door: Door, pages: Pages) -> None:
        self._door = door
        self._pages = pages

    async def show(self, *, status: int = 200, told: str = "", refusal: RefusedError | None = None, typed: Form = BLANK,
                   password: str = "", password_of: str = "") -> Response:  # fmt: skip
        """Show all accounts, and a password once."""
        async with (await self._door.pool()).acquire() as connection:
            listed = await accounts.list_accounts(connection)
        units = await self._door.name_units([account.unit for account in listed if account.unit])
        names = {account.unit: units.get(account.unit) for account in listed if account.unit}
        answer = self._pages.answer(
            "accounts.html", status=status, accounts=listed, units=names, told=told, refusal=refusal, typed={**BLANK, **typed},
            password=password, password_of=password_of, has_provider=self._door.settings.provider is not None,
        )  # fmt: skip
        answer.headers.update(NOT_STORED)
        return answer

    async def answer(self, do: Callable[[Connection], Awaitable[object]], told: str) -> Response:
        """Do something and show the accounts anew, or why it was refused; showing takes a connection only once the other is given back."""
        try:
            async with (await self._door.pool()).acquire() as connection:
                await do(connection)
        except RefusedError as error:
            return await self.show(status=409, refusal=error)
        except NotFoundError:
            return self._pages.refuse(404, "not-found", "there is no such account")
        return RedirectResponse(f"/accounts?told={told}", 303, NOT_STORED)

    async def add(self, fields: Form, signed: Session) -> Response:
        """Make an account and show its first password."""
        try:
            role, unit = _role(fields), await self._unit(fields)
            provider, subject = self._door.settings.provider, fields.get("subject", "")
            issuer = provider.issuer if provider and subject else None
            new = NewAccount(
                name=fields.get("name", ""), full_name=fields.get("full_name", ""), role=role, unit=unit, issuer=issuer,
                subject=subject if issuer else None,
            )  # fmt: skip
            async with (await self._door.pool()).acquire() as connection:
                password = await accounts.add_account(connection, new, by=signed.principal.actor)
        except RefusedError as error:
            return await self.show(status=409, refusal=error, typed=fields)
        return await self.show(told=DONE["added"], password=password, password_of=new.name)

    async def reset(self, name: str, signed: Session) -> Response:
        """Give somebody a new password and show it."""
        try:
            async with (await self._door.pool()).acquire() as connection:
                password = await accounts.reset_password(connection, name, by=signed.principal.actor)
        except RefusedError as error:
            return await self.show(status=409, refusal=error)
        except NotFoundError:
            return self._pages.refuse(404, "not-found", "there is no such account")
        return await self.show(password=password, password_of=name)

    async def change_role(self, name: str, fields: Form, signed: Session) -> Response:
        """Give somebody another role and unit."""
        try:
            role, unit = _role(fields), await self._unit(fields)
        except RefusedError as error:
            return await self.show(status=409, refusal=error)
        return await self.answer(partial(accounts.change_role, name=name, role=role, unit=unit, by=signed.principal.actor), "role")

    async def _unit(self, fields: Form) -> UUID | None:
        """Return the unit of a form; a role without unit ignores what is typed, since the field is always there."""
        code = fields.get("unit", "")
        if fields.get("role") not in WITH_UNIT or not code:
            return None
        unit = await self._door.find_unit(code)
        if unit is None:
            raise RefusedError("unit-unknown", f"no unit has the code {code}", f"Không có đơn vị nào mang mã {code}.")
        return unit


def _role(fields: Form) -> PersonRole:
    for role in PERSON_ROLES:
        if role == fields.get("role"):
            return role
    raise RefusedError("role-unknown", "there is no such role", "Không có vai trò này.")
