"""What holds for every page of the console: everybody can use it, it fits narrow screens and paper, it is small and all from here."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import Browser, expect

from deploy.local.infrastructure import Infrastructure
from tests.support import plan_story
from tests.support.april import (
    CALENDAR,
    CALENDAR_TASK,
    CONFERENCE,
    CONFERENCE_TASK,
    DIRECTIVE,
    DRAFT,
    HELD_DUE,
    HOLD,
    PLAN,
    PLAN_TASK,
    TASKS,
    Journal,
    approaching,
    deadline_set,
    hanoi,
    met,
    missed,
    named,
    scheduled,
)
from tests.support.axe import check_page
from tests.support.browsing import LARGEST_PAGE, NARROW, Visit, visiting
from tests.support.pages import House, opened_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = {
    "overview": "/",
    "tasks": "/tasks",
    "directives": "/directives",
    "directive": f"/directives/{DIRECTIVE}",
    "task": f"/tasks/{CONFERENCE_TASK}",
    "plan": f"/plans/{PLAN}",
}
TOLD = {"directive": ".who-told table", "task": ".who-told table"}
"""What comes a moment later, from another service."""
MANY = 60
A4 = 718
"""How wide the text of a sheet is in CSS pixels, within a browser's usual margins."""
COMPONENTS = 81


def play() -> Journal:
    """Return a month in which there is something of everything: a plan returned and mended, a conference missed, much to do."""
    journal = Journal()
    journal.open_office(hanoi(1))
    plan_story.issue(journal)
    journal.say(approaching(PLAN_TASK, DRAFT, hanoi(13, 0)), hanoi(13, 0))
    plan_story.hand_in(journal)
    journal.say(met(PLAN_TASK, DRAFT, hanoi(13), on_time=True), hanoi(13))
    plan_story.mend(journal)
    journal.register(CONFERENCE, scheduled(), hanoi(20))
    journal.say(met(CALENDAR_TASK, CALENDAR, hanoi(20), on_time=True), hanoi(20))
    journal.say(missed(CONFERENCE_TASK, HOLD), HELD_DUE)
    return journal


def play_much() -> Journal:
    """Return the same with many tasks, directives and reminders, and a plan with a line for each component of a whole index."""
    journal = play()
    for number in range(MANY):
        letter = plan_story.letter(f"dôn đốc {number}")
        journal.register(*letter, hanoi(21), key=letter[0])
        task = named(f"task {number}")
        journal.register(task, replace(TASKS[CONFERENCE_TASK], number=f"{number + 10}"), hanoi(21))
        journal.say(replace(deadline_set(CONFERENCE_TASK, HOLD), deadline=named(f"due {number}"), task=task), hanoi(21))
        journal.say(approaching(CONFERENCE_TASK, HOLD, hanoi(27, 0)), hanoi(27, 0))
    long = "Hồ sơ đất đai còn trễ hẹn vì chuyển giấy giữa ba phòng; liên thông điện tử từ tháng 6, kiểm tra hằng tuần."
    items = [
        replace(plan_story.MENDED, component=f"Tiêu chí thành phần {number}", shortcoming=long, solution=long)
        for number in range(COMPONENTS)
    ]
    journal.register(PLAN, plan_story.RETURNED, hanoi(22))
    journal.register(PLAN, replace(plan_story.SECOND, items=tuple(items)), hanoi(23))
    return journal


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(infrastructure: Infrastructure) -> AsyncIterator[House]:
    infrastructure.postgres.create_database("console_pages")
    async with opened_house(infrastructure.postgres.dsn("console_pages"), play(), hanoi(4, month=5)) as house:
        yield house
    infrastructure.postgres.drop_database("console_pages")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visit(house: House, browser: Browser) -> AsyncIterator[Visit]:
    async with visiting(browser, house.address, "lan") as visit:
        yield visit


