"""The pages of units in a real browser: found without accents, what they lead and coordinate, their scorecard of any period."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from deploy.local.infrastructure import Infrastructure
from services.directives.projections import project_facts
from shared.clock import QUERIES as CLOCK
from shared.contracts.registry import UnitRenamed, UnitSucceeded
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool
from tests.support.april import (
    CALENDAR_TASK,
    CONFERENCE_TASK,
    HOME_AFFAIRS,
    OFFICE,
    PLAN_TASK,
    REPORT,
    Journal,
    hanoi,
    play,
    report,
)
from tests.support.axe import check_page
from tests.support.browsing import LARGEST_PAGE, NARROW, Scheme, Visit, opened_browser, visiting
from tests.support.people import add_person, migrate_identity
from tests.support.read_model import know, opened_read_model
from tests.support.web import served

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNIT = "/units/H10.21.3"


@dataclass
class House:
    """The pages, and the registrar's part done by hand."""

    address: str
    pool: Pool
    journal: Journal


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(infrastructure: Infrastructure) -> AsyncIterator[House]:
    infrastructure.postgres.create_database("units_page")
    dsn = infrastructure.postgres.dsn("units_page")
    await migrate_identity(dsn)
    await add_person(dsn, "lan", "operator")
    await add_person(dsn, "minh", "unit", OFFICE)
    journal = Journal()
    play(journal)
    renamed = UnitRenamed(name="Phòng Nội vụ thị xã", valid_from=date(2021, 5, 3), document="Quyết định 12/QĐ-UBND")
    journal.register(HOME_AFFAIRS, renamed, hanoi(3, month=5), key=HOME_AFFAIRS)
    gone = UnitSucceeded(successors=(HOME_AFFAIRS,), valid_from=date(2021, 5, 4), document="Quyết định 13/QĐ-UBND")
    journal.register(OFFICE, gone, hanoi(4, month=5), key=OFFICE)
    async with opened_read_model(dsn) as pool, served(dsn) as address:
        await know(pool, journal, hanoi(5, month=5))
        yield House(address, pool, journal)
    infrastructure.postgres.drop_database("units_page")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with opened_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def visit(house: House, browser: Browser) -> AsyncIterator[Visit]:
    async with visiting(browser, house.address, "lan") as visit:
        yield visit


async def test_units_are_found_without_accents_also_by_an_old_name(visit: Visit) -> None:
    await visit.open("/units")
    await expect(visit.page.locator(".unit-rows tbody tr")).to_have_count(3)
    await visit.page.get_by_label("Tìm theo mã").fill("thuong binh va xa hoi")
    await visit.page.get_by_role("button", name="Tìm").click()
    await visit.page.wait_for_url("**/units?q=thuong+binh+va+xa+hoi")
    row = visit.page.locator(".unit-rows tbody tr")
    await expect(row.locator("td")).to_have_text(["Phòng Nội vụ thị xã", "H10.21.3", "0", "0", "2", "0", "1"])
    await row.get_by_role("link").click()
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Phòng Nội vụ thị xã")


async def test_a_unit_shows_what_it_leads_and_coordinates_and_its_names(visit: Visit) -> None:
    await visit.open(UNIT)
    leads = visit.page.locator("section[aria-labelledby=leads] tbody tr")
    await expect(leads).to_have_count(2)
    await expect(visit.page.locator(f"section[aria-labelledby=leads] #task-{PLAN_TASK}")).to_contain_text("Đang thực hiện")
    names = visit.page.locator("section[aria-labelledby=names] tbody tr")
    await expect(names.first).to_contain_text("Phòng Nội vụ thị xã")
    await expect(names.first).to_contain_text("3/5/2021")
    await expect(names.last).to_contain_text("tên ban đầu")
    await expect(visit.page.locator(".facts")).to_contain_text("Văn phòng Cấp ủy")
    await visit.open("/units/H10.21.1")
    await expect(visit.page.locator(f"section[aria-labelledby=coordinates] #task-{PLAN_TASK}")).to_contain_text("Chủ trì: Phòng Nội vụ")
    await expect(visit.page.locator(".facts")).to_contain_text("Phòng Nội vụ thị xã từ 4/5/2021 (Quyết định 13/QĐ-UBND)")


