"""The first page in a real browser: every figure leads to its list, each unit sees its own, and what happens shows at once."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import Browser, Page, expect

from tests.support.april import (
    CONFERENCE_TASK,
    DIRECTIVE,
    HELD_DUE,
    HOLD,
    PLAN,
    Journal,
    deadline_set,
    draft,
    hanoi,
    missed,
    named,
    report,
)
from tests.support.april import REPORT as REPORT_ID
from tests.support.browsing import NARROW, visiting
from tests.support.pages import House, opened_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIGURES = ".counts a, .week a, .soon a, .sheet-table td a"


def play() -> Journal:
    """Return April with nothing handed in."""
    journal = Journal()
    journal.open_office(hanoi(1))
    journal.issue(hanoi(5))
    return journal


@pytest_asyncio.fixture(loop_scope="module")
async def wednesday(database: str) -> AsyncIterator[House]:
    """The week in which the draft is due: Wednesday, 14 April."""
    async with opened_house(database, play(), hanoi(14)) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def may(database: str) -> AsyncIterator[House]:
    """The fourth day of May: all dated deadlines are past."""
    journal = play()
    journal.say(missed(CONFERENCE_TASK, HOLD), HELD_DUE)
    async with opened_house(database, journal, hanoi(4, month=5)) as house:
        yield house


async def follow_figures(page: Page, address: str) -> dict[str, int]:
    """Return each figure of the page by the address it leads to, having looked that the list there is as long."""
    links = await page.locator(FIGURES).evaluate_all("links => links.map((link) => [link.getAttribute('href'), link.textContent])")
    figures = {href: int(re.findall(r"\d+", text)[0]) for href, text in links}
    for href, figure in figures.items():
        await page.goto(address + href)
        assert await page.locator(".tasks tbody tr").count() == figure, href
    return figures


async def test_each_figure_leads_to_a_list_that_is_as_long(wednesday: House, browser: Browser) -> None:
    async with visiting(browser, wednesday.address, "lan") as visit:
        await visit.open("/")
        figures = await follow_figures(visit.page, wednesday.address)
    assert figures["/tasks?status=open_in_time"] == 3
    assert figures["/tasks?status=open_without_deadline"] == 1
    assert figures["/tasks?status=to_hand_in&due_from=2021-04-15&due_to=2021-04-15"] == 1


async def test_the_week_shows_its_days_from_monday_and_marks_today(wednesday: House, browser: Browser) -> None:
    async with visiting(browser, wednesday.address, "lan") as visit:
        await visit.open("/")
        days = visit.page.locator(".week li")
        await expect(days).to_have_count(7)
        await expect(days.nth(0)).to_contain_text("Thứ Hai 12/4")
        await expect(visit.page.locator(".week .is-today")).to_contain_text("Thứ Tư 14/4")
        await expect(days.nth(3)).to_contain_text("1 nhiệm vụ")


async def test_a_unit_finds_its_own_figures_only(wednesday: House, browser: Browser) -> None:
    async with visiting(browser, wednesday.address, "hoa") as visit:
        await visit.open("/")
        figures = await follow_figures(visit.page, wednesday.address)
        assert sum(figure for href, figure in figures.items() if re.search(r"status=(done|open)_", href)) == 2
        await visit.open("/")
        await expect(visit.page.locator(".newest")).not_to_contain_text("Báo cáo Ủy ban")


async def test_units_that_are_behind_are_told_with_the_days(may: House, browser: Browser) -> None:
    async with visiting(browser, may.address, "lan") as visit:
        await visit.open("/")
        rows = visit.page.locator(".sheet-table tbody tr")
        await expect(rows).to_have_count(2)
        await expect(rows.nth(0)).to_contain_text("Phòng Nội vụ")
        await expect(rows.nth(0).locator(".is-late")).to_have_text("19 ngày")
        await expect(rows.nth(1).locator(".is-late")).to_have_text("5 ngày")
        figures = await follow_figures(visit.page, may.address)
        assert figures["/tasks?unit=H10.21.3&status=open_overdue"] == 2
        await visit.open("/")
        await rows.nth(0).get_by_role("rowheader").get_by_role("link").click()
        await visit.page.wait_for_url("**/units/H10.21.3")


async def test_what_is_registered_shows_at_once_and_nobody_loses_their_place(wednesday: House, browser: Browser) -> None:
    async with visiting(browser, wednesday.address, "lan") as visit:
        page = visit.page
        await page.set_viewport_size({"width": NARROW, "height": 500})
        await visit.open("/")
        issued = page.locator(f"#newest-{DIRECTIVE}-1 a")
        await issued.focus()
        await issued.scroll_into_view_if_needed()
        before = await issued.evaluate("link => link.getBoundingClientRect().top")
        await wednesday.register(PLAN, draft(), hanoi(14, 8))
        await expect(page.locator(".newest li").first).to_contain_text("Trình kế hoạch")
        await expect(issued).to_be_focused()
        assert abs(await issued.evaluate("link => link.getBoundingClientRect().top") - before) < 2


async def test_a_new_fact_leads_to_its_place_in_the_timeline(wednesday: House, browser: Browser) -> None:
    async with visiting(browser, wednesday.address, "lan") as visit:
        await visit.open("/")
        await wednesday.register(REPORT_ID, report(), hanoi(14, 8))
        await visit.page.get_by_role("link", name="Gửi báo cáo").click()
        await visit.page.wait_for_url("**#fact-*")
        await expect(visit.page.locator(".entry:target")).to_contain_text("Báo cáo kết quả thực hiện")


async def test_tasks_are_found_from_the_first_page_without_diacritics_or_scripts(wednesday: House, browser: Browser) -> None:
    async with visiting(browser, wednesday.address, "lan", has_scripts=False) as visit:
        await visit.page.goto(wednesday.address + "/")
        await visit.page.get_by_role("searchbox").fill("bo tri lich")
        await visit.page.get_by_role("button", name="Tìm").click()
        await expect(visit.page.locator(".tasks tbody tr")).to_have_count(1)


async def test_a_deadline_by_the_hour_falls_on_the_day_of_that_hour(wednesday: House, browser: Browser) -> None:
    by_the_hour = replace(deadline_set(CONFERENCE_TASK, HOLD), deadline=named("by the hour"), due=hanoi(16, 17))
    await wednesday.say(by_the_hour, hanoi(14))
    async with visiting(browser, wednesday.address, "lan") as visit:
        await visit.open("/")
        await expect(visit.page.locator(".week li").nth(4)).to_contain_text("Thứ Sáu 16/4")
        await expect(visit.page.locator(".week li").nth(4)).to_contain_text("1 nhiệm vụ")
        await follow_figures(visit.page, wednesday.address)
