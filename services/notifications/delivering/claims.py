"""Claims: what is due, taken under a lease, its attempt written down before it begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import msgspec

from services.notifications.delivering.channel import Message, Notice, Unit
from services.notifications.domain.deliveries import Kind
from services.notifications.domain.retries import ATTEMPTS, wait_before
from services.notifications.queries import DELIVERIES
from shared.contracts.notifications import Invitation
from shared.postgres import Pool

_invitation = msgspec.json.Decoder(Invitation)


@dataclass(frozen=True, slots=True)
class Lane:
    """A server that something is pending for, and how many seconds off that is; below 0 it is due."""

    name: str
    seconds: float

    @property
    def kind(self) -> Kind:
        """Return the channel that it belongs to."""
        return cast("Kind", self.name.partition(" ")[0])


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this process sees to; it has no message where there is nowhere to send it (`has_contact`), or no attempt left."""

    delivery: UUID
    attempts: int
    notice: UUID
    partition: int
    lane: Lane
    has_contact: bool
    message: Message | None


async def find_lanes(pool: Pool) -> list[Lane]:
    """Return the lanes in which deliveries are pending, the most urgent first."""
    return [Lane(row["lane"], row["seconds"]) for row in await pool.fetch(DELIVERIES["find_lanes"])]


async def claim(pool: Pool, rooms: Mapping[str, int], lease_seconds: float, scale: float) -> list[Claim]:
    """Take what is due in some lanes, at most so many of each, where Kafka has the notice.

    A process that dies leaves its attempt as it was written: it may have been taken, and the next one follows as scheduled.
    """
    waits = [wait_before(number, 0.5, scale=scale) for number in range(1, ATTEMPTS + 1)]
    steps = [wait.total_seconds() for wait in waits if wait is not None]
    rows = await pool.fetch(DELIVERIES["claim_deliveries"], list(rooms), list(rooms.values()), lease_seconds, steps, ATTEMPTS)
    return [_claim(row) for row in rows]


def _claim(row: Mapping[str, Any]) -> Claim:
    message = _message(row) if row["has_attempt"] else None
    return Claim(row["delivery"], row["attempts"], row["notice"], row["partition"], Lane(row["lane"], 0), row["has_contact"], message)


def _message(row: Mapping[str, Any]) -> Message:
    earlier: Sequence[UUID] = row["earlier"]
    return Message(
        delivery=row["delivery"], attempt=row["attempts"], contact=row["contact"], address=row["address"], label=row["label"],
        unit=Unit(row["unit"], row["code"], row["name"]), notice=_notice(row), earlier=tuple(reversed(earlier)),
    )  # fmt: skip


def _notice(row: Mapping[str, Any]) -> Notice:
    invitation = _invitation.decode(row["invitation"]) if row["invitation"] else None
    same = ("notice", "rule", "title", "body", "directive", "task", "about", "issued_at", "corrects", "escalates")
    return Notice(**{name: row[name] for name in same}, invitation=invitation)
