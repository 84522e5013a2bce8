"""A notice as a mail message: text and HTML in Vietnamese, a calendar part where it invites, ids that stay the same at every attempt."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.notifications.delivering.channel import Message
from services.notifications.mail.headers import set_address, set_words
from services.notifications.texts import moment
from shared.calendar_files import Conference, Party, calendar_file

CALENDAR_NAME: Final = "hoi-nghi.ics"


@dataclass(frozen=True, slots=True)
class From:
    """Who mail is from: an address of this installation, and a name."""

    address: str
    name: str

    @property
    def domain(self) -> str:
        """Return the domain that ids of messages belong to."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class _Links:
    """Where a notice leads to."""

    page: str
    inbox: str


class Composer:
    """Makes messages; the same message at the same instant says the same."""

    def __init__(self, sender: From, public_url: str) -> None:
        self._from = sender
        self._url = public_url
        self._templates = Environment(
            loader=PackageLoader("services.notifications"), autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        )  # fmt: skip
        self._templates.filters["said"] = moment

    def compose(self, message: Message, at: datetime) -> bytes:
        """Return a message as it is handed in at an instant of real time."""
        mail = EmailMessage(policy=SMTP)
        self._address(mail, message, at)
        mail.set_content(self._render("mail/notice.txt", message), cte="quoted-printable")
        mail.add_alternative(self._render("mail/notice.html", message), subtype="html", cte="quoted-printable")
        calendar = self._calendar(message)
        if calendar is not None:
            self._invite(mail, message, calendar)
        return mail.as_bytes()

    def _address(self, mail: EmailMessage, message: Message, at: datetime) -> None:
        notice = message.notice
        set_address(mail, "From", self._from.name, self._from.address)
        set_address(mail, "To", message.unit.name, message.address)
        set_words(mail, "Subject", notice.title)
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = self._id(notice.notice)
        if references := self._references(message):
            mail["In-Reply-To"] = references[-1]
            mail["References"] = " ".join(references)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's machine answers it
        mail["List-Id"] = f"<notices.{self._from.domain}>"
        mail["X-Dondoc-Rule"] = notice.rule
        mail["X-Dondoc-Directive"] = str(notice.directive)
        if notice.task:
            mail["X-Dondoc-Task"] = str(notice.task)

    def _id(self, notice: UUID) -> str:
        return f"<{notice}@{self._from.domain}>"

    def _references(self, message: Message) -> list[str]:
        """Return the ids of what was sent before about the same matter, last what this message corrects, or the newest one."""
        corrects = message.notice.corrects
        before = [each for each in message.earlier if each != corrects]
        return [self._id(each) for each in (*before, *([corrects] if corrects else []))]

    def _render(self, template: str, message: Message) -> str:
        return self._templates.get_template(template).render(
            notice=message.notice, unit=message.unit, links=self._links(message), sender=self._from.name,
            lines=message.notice.body.splitlines(),
        )  # fmt: skip

    def _links(self, message: Message) -> _Links:
        notice = message.notice
        page = notice.calendar or (f"/tasks/{notice.task}" if notice.task else f"/directives/{notice.directive}")
        return _Links(f"{self._url}{page}", f"{self._url}/units/{quote(message.unit.code, safe='')}/inbox")

    def _calendar(self, message: Message) -> bytes | None:
        invitation = message.notice.invitation
        if invitation is None:
            return None
        conference = Conference(
            id=invitation.conference, title=invitation.title, starts_at=invitation.starts_at, ends_at=invitation.ends_at,
            place=invitation.place, organizer=Party(self._from.name, f"mailto:{self._from.address}"), sequence=invitation.sequence,
            stamped_at=message.notice.issued_at, is_cancelled=invitation.method == "cancel", page=self._links(message).page,
        )  # fmt: skip
        invited = Party(message.unit.name, f"mailto:{message.address}")
        return calendar_file(conference, invitation.method, self._url, [invited])

    def _invite(self, mail: EmailMessage, message: Message, calendar: bytes) -> None:
        """Add the calendar as a part that programs act on (RFC 6047), and as a file for people."""
        invitation = message.notice.invitation
        method = invitation.method.upper() if invitation else ""
        mail.add_alternative(calendar.decode(), subtype="calendar", cte="base64", params={"method": method})
        mail.add_attachment(calendar, "text", "calendar", cte="base64", filename=CALENDAR_NAME, params={"method": method})
