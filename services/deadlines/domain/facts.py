"""A registered fact as this service takes it."""

from datetime import datetime
from uuid import UUID

import msgspec

from shared.envelope import Event
from shared.errors import InvalidMessageError


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A registered fact with what every one has: its key (directive, unit, calendar), subject, version, receipt and registration.

    `cause` names the record that it came in.
    """

    event: Event
    cause: str
    key: UUID
    subject: UUID
    version: int
    received_at: datetime
    registered_at: datetime


def fact_of(event: Event, cause: str) -> Fact:
    """Return an event as a fact, or raise InvalidMessageError where it is not from the registrar."""
    if event.version is None or event.receivedtime is None or event.registeredtime is None:
        raise InvalidMessageError(f"{event.type} {event.id} lacks version, receivedtime or registeredtime: not from the registrar")
    return Fact(
        event=event,
        cause=cause,
        key=_id_of(event.partitionkey, "partitionkey"),
        subject=_id_of(event.subject, "subject"),
        version=event.version,
        received_at=event.receivedtime,
        registered_at=event.registeredtime,
    )


def _id_of(text: str, attribute: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidMessageError(f"{attribute} should be a UUID, not {text!r}") from None
