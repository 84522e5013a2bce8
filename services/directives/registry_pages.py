"""Pages of the registry: units found and shown with their names and successors; forms to register, rename, succeed and import."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from services.directives.domain.unit_files import read_day
from services.directives.registry import Imported, Registry
from services.directives.registry_api import MAX_FILE, read_limited
from services.directives.views import units
from services.directives.views.questions import UnitQuestion
from shared.contracts.codes import canonical_code, is_code
from shared.contracts.registry import UnitRegistered, UnitRenamed, UnitSucceeded
from shared.errors import NotFoundError, RefusedError, UnavailableError
from shared.web.access import Signed
from shared.web.forms import read_form
from shared.web.pages import Pages

PAGE = 50
NOT_STORED = {"Cache-Control": "no-store"}
TOLD: Mapping[str, str] = {
    "registered": "Đã đăng ký đơn vị.",
    "renamed": "Đã ghi tên mới.",
    "succeeded": "Đã ghi đơn vị kế thừa.",
}
Form = dict[str, str]


class Search(BaseModel):
    """What is looked for on the page; it is the page's address."""

    model_config = ConfigDict(frozen=True)
    q: Annotated[str, Field(max_length=200)] = ""
    cursor: Annotated[str, Field(max_length=400)] | None = None
    told: str = ""

    def address(self, cursor: str | None = None) -> str:
        """Return the address of another page of the same search."""
        chosen = {"q": self.q, "cursor": cursor}
        return "/registry?" + urlencode({name: value for name, value in chosen.items() if value})


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that was refused, and why; or what a file came to."""

    values: Form = field(default_factory=dict)
    refusal: RefusedError | None = None
    imported: Imported | None = None


def build_registry_pages(registry: Callable[[], Registry]) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    desk = _Desk(registry, Pages("services.directives"))
    _add_list(router, desk)
    _add_unit(router, desk)
    return router


def _add_list(router: APIRouter, desk: "_Desk") -> None:
    @router.get("/registry")
    async def show(search: Annotated[Search, Query()]) -> Response:
        return await desk.show_list(search)

    @router.post("/registry")
    async def register(request: Request, signed: Signed) -> Response:
        form = await read_form(request)
        try:
            code = _code(form.get("code", ""))
            data = UnitRegistered(
                code=code, name=_needed(form, "name"), short_name=form.get("short_name") or None,
                parent=(await desk.registry.find(form["parent_code"])).id if form.get("parent_code") else None, valid_from=_day(form),
            )  # fmt: skip
            await desk.registry.register(data, by=signed.principal.actor)
        except (RefusedError, NotFoundError, UnavailableError) as error:
            return await desk.show_list(Search(), Typed(form, _refusal(error)))
        return RedirectResponse(f"/registry/{quote(code)}?told=registered", 303, NOT_STORED)

    @router.post("/registry/import")
    async def import_file(request: Request, signed: Signed, dry_run: str = "", rename: str = "") -> Response:
        is_file = request.headers.get("content-type", "").startswith("text/csv")
        form = {"dry_run": dry_run, "rename": rename} if is_file else await read_form(request)
        content = await read_limited(request) if is_file else form.get("csv", "").encode()
        try:
            imported = await desk.import_file(content, form, signed.principal.actor)
        except (RefusedError, UnavailableError) as error:
            return await desk.show_list(Search(), Typed(form, _refusal(error)))
        return await desk.show_list(Search(), Typed(form if imported.faults or imported.is_dry_run else {}, imported=imported))


def _add_unit(router: APIRouter, desk: "_Desk") -> None:
    @router.get("/registry/{code}")
    async def show(code: str, told: str = "") -> Response:
        return await desk.show_unit(code, told=told)

    @router.post("/registry/{code}/names")
    async def rename(code: str, request: Request, signed: Signed) -> Response:
        form = await read_form(request)

        async def do() -> None:
            data = UnitRenamed(
                name=_needed(form, "name"), short_name=form.get("short_name") or None, valid_from=_needed_day(form),
                document=form.get("document") or None,
            )  # fmt: skip
            await desk.registry.rename(code, data, by=signed.principal.actor)

        return await desk.change(code, form, do(), "renamed")

    @router.post("/registry/{code}/successors")
    async def succeed(code: str, request: Request, signed: Signed) -> Response:
        form = await read_form(request)

        async def do() -> None:
            codes = form.get("successors", "").replace(",", " ").replace(";", " ").split()
            successors = tuple([(await desk.registry.find(each)).id for each in codes])
            if not successors:
                raise _empty("successors")
            data = UnitSucceeded(successors=successors, valid_from=_needed_day(form), document=form.get("document") or None)
            await desk.registry.succeed(code, data, by=signed.principal.actor)

        return await desk.change(code, form, do(), "succeeded")


class _Desk:
    """Shows the pages, with what was refused said on them."""

    def __init__(self, registry: Callable[[], Registry], pages: Pages) -> None:
        self._registry = registry
        self._pages = pages

    @property
    def registry(self) -> Registry:
        """Return what the registry is kept with; raises UnavailableError until the database has answered."""
        return self._registry()

    async def show_list(self, search: Search, typed: Typed = Typed()) -> Response:
        """Show the units that are looked for, and the forms."""
        reader = self.registry.reader
        question = UnitQuestion(q=search.q or None, cursor=search.cursor, limit=PAGE)
        page = await units.list_units(reader.pool, question, await reader.clock())
        status = 409 if typed.refusal else 422 if typed.imported and typed.imported.faults else 200
        return self._answer("registry.html", status, search=search, page=page, typed=typed, told=TOLD.get(search.told, ""))

    async def show_unit(self, code: str, typed: Typed = Typed(), *, told: str = "") -> Response:
        """Show a unit with its names and relations, and the forms."""
        reader = self.registry.reader
        try:
            unit = await units.read_unit(reader.pool, code, await reader.clock())
        except NotFoundError:
            return self._pages.refuse(404, "not-found", "there is no such unit")
        return self._answer("registry_unit.html", 409 if typed.refusal else 200, unit=unit, typed=typed, told=TOLD.get(told, ""))

    async def change(self, code: str, form: Form, doing: Awaitable[None], told: str) -> Response:
        """Do something to a unit and show it anew, or why it was refused."""
        try:
            await doing
        except (RefusedError, NotFoundError, UnavailableError) as error:
            return await self.show_unit(code, Typed(form, _refusal(error)))
        return RedirectResponse(f"/registry/{quote(canonical_code(code))}?told={told}", 303, NOT_STORED)

    async def import_file(self, content: bytes | None, form: Form, by: str) -> Imported:
        """Import a file, or raise RefusedError where it is too long or empty."""
        if content is None:
            raise RefusedError("too-large", "the file is too large", f"Tệp lớn quá {MAX_FILE // 1024 // 1024} MB.")
        if not content.strip():
            raise RefusedError("no-file", "there is no file", "Chưa chọn tệp hoặc chưa dán nội dung.")
        return await self.registry.import_file(content, by=by, rename=bool(form.get("rename")), is_dry_run=bool(form.get("dry_run")))

    def _answer(self, template: str, status: int, **context: Any) -> Response:  # noqa: ANN401  what the template shows
        answer = self._pages.answer(template, status=status, **context)
        answer.headers.update(NOT_STORED)
        return answer


_LABELS = {"code": "Mã", "name": "Tên", "valid_from": "Từ ngày", "successors": "Đơn vị kế thừa"}


def _empty(name: str) -> RefusedError:
    return RefusedError("empty", f"{name} is empty", f"Chưa ghi: {_LABELS[name].lower()}.")


def _needed(form: Form, name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise _empty(name)
    if len(value) > 500:  # noqa: PLR2004  the contract's longest line
        raise RefusedError("too-long", f"{name} is too long", f"{_LABELS[name]} dài quá 500 ký tự.")
    return value


def _code(text: str) -> str:
    code = canonical_code(text)
    if not code:
        raise _empty("code")
    if not is_code(code) or len(code) > 35:  # noqa: PLR2004  QĐ 20/2020/QĐ-TTg
        raise RefusedError("not-a-code", "not a unit's code", "Mã gồm chữ in hoa không dấu, chữ số và dấu chấm, nhiều nhất 35 ký tự.")
    return code


def _day(form: Form) -> date | None:
    text = form.get("valid_from", "")
    day = read_day(text) if text else None
    if text and day is None:
        raise RefusedError("not-a-day", "not a day", "Ngày ghi dạng 1/7/2025.")
    return day


def _needed_day(form: Form) -> date:
    day = _day(form)
    if day is None:
        raise _empty("valid_from")
    return day


def _refusal(error: Exception) -> RefusedError:
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, NotFoundError):
        return RefusedError("unit-unknown", str(error), f"Chưa có đơn vị nào mang mã này ({error}).")
    return RefusedError("unavailable", str(error), "Hệ thống đăng ký đang gián đoạn. Hãy thử lại sau ít phút.")
