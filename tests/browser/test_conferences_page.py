"""The calendar of conferences in a real browser: clashes, what comes outside its time, filters in the address, live, narrow, on paper."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio
from icalendar import Calendar
from playwright.async_api import Browser, expect

from deploy.local.infrastructure import Infrastructure
from services.directives.projections import project_facts
from shared.contracts import Contract
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled, ConferenceScheduled
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool
from tests.support.april import (
    CALENDAR_TASK,
    COMMITTEE,
    CONFERENCE,
    CONFERENCE_TASK,
    HOLD,
    HOME_AFFAIRS,
    OFFICE,
    Journal,
    at_risk,
    hanoi,
    named,
    scheduled,
)
from tests.support.axe import check_page
from tests.support.browsing import LARGEST_PAGE, NARROW, Scheme, Visit, opened_browser, visiting
from tests.support.people import add_person, migrate_identity
from tests.support.read_model import know, opened_read_model
from tests.support.web import served

pytestmark = pytest.mark.asyncio(loop_scope="module")

BRIEFING, CANCELLED, LATE, NEW = (named(f"conference {name}") for name in ("briefing", "cancelled", "late", "new"))
FLAGS = ".conference .flag"


def meeting(title: str, starts_at: datetime, ends_at: datetime | None = None, place: str = "Phòng họp số 2") -> ConferenceScheduled:
    """Return a conference that the office put on the calendar."""
    return ConferenceScheduled(
        tasks=(CALENDAR_TASK,), scheduled_by=OFFICE, title=title, starts_at=starts_at, ends_at=ends_at, place=place,
        chair="Chủ tịch UBND thị xã", participants=(HOME_AFFAIRS, COMMITTEE),
    )  # fmt: skip


def play() -> Journal:
    """Return a month: the conference of the letter moved into May, a briefing at the same hour, one that was cancelled."""
    journal = Journal()
    journal.open_office(hanoi(1))
    journal.issue(hanoi(5))
    journal.register(CONFERENCE, scheduled(), hanoi(12))
    journal.register(BRIEFING, meeting("Giao ban tháng 4", hanoi(27, 9), hanoi(27, 11), "hội trường  thị xã."), hanoi(13))
    journal.register(CANCELLED, meeting("Tập huấn bộ phận Một cửa", hanoi(28, 14), hanoi(28, 16)), hanoi(13))
    journal.register(CANCELLED, ConferenceCancelled(cancelled_by=OFFICE, reason="Báo cáo viên bận"), hanoi(14))
    journal.register(
        LATE,
        msgspec.structs.replace(
            scheduled(), title="Hội nghị triển khai kế hoạch", tasks=(CONFERENCE_TASK,), starts_at=hanoi(10, 8, month=5)
        ),
        hanoi(14),
    )
    journal.register(CONFERENCE, ConferenceCancelled(cancelled_by=OFFICE, reason="Gộp với hội nghị triển khai"), hanoi(15))
    journal.say(at_risk(CONFERENCE_TASK, HOLD, "conference-outside-window", hanoi(10, 8, month=5)), hanoi(15))
    return journal


@dataclass
class House:
    """The pages, and the registrar's part done by hand."""

    address: str
    pool: Pool
    journal: Journal

    async def register(self, subject: UUID, data: Contract, at: datetime) -> None:
        """Register one more fact."""
        record = self.journal.register(subject, data, at)
        async with Ledger(self.pool).turn(0) as work:
            await project_facts(work, [record])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(infrastructure: Infrastructure) -> AsyncIterator[House]:
    infrastructure.postgres.create_database("conferences_page")
    dsn = infrastructure.postgres.dsn("conferences_page")
    await migrate_identity(dsn)
    await add_person(dsn, "lan", "operator")
    await add_person(dsn, "minh", "unit", HOME_AFFAIRS)
    journal = play()
    async with opened_read_model(dsn) as pool, served(dsn) as address:
        await know(pool, journal, hanoi(16))
        yield House(address, pool, journal)
    infrastructure.postgres.drop_database("conferences_page")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with opened_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def visit(house: House, browser: Browser) -> AsyncIterator[Visit]:
    async with visiting(browser, house.address, "lan") as visit:
        yield visit


