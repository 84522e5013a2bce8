"""Answers of the intake's pages: a draft shown, changed, or why it was not; whole pages, or the parts that htmx asks for."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.directives.admission import NotAdmittedError
from services.directives.intake import answering, drafting, rendering
from services.directives.intake.changes import Change
from services.directives.intake.desk import Desk, Opened
from services.directives.intake.drafting import Author, ChangedMeanwhileError, Draft
from services.directives.intake.rendering import Search, Shown
from services.directives.intake.secrecy import SecretFoundError, StateSecretError
from services.directives.intake.uploads import Upload
from services.directives.views import units
from services.directives.views.questions import UnitQuestion
from shared.errors import NotFoundError, RefusedError, UnavailableError
from shared.identity.sessions import Session
from shared.web.forms import address_of, read_form
from shared.web.pages import Pages

PAGE = 30
FOUND = 12
NOT_STORED = {"Cache-Control": "no-store"}


class Room:
    """Shows the pages, with what was refused said on them."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self.desk = desk
        self.pages = pages

    async def author(self, request: Request, signed: Session, unit: UUID | None) -> Author:
        """Return who asks, and when."""
        return Author(signed.principal.actor, await self.desk.open_reader().clock(), unit, address_of(request.scope))

    async def find_units(self, q: str) -> list[Any]:
        """Return the first registered units that some words name."""
        reader = self.desk.open_reader()
        page = await units.list_units(reader.pool, UnitQuestion(q=q, limit=FOUND), await reader.clock())
        return [rendering.Listed(str(unit.id), unit.name or "", unit.code or "") for unit in page.items]

    async def show_list(
        self, unit: UUID | None, cursor: str, told: str, *, status: int = 200, is_good: bool = True, secret: Draft | None = None
    ) -> Response:
        """Show the drafts, and the two ways in; of a draft that bears a mark only how to delete it."""
        after = _place_of(cursor)
        drafts, more = await drafting.list_drafts(await self.desk.cabinet.pool(), unit, after, PAGE)
        following = f"{drafts[-1].changed_at.isoformat()} {drafts[-1].id}" if more else ""
        return self._answer(
            "intake.html", status, drafts=drafts, next=following, cursor=cursor if after else "", told=told, is_good=is_good,
            secret=secret, typed="", STATES=rendering.STATES,
        )  # fmt: skip

    async def take_in(self, request: Request, upload: Upload, by: Author) -> Response:
        """Take a letter in and lead to its draft, or say why it was turned away."""
        try:
            draft, _ = await self.desk.take_in(upload, by)
        except RefusedError as error:
            return await self.turn_away(request, by.unit, 422, error.reason_vi)
        except UnavailableError:
            return await self.turn_away(request, by.unit, 503, rendering.AWAY)
        return _lead_to(request, f"/intake/{draft}")

    async def turn_away(self, request: Request, unit: UUID | None, status: int, said: str) -> Response:
        """Say why a letter was turned away, on the page or in the place for it."""
        if _is_fragment(request):
            return self._answer("_intake_told.html", status, told=said, is_good=False)
        return await self.show_list(unit, "", said, status=status, is_good=False)

    async def show(self, request: Request, draft: UUID, by: Author, editing: str) -> Response:
        """Show a draft, with the form of a value that is to be changed."""
        try:
            return await self._render(request, await self.desk.open(draft, by), Shown(editing=editing))
        except NotFoundError:
            return self.pages.answer("not_found.html", status=404)
        except RefusedError as error:
            secret = error.draft if isinstance(error, SecretFoundError) else None
            return await self.show_list(by.unit, "", error.reason_vi, status=409, is_good=False, secret=secret)

    async def change(self, request: Request, draft: UUID, by: Author, change: Change) -> Response:
        """Do something to a draft and show it anew, or why it was refused; a search for units only shows what was found."""
        form = await read_form(request)
        try:
            opened = await self.desk.open_to_change(draft, by)
            if answering.is_search(form):
                search = Search(form.get("about", ""), await self.find_units(form["q"]))
                return await self._render(request, opened, Shown(search=search))
            require_version(opened.draft, form)
            await change(opened, form, by)
        except NotFoundError:
            return self.pages.answer("not_found.html", status=404)
        except (RefusedError, NotAdmittedError, UnavailableError) as error:
            return await self._say(request, draft, by, error)
        if not _is_fragment(request):
            return RedirectResponse(f"/intake/{draft}", 303, NOT_STORED)
        return await self._render(request, await self.desk.open(draft, by), Shown())

    async def _say(self, request: Request, draft: UUID, by: Author, error: Exception) -> Response:
        """Show a draft as it stands with what was refused; where it is gone, the list."""
        status, said = rendering.refusal_of(error)
        if not isinstance(error, StateSecretError):
            try:
                return await self._render(request, await self.desk.open(draft, by), Shown(told=said), status)
            except (RefusedError, NotFoundError) as gone:
                _, said = rendering.refusal_of(gone)
        return await self._leave(request, by, said)

    async def _leave(self, request: Request, by: Author, said: str) -> Response:
        """Lead away from a draft that is gone: the whole page is another one then."""
        answer = await self.show_list(by.unit, "", said, status=409, is_good=False)
        if _is_fragment(request):
            answer.headers.update({"HX-Retarget": "body", "HX-Reswap": "innerHTML", "HX-Push-Url": "/intake"})
        return answer

    async def show_verdicts(self, draft: UUID, unit: UUID | None) -> Response:
        """Show what became of a published draft's facts."""
        try:
            found = await drafting.read_draft(await self.desk.cabinet.pool(), draft, unit)
        except NotFoundError:
            return self.pages.answer("not_found.html", status=404)
        return self._answer("_intake_verdicts.html", 200, draft=found, **await self._outcome(found))

    async def discard(self, request: Request, draft: UUID, by: Author) -> Response:
        """Discard a draft and lead to the list."""
        form = await read_form(request)
        try:
            found = await drafting.read_draft(await self.desk.cabinet.pool(), draft, by.unit)
            require_version(found, form)
            await self.desk.discard(found, by)
        except NotFoundError:
            return self.pages.answer("not_found.html", status=404)
        except RefusedError as error:
            return await self._say(request, draft, by, error)
        return RedirectResponse("/intake?told=discarded", 303, NOT_STORED)

    async def _render(self, request: Request, opened: Opened, shown: Shown, status: int = 200) -> Response:
        template = "_intake.html" if _is_fragment(request) else "intake_draft.html"
        outcome = await self._outcome(opened.draft) if opened.draft.state == "published" else {}
        return self._answer(template, status, **rendering.context(opened, shown), **outcome)

    async def _outcome(self, draft: Draft) -> dict[str, Any]:
        return rendering.outcome(draft, await self.desk.judged(draft))

    def _answer(self, template: str, status: int, **context: Any) -> Response:  # noqa: ANN401  what the template shows
        answer = self.pages.answer(template, status=status, **context)
        answer.headers.update(NOT_STORED)
        return answer


def require_version(draft: Draft, form: dict[str, str]) -> None:
    """Raise ChangedMeanwhileError unless a form was filled in on the draft as it stands."""
    if form.get("version") != str(draft.version):
        raise ChangedMeanwhileError


def _is_fragment(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def _lead_to(request: Request, address: str) -> Response:
    if _is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": quote(address, safe="/?=")})
    return RedirectResponse(address, 303, NOT_STORED)


def _place_of(cursor: str) -> tuple[datetime, UUID] | None:
    at, _, draft = cursor.rpartition(" ")
    try:
        return datetime.fromisoformat(at), UUID(draft)
    except ValueError:
        return None
