"""Pages of directives in a whole house: real tables of directives, notices and people, a server, and facts registered by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.directives.projections import project_deadlines, project_facts
from services.directives.web import Office as DirectivesOffice
from services.directives.web import build_reading
from services.notifications.handlers import DEADLINES, DIRECTIVES
from services.notifications.settings import Settings
from services.notifications.web import part as notifications
from services.setup_command import migrate_all
from shared.clock import step_clock
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineEvent
from shared.envelope import decode
from shared.errors import UnavailableError
from shared.identity.principals import PersonRole
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool, connect, create_pool
from shared.web.app import WebPart, build_web
from tests.support.april import COMMITTEE, HOME_AFFAIRS, OFFICE, Journal
from tests.support.notice_office import Office as NoticeOffice
from tests.support.people import add_person, door_of
from tests.support.read_model import apply
from tests.support.serving import serving
from tests.support.waiting import eventually
from tests.support.web import ENVIRONMENT

PEOPLE: tuple[tuple[str, PersonRole, UUID | None], ...] = (
    ("lan", "operator", None), ("minh", "unit", HOME_AFFAIRS), ("hoa", "unit", OFFICE), ("binh", "issuer_office", COMMITTEE),
)  # fmt: skip
"""Who can sign in: an operator, somebody of each of two units, and somebody of the issuer's office."""


@dataclass
class House:
    """The pages at an address, and the registrar's part done by hand."""

    address: str
    pool: Pool
    journal: Journal

    async def register(self, subject: UUID, data: Contract, at: datetime) -> None:
        """Register one more fact of the letter."""
        async with Ledger(self.pool).turn(0) as work:
            await project_facts(work, [self.journal.register(subject, data, at)])

    async def say(self, data: DeadlineEvent, at: datetime) -> None:
        """Say one more thing of a deadline."""
        async with Ledger(self.pool).turn(0) as work:
            await project_deadlines(work, [self.journal.say(data, at)])


@asynccontextmanager
async def opened_house(dsn: str, journal: Journal, now: datetime) -> AsyncIterator[House]:
    """Migrate a database, tell directives and notifications of a story, and serve their pages on a clock that stands at an instant."""
    await migrate_all(dsn)
    connection = await connect(dsn, schema="public")
    await step_clock(connection, now)
    await connection.close()
    for name, role, unit in PEOPLE:
        await add_person(dsn, name, role, unit)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(_pool_of(dsn, "directives"))
        await apply(pool, journal)
        await _tell(await stack.enter_async_context(_pool_of(dsn, "notifications")), journal)
        address = await stack.enter_async_context(_served(dsn))
        yield House(address, pool, journal)


@asynccontextmanager
async def _pool_of(dsn: str, schema: str) -> AsyncIterator[Pool]:
    """Keep a pool open for the block."""
    pool = await create_pool(dsn, schema=schema)
    try:
        yield pool
    finally:
        await pool.close()


async def _tell(pool: Pool, journal: Journal) -> None:
    office = NoticeOffice(Ledger(pool))
    await office.follow(DIRECTIVES, *[decode(each.value) for each in journal.records])
    if journal.deadlines:
        await office.follow(DEADLINES, *[decode(each.value) for each in journal.deadlines])
    await office.send()


@asynccontextmanager
async def _served(dsn: str) -> AsyncIterator[str]:
    environment = replace(ENVIRONMENT, dsn=dsn)
    office = DirectivesOffice(environment)
    reading = WebPart("directives", build_reading(office), office.opened, lambda: office.console.reader.pool)
    parts: Sequence[WebPart] = (reading, notifications(environment, Settings(acknowledge_seconds=20, patience_seconds=5)))
    async with serving(build_web(parts, door_of(dsn))) as address:

        async def is_open() -> bool:
            try:
                return office.console is not None
            except UnavailableError:
                return False

        await eventually(is_open)
        yield address