async def test_the_present_month_is_shown_as_a_grid_and_as_a_list(visit: Visit) -> None:
    await visit.open("/conferences")
    await expect(visit.page.locator(".month")).to_contain_text("Tháng 4 năm 2021")
    await expect(visit.page.locator(".agenda h3")).to_have_text(["Thứ Ba, 27/4/2021", "Thứ Tư, 28/4/2021"])
    await expect(visit.page.locator(".grid .is-today")).to_contain_text("16")
    spot = visit.page.locator(".grid td", has_text="Giao ban tháng 4")
    await expect(spot.locator(".day")).to_have_text("27")
    briefing = visit.page.locator(f"#conference-{BRIEFING}")
    for text in ("09:00", "11:00", "hội trường thị xã.", "Chủ tịch UBND thị xã", "UBND thị xã", "nhiệm vụ 2"):
        await expect(briefing).to_contain_text(text)


async def test_a_cancelled_conference_is_shown_as_such_and_clashes_with_nobody(visit: Visit) -> None:
    await visit.open("/conferences?month=2021-04")
    cancelled = visit.page.locator(f"#conference-{CANCELLED}")
    await expect(cancelled.locator(".standing")).to_have_text("Đã hủy")
    await expect(cancelled).to_contain_text("Báo cáo viên bận")
    await expect(visit.page.locator(FLAGS)).to_have_count(0)


async def test_a_conference_outside_the_time_of_its_letter_is_flagged_in_the_words_of_the_letter(visit: Visit) -> None:
    await visit.open("/conferences?month=2021-05")
    flag = visit.page.locator(f"#conference-{LATE} .flag")
    await expect(flag).to_contain_text("Ngoài thời gian mà văn bản giao: trong tháng 4 năm 2021 (nhiệm vụ 1.b, chậm nhất 30/4/2021)")


async def test_a_clash_arrives_live_is_said_at_both_and_leads_to_the_other(house: House, visit: Visit) -> None:
    await visit.open("/conferences?month=2021-04")
    await house.register(NEW, meeting("Họp ban chỉ đạo", hanoi(27, 10), None, "Hội trường thị xã"), hanoi(16, 10))
    flags = visit.page.locator(f"#conference-{BRIEFING} .flag")
    await expect(flags).to_have_count(4)
    for text in ("Trùng địa điểm với", "Chủ tọa cùng lúc chủ trì", "Phòng Nội vụ cùng lúc dự"):
        await expect(flags.filter(has_text=text)).to_contain_text("Họp ban chỉ đạo (10:00 27/4/2021, tính 2 giờ)")
    await expect(visit.page.locator(f"#conference-{NEW}")).to_contain_text("chưa ấn định giờ kết thúc, tính 2 giờ")
    await flags.first.get_by_role("link").click()
    await visit.page.wait_for_url(f"**#conference-{NEW}")
    answer = await visit.page.request.get(f"{house.address}/api/conferences?place=hội trường thị xã")
    told = {item["id"]: item for item in (await answer.json())["items"]}
    assert {each["kind"] for each in told[str(NEW)]["clashes"]} == {"place", "chair", "unit"}
    await house.register(NEW, ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=hanoi(29, 8), reason="Trùng giao ban"), hanoi(16, 11))
    await expect(visit.page.locator(FLAGS)).to_have_count(0)
    await expect(visit.page.locator(f"#conference-{NEW}")).to_contain_text("1 lần, lúc đầu 10:00 27/4/2021: Trùng giao ban")


