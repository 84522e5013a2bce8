"""Directives in a real browser: the list with its filters in the address; one with its document, its tasks and who was told of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from deploy.local.infrastructure import Infrastructure
from shared.contracts.directives import Basis, DirectiveIssued, DirectiveRecalled, Signer
from shared.contracts.types import File
from tests.support import plan_story
from tests.support.april import (
    COMMITTEE,
    CONFERENCE_TASK,
    DIRECTIVE,
    HELD_DUE,
    HOLD,
    OFFICE,
    PLAN,
    PLAN_TASK,
    Journal,
    draft,
    hanoi,
    missed,
)
from tests.support.browsing import Visit, visiting
from tests.support.pages import House, opened_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECALLED, _ = plan_story.letter("thu hồi")
PLANNED = DirectiveIssued(
    key="thu hồi", issuer=COMMITTEE, subject="Rà soát thủ tục đất đai", document_type="KH", symbol="KH-UBND", place="Phước Long",
    urgency="hoa-toc", addressees=(OFFICE,), signer=Signer(name="Lê Văn Thử", position="Phó Chủ tịch", capacity="KT. CHỦ TỊCH"),
    based_on=(Basis(title="Nâng cao Chỉ số", number="412/UBND-NC", directive=DIRECTIVE),),
    file=File(sha256="ab" * 32, name="ke-hoach.pdf", media_type="application/pdf", size=3_400_000),
)  # fmt: skip
MANY = 45


def play() -> Journal:
    """Return three letters: April's, one that was recalled, and many more of no consequence."""
    journal = Journal()
    journal.open_office(hanoi(1))
    journal.issue(hanoi(5))
    for number in range(MANY):
        letter = plan_story.letter(f"nhắc {number}")
        journal.register(*letter, hanoi(6), key=letter[0])
    journal.register(RECALLED, PLANNED, hanoi(7), key=RECALLED)
    journal.register(RECALLED, DirectiveRecalled(reason="Ban hành nhầm"), hanoi(8), key=RECALLED)
    journal.say(missed(CONFERENCE_TASK, HOLD), HELD_DUE)
    return journal


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(infrastructure: Infrastructure) -> AsyncIterator[House]:
    infrastructure.postgres.create_database("directive_pages")
    async with opened_house(infrastructure.postgres.dsn("directive_pages"), play(), hanoi(4, month=5)) as house:
        yield house
    infrastructure.postgres.drop_database("directive_pages")


@pytest_asyncio.fixture(loop_scope="module")
async def visit(house: House, browser: Browser) -> AsyncIterator[Visit]:
    async with visiting(browser, house.address, "lan") as visit:
        yield visit


@pytest.mark.parametrize(
    ("query", "subject"),
    [
        ("q=ra+soat+thu+tuc", "Rà soát thủ tục đất đai"),
        ("standing=recalled", "Rà soát thủ tục đất đai"),
        ("q=412", "Nâng cao Chỉ số cải cách hành chính năm 2021 của thị xã Phước Long"),
        ("q=nhac+44&issued_from=5/4/2021&issued_to=5/4/2021&issuer=H10.21", "Đôn đốc thực hiện nhiệm vụ: nhắc 44"),
    ],
)
async def test_a_filter_is_the_pages_address(visit: Visit, query: str, subject: str) -> None:
    await visit.open(f"/directives?{query}")
    await expect(visit.page.locator(".tasks tbody tr")).to_have_count(1)
    await expect(visit.page.locator(".tasks .content")).to_have_text(subject)


async def test_what_is_typed_narrows_the_list_at_once_and_stays_in_the_address(visit: Visit) -> None:
    await visit.open("/directives")
    await visit.page.get_by_label("Tìm theo số").press_sequentially("dat dai")
    await expect(visit.page.locator(".tasks tbody tr")).to_have_count(1)
    await expect(visit.page).to_have_url(visit.address + "/directives?q=dat+dai")
    await expect(visit.page.get_by_label("Tìm theo số")).to_be_focused()


