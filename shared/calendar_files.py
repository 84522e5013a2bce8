"""A conference as a calendar file (RFC 5545, RFC 5546): published for whoever looks at it, or sent as an invitation or its cancellation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress, vUri

Method = Literal["publish", "request", "cancel"]

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//Don Doc//dondoc//VI"
OPEN_END = timedelta(hours=2)
"""How long a conference counts as going on whose end nobody set."""
OPEN_END_VI = "Giờ kết thúc chưa ấn định; lịch tạm tính 2 giờ."


@dataclass(frozen=True, slots=True)
class Party:
    """Who organizes or is invited: a name, and an address as a URI (`mailto:…`, or a page where there is no mail)."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Conference:
    """What a calendar knows of a conference; an end that is None is open.

    `sequence` never falls and grows with each change: the version of the last fact about it. `stamped_at` is when that fact was registered.
    """

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime | None
    place: str
    organizer: Party
    sequence: int
    stamped_at: datetime
    is_cancelled: bool = False
    description: str = ""
    page: str = ""


def uid_of(conference: UUID, public_url: str) -> str:
    """Return the name that a conference has in every calendar, whatever happens to it."""
    return f"{conference}@{urlsplit(public_url).hostname}"


def calendar_file(conference: Conference, method: Method, public_url: str, invited: Sequence[Party] = ()) -> bytes:
    """Return a conference as a calendar file; `cancel` takes it out of the calendars that have it. Same data, same bytes."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.upper())
    calendar.add_component(_event(conference, method, public_url, invited))
    return bytes(calendar.to_ical())


def _event(conference: Conference, method: Method, public_url: str, invited: Sequence[Party]) -> Event:
    is_cancelled = conference.is_cancelled or method == "cancel"
    event = Event()
    event.add("uid", uid_of(conference.id, public_url))
    event.add("sequence", conference.sequence)
    event.add("dtstamp", conference.stamped_at.astimezone(UTC))
    event.add("dtstart", conference.starts_at.astimezone(UTC))
    event.add("dtend", (conference.ends_at or conference.starts_at + OPEN_END).astimezone(UTC))
    event.add("summary", conference.title)
    event.add("location", conference.place)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("organizer", _address(conference.organizer))
    for each in invited:
        event.add("attendee", _attendee(each, method))
    description = _description(conference)
    if description:
        event.add("description", description)
    if conference.page:
        event.add("url", vUri(conference.page))
    return event


def _description(conference: Conference) -> str:
    open_end = "" if conference.ends_at else OPEN_END_VI
    return "\n".join(filter(None, (conference.description, open_end)))


def _address(party: Party) -> vCalAddress:
    address = vCalAddress(party.address)
    # A name is a parameter, and none may have a quotation mark or a control character (RFC 5545, 3.2).
    name = "".join("'" if letter == '"' else letter for letter in party.name if letter.isprintable())
    address.params["CN"] = name
    return address


def _attendee(party: Party, method: Method) -> vCalAddress:
    address = _address(party)
    address.params["ROLE"] = "REQ-PARTICIPANT"
    if method == "request":
        # Units answer in their inbox, not by mail to a machine.
        address.params["PARTSTAT"] = "NEEDS-ACTION"
        address.params["RSVP"] = "FALSE"
    return address
