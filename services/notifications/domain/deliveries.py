"""Deliveries of a notice: their names, which of them share a server, and what they come to together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from services.notifications.domain.notices import NAMESPACE

Kind = Literal["mail", "webhook"]
"""The channels that reach beyond this system."""

State = Literal["pending", "delivered", "failed", "unknown", "withdrawn"]
"""`unknown`: nothing more is tried, and an attempt broke off when it may have been taken; `withdrawn`: there was nowhere to send it."""

MAIL_LANE = "mail"
"""All mail goes through one server."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one delivery of a notice stands, after so many attempts; `detail` is what was said last."""

    state: State
    attempts: int
    detail: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of a notice: where one contact took it, it is delivered."""

    outcome: Literal["delivered", "failed", "unknown"]
    attempts: int
    detail: str


def delivery_id(notice: UUID, contact: UUID) -> UUID:
    """Return the id of the one delivery of a notice to a contact."""
    return uuid5(NAMESPACE, f"delivery\n{notice}\n{contact}")


def ending_id(notice: UUID) -> UUID:
    """Return the id of the one event that says what came of a notice."""
    return uuid5(NAMESPACE, f"ending\n{notice}")


def lane_of(kind: Kind, address: str) -> str:
    """Return which deliveries go to the same server; one that is slow holds up its own lane alone."""
    if kind == "mail":
        return MAIL_LANE
    parts = urlsplit(address)
    return f"webhook {parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def ending_of(deliveries: Iterable[Standing]) -> Ending | None:
    """Return what the deliveries of a notice have come to, None while it is open.

    One that was delivered settles it. Else all have to be over, and one that may have arrived counts more than those that did not.
    """
    standings = list(deliveries)
    for state, outcome in _ORDER:
        found = next((each for each in standings if each.state == state), None)
        if found is not None:
            return Ending(outcome, found.attempts, found.detail) if outcome else None
    return None


_ORDER: tuple[tuple[State, Literal["delivered", "failed", "unknown"] | None], ...] = (
    ("delivered", "delivered"),
    ("pending", None),
    ("unknown", "unknown"),
    ("failed", "failed"),
    ("withdrawn", "failed"),
)
"""Which state speaks for a notice, the strongest first; while one is pending nothing is settled yet."""
