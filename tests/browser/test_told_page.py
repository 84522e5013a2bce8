"""Who was told of a directive, in a real browser: channels and attempts, in light and dark, on a narrow screen, on paper."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from deploy.local.infrastructure import Infrastructure
from services.notifications.handlers import DIRECTIVES
from services.notifications.settings import Settings
from services.notifications.web import part
from shared.environment import Environment
from shared.journal.unit_of_work import Ledger
from shared.migrations import SHARED, migrate, migration_files
from shared.postgres import Pool, connect, create_pool
from shared.web.app import build_web
from tests.support.axe import check_page
from tests.support.browsing import LARGEST_PAGE, NARROW, Scheme, visiting
from tests.support.delivering import LATER, NEVER, TAKEN, Scripted, add_contact, delivering, settled
from tests.support.notice_office import Office
from tests.support.notices import DIRECTIVE, HOME_AFFAIRS, OFFICE, assigned, event, issued, registered
from tests.support.people import add_person, door_of, migrate_identity
from tests.support.serving import serving

NAME = "told_page"
PAGE = f"/directives/{DIRECTIVE}/notices"
UNITS = {HOME_AFFAIRS: ("H10.21.3", "Phòng Nội vụ"), OFFICE: ("H10.21.1", "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân")}

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def tell(pool: Pool, dsn: str) -> None:
    """Tell two units of a task: one mail is taken at the second attempt, one refused, one is under way."""
    office = Office(Ledger(pool), {"mail", "webhook"})
    for number, (unit, (code, name)) in enumerate(UNITS.items(), 1):
        await office.follow(DIRECTIVES, event(registered(code, name), f"u-{code}", subject=unit, key=unit, version=1))
        await add_contact(pool, UUID(int=number), unit, f"vanthu{number}@phuoclong.example.gov.vn")
    await add_contact(pool, UUID(int=3), HOME_AFFAIRS, "https://hooks.example.gov.vn/", "webhook")
    await office.follow(DIRECTIVES, event(issued(), "d-1", subject=DIRECTIVE), event(assigned(coordinating=(OFFICE,)), "t-1"))
    await office.send()
    async with delivering(pool, dsn, Scripted([LATER, NEVER, TAKEN])):
        await settled(pool, 2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(infrastructure: Infrastructure) -> AsyncIterator[str]:
    infrastructure.postgres.create_database(NAME)
    dsn = infrastructure.postgres.dsn(NAME)
    connection = await connect(dsn, schema="public")
    await migrate(connection, "notifications", [each for one in (*SHARED, "services.notifications") for each in migration_files(one)])
    await connection.close()
    await migrate_identity(dsn)
    await add_person(dsn, "mai", "operator")
    environment = Environment(bootstrap="", dsn=dsn, partitions=4, clock="system", health_port=0, host="127.0.0.1", instance=None)
    web = build_web([part(environment, Settings(acknowledge_seconds=1, patience_seconds=5))], door_of(dsn), front=PAGE)
    async with AsyncExitStack() as stack:
        pool = await create_pool(dsn, schema="notifications")
        stack.push_async_callback(pool.close)
        await tell(pool, dsn)
        yield await stack.enter_async_context(serving(web))
    infrastructure.postgres.drop_database(NAME)


async def test_it_says_who_was_told_how_it_went_and_when_it_was_tried(address: str, browser: Browser) -> None:
    async with visiting(browser, address, "mai") as visit:
        await visit.open(PAGE)
        page = visit.page
        await expect(page.get_by_role("heading", name="Thông báo đã gửi")).to_be_visible()
        for words in ("Thư điện tử: đã gửi", "Thư điện tử: không gửi được", "Webhook: đang gửi"):
            await expect(page.get_by_text(words).first).to_be_visible()
        await page.get_by_text("2 lần gửi").click()
        await expect(page.get_by_text("đã nhận (250)").first).to_be_visible()
        await page.get_by_text("1 lần gửi").click()
        await expect(page.get_by_text("bị từ chối (550)").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, NARROW])
async def test_anybody_can_use_it_at_any_width(address: str, browser: Browser, scheme: Scheme, width: int) -> None:
    async with visiting(browser, address, "mai") as visit:
        await visit.open(PAGE)
        await visit.page.get_by_text("2 lần gửi").click()
        await visit.look("told", scheme, width)
        await check_page(visit.page)
        scrolls = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await visit.page.evaluate(scrolls) == 0


async def test_it_is_light(address: str, browser: Browser) -> None:
    async with visiting(browser, address, "mai") as visit:
        assert await visit.weigh(PAGE, "table") <= LARGEST_PAGE
