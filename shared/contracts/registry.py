"""Facts of the family registry: units, publishers and the calendar."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID, uuid5

from msgspec import Meta

from shared.contracts.codes import canonical_code
from shared.contracts.types import Contract, Instant, Line, Part, Slug, Text, UnitCode, UnitId, Year

PUBLISHER_NAMESPACE = UUID("0b6f0a52-6a0c-5c0d-9a57-3d9f6f1f2d11")
CALENDAR_NAMESPACE = UUID("7c3a2b1e-91d4-5e5b-8a39-5a0f4c2e6b02")

UNIT_NAMESPACE = UUID("3d8c1f60-5b1e-5f0a-8c77-2e4f6a9b1c03")


def unit_key(code: str) -> UUID:
    """Return the id that the office gives a unit that it registers itself: UUIDv5 of its code in its one form."""
    return uuid5(UNIT_NAMESPACE, canonical_code(code))


def publisher_key(publisher: str) -> UUID:
    """Return the key of a publisher's facts: UUIDv5 of its slug."""
    return uuid5(PUBLISHER_NAMESPACE, publisher)


def calendar_key(year: int) -> UUID:
    """Return the key of a year's calendar: UUIDv5 of the year in decimal digits."""
    return uuid5(CALENDAR_NAMESPACE, str(year))


class UnitRegistered(Contract, frozen=True, kw_only=True):
    """A unit of the administration entered the registry; the event's subject and partition key are the unit's id."""

    NAME: ClassVar[str] = "unit-registered"
    code: UnitCode
    name: Line
    short_name: Line | None = None
    parent: UnitId | None = None
    valid_from: date | None = None


class UnitRenamed(Contract, frozen=True, kw_only=True):
    """A unit has another name from a day on; the names before it stay with their dates."""

    NAME: ClassVar[str] = "unit-renamed"
    name: Line
    short_name: Line | None = None
    valid_from: date
    document: Line | None = None


class UnitSucceeded(Contract, frozen=True, kw_only=True):
    """Other units took a unit's place from a day on (merged, split, dissolved); open tasks move only by facts of their own."""

    NAME: ClassVar[str] = "unit-succeeded"
    successors: Annotated[tuple[UnitId, ...], Meta(min_length=1, max_length=50)]
    valid_from: date
    document: Line | None = None


class PublisherAuthorised(Contract, frozen=True, kw_only=True):
    """A publisher may speak for units in facts of some types, for a time; a newer fact replaces all the rights of the one before.

    The event's subject and partition key are `publisher_key(publisher)`; `types` are bare names such as "task-assigned"; `has_topic` where
    the publisher has topics of its own in Kafka.
    """

    NAME: ClassVar[str] = "publisher-authorised"
    publisher: Slug
    name: Line
    units: Annotated[tuple[UnitId, ...], Meta(max_length=1_000)] = ()
    all_units: bool = False
    types: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=100)]
    valid_from: Instant
    valid_until: Instant | None = None
    has_topic: bool = False


class DayOff(Part, frozen=True, kw_only=True):
    """A day on which nobody works, and why."""

    day: date
    name: Line


class CalendarAmended(Contract, frozen=True, kw_only=True):
    """The days off and the working Saturdays and Sundays of a year, as a whole; the subject and partition key are `calendar_key(year)`."""

    NAME: ClassVar[str] = "calendar-amended"
    year: Year
    days_off: Annotated[tuple[DayOff, ...], Meta(max_length=366)]
    working_days: Annotated[tuple[date, ...], Meta(max_length=110)] = ()
    notice: Text
