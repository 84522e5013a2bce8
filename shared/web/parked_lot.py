"""Where a service parks, as its pages work with it, and what is written into the audit log of what was decided there."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse

from shared.errors import NotFoundError
from shared.identity.audit import record as write_audit
from shared.identity.principals import Principal
from shared.postgres import Connection, Pool
from shared.streaming.bulk import Place
from shared.streaming.follower import Handler
from shared.streaming.held import Outlook
from shared.streaming.parked import Note, ParkedRecord
from shared.web.rules import RULES

MAX_WHY = 500
NOT_STORED = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Lot:
    """Where a service parks: its schema, the pool on it, and by topic what applies a record again; a topic that has none is not tried.

    The outlook says what a parked key holds back.
    """

    schema: str
    pool: Callable[[], Awaitable[Pool]]
    outlook: Outlook
    handlers: Mapping[str, Handler] = field(default_factory=dict)

    def address(self, page: str, **query: str) -> str:
        """Return the address of a page about it."""
        return f"/parked/{self.schema}/{page}?{urlencode(query)}"

    def lets_decide(self, asker: Principal) -> bool:
        """Tell whether somebody may decide about what is parked here."""
        return asker.role in RULES[f"POST /parked/{self.schema}/discard"].grants


class Decider(NamedTuple):
    """Who decides, and from where."""

    principal: Principal
    address: str

    def note(self, lot: Lot, action: str, why: str = "") -> Note:
        """Return what writes a decision into the audit log."""

        async def note(connection: Connection, record: ParkedRecord) -> None:
            thing = f"parked:{lot.schema}/{record.place}"
            detail = {"reason": why} if why else {}
            await write_audit(connection, actor=self.principal.actor, action=action, object=thing, detail=detail, address=self.address)

        return note


def missing(form: Mapping[str, str]) -> str:
    """Return what a form that discards lacks, in Vietnamese, or nothing."""
    why = form.get("why", "")
    if not why:
        return "Chưa ghi lý do bỏ."
    if len(why) > MAX_WHY:
        return f"Lý do dài quá {MAX_WHY} ký tự."
    return "" if form.get("sure") else "Hãy đánh dấu xác nhận rằng sự kiện này sẽ không được áp dụng."


def lead_back(told: str, count: int, left: int = 0) -> Response:
    """Lead back to the list, which tells what was done."""
    return RedirectResponse(f"/parked?{urlencode({'told': told, 'count': count, **({'left': left} if left else {})})}", 303, NOT_STORED)


def read_place(place: str) -> Place:
    """Return topic, partition and offset of a place, or raise NotFoundError where it is none."""
    topic, _, rest = place.partition("/")
    partition, _, offset = rest.partition("/")
    is_place = topic and all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (partition, offset))  # noqa: PLR2004  a bigint
    if not is_place or int(partition) >= 2**31:
        raise NotFoundError("parked record", place)
    return topic, int(partition), int(offset)
