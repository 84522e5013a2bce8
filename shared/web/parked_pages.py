"""What a service could not apply, for operators: its causes, a page for each record, and the two decisions about it."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from shared.errors import NotFoundError
from shared.identity.principals import Principal
from shared.journal.unit_of_work import Ledger
from shared.streaming.bulk import find_keys
from shared.streaming.held import read_held
from shared.streaming.parked import ParkedRecord, Tried, discard, read_key, retry_key
from shared.web.access import Asker, Signed
from shared.web.forms import address_of, read_form
from shared.web.pages import Pages
from shared.web.parked_groups import Groups, add_groups
from shared.web.parked_lot import NOT_STORED, Decider, Lot, lead_back, missing, read_place
from shared.web.rules import PARKING

SHOWN = 50
"""Records behind a parked one that its page names."""
LONGEST = 64 * 1024
"""Characters of a record that its page shows."""
_MARKED = re.compile(rb'"security"\s*:\s*"(?!none")')


class Refused(NamedTuple):
    """Why nothing was done, in Vietnamese, and what was typed."""

    reason_vi: str = ""
    why: str = ""
    tried: Tried | None = None


NOT_REFUSED = Refused()


def build_parked(lot: Lot) -> APIRouter:
    """Return the routes of one service's parking; each needs its lines in the table of rules."""
    router = APIRouter(include_in_schema=False, prefix=f"/parked/{lot.schema}")
    pages = Pages("shared.web")
    desk, groups = _Desk(lot, pages), Groups(lot, pages)
    add_groups(router, groups)

    @router.get("/record")
    async def show_record(asker: Asker, place: Annotated[str, Query(max_length=400)]) -> Response:
        return await desk.show(asker, place)

    @router.post("/retry")
    async def retry(request: Request, signed: Signed) -> Response:
        form, decider = await read_form(request), Decider(signed.principal, address_of(request.scope))
        if "places" in form:
            return await groups.retry(decider, form["places"].split())
        return await desk.retry(decider, form.get("place", ""))

    @router.post("/discard")
    async def take_out(request: Request, signed: Signed) -> Response:
        form, decider = await read_form(request), Decider(signed.principal, address_of(request.scope))
        return await (groups if "places" in form else desk).discard(decider, form)

    return router


class _Desk:
    """Shows a parked record and does what was decided about it."""

    def __init__(self, lot: Lot, pages: Pages) -> None:
        self._lot = lot
        self.pages = pages

    async def show(self, asker: Principal, place: str, refused: Refused = NOT_REFUSED) -> Response:
        """Show a record, with those that wait behind it and what they hold back, or that it is not there."""
        pool = await self._lot.pool()
        try:
            records = [each for each in await read_key(pool, *read_place(place)) if each.offset >= read_place(place)[2]]
            (key,) = await find_keys(pool, [read_place(place)])
        except NotFoundError:
            return self.pages.refuse(404, "not-found", "nothing is parked there")
        behind = records[1:]
        return self._answer(
            record=records[0], behind=behind[:SHOWN], count=len(behind), refused=refused, lot=self._lot, cause=key.cause,
            held=await read_held(pool, self._lot.outlook, [key]), others=[each for each in PARKING if each != self._lot.schema],
            content=readable(records[0].value), is_secret=bears_secret(records[0].value), header_texts=_headers(records[0]),
            may_decide=self._lot.lets_decide(asker), may_retry=key.topic in self._lot.handlers,
            status=409 if refused.reason_vi or refused.tried else 200,
        )  # fmt: skip

    def _answer(self, *, status: int, **context: Any) -> HTMLResponse:  # noqa: ANN401  what the template shows
        answer = self.pages.answer("parked_record.html", status=status, **context)
        answer.headers.update(NOT_STORED)
        return answer

    async def retry(self, decider: Decider, place: str) -> Response:
        """Apply a key's records again in order, from its first one."""
        pool = await self._lot.pool()
        try:
            (key,) = await find_keys(pool, [read_place(place)])
            handler = self._lot.handlers[key.topic]
        except (NotFoundError, KeyError):
            return self.pages.refuse(404, "not-found", "nothing is parked there that could be tried again")
        note = decider.note(self._lot, "parked-retried")
        tried = await retry_key(Ledger(pool), handler, key, by=decider.principal.actor, note=note)
        if tried.failed is not None:
            return await self.show(decider.principal, tried.failed.place, Refused(tried=tried))
        return lead_back("retried", tried.applied)

    async def discard(self, decider: Decider, form: Mapping[str, str]) -> Response:
        """Take one record out, with a word why."""
        place, why = form.get("place", ""), form.get("why", "")
        reason_vi = missing(form)
        if reason_vi:
            return await self.show(decider.principal, place, Refused(reason_vi, why))
        pool = await self._lot.pool()
        try:
            where = read_place(place)
            record = next(each for each in await read_key(pool, *where) if each.offset == where[2])
            note = decider.note(self._lot, "parked-discarded", why)
            await discard(Ledger(pool), record, by=decider.principal.actor, why=why, note=note)
        except NotFoundError:
            return self.pages.refuse(404, "not-found", "nothing is parked there")
        return lead_back("discarded", 1)


def _headers(record: ParkedRecord) -> list[tuple[str, str]]:
    return [(name, _text(value)) for name, value in record.headers]


def bears_secret(value: bytes | None) -> bool:
    """Tell whether a record may be a document with a mark of state secrets, whatever else is wrong with it: nobody is shown such a one."""
    try:
        data = json.loads(value or b"null")
    except (ValueError, RecursionError):
        return _MARKED.search(value or b"") is not None
    return _has_mark(data) or (isinstance(data, dict) and _has_mark(data.get("data")))


def _has_mark(data: object) -> bool:
    return isinstance(data, dict) and data.get("security", "none") != "none"


def readable(value: bytes | None) -> str:
    """Return a record's content for people: JSON laid out, everything else as text, with what is no text marked; cut where it is long."""
    if value is None:
        return ""
    try:
        text = json.dumps(json.loads(value), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        text = _text(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n…"


def _text(value: bytes) -> str:
    return value.decode(errors="replace")
