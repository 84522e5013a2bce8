"""The page of a plan in a real browser: what it leaves out, line by line, until it is handed in again as it has to be."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import Browser, expect

from shared.contracts.directives import PlanRequirement
from shared.contracts.work import PlanApproved
from tests.support import plan_story
from tests.support.april import PLAN, Journal, hanoi
from tests.support.axe import check_page
from tests.support.browsing import NARROW, Visit, visiting
from tests.support.pages import House, opened_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = f"/plans/{PLAN}"
FINDINGS = ".findings li"


def play(requires: PlanRequirement | None = plan_story.REQUIRES) -> Journal:
    """Return the plan as it was handed in at first, for a task that demands something of it."""
    journal = Journal()
    journal.open_office(hanoi(1))
    plan_story.issue(journal, replace(plan_story.DEMANDING, plan_requires=requires))
    plan_story.hand_in(journal)
    return journal


@pytest_asyncio.fixture(loop_scope="module")
async def house(database: str) -> AsyncIterator[House]:
    async with opened_house(database, play(), hanoi(20)) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def visit(house: House, browser: Browser) -> AsyncIterator[Visit]:
    async with visiting(browser, house.address, "lan") as visit:
        yield visit


async def test_a_plan_tells_what_is_not_there_and_which_line_lacks_what(visit: Visit) -> None:
    await visit.open(PAGE)
    findings = visit.page.locator(FINDINGS)
    await expect(findings).to_have_count(3)
    await expect(findings.nth(0)).to_contain_text("chưa có tiêu chí thành phần “Công khai thủ tục")
    await expect(findings.nth(1)).to_contain_text("chưa có lĩnh vực “Cải cách tài chính công”")
    await expect(findings.nth(2)).to_contain_text("1 dòng chưa nêu nguyên nhân: Tỷ lệ hồ sơ trả đúng hẹn")
    await findings.nth(2).get_by_role("link").click()
    row = visit.page.locator("tr:target")
    await expect(row.locator(".missing")).to_have_text("! chưa nêu")
    await expect(visit.page.locator(".missing")).to_have_count(1)
    await visit.look("plan-lacking")
    await visit.look("plan-lacking", "dark")
    await visit.look("plan-lacking", "light", NARROW)
    await check_page(visit.page)


async def test_a_plan_that_is_returned_and_handed_in_again_tells_what_changed_while_one_looks(house: House, visit: Visit) -> None:
    await visit.open(PAGE)
    await house.register(PLAN, plan_story.RETURNED, hanoi(14))
    await expect(visit.page.locator(".document")).to_contain_text("Bị trả lại")
    await expect(visit.page.locator(".document")).to_contain_text(
        "Mục cần hoàn thiện: Cải cách thủ tục hành chính; Cải cách tài chính công"
    )
    await house.register(PLAN, plan_story.SECOND, hanoi(19))
    await expect(visit.page.locator(".told.is-good")).to_have_text("Kế hoạch có đủ các nội dung mà văn bản yêu cầu.")
    await expect(visit.page.locator(FINDINGS)).to_have_count(0)
    version = visit.page.locator("#version-2")
    await expect(version.locator("ins")).to_have_text(["Chuyển hồ sơ giấy giữa ba phòng", "Liên thông điện tử từ tháng 6"])
    await expect(version.locator("del")).to_have_text(["Liên thông điện tử"])
    await expect(version.get_by_text("dòng mới")).to_have_count(2)
    await expect(visit.page.locator("#version-1")).to_contain_text("Bị trả lại")
    await house.register(PLAN, PlanApproved(remarks="Đồng ý"), hanoi(20))
    await expect(version).to_contain_text("Được phê duyệt 09:00 20/4/2021: Đồng ý")


async def test_a_line_of_which_the_index_knows_nothing_is_told_apart(house: House, visit: Visit) -> None:
    await house.register(PLAN, plan_story.RETURNED, hanoi(14))
    other = replace(plan_story.WHOLE, area="Chuyển đổi số")
    await house.register(PLAN, replace(plan_story.SECOND, items=(*plan_story.SECOND.items, other)), hanoi(19))
    await visit.open(PAGE)
    await expect(visit.page.locator(".told.is-soon")).to_contain_text("1 dòng có tên không có trong Chỉ số cải cách hành chính năm 2020")
    await expect(visit.page.locator("#item-4")).to_contain_text("không có trong chỉ số")
    await check_page(visit.page)


async def test_a_long_plan_goes_on_page_after_page_and_its_findings_lead_there(house: House, visit: Visit) -> None:
    await house.register(PLAN, plan_story.RETURNED, hanoi(14))
    items = [replace(plan_story.MENDED, component=f"Hồ sơ loại {number}") for number in range(40)]
    items[35] = replace(items[35], time=None)
    await house.register(PLAN, replace(plan_story.SECOND, items=tuple(items)), hanoi(19))
    await visit.open(PAGE)
    await expect(visit.page.locator(".plan-lines tbody tr")).to_have_count(30)
    await visit.page.get_by_role("link", name="Hồ sơ loại 35").click()
    await visit.page.wait_for_url("**?page=2#item-35")
    await expect(visit.page.locator("tr:target .missing")).to_be_visible()
    await expect(visit.page.locator(".plan-lines tbody tr")).to_have_count(10)


async def test_of_a_task_that_demands_nothing_nothing_is_missed(database: str, browser: Browser) -> None:
    async with opened_house(database, play(None), hanoi(20)) as house, visiting(browser, house.address, "lan") as visit:
        await visit.open(PAGE)
        await expect(visit.page.get_by_text("không có gì để đối chiếu")).to_be_visible()
        await expect(visit.page.locator(".missing")).to_have_count(0)
        await expect(visit.page.locator(".plan-lines")).to_contain_text("không nêu")


async def test_of_an_index_that_is_not_there_only_the_lines_are_judged(database: str, browser: Browser) -> None:
    elsewhere = replace(plan_story.REQUIRES, index=PLAN)
    async with opened_house(database, play(elsewhere), hanoi(20)) as house, visiting(browser, house.address, "lan") as visit:
        await visit.open(PAGE)
        await expect(visit.page.locator(".told.is-soon")).to_contain_text("Chưa có chỉ số mà văn bản dẫn")
        await expect(visit.page.locator(".missing")).to_have_count(1)