async def test_month_unit_and_place_are_chosen_and_stand_in_the_address(visit: Visit) -> None:
    await visit.open("/conferences?month=2021-04")
    await visit.page.get_by_label("Địa điểm").select_option("Phòng họp số 2")
    await visit.page.wait_for_url("**place=Ph*")
    await expect(visit.page.locator(".conference")).to_have_count(1)
    await visit.page.get_by_label("Tháng", exact=True).select_option("2021-05")
    await expect(visit.page.locator(".month")).to_contain_text("Tháng 5 năm 2021")
    await expect(visit.page.locator(".empty")).to_be_visible()
    await visit.page.reload()
    await expect(visit.page.get_by_label("Tháng", exact=True)).to_have_value("2021-05")
    await visit.open("/conferences?month=2021-05&unit=H10.21.3")
    await expect(visit.page.locator(".conference")).to_have_count(1)
    await visit.page.get_by_role("link", name="Tháng 4").click()
    await visit.page.wait_for_url("**/conferences?month=2021-04&unit=H10.21.3")


async def test_a_conference_is_taken_into_a_calendar_whole(house: House, visit: Visit) -> None:
    await visit.open("/conferences?month=2021-05")
    async with visit.page.expect_download() as downloading:
        await visit.page.locator(f"#conference-{LATE}").get_by_role("link", name="Tải lịch").click()
    download = await downloading.value
    assert download.suggested_filename == "hoi-nghi-2021-05-10.ics"
    answer = await visit.page.request.get(f"{house.address}/conferences/{CANCELLED}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(await answer.body()).walk("VEVENT")
    assert event["UID"] == f"{CANCELLED}@127.0.0.1"
    assert event["STATUS"] == "CANCELLED"
    facts = [each for each in house.journal.records if f'"{CANCELLED}"'.encode() in (each.value or b"")]
    assert f'"version":{event["SEQUENCE"]}'.encode() in (facts[-1].value or b"")


async def test_what_a_unit_does_not_see_is_not_there_for_it(house: House, browser: Browser) -> None:
    async with visiting(browser, house.address, "minh") as visit:
        await visit.open("/conferences?month=2021-04")
        await expect(visit.page.locator(f"#conference-{BRIEFING}")).to_be_visible()
        await expect(visit.page.locator(f"#conference-{BRIEFING}")).not_to_contain_text("nhiệm vụ 2")
        answer = await visit.page.request.get(f"{house.address}/conferences/{named('nothing')}/calendar.ics")
        assert answer.status == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("month", ["2021-04", "2021-05", "2030-01"])
async def test_everybody_can_use_the_page(visit: Visit, scheme: Scheme, month: str) -> None:
    await visit.open(f"/conferences?month={month}")
    await visit.look(f"conferences-{month}", scheme)
    await check_page(visit.page)
    await visit.look(f"conferences-{month}", scheme, NARROW)
    assert await visit.page.evaluate("document.documentElement.scrollWidth") == NARROW
    await expect(visit.page.locator(".grid")).to_be_hidden()
    await check_page(visit.page)


async def test_on_paper_the_list_is_printed_and_the_grid_is_not(visit: Visit) -> None:
    await visit.open("/conferences?month=2021-04")
    await visit.page.emulate_media(media="print")
    await expect(visit.page.locator(".grid")).to_be_hidden()
    await expect(visit.page.locator(".filters")).to_be_hidden()
    await expect(visit.page.locator(f"#conference-{BRIEFING}")).to_be_visible()


async def test_the_page_weighs_little(visit: Visit) -> None:
    assert await visit.weigh("/conferences?month=2021-04") <= LARGEST_PAGE


async def test_without_scripts_the_form_still_chooses(house: House, browser: Browser) -> None:
    async with visiting(browser, house.address, "lan", has_scripts=False) as visit:
        await visit.page.goto(f"{house.address}/conferences?month=2021-04")
        await visit.page.get_by_label("Đơn vị").select_option("H10.21")
        await visit.page.get_by_role("button", name="Xem").click()
        await expect(visit.page.locator(".conference")).to_have_count(3)