async def show(visit: Visit, name: str) -> None:
    """Open a page and wait until all of it is there."""
    await visit.page.set_viewport_size({"width": 1280, "height": 800})
    await visit.open(PAGES[name])
    await expect(visit.page.locator(TOLD.get(name, "#live")).first).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
async def test_everybody_can_use_the_page_wide_and_narrow_in_light_and_in_dark(visit: Visit, name: str) -> None:
    await show(visit, name)
    await visit.look(name, "light")
    await visit.look(name, "dark")
    await check_page(visit.page)
    for scheme in ("light", "dark"):
        await visit.look(name, scheme, NARROW)
        assert await visit.page.evaluate("document.documentElement.scrollWidth") == NARROW
    await check_page(visit.page)


@pytest.mark.parametrize("name", PAGES)
async def test_the_page_allows_nothing_inline_and_its_policy_holds_with_htmx(visit: Visit, name: str) -> None:
    await show(visit, name)
    answer = await visit.page.request.get(visit.address + PAGES[name])
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert await visit.page.locator("script:not([src]), style, [style]").count() == 0


@pytest.mark.parametrize("name", PAGES)
async def test_on_paper_there_is_what_is_told_and_nothing_to_click(visit: Visit, name: str) -> None:
    await show(visit, name)
    await visit.page.emulate_media(media="print")
    await visit.page.set_viewport_size({"width": A4, "height": 1000})
    assert await visit.page.evaluate("document.documentElement.scrollWidth") == A4
    tables = await visit.page.locator("table").evaluate_all("tables => tables.map((table) => getComputedStyle(table).display)")
    assert set(tables) <= {"table"}
    for hidden in (".menu", ".who", ".filters", ".quick", ".live"):
        assert await visit.page.locator(hidden).filter(visible=True).count() == 0, hidden
    await expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
    await visit.page.emulate_media(media="null")


async def test_the_first_stop_of_the_keyboard_leads_to_the_content(visit: Visit) -> None:
    await show(visit, "overview")
    await visit.page.keyboard.press("Tab")
    skip = visit.page.get_by_role("link", name="Chuyển đến nội dung chính")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_the_menu_folds_on_a_narrow_screen_and_opens_without_scripts(house: House, browser: Browser, *, has_scripts: bool) -> None:
    async with visiting(browser, house.address, "minh", has_scripts=has_scripts) as visit:
        page = visit.page
        await page.set_viewport_size({"width": NARROW, "height": 700})
        await page.goto(house.address + "/")
        entry = page.get_by_role("navigation", name="Chính").get_by_role("link", name="Văn bản")
        await expect(entry).to_be_hidden()
        await page.get_by_role("button", name="Trình đơn").focus()
        await page.keyboard.press("Enter")
        await expect(entry).to_be_visible()
        await visit.look("menu", "light", NARROW)
        if has_scripts:
            await check_page(page)
        await entry.click()
        await page.wait_for_url("**/directives")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Văn bản chỉ đạo")


async def test_who_was_told_can_be_read_without_scripts(house: House, browser: Browser) -> None:
    async with visiting(browser, house.address, "lan", has_scripts=False) as visit:
        await visit.page.goto(house.address + PAGES["directive"])
        await visit.page.get_by_role("link", name="Xem các thông báo đã gửi").click()
        await expect(visit.page.get_by_role("cell", name="Giao nhiệm vụ số 1.a", exact=True)).to_be_visible()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(infrastructure: Infrastructure) -> AsyncIterator[House]:
    infrastructure.postgres.create_database("busy_pages")
    async with opened_house(infrastructure.postgres.dsn("busy_pages"), play_much(), hanoi(4, month=5)) as house:
        yield house
    infrastructure.postgres.drop_database("busy_pages")


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_with_much_on_it_is_small_with_all_its_files_and_all_from_here(busy: House, browser: Browser, name: str) -> None:
    async with visiting(browser, busy.address, "lan") as visit:
        assert await visit.weigh(PAGES[name], TOLD.get(name, "#live")) <= LARGEST_PAGE
