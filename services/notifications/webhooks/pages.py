"""How a unit is reached, as a section of other pages and as a page of its own: contacts and webhooks, with forms for those who keep them.

A form answers with the section anew, since a secret is shown this once and stands in no address.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID, uuid5

from fastapi import APIRouter, Request, Response

from services.notifications.contacts import Contact, Kind, delete_contact, put_contact, read_contacts
from services.notifications.desk import Desk, GetDesk
from services.notifications.domain import NAMESPACE
from services.notifications.domain.addresses import check_address
from services.notifications.views import Unit, find_unit
from services.notifications.webhooks.api import change_of
from services.notifications.webhooks.keeping import Keeper, Trial
from services.notifications.webhooks.store import (
    Change,
    NewWebhook,
    enable_webhook,
    list_webhooks,
    remove_webhook,
    rotate_secret,
)
from shared.clock import system_clock
from shared.errors import NotFoundError, RefusedError, UnavailableError
from shared.identity.principals import Principal, Sight
from shared.web.access import Asker, Seen
from shared.web.forms import read_form
from shared.web.pages import Pages
from shared.web.rules import RULES

Action = Literal["secret", "test", "enabling", "removal"]

MAX_VALUE, MAX_LABEL = 500, 200
LATER = RefusedError("unavailable", "the database is away", "Hệ thống đang gián đoạn. Hãy thử lại sau ít phút.")


@dataclass(frozen=True)
class Said:
    """What the section says after a form: that it was done or why not, a new secret, what came of a trial; and what was typed."""

    done: str = ""
    refusal: RefusedError | None = None
    secret: str = ""
    trial: Trial | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Visit:
    """Who looks at which unit's contacts, and the form that was sent."""

    request: Request
    asker: Principal
    unit: Unit
    change: Change
    form: Mapping[str, str]


_Doing = Callable[[_Visit], Awaitable[Said]]
"""What a form asks for; raises RefusedError, NotFoundError or UnavailableError."""


def build_contact_pages(desk: GetDesk, keeper: Keeper) -> APIRouter:
    """Return the routes over a desk that is opened later."""
    router, section = APIRouter(include_in_schema=False), _Section(desk, keeper)

    @router.get("/units/{code}/contacts")
    async def contacts(request: Request, asker: Asker, sight: Seen, code: str) -> Response:
        return await section.answer(request, asker, sight, code, _show)

    @router.post("/units/{code}/contacts")
    async def add_contact(request: Request, asker: Asker, sight: Seen, code: str) -> Response:
        return await section.answer(request, asker, sight, code, section.add_contact)

    @router.post("/units/{code}/contacts/{contact}/removal")
    async def remove_contact(request: Request, asker: Asker, sight: Seen, code: str, contact: UUID) -> Response:
        async def remove(visit: _Visit) -> Said:
            await delete_contact(desk().pool, visit.unit.unit, contact, visit.change.author)
            return Said("Đã xoá đầu mối liên hệ.")

        return await section.answer(request, asker, sight, code, remove)

    @router.post("/units/{code}/webhooks")
    async def add_webhook(request: Request, asker: Asker, sight: Seen, code: str) -> Response:
        return await section.answer(request, asker, sight, code, section.add_webhook)

    @router.post("/units/{code}/webhooks/{webhook}/{action}")
    async def change(request: Request, asker: Asker, sight: Seen, code: str, webhook: UUID, action: Action) -> Response:
        async def do(visit: _Visit) -> Said:
            return await section.change(visit, webhook, action)

        return await section.answer(request, asker, sight, code, do)

    return router


async def _show(_visit: _Visit) -> Said:
    return Said()


