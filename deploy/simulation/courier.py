"""The courier's process: claims what is due, tries it, and writes down what came of it; it may die in between."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, cast
from uuid import UUID

from deploy.chaos.evidence import NOTICES
from deploy.simulation.database import CrashError, Database, finish
from deploy.simulation.log import Log
from services.notifications.delivering.channel import Message, Outcome
from services.notifications.delivering.claims import Claim, claim
from services.notifications.delivering.endings import Endings, Result
from services.notifications.domain.deliveries import MAIL_LANE
from shared.envelope import header
from shared.journal.unit_of_work import Ledger

if TYPE_CHECKING:
    from shared.postgres import Pool

Mailbox = Literal["delivered", "deferred", "refused", "unknown"]
LEASE_SECONDS = 60.0
ROOM = 4


class Tried(NamedTuple):
    """An attempt as the mail server saw it; `is_told` where the log held the notice then."""

    at: datetime
    delivery: UUID
    message_id: UUID
    number: int
    is_told: bool


class Courier:
    """The one courier; what the mail server answers is the caller's choice, in the end `mailbox`'s."""

    def __init__(self, db: Database, log: Log) -> None:
        self.db = db
        self.log = log
        self.mailbox: Mailbox = "delivered"
        self.draw = 0.5
        self.tried: list[Tried] = []

    def deliver(self, outcome: Mailbox, *, dies: bool = False) -> int:
        """Try what is due, and return how much that was; where it dies, one attempt was made and nothing was written down."""
        claims = self.claim()
        for each in claims:
            if each.message is not None:
                self.attempt(each.message)
            if dies:
                raise CrashError
            self.end(each, Outcome(outcome, "code") if each.message is not None else None)
        return len(claims)

    def claim(self) -> Sequence[Claim]:
        """Take what is due."""
        return finish(self._claim())

    async def _claim(self) -> Sequence[Claim]:
        async with self.db.transaction():
            return await claim(cast("Pool", self.db), {MAIL_LANE: ROOM}, LEASE_SECONDS, 1.0)

    def attempt(self, message: Message) -> None:
        """Hand a message to the mail server."""
        notice = message.notice.notice
        self.tried.append(Tried(self.db.clocks.machine, message.delivery, notice, message.attempt, self._is_told(notice)))

    def end(self, taken: Claim, outcome: Outcome | None) -> None:
        """Write down what came of an attempt."""
        endings = Endings(Ledger(cast("Pool", self.db)), "stepped", scale=1.0, draw=lambda: self.draw)
        finish(endings.write(Result(taken, outcome)))

    def next_at(self) -> datetime | None:
        """Return when something is to be tried next, None where nothing is pending."""
        pending = [row for row in self.db["delivery"].values() if row["state"] == "pending"]
        return min((max(row["next_at"], row["leased_until"] or row["next_at"]) for row in pending), default=None)

    def _is_told(self, notice: UUID) -> bool:
        row = self.db["notice"][notice]
        sent = self.log.records[NOTICES, row["partition"]]
        return any(int(header(each.headers, "position") or 0) == row["position"] for each in sent)
