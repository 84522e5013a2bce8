"""What inboxes show: only notices whose events are in Kafka."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.notifications.cursors import Place, Seen
from services.notifications.queries import QUERIES
from shared.contracts.codes import canonical_code
from shared.contracts.notifications import Invitation
from shared.errors import NotFoundError
from shared.identity.principals import EVERYTHING, Sight
from shared.postgres import Connection, Pool


class Unit(msgspec.Struct, frozen=True):
    """A unit whose inbox is asked for."""

    unit: UUID
    code: str
    name: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as its recipient sees it."""

    notice: UUID
    rule: str
    channel: str
    directive: UUID
    task: UUID | None
    about: str
    title: str
    body: str
    corrects: UUID | None
    issued_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    invitation: Invitation | None = None


class Page(msgspec.Struct, frozen=True):
    """A page of an inbox; `stream_cursor` is where a stream goes on after everything that the inbox showed at this moment."""

    items: list[Item]
    next: str | None
    stream_cursor: str


async def find_unit(pool: Pool, name: str, sight: Sight = EVERYTHING) -> Unit:
    """Return the unit with this code or id, or raise NotFoundError; whoever sees one unit only knows of no other."""
    row = await pool.fetchrow(QUERIES["find_unit"], canonical_code(name), _as_id(name), sight.unit)
    if row is None:
        raise NotFoundError("unit", name)
    return Unit(**row)


async def read_page(pool: Pool, recipient: UUID, after: Place | None, limit: int, *, unread: bool | None = None) -> Page:
    """Return a page of an inbox, newest first, as it was at one moment: unread notices, acknowledged ones (False), or all (None)."""
    issued_at, notice = (after.issued_at, after.notice) if after else (None, None)
    async with pool.acquire(timeout=5) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await connection.fetch(QUERIES["read_newest"], recipient, issued_at, notice, unread, limit + 1)
        reached = await connection.fetch(QUERIES["read_reached"], recipient)
    items = [_item(row) for row in rows[:limit]]
    following = str(Place(items[-1].issued_at, items[-1].notice)) if len(rows) > limit else None
    return Page(items, following, str(Seen({row["partition"]: row["position"] for row in reached})))


async def read_after(pool: Pool, recipient: UUID, seen: Seen, limit: int) -> list[tuple[Item, Seen]]:
    """Return what an inbox shows beyond what was seen, each with what has been seen once it is read; nothing is skipped."""
    rows = await pool.fetch(QUERIES["read_after"], recipient, list(seen.positions), list(seen.positions.values()), limit)
    found = []
    for row in rows:
        seen = seen.with_position(row["partition"], row["position"])
        found.append((_item(row), seen))
    return found


async def read_sent(connection: Connection | Pool) -> dict[int, int]:
    """Return how far Kafka has our events in each partition."""
    return {row["partition"]: row["sent_position"] for row in await connection.fetch(QUERIES["read_sent"])}


async def read_recipients(connection: Connection, moved: Mapping[int, tuple[int, int]]) -> set[UUID]:
    """Return whose inboxes show something new when marks move ({partition: (from, to)})."""
    above, upto = [each[0] for each in moved.values()], [each[1] for each in moved.values()]
    rows = await connection.fetch(QUERIES["read_recipients"], list(moved), above, upto)
    return {row["recipient"] for row in rows}


async def find_notice(pool: Pool, notice: UUID, recipient: UUID) -> tuple[int, UUID]:
    """Return partition and directive of a notice that its recipient was shown, or raise NotFoundError."""
    row = await pool.fetchrow(QUERIES["find_notice"], notice, recipient)
    if row is None:
        raise NotFoundError("notice", str(notice))
    return row["partition"], row["directive"]


async def count_unread(pool: Pool, recipient: UUID) -> int:
    """Return how many notices of an inbox nobody has acknowledged."""
    return int(await pool.fetchval(QUERIES["count_unread"], recipient))


def _item(row: Any) -> Item:  # noqa: ANN401  asyncpg's Record has no type of its columns
    invitation = None if row["invitation"] is None else msgspec.json.decode(row["invitation"], type=Invitation)
    return Item(**{**{name: row[name] for name in Item.__struct_fields__}, "invitation": invitation})


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
