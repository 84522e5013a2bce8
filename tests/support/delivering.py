"""A courier at work in a test: channels of a test's own, contacts put by hand, and what came of deliveries."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.notifications.delivering.channel import Channel, Message, Outcome
from services.notifications.delivering.dispatch import Courier, Pace
from services.notifications.delivering.endings import Endings
from services.notifications.domain.deliveries import Kind
from services.notifications.handlers import DIRECTIVES
from shared.contracts.notifications import NoticeIssued
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool
from shared.sql import Queries
from tests.support.notice_office import Office
from tests.support.notices import HOME_AFFAIRS, assigned, event
from tests.support.waiting import eventually

QUERIES = Queries("tests.support", "delivering.sql")
TAKEN = Outcome("delivered", "250", "OK")
LATER = Outcome("deferred", "451", "try later")
NEVER = Outcome("refused", "550", "no such user vanthu@phuoclong.example.gov.vn")
PERHAPS = Outcome("unknown", "disconnected", "cut after the final dot")

Answer = Callable[[Message], Awaitable[Outcome]]


@dataclass
class Scripted:
    """A channel that answers with outcomes in turn, the last one for ever, and remembers what it was asked to send."""

    outcomes: Sequence[Outcome] = (TAKEN,)
    kind: Kind = "mail"
    seen: list[Message] = field(default_factory=list)

    async def attempt(self, message: Message) -> Outcome:
        self.seen.append(message)
        return self.outcomes[min(len(self.seen), len(self.outcomes)) - 1]


@dataclass
class Answering:
    """A channel whose answers come from a function."""

    answer: Answer
    kind: Kind = "mail"

    async def attempt(self, message: Message) -> Outcome:
        return await self.answer(message)


@asynccontextmanager
async def delivering(
    pool: Pool, dsn: str, *channels: Channel, scale: float = 0.0, lease: float = 30.0, patience: float = 25.0, stop: float = 5.0
) -> AsyncIterator[Courier]:
    """Run a courier while the block runs, then stop it gracefully."""
    courier = Courier(pool, Endings(Ledger(pool), "system", scale=scale), channels, Pace(lease, patience, scale, stop))
    running = asyncio.create_task(courier.run(dsn))
    try:
        yield courier
    finally:
        courier.stop()
        await running


async def add_contact(pool: Pool, contact: UUID, unit: UUID, value: str, kind: Kind = "mail") -> None:
    """Give a unit a contact; a webhook also gets a secret."""
    await pool.execute(QUERIES["add_contact"], contact, unit, kind, value)
    if kind == "webhook":
        await pool.execute(QUERIES["add_secret"], contact)


async def deliveries(pool: Pool) -> list[Any]:
    """Return the deliveries in the order of their notices."""
    return list(await pool.fetch(QUERIES["list_deliveries"]))


async def attempts(pool: Pool) -> list[tuple[int, str, str | None]]:
    """Return (number, outcome, code) of each attempt in the order of their beginning."""
    return [(row["number"], row["outcome"], row["code"]) for row in await pool.fetch(QUERIES["list_attempts"])]


async def states(pool: Pool) -> list[str]:
    """Return the states of the deliveries."""
    return [row["state"] for row in await deliveries(pool)]


async def settled(pool: Pool, count: int = 1, limit: float = 30.0) -> list[Any]:
    """Wait until so many notices are settled, and return what came of them."""

    async def are_settled() -> list[Any]:
        rows = list(await pool.fetch(QUERIES["list_endings"]))
        return rows if len(rows) >= count else []

    return await eventually(are_settled, limit)


async def mail_notice(office: Office, contact: UUID, address: str) -> NoticeIssued:
    """Issue one notice to a unit with a mail contact, have Kafka take it, and return what goes by mail."""
    await add_contact(office.ledger.pool, contact, HOME_AFFAIRS, address)
    await office.follow(DIRECTIVES, event(assigned(), "t-1"))
    await office.send()
    [notice] = [data for data, _ in await office.published() if isinstance(data, NoticeIssued) and data.channel == "mail"]
    return notice
