"""A unit's inbox in a real browser: the button that acknowledges, with and without scripts, on a narrow screen too."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from deploy.local.infrastructure import Infrastructure
from services.notifications.handlers import DIRECTIVES
from services.notifications.settings import Settings
from services.notifications.web import part
from shared.contracts.work import ConferenceCancelled
from shared.environment import Environment
from shared.journal.unit_of_work import Ledger
from shared.migrations import SHARED, migrate, migration_files
from shared.postgres import connect, create_pool
from shared.web.app import build_web
from tests.support.axe import check_page
from tests.support.browsing import LARGEST_PAGE, NARROW, Scheme, opened_browser, visiting
from tests.support.notice_office import Office
from tests.support.notices import CONFERENCE, DIRECTIVE, HOME_AFFAIRS, OFFICE, TASK, assigned, event, registered, scheduled
from tests.support.people import PASSWORD, add_person, door_of, migrate_identity
from tests.support.serving import serving
from tests.support.waiting import eventually

SCHEMA = "notifications"
PAGE = "/units/H10.21.3/inbox"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class House:
    """The inboxes, and the relay's part done by hand."""

    address: str
    office: Office

    async def press(self, page: Page, title: str) -> None:
        """Press the button of a notice, and let Kafka have what comes of it."""
        before = await self.office.last_position()
        row = page.locator(".tasks tbody tr", has_text=title)
        pressing = asyncio.ensure_future(row.get_by_role("button").click())

        async def is_written() -> bool:
            return await self.office.last_position() > before

        await eventually(is_written)
        await self.office.send()
        await pressing

    async def sign_in(self, page: Page) -> None:
        """Sign in as somebody of the unit, and open its inbox."""
        await page.goto(self.address + "/sign-in")
        await page.get_by_label("Tên đăng nhập").fill("lan")
        await page.get_by_label("Mật khẩu").fill(PASSWORD)
        await page.get_by_role("button", name="Đăng nhập").click()
        await page.goto(self.address + PAGE)


async def migrate_all(dsn: str) -> None:
    """Make the tables of notices and of people."""
    connection = await connect(dsn, schema="public")
    await migrate(connection, SCHEMA, [each for package in (*SHARED, "services.notifications") for each in migration_files(package)])
    await connection.close()
    await migrate_identity(dsn)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(infrastructure: Infrastructure) -> AsyncIterator[House]:
    infrastructure.postgres.create_database("inbox_page")
    dsn = infrastructure.postgres.dsn("inbox_page")
    await migrate_all(dsn)
    await add_person(dsn, "lan", "unit", HOME_AFFAIRS)
    environment = Environment(bootstrap="", dsn=dsn, partitions=4, clock="system", health_port=0, host="127.0.0.1", instance=None)
    web = build_web([part(environment, Settings(acknowledge_seconds=20, patience_seconds=5))], door_of(dsn), front=PAGE)
    async with AsyncExitStack() as stack:
        pool = await create_pool(dsn, schema=SCHEMA)
        stack.push_async_callback(pool.close)
        office = Office(Ledger(pool))
        await office.follow(DIRECTIVES, event(registered("H10.21.3", "Phòng Nội vụ"), "u-1", subject=HOME_AFFAIRS, key=HOME_AFFAIRS))
        await office.follow(DIRECTIVES, *(event(assigned(number=number), f"t-{number}") for number in ("1.a", "1.b", "1.c")))
        await office.send()
        yield House(await stack.enter_async_context(serving(web)), office)
    infrastructure.postgres.drop_database("inbox_page")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with opened_browser() as browser:
        yield browser


@pytest.mark.parametrize(("title", "has_scripts"), [("Giao nhiệm vụ số 1.a", True), ("Giao nhiệm vụ số 1.b", False)])
async def test_the_button_acknowledges_under_the_persons_name_and_goes_away(
    house: House, browser: Browser, title: str, *, has_scripts: bool
) -> None:
    page = await browser.new_page(java_script_enabled=has_scripts)
    await house.sign_in(page)
    await page.get_by_role("link", name="Chỉ xem thông báo chưa xác nhận").click()
    row = page.locator(".tasks tbody tr", has_text=title)
    await expect(row.get_by_role("button", name=f"Xác nhận đã nhận {title}")).to_be_visible()
    await house.press(page, title)
    await expect(page.get_by_role("status").filter(has_text="Đã xác nhận thông báo.")).to_be_visible()
    await expect(row).to_have_count(0)
    await page.get_by_role("link", name="Xem tất cả thông báo").click()
    await expect(row).to_contain_text("lan, ")
    await expect(row.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_role("link", name="Hộp thư", exact=True)).to_have_attribute("aria-current", "page")
    await page.close()


