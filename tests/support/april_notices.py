"""Notices of a month in a town: told, acknowledged, sent by mail and webhook with changing luck, and escalated."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from uuid import UUID, uuid5

from services.deadlines.handlers import TOPIC as DEADLINES
from services.notifications.delivering.channel import Outcome
from services.notifications.delivering.claims import Claim, claim, find_lanes
from services.notifications.delivering.endings import Endings, Result
from services.notifications.domain.deliveries import Kind
from services.notifications.escalation_worker import EscalationTimers, following
from services.notifications.handlers import DIRECTIVES, AcknowledgeNotice, acknowledge, follow_directives
from services.notifications.issuing import NOTIFICATIONS
from services.notifications.rebuilding import plan_rebuild
from services.schemas import sources_of
from shared.environment import Environment
from shared.rebuild.plan import RebuildPlan
from shared.rebuild.rebuilding import Rebuilt
from shared.streaming.app import Subscription
from tests.support.april import HOME_AFFAIRS, OFFICE
from tests.support.april_office import AprilOffice, open_april
from tests.support.delivering import add_contact
from tests.support.escalating import DAYS, nothing_unread
from tests.support.notice_office import QUERIES
from tests.support.own_topics import PARTITIONS, Keeps, Log, Worker, everything, open_worker
from tests.support.people import migrate_identity

CHANNELS: tuple[Kind, ...] = ("mail", "webhook")
TOLD = ("unit", "roll", "fact", "conference", "outcome", "notice", "acknowledgement", "ending", "escalation", "journal", "relay")
KEPT = ("contact", "webhook_secret", "delivery", "attempt")
LEASE_SECONDS = 30.0
LUCK = (
    Outcome("delivered", "250"), Outcome("delivered", "250"), Outcome("refused", "550"), Outcome("deferred", "451"),
    Outcome("unknown", "timeout"), None,
)  # fmt: skip
"""What comes of attempts; None stands for a courier that was killed under way."""


def plan_of(_environment: Environment) -> RebuildPlan:
    """Return how the tables are made anew."""
    return plan_rebuild(sources_of("notifications"), DAYS)


@dataclass
class AprilNotices:
    """The notifications service behind a deadlines service, a few days at a time; `arrived` counts what receivers have taken."""

    worker: Worker
    office: AprilOffice
    chance: Random = field(default_factory=lambda: Random(5))  # noqa: S311  chance that can be repeated
    arrived: list[UUID] = field(default_factory=list)

    async def know_contacts(self) -> None:
        """Say how units are reached."""
        for unit in (HOME_AFFAIRS, OFFICE):
            for kind in CHANNELS:
                address = "office@example.org" if kind == "mail" else "https://example.org/hook"
                await add_contact(self.worker.pool, uuid5(unit, kind), unit, address, kind)

    async def live_until(self, at: datetime, keeps: Keeps = everything) -> None:
        """Let the deadlines service work until an instant, then tell, escalate, acknowledge and deliver."""
        await self.office.live_until(at)
        await self.go_on(keeps)
        await self.acknowledge(at)
        await self.deliver()
        await self.worker.send(keeps)

    async def go_on(self, keeps: Keeps = everything) -> None:
        """Do what a worker does that was started again."""
        directives = Subscription(DIRECTIVES, partial(follow_directives, channels=CHANNELS))
        await self.worker.read([directives, Subscription(DEADLINES, following(CHANNELS, DAYS))])
        timers = EscalationTimers(self.worker.ledger, "stepped", DAYS, CHANNELS, nothing_unread, batch=20)
        for partition in range(PARTITIONS):
            while await timers.fire(partition):
                continue
        await self.worker.send(keeps)

    async def acknowledge(self, at: datetime) -> None:
        """Acknowledge some of what inboxes show."""
        for row in await self.worker.pool.fetch(QUERIES["list_notices"]):
            if row["channel"] == "inbox" and self.chance.random() < 0.2:
                said = AcknowledgeNotice(row["notice"], row["recipient"], row["directive"], "Văn thư", at, "tests", None)
                await acknowledge(self.worker.ledger, row["partition"], said)

    async def deliver(self) -> None:
        """Let a courier try what is due, once."""
        claims = await self.claim()
        await asyncio.gather(*(self.end(each, self.chance.choice(LUCK)) for each in claims))

    async def claim(self) -> list[Claim]:
        """Take what is due."""
        lanes = await find_lanes(self.worker.pool)
        return await claim(self.worker.pool, {lane.name: 100 for lane in lanes}, LEASE_SECONDS, 0)

    async def end(self, taken: Claim, outcome: Outcome | None) -> None:
        """Write down what came of an attempt, unless the courier was killed."""
        if taken.message and outcome and outcome.kind in ("delivered", "unknown"):
            self.arrived.append(taken.delivery)
        if outcome or not taken.message:
            ending = Endings(self.worker.ledger, "stepped", scale=0)
            await ending.write(Result(taken, outcome if taken.message else None))

    async def told(self) -> set[tuple[object, ...]]:
        """Return who has been told of what in which inbox."""
        rows = await self.worker.pool.fetch(QUERIES["list_notices"])
        return {(row["notice"], row["recipient"], row["about"]) for row in rows if row["channel"] == "inbox"}

    async def rebuild(self, *, accepts_differences: bool = False) -> Rebuilt:
        """Make the tables anew."""
        return await self.worker.rebuild(plan_of, accepts_differences=accepts_differences)


@asynccontextmanager
async def open_notices(dsn: str, log: Log, seed: int) -> AsyncIterator[AprilNotices]:
    """Open both services in April 2021."""
    await migrate_identity(dsn)
    async with open_april(dsn, log, seed) as office, open_worker("notifications", dsn, log, NOTIFICATIONS) as worker:
        yield AprilNotices(worker, office)
