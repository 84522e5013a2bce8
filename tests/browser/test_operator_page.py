"""The operator's pages in a real browser, over a real server and a real PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.april import CALENDAR_TASK, CONFERENCE, DIRECTIVE, PLAN, PLAN_TASK, Journal, draft, hanoi, scheduled
from tests.support.browsing import NARROW
from tests.support.pages import House, opened_house
from tests.support.people import BEARER

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Office(House):
    """A town's office with its letter issued, its pages served, and a browser before them."""

    page: Page
    complaints: list[str]

    async def open(self, path: str) -> None:
        """Open a page and wait until it is live."""
        await self.page.goto(self.address + path)
        await expect(self.page.get_by_text("Cập nhật trực tiếp")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="module")
async def office(database: str, browser: Browser) -> AsyncIterator[Office]:
    journal, complaints = Journal(), list[str]()
    journal.open_office(hanoi(1))
    journal.issue(hanoi(5))
    page = await browser.new_page(extra_http_headers=dict(BEARER))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    async with opened_house(database, journal, hanoi(6)) as house:
        yield Office(house.address, house.pool, journal, page, complaints)
        await page.close()
    assert complaints == []


async def test_the_page_shows_every_task_with_unit_deadline_and_status(office: Office) -> None:
    await office.open("/tasks")
    row = office.page.locator(f"#task-{PLAN_TASK}")
    for text in ("Phòng Nội vụ", "1.a. Lập kế hoạch", "15/4/2021", "Chưa thực hiện", "Trong hạn", "412/UBND-NC ngày 5/4/2021"):
        await expect(row).to_contain_text(text)
    await expect(office.page.get_by_role("row")).to_have_count(3 + 1 + 4)
    assert await office.page.get_attribute("html", "lang") == "vi"


async def test_filters_are_typed_without_diacritics_and_stand_in_the_address(office: Office) -> None:
    await office.open("/tasks")
    await office.page.get_by_label("Tìm trong nội dung").press_sequentially("lich va dia diem")
    await expect(office.page.locator(".tasks tbody tr")).to_have_count(1)
    await expect(office.page.locator(f"#task-{CALENDAR_TASK}")).to_be_visible()
    await office.page.wait_for_url("**/tasks?q=lich+va+dia+diem")
    await office.page.reload()
    await expect(office.page.get_by_label("Tìm trong nội dung")).to_have_value("lich va dia diem")
    await expect(office.page.locator(".tasks tbody tr")).to_have_count(1)


async def test_filters_by_unit_and_status_join_and_are_taken_off(office: Office) -> None:
    await office.open("/tasks")
    await office.page.get_by_label("Đơn vị chủ trì").select_option("H10.21.3")
    await expect(office.page.locator(".tasks tbody tr")).to_have_count(3)
    await office.page.get_by_label("Tình trạng").select_option("open_without_deadline")
    await expect(office.page.locator(".tasks tbody tr")).to_have_count(1)
    await office.page.get_by_role("link", name="Bỏ lọc").click()
    await expect(office.page.locator(".tasks tbody tr")).to_have_count(4)


async def test_a_change_arrives_without_losing_focus_text_or_scroll(office: Office) -> None:
    await office.page.set_viewport_size({"width": NARROW, "height": 500})
    await office.open("/tasks")
    search = office.page.get_by_label("Tìm trong nội dung")
    await search.press_sequentially("Phước")
    await office.page.wait_for_url("**/tasks?q=*")
    await office.page.evaluate("window.scrollTo(0, 300)")
    await office.register(PLAN, draft(), hanoi(6, 10))
    row = office.page.locator(f"#task-{PLAN_TASK}")
    await expect(row).to_contain_text("Đang thực hiện")
    await expect(row).to_contain_text("Nhận 10:00 6/4/2021, đúng hạn", ignore_case=True)
    await expect(search).to_be_focused()
    await expect(search).to_have_value("Phước")
    assert await office.page.evaluate("window.scrollY") == 300
    assert office.page.url.endswith("/tasks?q=Ph%C6%B0%E1%BB%9Bc")


async def test_a_focused_link_of_the_table_keeps_its_focus_over_a_change(office: Office) -> None:
    await office.open("/tasks")
    link = office.page.locator(f"#task-{CALENDAR_TASK} a.content")
    await link.focus()
    await office.register(CONFERENCE, scheduled(), hanoi(6, 11))
    await expect(office.page.locator(f"#task-{CALENDAR_TASK}")).to_contain_text("Hoàn thành")
    await expect(link).to_be_focused()


async def test_a_directive_shows_its_tasks_and_a_timeline_that_grows(office: Office) -> None:
    await office.open(f"/directives/{DIRECTIVE}")
    await expect(office.page.get_by_role("heading", level=1)).to_contain_text("Nâng cao Chỉ số")
    entries = office.page.locator(".timeline li")
    await expect(entries).to_have_count(9)
    await expect(entries.first).to_contain_text("Ban hành văn bản")
    await expect(entries.first).to_contain_text("theo directives.inbox.v1/0/3")
    await office.register(PLAN, draft(), hanoi(7))
    await expect(entries.last).to_contain_text("Trình kế hoạch: Kế hoạch nâng cao Chỉ số, bản dự thảo")


async def test_a_directive_that_is_not_there_is_said_in_words(office: Office) -> None:
    answer = await office.page.goto(f"{office.address}/directives/{PLAN}")
    assert answer is not None
    assert answer.status == 404
    await expect(office.page.get_by_role("heading", level=1)).to_have_text("Không tìm thấy nội dung này")
    office.complaints.clear()  # the browser reports the 404 itself


@pytest.mark.parametrize("path", ["/tasks", f"/directives/{DIRECTIVE}"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_overflows_on_a_narrow_screen(office: Office, path: str, scheme: str) -> None:
    await office.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await office.page.set_viewport_size({"width": NARROW, "height": 700})
    await office.open(path)
    assert await office.page.evaluate("document.documentElement.scrollWidth") == NARROW


async def test_the_first_stop_of_the_keyboard_leads_to_the_content(office: Office) -> None:
    await office.open("/tasks")
    await office.page.keyboard.press("Tab")
    skip = office.page.get_by_role("link", name="Chuyển đến nội dung chính")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()


async def test_the_page_allows_nothing_inline_and_nothing_from_elsewhere(office: Office) -> None:
    asked: list[str] = []
    office.page.on("request", lambda request: asked.append(request.url))
    answer = await office.page.goto(f"{office.address}/tasks")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert await office.page.locator("script:not([src]), style, [style]").count() == 0
    assert all(url.startswith(office.address) for url in asked)


async def test_without_scripts_the_form_still_filters(office: Office, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False, extra_http_headers=dict(BEARER))
    page = await context.new_page()
    await page.goto(f"{office.address}/tasks")
    await page.get_by_label("Tìm trong nội dung").fill("bo tri lich")
    await page.get_by_role("button", name="Lọc").click()
    await expect(page.locator(".tasks tbody tr")).to_have_count(1)
    await context.close()
