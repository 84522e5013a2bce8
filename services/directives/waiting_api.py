"""What waits: facts that came before what they need, for those who look after publishing."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from services.directives.receipts import Receipts, name_of
from services.directives.verdicts import VERDICTS
from services.directives.views.models import Answer, Page
from services.directives.views.questions import WaitingPlace, WaitingQuestion, cursor_of, place_of
from shared.envelope import decode
from shared.web.access import Asker


class Needed(Answer):
    """What a fact waits for."""

    kind: str
    id: UUID


class WaitingFact(Answer):
    """A fact that waits: how its publisher names it, what it is about, what it needs, and until when it waits."""

    receipt: str
    id: str
    source: str
    type: str
    subject: str
    key: str
    publisher: str
    needs: Needed
    received_at: AwareDatetime
    expires_at: AwareDatetime


def build_waiting(receipts: Receipts) -> APIRouter:
    """Return the route that lists what waits; a publisher sees its own facts only."""
    router = APIRouter(prefix="/api", tags=["publishing"])

    @router.get("/waiting")
    async def list_waiting(question: Annotated[WaitingQuestion, Query()], asker: Asker) -> Page[WaitingFact]:
        """List facts that wait for another fact of their key, in the order of receipt."""
        publisher = asker.name if asker.role == "publisher" else question.publisher
        return await _list(receipts, question, publisher)

    return router


async def _list(receipts: Receipts, question: WaitingQuestion, publisher: str | None) -> Page[WaitingFact]:
    place = place_of(question.cursor, WaitingPlace)
    after = (place.at, place.partition, place.offset) if place else (None, None, None)
    rows = await receipts.fetch("list_waiting", VERDICTS, question.key, publisher, *after, question.limit + 1)
    shown = rows[: question.limit]
    more = len(rows) > question.limit
    return Page(items=[_fact(row) for row in shown], next=cursor_of(_place(shown[-1])) if more else None)


def _place(row: asyncpg.Record) -> WaitingPlace:
    return WaitingPlace(row["received_at"], row["partition"], row["kafka_offset"])


def _fact(row: asyncpg.Record) -> WaitingFact:
    event = decode(row["value"])
    return WaitingFact(
        receipt=name_of((row["partition"], row["kafka_offset"])),
        id=event.id,
        source=event.source,
        type=event.type,
        subject=event.subject,
        key=event.partitionkey,
        publisher=row["publisher"],
        needs=Needed(kind=row["need_kind"], id=UUID(row["need_id"])),
        received_at=row["received_at"],
        expires_at=row["expires_at"],
    )