async def test_a_day_that_is_none_is_told_and_limits_nothing(visit: Visit) -> None:
    await visit.open("/directives?issued_from=31/2/2021&q=dat+dai")
    await expect(visit.page.get_by_role("alert")).to_contain_text("Ngày ghi dạng 1/4/2021")
    await expect(visit.page.locator(".tasks tbody tr")).to_have_count(1)


async def test_the_list_goes_on_page_after_page(visit: Visit) -> None:
    await visit.open("/directives")
    first = await visit.page.locator(".tasks tbody tr").evaluate_all("rows => rows.map((row) => row.id)")
    await visit.page.get_by_role("link", name="Trang sau").click()
    await expect(visit.page.get_by_role("link", name="Về trang đầu")).to_be_visible()
    second = await visit.page.locator(".tasks tbody tr").evaluate_all("rows => rows.map((row) => row.id)")
    assert len({*first, *second}) == len(first) + len(second) == MANY + 2


async def test_a_directive_in_the_list_tells_of_its_tasks_and_leads_to_them(visit: Visit) -> None:
    await visit.open("/directives?q=412")
    row = visit.page.locator(f"#directive-{DIRECTIVE}")
    await expect(row).to_contain_text("4 chưa hoàn thành, 3 quá hạn")
    await row.get_by_role("link", name="3 quá hạn").click()
    await expect(visit.page.locator(".tasks tbody tr")).to_have_count(3)
    await expect(visit.page.get_by_label("Chỉ nhiệm vụ của một văn bản")).to_be_checked()
    await visit.page.get_by_label("Chỉ nhiệm vụ của một văn bản").uncheck()
    await expect(visit.page).to_have_url(visit.address + "/tasks?status=open_overdue")


async def test_a_document_tells_what_it_is_who_signed_it_and_what_it_rests_on(visit: Visit) -> None:
    await visit.open(f"/directives/{RECALLED}")
    document = visit.page.locator(".document")
    for text in (
        "…/KH-UBND",
        "Kế hoạch",
        "Hỏa tốc",
        "chưa ghi ngày",
        "KT. CHỦ TỊCH Lê Văn Thử, Phó Chủ tịch",
        "Đã thu hồi",
        "Ban hành nhầm",
    ):
        await expect(document).to_contain_text(text)
    await expect(document.get_by_role("link", name="ke-hoach.pdf")).to_have_attribute("href", f"/files/{'ab' * 32}")
    await expect(document).to_contain_text("3.2 MB")
    await document.get_by_role("link", name="412/UBND-NC Nâng cao Chỉ số").click()
    await visit.page.wait_for_url(f"**/directives/{DIRECTIVE}")
    await expect(visit.page.locator(".document")).to_contain_text("thực hiện bởi …/KH-UBND Rà soát thủ tục đất đai")


async def test_a_directive_tells_who_was_told_and_leads_to_each_task(visit: Visit) -> None:
    await visit.open(f"/directives/{DIRECTIVE}")
    await expect(visit.page.locator(".who-told tbody tr", has_text="Giao nhiệm vụ số 1.a")).to_contain_text("Phòng Nội vụ")
    await visit.page.locator(f"#task-{PLAN_TASK} a.content").click()
    await visit.page.wait_for_url(f"**/tasks/{PLAN_TASK}")


async def test_a_unit_reads_of_its_own_tasks_only(house: House, browser: Browser) -> None:
    async with visiting(browser, house.address, "hoa") as visit:
        await visit.open(f"/directives/{DIRECTIVE}")
        await expect(visit.page.locator("#live .tasks tbody tr")).to_have_count(2)
        await expect(visit.page.locator("#live")).not_to_contain_text("Báo cáo Ủy ban nhân dân thị xã kết quả")


async def test_a_timeline_grows_while_it_is_read(house: House, visit: Visit) -> None:
    await visit.open(f"/directives/{DIRECTIVE}")
    entries = visit.page.locator(".timeline li")
    before = await entries.count()
    await house.register(PLAN, draft(), hanoi(4, 8, month=5))
    await expect(entries).to_have_count(before + 1)
    await expect(visit.page.locator(".timeline")).to_contain_text("Trình kế hoạch")
