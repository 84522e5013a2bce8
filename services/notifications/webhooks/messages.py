"""What a webhook is sent: a notice as JSON, the same bytes at every attempt, with links into the office's pages."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.delivering.channel import Message
from shared.contracts.notifications import Invitation


class Links(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where people read on; who is invited sees the conference in the calendar, and perhaps nothing of its directive and task."""

    inbox: str
    directive: str
    task: str | None
    conference: str | None = None


class Recipient(msgspec.Struct, frozen=True):
    """The unit that is told."""

    code: str
    name: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The notice; `corrects` and `escalates` are notices before it, `invitation` is there for conferences."""

    notice: UUID
    rule: str
    title: str
    body: str
    unit: Recipient
    directive: UUID
    task: UUID | None
    about: str
    corrects: UUID | None
    escalates: UUID | None
    invitation: Invitation | None
    links: Links


class Payload(msgspec.Struct, frozen=True):
    """What the Standard Webhooks recommend: a type, the instant of the event, and its data."""

    type: str
    timestamp: datetime
    data: Told | dict[str, str]


def body_of(message: Message, public_url: str) -> bytes:
    """Return the body for a notice."""
    notice, unit = message.notice, message.unit
    told = Told(
        notice=notice.notice, rule=notice.rule, title=notice.title, body=notice.body, unit=Recipient(unit.code, unit.name),
        directive=notice.directive, task=notice.task, about=notice.about, corrects=notice.corrects, escalates=notice.escalates,
        invitation=notice.invitation, links=_links(message, public_url),
    )  # fmt: skip
    return msgspec.json.encode(Payload("notice.issued", notice.issued_at, told))


def ping_of(unit_code: str, at: datetime) -> bytes:
    """Return the body of a trial, which tells of nothing."""
    return msgspec.json.encode(Payload("webhook.ping", at, {"unit": unit_code}))


def _links(message: Message, public_url: str) -> Links:
    notice = message.notice
    return Links(
        f"{public_url}/units/{message.unit.code}/inbox", f"{public_url}/directives/{notice.directive}",
        f"{public_url}/tasks/{notice.task}" if notice.task else None, f"{public_url}{notice.calendar}" if notice.calendar else None,
    )  # fmt: skip