async def test_the_scorecard_of_a_past_period_is_as_things_stood_then(house: House, visit: Visit) -> None:
    await visit.open(UNIT)
    await expect(visit.page.locator(f"#late-{CONFERENCE_TASK} td")).to_have_text(
        ["1.b. Chuẩn bị và tổ chức hội nghị công bố Chỉ số năm 2020. Văn bản 412/UBND-NC", "30/4/2021", "4", "Hoàn thành"]
    )
    await expect(visit.page.locator(".rate")).to_contain_text("0,0% (0/1)")
    await visit.page.get_by_label("Kết quả từ ngày").fill("1/4/2021")
    await visit.page.get_by_label("Đến hết ngày").fill("30.4.2021")
    await visit.page.get_by_role("button", name="Xem", exact=True).click()
    await visit.page.wait_for_url("**/units/H10.21.3?from=1%2F4%2F2021&to=30.4.2021")
    await expect(visit.page.locator(".counts caption")).to_have_text("Nhiệm vụ chủ trì từ 1/4/2021 đến hết 30/4/2021")
    await expect(visit.page.locator(f"#late-{CONFERENCE_TASK}")).to_contain_text("Đang thực hiện")
    await expect(visit.page.locator(".rate")).to_contain_text("chưa có nhiệm vụ có hạn nào hoàn thành")
    answer = await visit.page.request.get(f"{house.address}/api{UNIT}/scorecard?from=2021-04-01&to=2021-04-30")
    told = await answer.json()
    assert (told["as_of"], told["tasks"]["open_overdue"], told["unit"]["short_name"]) == ("2021-05-01T00:00:00+07:00", 1, "Phòng Nội vụ")
    assert [(each["id"], each["days_late"], each["work"]) for each in told["late"]] == [(str(CONFERENCE_TASK), 1, "in_progress")]


async def test_a_period_that_is_none_is_said_at_the_fields(visit: Visit) -> None:
    await visit.open(f"{UNIT}?from=31/4/2021")
    await expect(visit.page.get_by_role("alert")).to_contain_text("Kỳ chưa đúng")
    await expect(visit.page.get_by_label("Kết quả từ ngày")).to_have_value("31/4/2021")
    await visit.open(f"{UNIT}?from=2/4/2021&to=1/4/2021")
    await expect(visit.page.get_by_role("alert")).to_contain_text("ngày đầu không sau ngày cuối")


async def test_what_is_handed_in_arrives_live_and_nothing_that_is_typed_is_lost(house: House, visit: Visit) -> None:
    await visit.open(UNIT)
    await visit.page.get_by_label("Đến hết ngày").fill("30/6")
    record = house.journal.register(REPORT, report(), hanoi(5, 10, month=5))
    async with Ledger(house.pool).turn(0) as work:
        await project_facts(work, [record])
    await expect(visit.page.locator("section[aria-labelledby=leads] tbody tr")).to_have_count(1)
    await expect(visit.page.get_by_label("Đến hết ngày")).to_be_focused()
    await expect(visit.page.get_by_label("Đến hết ngày")).to_have_value("30/6")


async def test_a_unit_is_counted_the_tasks_that_the_asker_sees(house: House, browser: Browser) -> None:
    async with visiting(browser, house.address, "minh") as visit:
        await visit.open(UNIT)
        await expect(visit.page.locator(f"#task-{PLAN_TASK}")).to_be_visible()
        await expect(visit.page.locator(f"#late-{CONFERENCE_TASK}")).to_have_count(0)
        await expect(visit.page.get_by_role("main").get_by_role("link", name="Hộp thư")).to_have_count(0)
        await visit.open("/units/H10.21.1")
        await expect(visit.page.get_by_role("main").get_by_role("link", name="Hộp thư")).to_be_visible()
        await expect(visit.page.locator(f"#late-{CALENDAR_TASK}")).to_have_count(0)


async def test_a_code_that_no_unit_bears_is_said_in_words(visit: Visit) -> None:
    answer = await visit.page.goto(f"{visit.address}/units/H99.99")
    assert answer is not None
    assert answer.status == 404
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Không tìm thấy nội dung này")
    visit.complaints.clear()  # the browser reports the 404 itself


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "path"), [("units", "/units"), ("unit", UNIT), ("unit-wrong", f"{UNIT}?from=x")])
async def test_everybody_can_use_the_pages(visit: Visit, scheme: Scheme, name: str, path: str) -> None:
    await visit.open(path)
    await visit.look(name, scheme)
    await check_page(visit.page)
    await visit.look(name, scheme, NARROW)
    assert await visit.page.evaluate("document.documentElement.scrollWidth") == NARROW
    await check_page(visit.page)


async def test_on_paper_only_what_is_read_is_printed(visit: Visit) -> None:
    await visit.open(UNIT)
    await visit.page.emulate_media(media="print")
    await expect(visit.page.locator(".period")).to_be_hidden()
    await expect(visit.page.locator(".counts")).to_be_visible()


@pytest.mark.parametrize("path", ["/units", UNIT])
async def test_the_pages_weigh_little(visit: Visit, path: str) -> None:
    assert await visit.weigh(path) <= LARGEST_PAGE


async def test_the_clock_alone_makes_work_late_on_the_open_page(house: House, visit: Visit) -> None:
    await visit.open("/units/H10.21")
    await expect(visit.page.locator("section[aria-labelledby=leads]")).to_contain_text("Không có nhiệm vụ nào.")
    await house.pool.execute(CLOCK["step_clock"], hanoi(6, month=5))
    await expect(visit.page.locator("section[aria-labelledby=scorecard]")).to_contain_text("09:00 6/5/2021")
