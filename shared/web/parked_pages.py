"""What a service could not apply, for operators: a fragment that lists it, a page for each record, and the two decisions about it."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from shared.errors import NotFoundError
from shared.identity.audit import record as write_audit
from shared.identity.principals import Principal
from shared.journal.unit_of_work import Ledger
from shared.postgres import Connection, Pool
from shared.streaming.follower import Handler
from shared.streaming.parked import Note, ParkedRecord, Tried, discard, list_parked_keys, read_key, try_again
from shared.web.access import Asker, Signed
from shared.web.forms import address_of, read_form
from shared.web.pages import Pages
from shared.web.rules import RULES

SHOWN = 50
"""Parked keys that the list shows, and records behind one that its page names."""
LONGEST = 64 * 1024
"""Characters of a record that its page shows."""
MAX_WHY = 500
NOT_STORED = {"Cache-Control": "no-store"}
_MARKED = re.compile(rb'"security"\s*:\s*"(?!none")')


@dataclass(frozen=True)
class Lot:
    """Where a service parks: its schema, the pool on it, and by topic what applies a record again; a topic that has none is not tried."""

    schema: str
    pool: Callable[[], Awaitable[Pool]]
    handlers: Mapping[str, Handler] = field(default_factory=dict)


class Refused(NamedTuple):
    """Why nothing was done, in Vietnamese, and what was typed."""

    reason_vi: str = ""
    why: str = ""
    tried: Tried | None = None


NOT_REFUSED = Refused()


def build_parked(lot: Lot) -> APIRouter:
    """Return the routes of one service's parking; each needs its lines in the table of rules."""
    router = APIRouter(include_in_schema=False, prefix=f"/parked/{lot.schema}")
    desk = _Desk(lot, Pages("shared.web"))

    @router.get("/records")
    async def show_list() -> Response:
        keys = await list_parked_keys(await lot.pool(), SHOWN + 1)
        return desk.pages.answer("_parked.html", lot=lot, keys=keys[:SHOWN], has_more=len(keys) > SHOWN, address_of=desk.address)

    @router.get("/record")
    async def show_record(asker: Asker, place: Annotated[str, Query(max_length=400)]) -> Response:
        return await desk.show(asker, place)

    @router.post("/retry")
    async def retry(request: Request, signed: Signed) -> Response:
        form = await read_form(request)
        return await desk.retry(signed.principal, address_of(request.scope), form.get("place", ""))

    @router.post("/discard")
    async def take_out(request: Request, signed: Signed) -> Response:
        return await desk.discard(signed.principal, address_of(request.scope), await read_form(request))

    return router


class _Desk:
    """Shows a parked record and does what was decided about it."""

    def __init__(self, lot: Lot, pages: Pages) -> None:
        self._lot = lot
        self.pages = pages

    def address(self, place: str) -> str:
        """Return the address of a record's page."""
        return f"/parked/{self._lot.schema}/record?{urlencode({'place': place})}"

    async def show(self, asker: Principal, place: str, refused: Refused = NOT_REFUSED) -> Response:
        """Show a record, with those that wait behind it, or that it is not there."""
        try:
            records = await self._find(place)
        except NotFoundError:
            return self.pages.refuse(404, "not-found", "nothing is parked there")
        behind = records[1:]
        return self._answer(
            record=records[0], behind=behind[:SHOWN], count=len(behind), refused=refused, lot=self._lot,
            content=readable(records[0].value), is_secret=bears_secret(records[0].value),
            headers=[(name, _text(value)) for name, value in records[0].headers],
            may_decide=asker.role in RULES[f"POST /parked/{self._lot.schema}/discard"].grants,
            may_retry=records[0].topic in self._lot.handlers, status=409 if refused.reason_vi or refused.tried else 200,
        )  # fmt: skip

    def _answer(self, *, status: int, **context: Any) -> HTMLResponse:  # noqa: ANN401  what the template shows
        answer = self.pages.answer("parked_record.html", status=status, **context)
        answer.headers.update(NOT_STORED)
        return answer

    async def _find(self, place: str) -> list[ParkedRecord]:
        """Return the record at a place and those that wait behind it, or raise NotFoundError."""
        topic, partition, offset = read_place(place)
        records = await read_key(await self._lot.pool(), topic, partition, offset)
        # What has no key waits for nobody.
        alone = [each for each in records if each.key or each.offset == offset]
        return [each for each in alone if each.offset >= offset]

    async def retry(self, who: Principal, address: str, place: str) -> Response:
        """Apply a key's records again in order, from its first one."""
        pool = await self._lot.pool()
        try:
            records = await read_key(pool, *read_place(place))
            handler = self._lot.handlers[records[0].topic]
            if not records[0].key:
                records = [each for each in records if each.place == place]
            tried = await try_again(Ledger(pool), handler, records, by=who.actor, note=self._note(who, address, "parked-retried"))
        except (NotFoundError, KeyError):
            return self.pages.refuse(404, "not-found", "nothing is parked there that could be tried again")
        if tried.failed is not None:
            return await self.show(who, tried.failed.place, Refused(tried=tried))
        return _lead_back("retried", tried.applied)

    async def discard(self, who: Principal, address: str, form: Mapping[str, str]) -> Response:
        """Take one record out, with a word why."""
        place, why = form.get("place", ""), form.get("why", "")
        reason_vi = _missing(form)
        if reason_vi:
            return await self.show(who, place, Refused(reason_vi, why))
        try:
            record = (await self._find(place))[0]
            note = self._note(who, address, "parked-discarded", why)
            await discard(Ledger(await self._lot.pool()), record, by=who.actor, why=why, note=note)
        except NotFoundError:
            return self.pages.refuse(404, "not-found", "nothing is parked there")
        return _lead_back("discarded", 1)

    def _note(self, who: Principal, address: str, action: str, why: str = "") -> Note:
        """Return what writes the decision into the audit log."""

        async def note(connection: Connection, record: ParkedRecord) -> None:
            thing = f"parked:{self._lot.schema}/{record.place}"
            detail = {"reason": why} if why else {}
            await write_audit(connection, actor=who.actor, action=action, object=thing, detail=detail, address=address)

        return note


def _missing(form: Mapping[str, str]) -> str:
    why = form.get("why", "")
    if not why:
        return "Chưa ghi lý do bỏ."
    if len(why) > MAX_WHY:
        return f"Lý do dài quá {MAX_WHY} ký tự."
    return "" if form.get("sure") else "Hãy đánh dấu xác nhận rằng sự kiện này sẽ không được áp dụng."


def _lead_back(told: str, count: int) -> Response:
    return RedirectResponse(f"/parked?{urlencode({'told': told, 'count': count})}", 303, NOT_STORED)


def read_place(place: str) -> tuple[str, int, int]:
    """Return topic, partition and offset of a place, or raise NotFoundError where it is none."""
    topic, _, rest = place.partition("/")
    partition, _, offset = rest.partition("/")
    is_place = topic and all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (partition, offset))  # noqa: PLR2004  a bigint
    if not is_place or int(partition) >= 2**31:
        raise NotFoundError("parked record", place)
    return topic, int(partition), int(offset)


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
