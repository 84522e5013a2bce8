"""What the courier asks of a channel: one attempt at one message, and what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from services.notifications.domain.deliveries import Kind
from services.notifications.texts import HANOI
from shared.contracts.notifications import Invitation

OutcomeKind = Literal["delivered", "refused", "withdrawn", "deferred", "unknown"]


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit that is told."""

    unit: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice as it was issued; `notice` is the stable Message-ID or webhook-id, the same at every attempt and for every contact."""

    notice: UUID
    rule: str
    title: str
    body: str
    directive: UUID
    task: UUID | None
    about: str
    issued_at: datetime
    corrects: UUID | None
    escalates: UUID | None
    invitation: Invitation | None

    @property
    def calendar(self) -> str | None:
        """The path of the conference in the calendar, which whoever is invited sees, unlike its task and directive."""
        if self.invitation is None:
            return None
        return f"/conferences?month={self.invitation.starts_at.astimezone(HANOI):%Y-%m}#conference-{self.invitation.conference}"


@dataclass(frozen=True, slots=True)
class Message:
    """One attempt at a delivery: what is said to whom, under which present address.

    `earlier` are the notices of the same channel that the unit got before about the same task, oldest first.
    """

    delivery: UUID
    attempt: int
    contact: UUID
    address: str
    label: str | None
    unit: Unit
    notice: Notice
    earlier: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt.

    `delivered`, `refused` (by the receiver) and `withdrawn` (nothing was sent, since there is nowhere any more) are final. `deferred`
    (surely not taken) and `unknown` (perhaps taken) are tried again on the schedule, under the same id. `code` is a status or a stable
    word, `detail` what was said, for people; `retry_after` is what the receiver asked for.
    """

    kind: OutcomeKind
    code: str
    detail: str = ""
    retry_after: timedelta | None = None


class Channel(Protocol):
    """Sends messages one way."""

    kind: Kind

    async def attempt(self, message: Message) -> Outcome:
        """Try to send a message once; an error that it raises counts as `unknown`. It may be cancelled when it takes too long."""
