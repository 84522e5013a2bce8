"""The delivery log: what was sent to which contact, each attempt at it, and who was told of a directive in which way."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.notifications.cursors import Place
from services.notifications.domain.deliveries import Kind, State
from services.notifications.queries import DELIVERIES
from services.notifications.repository import read_rolls
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.postgres import Pool


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt, by real time; `unknown` without an end is under way, or was broken off.

    `detail` is what the server or our network said, for those who oversee all units.
    """

    number: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    code: str | None
    detail: str | None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent of a notice to one contact; `next_at` is when it is tried next, none once it is over."""

    delivery: UUID
    notice: UUID
    contact: UUID
    channel: Kind
    unit: UUID
    unit_code: str | None
    rule: str
    directive: UUID
    task: UUID | None
    title: str
    state: State
    made_at: datetime
    next_at: datetime | None
    finished_at: datetime | None
    attempts: list[Attempt]


class Deliveries(msgspec.Struct, frozen=True):
    """A part of the delivery log, newest first."""

    items: list[Delivery]
    next: str | None


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent of a notice beside the inbox, to one contact."""

    channel: Kind
    label: str | None
    state: State
    next_at: datetime | None
    attempts: list[Attempt]


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that was told something: in its inbox, and by what else."""

    notice: UUID
    position: int
    recipient: UUID
    code: str | None
    name: str | None
    task: UUID | None
    title: str
    issued_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    copies: list[Copy]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which deliveries are asked for; None asks for all."""

    unit: UUID | None = None
    directive: UUID | None = None
    task: UUID | None = None
    notice: UUID | None = None
    state: str | None = None
    channel: str | None = None


async def read_deliveries(pool: Pool, sought: Sought, after: Place | None, limit: int, *, shows_words: bool) -> Deliveries:
    """Return a part of the delivery log of notices that are in Kafka, with what servers said or without."""
    made_at, delivery = (after.issued_at, after.notice) if after else (None, None)
    rows = await pool.fetch(
        DELIVERIES["list_deliveries"], made_at, delivery, sought.unit, sought.directive, sought.task, sought.notice, sought.state,
        sought.channel, limit + 1,
    )  # fmt: skip
    shown = rows[:limit]
    attempts = await _read_attempts(pool, [row["delivery"] for row in shown])
    items = [_delivery(row, _shown(attempts[row["delivery"]], shows_words=shows_words)) for row in shown]
    return Deliveries(items, str(Place(items[-1].made_at, items[-1].delivery)) if len(rows) > limit else None)


def _delivery(row: Any, attempts: list[Attempt]) -> Delivery:  # noqa: ANN401  asyncpg's Record has no type of its columns
    same = {name: row[name] for name in Delivery.__struct_fields__ if name not in ("attempts", "next_at")}
    return Delivery(**same, attempts=attempts, next_at=_next(row))


def _shown(attempts: list[Attempt], *, shows_words: bool) -> list[Attempt]:
    return attempts if shows_words else [replace(each, detail=None) for each in attempts]


def _next(row: Any) -> datetime | None:  # noqa: ANN401
    return row["next_at"] if row["state"] == "pending" else None


async def _read_attempts(pool: Pool, deliveries: Collection[UUID]) -> dict[UUID, list[Attempt]]:
    found: dict[UUID, list[Attempt]] = defaultdict(list)
    for row in await pool.fetch(DELIVERIES["list_attempts"], list(deliveries)) if deliveries else []:
        found[row["delivery"]].append(Attempt(**{name: row[name] for name in Attempt.__struct_fields__}))
    return found


async def read_tellings(
    pool: Pool, directive: UUID, task: UUID | None, sight: Sight, below: int | None, limit: int
) -> tuple[list[Telling], int | None]:
    """Return who was told of a directive, newest first, and the position to go on below.

    A unit sees what itself was told, the office of the issuer all; raises NotFoundError where the directive does not concern the asker.
    """
    recipient = await _only(pool, directive, sight)
    rows = await pool.fetch(DELIVERIES["list_tellings"], directive, task, recipient, below, limit + 1)
    shown = rows[:limit]
    copies = await _read_copies(pool, directive, [row["about"] for row in shown])
    tellings = [_telling(row, copies[row["about"], row["rule"], row["recipient"]]) for row in shown]
    return tellings, tellings[-1].position if len(rows) > limit else None


async def _only(pool: Pool, directive: UUID, sight: Sight) -> UUID | None:
    """Return whose notices alone may be shown, None for all; raises NotFoundError where the directive does not concern the asker."""
    if sight.unit is None:
        return None
    async with pool.acquire(timeout=5) as connection:
        roll = (await read_rolls(connection, [directive])).get(directive)
    if roll is not None and sight.is_issuer and roll.issuer == sight.unit:
        return None
    if roll is None or not roll.concerns(sight.unit):
        raise NotFoundError("directive", str(directive))
    return sight.unit


async def _read_copies(pool: Pool, directive: UUID, about: Sequence[str]) -> dict[tuple[str, str, UUID], list[Copy]]:
    rows = await pool.fetch(DELIVERIES["list_copies"], directive, list(set(about))) if about else []
    attempts = await _read_attempts(pool, [row["delivery"] for row in rows])
    copies: dict[tuple[str, str, UUID], list[Copy]] = defaultdict(list)
    for row in rows:
        copy = Copy(
            channel=row["channel"], label=row["label"], state=row["state"], next_at=_next(row), attempts=attempts[row["delivery"]]
        )  # fmt: skip
        copies[row["about"], row["rule"], row["recipient"]].append(copy)
    return copies


def _telling(row: Any, copies: list[Copy]) -> Telling:  # noqa: ANN401
    return Telling(**{name: row[name] for name in Telling.__struct_fields__ if name != "copies"}, copies=copies)