async def test_a_focused_button_keeps_its_focus_over_a_change(house: House, browser: Browser) -> None:
    page = await browser.new_page()
    await house.sign_in(page)
    await expect(page.locator("[data-live-text]")).to_have_text("Cập nhật trực tiếp")
    row = page.locator(".tasks tbody tr", has_text="số 1.c")
    await row.get_by_role("button").focus()
    await house.office.follow(DIRECTIVES, event(assigned(number="2.a"), "t-2.a"))
    await house.office.send()
    await expect(page.locator(".tasks tbody tr", has_text="số 2.a")).to_be_visible()
    await expect(row.get_by_role("button")).to_be_focused()
    await page.close()


async def test_unread_notices_come_first_and_lead_to_task_and_directive(house: House, browser: Browser) -> None:
    async with visiting(browser, house.address, "lan") as visit:
        await visit.open(PAGE)
        await expect(visit.page.get_by_role("heading", level=2)).to_have_text([re.compile(r"Chưa xác nhận \(\d\)"), "Đã xác nhận"])
        row = visit.page.locator(".notices tbody tr", has_text="số 1.c")
        await expect(row.get_by_role("link", name="Nhiệm vụ của thông báo")).to_have_attribute("href", f"/tasks/{TASK}")
        await expect(row.get_by_role("link", name="Văn bản của thông báo")).to_have_attribute("href", f"/directives/{DIRECTIVE}")


async def test_an_invitation_leads_to_the_calendar_and_is_taken_back_where_the_conference_is_off(house: House, browser: Browser) -> None:
    async with visiting(browser, house.address, "lan") as visit:
        await visit.open(PAGE)
        invited = event(scheduled(participants=(HOME_AFFAIRS,)), "c-1", subject=CONFERENCE, version=7)
        await house.office.follow(DIRECTIVES, invited)
        await house.office.send()
        card = visit.page.locator(".invitation")
        await expect(card).to_contain_text("Giấy mời: Công bố chỉ số cải cách hành chính")
        await expect(card).to_contain_text("08:00 28/4/2021, chưa ấn định giờ kết thúc, tại Hội trường tầng 2")
        await expect(card.get_by_role("link", name="Tải lịch (.ics)")).to_have_attribute("href", f"/conferences/{CONFERENCE}/calendar.ics")
        calendar = f"/conferences?month=2021-04#conference-{CONFERENCE}"
        await expect(card.get_by_role("link", name="Xem trong lịch")).to_have_attribute("href", calendar)
        cancelled = ConferenceCancelled(cancelled_by=OFFICE, reason="Gộp với hội nghị khác")
        await house.office.follow(DIRECTIVES, event(cancelled, "c-2", subject=CONFERENCE, version=8))
        await house.office.send()
        await expect(visit.page.locator(".invitation.is-off")).to_contain_text("Hội nghị đã hủy: Công bố chỉ số")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}?read=true"])
async def test_everybody_can_use_the_page(house: House, browser: Browser, scheme: Scheme, path: str) -> None:
    async with visiting(browser, house.address, "lan") as visit:
        await visit.open(path)
        await visit.look("inbox-read" if "read" in path else "inbox", scheme)
        await check_page(visit.page)
        await visit.look("inbox-read" if "read" in path else "inbox", scheme, NARROW)
        await check_page(visit.page)


async def test_the_page_weighs_little_and_prints_what_is_read(house: House, browser: Browser) -> None:
    async with visiting(browser, house.address, "lan") as visit:
        assert await visit.weigh(PAGE) <= LARGEST_PAGE
        await visit.page.emulate_media(media="print")
        await expect(visit.page.locator(".notices form").first).to_be_hidden()
        await expect(visit.page.locator(".notices tbody tr").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_overflows_on_a_narrow_screen(house: House, browser: Browser, scheme: str) -> None:
    page = await browser.new_page(viewport={"width": NARROW, "height": 800}, color_scheme="dark" if scheme == "dark" else "light")
    await house.sign_in(page)
    await expect(page.get_by_role("button", name="Xác nhận đã nhận").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW
    await page.close()