class _Section:
    """Does what the forms ask for, and shows the section anew."""

    def __init__(self, desk: GetDesk, keeper: Keeper) -> None:
        self._get_desk = desk
        self._keeper = keeper
        self._pages = Pages("services.notifications")

    @property
    def _desk(self) -> Desk:
        return self._get_desk()

    async def answer(self, request: Request, asker: Principal, sight: Sight, code: str, do: _Doing) -> Response:
        """Do something to a unit's contacts and answer with the section, or with a page where no other page asked for it."""
        try:
            unit = await find_unit(self._desk.pool, code, sight)
            # Whatever is named in the path is looked for among the unit's own.
            change = await change_of(request, asker, Sight(unit.unit))
            visit = _Visit(request, asker, unit, change, await read_form(request) if request.method == "POST" else {})
            said = await self._do(visit, do)
        except NotFoundError:
            return self._pages.answer("not_found.html", status=404)
        return await self._show(visit, said)

    async def _do(self, visit: _Visit, do: _Doing) -> Said:
        try:
            return await do(visit)
        except RefusedError as error:
            return Said(refusal=error, values=visit.form)
        except UnavailableError:
            return Said(refusal=LATER)

    async def _show(self, visit: _Visit, said: Said) -> Response:
        pool, unit, is_part = self._desk.pool, visit.unit, visit.request.headers.get("hx-request") == "true"
        contacts = [each for each in (await read_contacts(pool, unit.unit)).items if each.kind != "webhook"]
        webhooks = (await list_webhooks(pool, Sight(unit.unit), await system_clock())).items
        # htmx 2 puts nothing into the page that comes with the status of an error.
        status = 409 if said.refusal and not is_part else 200
        answer = self._pages.answer(
            "_contacts.html" if is_part else "contacts.html", status=status, unit=unit, contacts=contacts, webhooks=webhooks, said=said,
            may_keep=_may(visit.asker, "POST /units/{code}/contacts"), may_hook=_may(visit.asker, "POST /units/{code}/webhooks"),
            has_key=self._keeper.settings.vault.is_open,
        )  # fmt: skip
        answer.headers.update({"Cache-Control": "no-store", "Vary": "HX-Request"})
        return answer

    async def add_contact(self, visit: _Visit) -> Said:
        """Add a mail address or a telephone number."""
        form = visit.form
        kind, value, label = _kind(form), _typed(form, "value", MAX_VALUE), form.get("label") or None
        try:
            check_address(kind, value)
        except ValueError as error:
            raise RefusedError("not-an-address", str(error), "Địa chỉ thư hoặc số điện thoại chưa đúng dạng.") from error
        unit = visit.unit.unit
        contact = Contact(
            id=uuid5(NAMESPACE, f"contact\n{unit}\n{kind}\n{value}"), kind=kind, value=value, label=_short(label),
            changed_at=await self._desk.clock(),
        )  # fmt: skip
        await put_contact(self._desk.pool, unit, contact, visit.change.author)
        return Said("Đã ghi đầu mối liên hệ.")

    async def add_webhook(self, visit: _Visit) -> Said:
        """Add a webhook, and show its secret."""
        form = visit.form
        new = NewWebhook(visit.unit.unit, _typed(form, "url", MAX_VALUE), _short(form.get("label") or None))
        keyed = await self._keeper.add(self._desk.pool, new, visit.change)
        return Said("Đã thêm webhook.", secret=keyed.secret)

    async def change(self, visit: _Visit, webhook: UUID, action: Action) -> Said:
        """Do something to a webhook of the unit."""
        pool, change = self._desk.pool, visit.change
        match action:
            case "secret":
                keyed = await rotate_secret(pool, self._keeper.settings.vault, webhook, change)
                return Said("Đã tạo khoá mới. Khoá cũ còn dùng được 24 giờ.", secret=keyed.secret)
            case "test":
                return Said(trial=await self._keeper.try_out(pool, webhook, change))
            case "enabling":
                await enable_webhook(pool, webhook, change)
                return Said("Đã bật lại webhook.")
            case "removal":
                await remove_webhook(pool, webhook, change)
                return Said("Đã xoá webhook.")


def _may(asker: Principal, rule: str) -> bool:
    """Tell whether the table of rules lets somebody use a form."""
    return asker.role in RULES[rule].grants


def _kind(form: Mapping[str, str]) -> Kind:
    match form.get("kind"):
        case "mail":
            return "mail"
        case "telephone":
            return "telephone"
        case _:
            raise RefusedError("no-kind", "the kind should be mail or telephone", "Chưa chọn loại đầu mối: thư điện tử hoặc điện thoại.")


def _typed(form: Mapping[str, str], name: str, limit: int) -> str:
    value = form.get(name, "")
    if not value:
        raise RefusedError("empty", f"{name} is empty", "Chưa ghi địa chỉ.")
    if len(value) > limit:
        raise RefusedError("too-long", f"{name} is too long", f"Địa chỉ dài quá {limit} ký tự.")
    return value


def _short(label: str | None) -> str | None:
    if label and len(label) > MAX_LABEL:
        raise RefusedError("too-long", "the label is too long", f"Ghi chú dài quá {MAX_LABEL} ký tự.")
    return label
