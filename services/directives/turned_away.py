"""Facts that were refused, and those that wait, as operators look through them; what of them was told in Kafka."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from services.directives.delivery import Place
from services.directives.domain.words import words_of
from services.directives.receipts import Receipts, name_of
from services.directives.verdicts import VERDICTS
from services.directives.views.questions import WaitingPlace, cursor_of, place_of
from services.directives.waiting import NEEDS_VI
from shared.contracts.verdicts import FactExpired, FactRefused, FieldProblem
from shared.envelope import decode
from shared.errors import NotFoundError, UnavailableError
from shared.sql import Queries
from shared.web.parked_pages import bears_secret

QUERIES = Queries("services.directives", "sql/registrar/refused.sql")
SECRET = "state-secret"  # noqa: S105  a code
"""The code of a refusal whose fact is shown to nobody."""
MAX_CHOICES = 200
POLL_SECONDS = 1.0
HIDDEN = "Nội dung mang dấu mật nhà nước nên không được hiển thị."


@dataclass(frozen=True, slots=True)
class Refused:
    """A fact that was refused: how its publisher knows it, why, when, and whether it had waited before."""

    receipt: str
    fact_id: str
    source: str
    type: str
    key: str
    publisher: str
    code: str
    reason: str
    reason_vi: str
    fields: Sequence[FieldProblem]
    refused_at: datetime
    received_at: datetime | None
    has_waited: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fact that waits: how its publisher knows it, what it waits for, and until when."""

    receipt: str
    fact_id: str
    source: str
    type: str
    key: str
    publisher: str
    need_vi: str
    need_id: str
    received_at: datetime
    expires_at: datetime


class Question(NamedTuple):
    """Which of them are asked for; words are looked for without diacritics, everything else counts where it is given."""

    q: str = ""
    publisher: str = ""
    code: str = ""
    since: datetime | None = None
    until: datetime | None = None
    cursor: str = ""
    limit: int = 50


class Choices(NamedTuple):
    """The codes and publishers of the facts that were refused last."""

    codes: list[str]
    publishers: list[str]


class Told:
    """Follows how much was told of facts: whatever is refused, waits, or waits no more is told."""

    def __init__(self, receipts: Receipts) -> None:
        self._receipts = receipts

    async def read_mark(self) -> str:
        """Return the mark of what a page that is read from now on shows at least."""
        (row,) = await self._receipts.look_up(QUERIES["count_told"])
        return str(row["told"])

    async def after(self, seen: str) -> str:
        """Wait until there is another mark than the one seen, and return it; a database that is away is waited for.

        In a flood of facts a page is told once a second, since looking through what was refused costs more than other lists.
        """
        while True:
            await asyncio.sleep(POLL_SECONDS)
            with contextlib.suppress(UnavailableError):
                mark = await self.read_mark()
                if mark != seen:
                    return mark


class Content(NamedTuple):
    """What a fact says, as it lies in the inbox; `why_not` says why it cannot be shown."""

    value: bytes | None = None
    why_not: str = ""


async def list_refused(receipts: Receipts, question: Question) -> tuple[list[Refused], str | None]:
    """Return facts that were refused, those refused last first, and the cursor to go on with."""
    place = place_of(question.cursor or None, WaitingPlace)
    after = (place.at, place.partition, place.offset) if place else (None, None, None)
    rows = await receipts.look_up(
        QUERIES["list_refused"], VERDICTS, question.publisher or None, question.code or None, question.since, question.until,
        _words(question.q), *after, question.limit + 1,
    )  # fmt: skip
    shown = rows[: question.limit]
    return [_refused(row) for row in shown], _next(rows, shown, "refused_at")


async def list_waiting(receipts: Receipts, question: Question) -> tuple[list[Waiting], str | None]:
    """Return facts that wait, those received first first, and the cursor to go on with."""
    place = place_of(question.cursor or None, WaitingPlace)
    after = (place.at, place.partition, place.offset) if place else (None, None, None)
    rows = await receipts.look_up(
        QUERIES["search_waiting"], VERDICTS, question.publisher or None, _words(question.q), *after, question.limit + 1
    )
    shown = rows[: question.limit]
    return [_waiting(row) for row in shown], _next(rows, shown, "received_at")


async def read_choices(receipts: Receipts) -> Choices:
    """Return what the list of refused facts can be narrowed down to."""
    rows = await receipts.look_up(QUERIES["list_refusals"])
    codes, publishers = ({row[name] for row in rows if row[name]} for name in ("code", "publisher"))
    return Choices(sorted(codes), sorted(publishers)[:MAX_CHOICES])


async def read_refused(receipts: Receipts, place: Place) -> Refused:
    """Return a fact that was refused, or raise NotFoundError."""
    rows = await receipts.look_up(QUERIES["read_refused"], VERDICTS, *place)
    if not rows:
        raise NotFoundError("refused fact", name_of(place))
    return _refused(rows[0])


async def read_content(receipts: Receipts, fact: Refused, place: Place) -> Content:
    """Return what a refused fact says; of a state secret nothing is shown."""
    if fact.code == SECRET:
        return Content(why_not=HIDDEN)
    try:
        found = await receipts.read_record(place)
    except UnavailableError:
        return Content(why_not="Chưa đọc được nội dung vì kênh sự kiện đang gián đoạn. Hãy tải lại trang sau ít phút.")
    if found is None:
        return Content(why_not="Kênh sự kiện không còn nội dung này.")
    return Content(why_not=HIDDEN) if bears_secret(found.value) else Content(found.value)


def _words(q: str) -> list[str]:
    return words_of((q,)).split()


def _next(rows: Sequence[Any], shown: Sequence[Any], at: str) -> str | None:
    if len(rows) == len(shown):
        return None
    last = shown[-1]
    return cursor_of(WaitingPlace(last[at], last["partition"], last["kafka_offset"]))


def _refused(row: Any) -> Refused:  # noqa: ANN401  asyncpg's row
    event = decode(row["value"])
    told = event.data
    if not isinstance(told, FactRefused | FactExpired):
        raise TypeError(type(told))
    return Refused(
        receipt=name_of((row["partition"], row["kafka_offset"])),
        fact_id=told.fact_id,
        source=told.fact_source,
        type=told.fact_type,
        key=event.partitionkey,
        publisher=row["publisher"] or "",
        code=told.code,
        reason=told.reason,
        reason_vi=told.reason_vi,
        fields=told.fields if isinstance(told, FactRefused) else (),
        refused_at=row["refused_at"],
        received_at=event.receivedtime,
        has_waited=row["has_waited"],
    )


def _waiting(row: Any) -> Waiting:  # noqa: ANN401  asyncpg's row
    event = decode(row["value"])
    return Waiting(
        receipt=name_of((row["partition"], row["kafka_offset"])),
        fact_id=event.id,
        source=event.source,
        type=event.type,
        key=event.partitionkey,
        publisher=row["publisher"],
        need_vi=NEEDS_VI[row["need_kind"]],
        need_id=row["need_id"],
        received_at=row["received_at"],
        expires_at=row["expires_at"],
    )


def own_data(value: bytes | None) -> dict[str, Any] | None:
    """Return the members of a fact's own data, None where its record is none that can be read."""
    try:
        event = msgspec.json.decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    data = event.get("data") if isinstance(event, dict) else None
    return data if isinstance(data, dict) else None
