"""The page of a task in a real browser: its deadlines with their proofs, what was handed in, what happened; live."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import Browser, expect

from shared.contracts.deadlines import DeadlineChanged, Proof
from shared.contracts.extensions import ExtensionRequested
from shared.contracts.tasks import ProgressReported, TaskReceived
from tests.support import plan_story
from tests.support.april import (
    CONFERENCE,
    CONFERENCE_TASK,
    HOLD,
    HOME_AFFAIRS,
    PLAN,
    PLAN_TASK,
    REPORT_TASK,
    Journal,
    at_risk,
    deadline_set,
    hanoi,
    held,
    named,
    scheduled,
)
from tests.support.april import REPORT as REPORT_ID
from tests.support.april import report as report_of
from tests.support.browsing import Visit, visiting
from tests.support.pages import House, opened_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

OUTSIDE = hanoi(12, 8, month=5)
NEW_DUE = hanoi(11, 0, month=5)
PROOF = Proof(
    phrase="trong 05 ngày làm việc kể từ ngày ký", rule="working-days", ground="BLDS 148.5", calendar_version="2021-2",
    counted_from=date(2021, 4, 26), days_skipped=("2021-04-30", "2021-05-03"), provisional=True, suspended_days=2,
)  # fmt: skip


def play() -> Journal:
    """Return April with a conference set for May, and a deadline of it that was moved."""
    journal = Journal()
    journal.open_office(hanoi(1))
    plan_story.issue(journal)
    plan_story.hand_in(journal)
    journal.register(CONFERENCE_TASK, TaskReceived(received_by=HOME_AFFAIRS), hanoi(6))
    progress = ProgressReported(reported_by=HOME_AFFAIRS, percent=40, content="Đã đặt hội trường", obstacles="Chưa có báo cáo viên")
    journal.register(CONFERENCE_TASK, progress, hanoi(8))
    journal.register(CONFERENCE, replace(scheduled(), starts_at=OUTSIDE), hanoi(12))
    journal.say(at_risk(CONFERENCE_TASK, HOLD, "conference-outside-window", OUTSIDE), hanoi(12))
    asked = ExtensionRequested(
        task=CONFERENCE_TASK, name=HOLD.name, requested_by=HOME_AFFAIRS, requested_day=date(2021, 5, 10), reasons="Hội trường đang sửa"
    )
    journal.register(named("more time"), asked, hanoi(13))
    terms = {name: getattr(deadline_set(CONFERENCE_TASK, HOLD), name) for name in deadline_set(CONFERENCE_TASK, HOLD).__struct_fields__}
    changed = {**terms, "kind": "period", "due": NEW_DUE, "previous_due": terms["due"], "original_due": terms["due"], "proof": PROOF}
    journal.say(DeadlineChanged(**changed, why="extension-granted", fact="fact"), hanoi(14))
    return journal


@pytest_asyncio.fixture(loop_scope="module")
async def house(database: str) -> AsyncIterator[House]:
    async with opened_house(database, play(), hanoi(15)) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def visit(house: House, browser: Browser) -> AsyncIterator[Visit]:
    async with visiting(browser, house.address, "lan") as visit:
        yield visit


async def test_a_deadline_tells_the_phrase_both_days_and_why(visit: Visit) -> None:
    await visit.open(f"/tasks/{CONFERENCE_TASK}")
    term = visit.page.locator(".term")
    for text in (
        "“trong 05 ngày làm việc kể từ ngày ký”", "hết ngày 10/5/2021", "xong trước 00:00 11/5/2021", "30/4/2021", "đã thay đổi 1 lần",
        "gia hạn", "tổ chức hội nghị", "BLDS 148.5", "quy tắc working-days; lịch nghỉ 2021-2", "26/4/2021", "30/4/2021, 3/5/2021",
        "Cộng ngày tạm hoãn", "2 ngày", "lịch nghỉ của năm này chưa được công bố",
    ):  # fmt: skip
        await expect(term).to_contain_text(text)
    await visit.look("task-proof")


async def test_what_was_handed_in_and_asked_for_stands_on_the_page(visit: Visit) -> None:
    await visit.open(f"/tasks/{CONFERENCE_TASK}")
    papers = visit.page.locator("section", has=visit.page.locator("#handed-in"))
    for text in (
        "Hội nghị công bố Chỉ số", "08:00 12/5/2021", "40%: Đã đặt hội trường", "Khó khăn: Chưa có báo cáo viên",
        "đến hết ngày 10/5/2021: Hội trường đang sửa", "chờ trả lời", "Đã nhận văn bản",
    ):  # fmt: skip
        await expect(papers).to_contain_text(text)
    await expect(papers.get_by_role("link", name="Hội nghị công bố")).to_have_attribute(
        "href", f"/conferences?month=2021-05#conference-{CONFERENCE}"
    )


async def test_happenings_come_newest_first_and_are_of_this_task(visit: Visit) -> None:
    await visit.open(f"/tasks/{CONFERENCE_TASK}")
    entries = visit.page.locator(".timeline li")
    await expect(entries.first).to_contain_text("Thay đổi thời hạn")
    await expect(entries.last).to_contain_text("trong tháng 4 năm 2021")
    await expect(visit.page.locator(".timeline")).not_to_contain_text("Trình kế hoạch")
    await expect(visit.page.locator(".who-told tbody tr", has_text="Giao nhiệm vụ số 1.b")).to_have_count(1)


async def test_a_conference_that_is_held_makes_the_task_done_while_one_looks(house: House, visit: Visit) -> None:
    await visit.open(f"/tasks/{CONFERENCE_TASK}")
    await expect(visit.page.locator(".document .state").first).to_have_text("Đang thực hiện 40%")
    link = visit.page.get_by_role("link", name="412/UBND-NC ngày 5/4/2021")
    await link.focus()
    await house.register(CONFERENCE, held(), hanoi(15, 8))
    await expect(visit.page.locator(".document .state").first).to_have_text("Hoàn thành")
    await expect(link).to_be_focused()


async def test_what_a_plan_has_to_say_stands_with_the_task_and_leads_to_the_plan(visit: Visit) -> None:
    await visit.open(f"/tasks/{PLAN_TASK}")
    await expect(visit.page.locator(".document")).to_contain_text("theo từng lĩnh vực, tiêu chí, tiêu chí thành phần: hạn chế, yếu kém;")
    await expect(visit.page.locator(".document")).to_contain_text("Văn phòng Cấp ủy")
    await visit.page.get_by_role("link", name="Kế hoạch nâng cao Chỉ số năm 2021").click()
    await visit.page.wait_for_url(f"**/plans/{PLAN}")


async def test_a_deadline_that_the_letter_left_open_is_called_so(house: House, visit: Visit) -> None:
    await house.register(REPORT_ID, report_of(), hanoi(15, 8))
    await visit.open(f"/tasks/{REPORT_TASK}")
    await expect(visit.page.locator(".term")).to_contain_text("“đúng thời gian quy định”")
    await expect(visit.page.locator(".term .state")).to_have_text("Chưa rõ, chờ bổ sung")
    await expect(visit.page.locator(f"#paper-{REPORT_ID}")).to_contain_text("Báo cáo kết quả thực hiện")


async def test_a_task_of_others_is_not_there(house: House, browser: Browser) -> None:
    async with visiting(browser, house.address, "hoa") as visit:
        answer = await visit.page.goto(f"{house.address}/tasks/{CONFERENCE_TASK}")
        assert answer is not None
        assert answer.status == 404
        visit.complaints.clear()  # the browser reports the 404 itself
