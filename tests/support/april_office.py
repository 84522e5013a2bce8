"""A month of a town on the stepped clock, from registered facts to deadlines: lawful lives of directives, a duty that comes back, an
amended calendar, a request for more time that comes too late."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.deadlines.agents import follow_directives
from services.deadlines.domain.due import Policy
from services.deadlines.handlers import FACTS, INBOX, TOPIC
from services.deadlines.projections import RuleBook
from services.deadlines.rebuilding import plan_rebuild
from services.deadlines.recalculating import Recalculation
from services.deadlines.timers import Timers
from services.schemas import sources_of
from shared.clock import QUERIES as CLOCK
from shared.clock import step_clock
from shared.contracts.directives import DeadlineClause
from shared.contracts.extensions import ExtensionRequested
from shared.contracts.registry import CalendarAmended, DayOff, calendar_key
from shared.contracts.work import ReportSubmitted
from shared.envelope import Event, decode
from shared.environment import Environment
from shared.postgres import connect
from shared.rebuild.plan import RebuildPlan
from shared.rebuild.rebuilding import Rebuilt
from shared.sql import Queries
from shared.streaming.app import Subscription
from tests.support.catalogue import live
from tests.support.deadline_office import HOME_AFFAIRS, assigned, issued, registered, vn
from tests.support.own_topics import PARTITIONS, Keeps, Log, Worker, everything, open_worker
from tests.support.records import FakeRecord, record

MONTHLY = DeadlineClause(name="báo cáo tháng", met_by="report-submitted", phrase="trước ngày 15 hằng tháng")
DRAFT = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
RECEIVED = DeadlineClause(name="theo ngày ký", met_by="task-completed", phrase="15 ngày làm việc kể từ ngày ký")
QUERIES = Queries("tests.support", "own_topics.sql")
DUTY, DUTY_TASK = UUID("d1000000-0000-4000-8000-000000000007"), UUID("a1000000-0000-4000-8000-000000000007")
REQUEST = UUID("f2000000-0000-4000-8000-000000000007")
CALENDAR = calendar_key(2021)
TABLES = ("deadline", "progress", "dossier", "fact", "calendar", "unit", "issued", "journal", "relay")
DAYS = tuple(vn(5) + timedelta(days=number) for number in range(1, 80, 10))


def plan_of(environment: Environment) -> RebuildPlan:
    """Return how the tables are made anew."""
    return plan_rebuild(sources_of("deadlines"), environment.partitions, Policy(), environment.clock)


def _duty() -> Sequence[Event]:
    """Return the facts of a duty that comes back, of the calendar, and of a late request."""
    asked = ExtensionRequested(
        task=DUTY_TASK, name=DRAFT.name, requested_by=HOME_AFFAIRS, requested_day=date(2021, 4, 22), reasons="Thiếu số liệu"
    )  # fmt: skip
    days = tuple(DayOff(day=date(2021, 4, day), name="Nghỉ bù") for day in (21, 23))
    return (
        issued(vn(5), key=DUTY, issued_on=vn(5)),
        assigned(MONTHLY, DRAFT, RECEIVED, received=vn(5), task=DUTY_TASK, key=DUTY),
        registered(CalendarAmended(year=2021, days_off=days, notice="Thông báo"), CALENDAR, 1, vn(13), key=CALENDAR),
        registered(asked, REQUEST, 3, vn(19), key=DUTY),
        registered(ReportSubmitted(task=DUTY_TASK, submitted_by=HOME_AFFAIRS, title="Tháng 4"), UUID(int=4), 4, vn(20), key=DUTY),
    )


def story(seed: int, facts: int = 90) -> list[FakeRecord]:
    """Return what was registered in a month, in order."""
    lives = [decode(each.value) for each in live(seed, facts).journal.records]
    events = sorted([*_duty(), *lives], key=lambda event: event.registeredtime or vn(5))
    return [record(FACTS, 0, 0, event) for event in events]


@dataclass
class AprilOffice:
    """The deadlines service at work on a story, a few days at a time."""

    worker: Worker
    waiting: list[FakeRecord]

    def __post_init__(self) -> None:
        """Take up the rules."""
        self.book = RuleBook(Policy())

    async def rebuild(self, *, accepts_differences: bool = False) -> Rebuilt:
        """Make the tables anew."""
        return await self.worker.rebuild(plan_of, accepts_differences=accepts_differences)

    async def live_until(self, at: datetime, keeps: Keeps = everything) -> None:
        """Step the clock; let what is due fire, and what was registered by then be taken; send what was said, as far as it is kept."""
        async with self.worker.pool.acquire() as connection:
            await step_clock(connection, at)  # type: ignore[arg-type]
        await self.fire()
        while self.waiting and (decode(self.waiting[0].value).registeredtime or at) <= at:
            await self.worker.log.write(FACTS, self.waiting.pop(0))
        await self.worker.log.producer.flush()
        await self.read()
        await self.worker.send(keeps)

    async def fire(self) -> None:
        """Fire whatever is due."""
        timers = Timers(self.worker.ledger, self.book, "stepped", batch=50)
        for partition in range(PARTITIONS):
            while await timers.fire(partition):
                continue

    async def read(self) -> None:
        """Take what Kafka holds, and settle what calendars have moved."""
        await self.worker.read([Subscription(FACTS, follow_directives(self.book, "stepped"))])
        await Recalculation(self.worker.ledger, self.book, "stepped", batch=50).catch_up()

    async def go_on(self) -> None:
        """Do what a worker does that was started again."""
        await self.read()
        await self.fire()
        await self.worker.send()

    async def essence(self) -> list[tuple[object, ...]]:
        """Return what deadlines have come to, whatever was said on the way."""
        return [tuple(row) for row in await self.worker.pool.fetch(QUERIES["read_essence"])]

    async def said(self) -> list[Event]:
        """Return what was said so far."""
        return [decode(row["value"]) for row in await self.worker.journal()]


@asynccontextmanager
async def open_april(dsn: str, log: Log, seed: int) -> AsyncIterator[AprilOffice]:
    """Open the deadlines service in April 2021."""
    connection = await connect(dsn, schema="public")
    await connection.execute(CLOCK["create_clock"])
    await connection.close()
    async with open_worker("deadlines", dsn, log, TOPIC, INBOX) as worker:
        yield AprilOffice(worker, story(seed))
