"""Letters taken in, in a real browser over the whole real system: pasted and uploaded, questions answered in place, facts published."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from io import BytesIO
from pathlib import Path

import docx
import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from deploy.local.requirements import root
from deploy.local.stack import Stack
from shared.postgres import connect
from shared.sql import Queries
from tests.support.axe import check_page
from tests.support.browsing import LARGEST_PAGE, NARROW, PICTURES, Scheme, Visit, opened_browser, visiting
from tests.support.people import add_person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

UNITS = """\
code,name,short_name,parent_code,valid_from
H10,Ủy ban nhân dân tỉnh Bình Phước,UBND tỉnh,,1997-01-01
H10.21,Ủy ban nhân dân thị xã Phước Long,UBND thị xã,H10,2009-08-11
H10.21.1,"Văn phòng Cấp ủy, Hội đồng nhân dân và Ủy ban nhân dân thị xã",Văn phòng,H10.21,
H10.21.3,"Phòng Nội vụ, Lao động, Thương binh và Xã hội",Phòng Nội vụ,H10.21,
H10.21.5,Phòng Tư pháp thị xã,,H10.21,
"""
LETTER = (root() / "samples" / "phuoc-long-2021" / "cong-van-612.txt").read_text(encoding="utf-8")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
AUDIT = Queries("tests.support", "intake.sql")["read_audit"]
PUBLISHED = re.compile(r"Đã vào sổ")


def letter(*, line: str = "", number: str = "", day: str = "") -> str:
    """Return the sample letter as one of its own: with a line more, and its number and day where they are given."""
    text = LETTER.replace("Số:        /UBND-NC", f"Số: {number}/UBND-NC") if number else LETTER
    text = text.replace("ngày      tháng      năm 2021", f"ngày {day} tháng 4 năm 2021") if day else text
    return f"{text}\n{line}\n"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=["gateway", "registrar", "directives", "deadlines", "notifications"]) as running:
        running.wait_ready(120)
        headers = {"Authorization": f"Bearer {running.api_key}", "Content-Type": "text/csv"}
        answer = httpx.post(f"{running.url}/api/units/import", content=UNITS.encode(), headers=headers, timeout=60)
        assert answer.json()["registered"] == 5, answer.text
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with opened_browser() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(stack: Stack) -> None:
    await add_person(stack.dsn, "lan", "operator")
    await add_person(stack.dsn, "minh", "operator")


@pytest_asyncio.fixture(loop_scope="module")
async def visit(stack: Stack, browser: Browser, people: None) -> AsyncIterator[Visit]:  # noqa: ARG001  somebody has to be there
    async with visiting(browser, stack.url, "lan") as visit:
        yield visit


async def paste(visit: Visit, text: str) -> Page:
    """Paste a letter, and return the page of its draft."""
    await visit.open("/intake")
    await visit.page.get_by_label("Toàn văn").fill(text)
    await visit.page.get_by_role("button", name="Đọc nội dung").click()
    await visit.page.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}$"))
    return visit.page


async def upload(visit: Visit, name: str, media_type: str, content: bytes) -> None:
    """Choose a file and send it."""
    await visit.open("/intake")
    await visit.page.get_by_label("Tệp văn bản").set_input_files(FilePayload(name=name, mimeType=media_type, buffer=content))
    await visit.page.get_by_role("button", name="Đọc tệp").click()


def item(page: Page, name: str) -> Locator:
    """Return what the sheet shows of a value, by its pointer in the document."""
    return page.locator(f"[data-name='/document/{name}']")


async def answer(page: Page, name: str, value: str, button: str = "Lưu") -> None:
    """Answer a question, and wait until the page has taken it."""
    asked = item(page, name)
    await asked.locator("[name=value]").fill(value)
    await asked.get_by_role("button", name=button, exact=True).click()
    await expect(item(page, name)).to_contain_text("đã trả lời")


async def publish(page: Page) -> None:
    await page.get_by_role("button", name="Công bố").click()
    await expect(page.get_by_role("heading", name="Đã công bố")).to_be_visible()


async def audited(stack: Stack) -> list[tuple[str, str, dict[str, object]]]:
    """Return what the audit log says of letters: actor, action, detail."""
    connection = await connect(stack.dsn, schema="identity")
    try:
        rows = await connection.fetch(AUDIT)
    finally:
        await connection.close()
    return [(row["actor"], row["action"], json.loads(row["detail"])) for row in rows if row["object"].startswith("intake")]


def as_docx(text: str) -> bytes:
    """Return a letter as Word has it, its head in a table of two columns."""
    document = docx.Document()
    head, _, body = text.partition("Kính gửi:")
    left, _, right = head.partition("CỘNG HÒA")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = left.strip(), f"CỘNG HÒA{right}".strip()
    for line in f"Kính gửi:{body}".split("\n"):
        document.add_paragraph(line)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


async def as_pdf(browser: Browser, text: str, script: str = "") -> bytes:
    """Return a text as the browser prints it."""
    page = await browser.new_page()
    await page.set_content("<pre style='white-space: pre-wrap; font: 12pt DejaVu Sans'></pre>")
    await page.locator("pre").evaluate("(place, text) => place.textContent = text", text)
    if script:
        await page.evaluate(script)
    content = await page.pdf(format="A4")
    await page.close()
    return content


async def test_a_pasted_letter_is_read_answered_and_published_in_the_operators_name(visit: Visit, stack: Stack) -> None:
    page = await paste(visit, letter())
    await expect(page.get_by_role("heading", name="Nhiệm vụ được giao (5)")).to_be_visible()
    await expect(item(page, "fields/issuer")).to_contain_text("Ủy ban nhân dân thị xã Phước Long")
    await expect(page.get_by_text("Ngày cuối cùng còn đúng hạn: 15/4/2021")).to_be_visible()
    await answer(page, "fields/number", "612")
    await answer(page, "fields/issued_on", "5/4/2021")
    await answer(page, "tasks/0/deadlines", "trước ngày 20/4/2021")
    await expect(page.get_by_text("Ngày cuối cùng còn đúng hạn: 19/4/2021")).to_be_visible()
    await publish(page)
    await expect(page.locator(".verdict", has_text=PUBLISHED)).to_have_count(6)
    await page.get_by_role("link", name="Mở văn bản đã vào sổ").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("cải thiện Chỉ số")
    said = [(actor, action) for actor, action, _ in await audited(stack)]
    assert said[-3:] == [("account:lan", action) for action in ("letter-taken-in", "letter-published", "letter-sent")]


async def test_the_original_opens_from_the_directives_page(visit: Visit) -> None:
    page = await paste(visit, letter())
    await page.get_by_role("link", name="Mở văn bản đã vào sổ").click()
    link = page.locator("a[href^='/files/']")
    handed = await page.request.get(visit.address + (await link.first.get_attribute("href") or ""))
    assert (await handed.body()).decode() == letter()
    assert handed.headers["content-disposition"].startswith("attachment")


async def test_publishing_again_and_the_same_letter_again_change_nothing(visit: Visit, stack: Stack) -> None:
    page = await paste(visit, letter())
    await expect(page.get_by_role("heading", name="Đã công bố")).to_be_visible()
    before = len(await audited(stack))
    csrf = await page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    # Three answers and the publication made version 5; who still has the page of version 4 before them is told so.
    for version, status in (("5", 303), ("4", 409)):
        again = await page.request.post(
            page.url + "/publication", form={"version": version, "csrf": csrf}, headers={"Origin": visit.address}, max_redirects=0
        )
        assert again.status == status, version
    assert len(await audited(stack)) == before


async def test_a_value_and_its_place_light_each_other_by_pointer_and_by_keyboard(visit: Visit) -> None:
    page = await paste(visit, letter(line="Sáng tỏ hai chiều."))
    value = item(page, "tasks/1/deadlines/0/phrase")
    piece = page.locator("[data-names^='/document/tasks/1/deadlines/0/phrase']")
    await value.hover()
    await expect(piece.first).to_have_class(re.compile("is-lit"))
    await piece.first.focus()
    await expect(value).to_have_class(re.compile("is-lit"))
    await page.keyboard.press("Enter")
    await expect(value).to_be_focused()
    await value.get_by_role("link", name="Xem trong văn bản").press("Enter")
    await expect(piece.first).to_be_in_viewport()
    assert re.sub(r"\s+", " ", "".join(await piece.all_text_contents())) == "trước ngày 16/4/2021"


async def test_an_answer_leaves_focus_and_what_is_typed_elsewhere_as_they_are(visit: Visit) -> None:
    page = await paste(visit, letter(line="Giữ nguyên chỗ."))
    await item(page, "fields/issued_on").locator("[name=value]").fill("5/4/20")
    await page.locator("#letter").evaluate("(place) => place.scrollTop = 300")
    number = item(page, "fields/number")
    await number.locator("[name=value]").fill("77")
    await number.locator("[name=value]").press("Enter")
    await expect(item(page, "fields/number")).to_contain_text("đã trả lời")
    await expect(item(page, "fields/issued_on").locator("[name=value]")).to_have_value("5/4/20")
    assert await page.locator("#letter").evaluate("(place) => place.scrollTop") == 300
    assert await page.evaluate("document.activeElement.closest('#intake') !== null")


async def test_an_answer_that_cannot_be_meant_is_refused_with_what_was_typed(visit: Visit) -> None:
    page = await paste(visit, letter(line="Trả lời sai."))
    await item(page, "fields/issued_on").locator("[name=value]").fill("31/4/2021")
    await item(page, "fields/issued_on").get_by_role("button", name="Lưu").click()
    await expect(page.get_by_role("alert")).to_contain_text("ngày ghi dạng 5/4/2021")
    await expect(item(page, "fields/issued_on").locator("[name=value]")).to_have_value("31/4/2021")
    visit.complaints.clear()  # the browser reports the 409 itself


async def test_a_unit_that_the_registry_lacks_is_searched_for_and_never_chosen_by_itself(visit: Visit) -> None:
    page = await paste(visit, letter().replace("2. Giao Văn phòng Cấp uỷ - HĐND và UBND thị xã", "2. Giao Phòng Pháp chế thị xã"))
    asked = item(page, "tasks/3/lead/0")
    await expect(asked).to_contain_text("chưa khớp với đơn vị nào")
    await expect(page.get_by_role("button", name="Công bố")).to_be_disabled()
    assert await asked.locator("input[type=radio]:checked").count() == 0
    await asked.get_by_role("searchbox").press_sequentially("phong tu phap")
    await asked.get_by_label(re.compile("Phòng Tư pháp thị xã")).last.check()
    await asked.get_by_role("button", name="Chọn").click()
    await expect(item(page, "tasks/3/lead/0")).to_contain_text("H10.21.5")
    await expect(page.get_by_role("button", name="Công bố")).to_be_enabled()


async def test_tasks_are_dropped_taken_back_added_and_split(visit: Visit) -> None:
    page = await paste(visit, letter(line="Sửa danh sách nhiệm vụ."))
    last = page.locator("section.block", has=page.get_by_role("heading", name="Nhiệm vụ 3", exact=True))
    await last.get_by_text("Bỏ nhiệm vụ 3").first.click()
    await last.get_by_role("button", name="Bỏ nhiệm vụ 3").click()
    await expect(page.get_by_role("heading", name="Nhiệm vụ được giao (4)")).to_be_visible()
    await page.get_by_text("Nhiệm vụ đã bỏ (1)").click()
    await page.get_by_role("button", name="Lấy lại").click()
    await expect(page.get_by_role("heading", name="Nhiệm vụ được giao (5)")).to_be_visible()
    await mark(page, "kèm hội trường và\ngiấy mời")
    added = page.locator("section", has=page.get_by_role("heading", name="Thêm nhiệm vụ"))
    await expect(added.get_by_label("Đoạn giao nhiệm vụ")).to_have_value("kèm hội trường và\ngiấy mời")
    await added.get_by_label("Số nhiệm vụ").fill("2.1")
    await added.get_by_role("searchbox").press_sequentially("van phong cap uy")
    await added.get_by_label(re.compile("Văn phòng Cấp ủy")).check()
    await added.get_by_role("button", name="Thêm").click()
    await expect(page.get_by_role("heading", name="Nhiệm vụ được giao (6)")).to_be_visible()
    await expect(item(page, "tasks/-/0/content")).to_contain_text("kèm hội trường và giấy mời")
    second = page.locator("section.block", has=page.get_by_role("heading", name="Nhiệm vụ 1.b.1", exact=True))
    await second.get_by_text("Tách thành hai").click()
    await second.get_by_label("Nhiệm vụ thứ hai bắt đầu từ").fill("gửi dự thảo kế hoạch")
    await second.get_by_role("button", name="Tách").click()
    await expect(page.get_by_role("heading", name="Nhiệm vụ 1.b.1.2")).to_be_visible()
    await expect(page.get_by_role("heading", name="Nhiệm vụ được giao (7)")).to_be_visible()


async def mark(page: Page, words: str) -> None:
    """Mark a passage of the letter, as a pointer does."""
    await page.evaluate(
        """(words) => {
          const walker = document.createTreeWalker(document.getElementById("letter"), NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (walker.nextNode()) nodes.push(walker.currentNode);
          const whole = nodes.map((node) => node.data).join("");
          const place = (at) => {
            for (const node of nodes) {
              if (at <= node.length) return [node, at];
              at -= node.length;
            }
          };
          const start = whole.indexOf(words);
          const range = document.createRange();
          range.setStart(...place(start));
          range.setEnd(...place(start + words.length));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        words,
    )


async def test_a_number_that_is_taken_is_refused_by_the_register_and_put_right(visit: Visit) -> None:
    await upload(visit, "Công văn 612.docx", DOCX, as_docx(letter(number="612", day="05")))
    page = visit.page
    await page.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}$"))
    await expect(page.get_by_role("link", name="Công văn 612.docx")).to_be_visible()
    await expect(page.get_by_role("heading", name="Nhiệm vụ được giao (5)")).to_be_visible()
    await expect(item(page, "fields/number")).to_contain_text("612")
    await publish(page)
    await expect(page.locator(".verdict", has_text="Bị từ chối")).to_contain_text("Văn bản")
    await expect(page.locator(".verdict", has_text="Đang chờ")).to_have_count(5)
    await page.get_by_role("button", name="Mở lại để sửa").click()
    await item(page, "fields/number").get_by_role("link", name="Sửa").click()
    await answer(page, "fields/number", "613")
    await publish(page)
    await expect(page.locator(".verdict", has_text=PUBLISHED)).to_have_count(6)


async def test_a_pdf_that_the_browser_printed_is_read_like_the_text(visit: Visit, browser: Browser) -> None:
    await upload(visit, "cong-van.pdf", "application/pdf", await as_pdf(browser, letter(number="614", day="06")))
    page = visit.page
    await page.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}$"))
    await expect(page.get_by_role("heading", name="Nhiệm vụ được giao (5)")).to_be_visible()
    await expect(item(page, "fields/issued_on")).to_contain_text("6/4/2021")
    for text in ("15/4/2021", "30/4/2021", "29/4/2021"):
        await expect(page.get_by_text(f"Ngày cuối cùng còn đúng hạn: {text}").first).to_be_visible()


SCAN = "() => { document.body.innerHTML = '<svg width=400 height=400><rect width=400 height=400 /></svg>' }"


@pytest.mark.parametrize(("name", "make", "said"), [
    ("phan-mem.docx", lambda: b"MZ\x90\x00" + bytes(200), "Chỉ nhận tệp .txt, .docx hoặc .pdf"),
    ("cu.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "Tệp Word dạng cũ"),
    ("hong.docx", lambda: b"PK\x03\x04" + bytes(300), "Tệp hỏng"),
    ("hong.pdf", lambda: b"%PDF-1.7 nothing follows", "Tệp hỏng"),
    ("cp1258.txt", lambda: "Kính gửi: Sở Nội vụ".encode("cp1258", "replace"), "bảng mã"),
])  # fmt: skip
async def test_what_is_no_letter_is_turned_away_in_words(visit: Visit, name: str, make: Callable[[], bytes], said: str) -> None:
    await upload(visit, name, "application/octet-stream", make())
    await expect(visit.page.get_by_role("alert")).to_contain_text(said)
    visit.complaints.clear()  # the browser reports the 422 itself


async def test_a_scan_without_a_text_layer_is_turned_away_with_advice(visit: Visit, browser: Browser) -> None:
    await upload(visit, "scan.pdf", "application/pdf", await as_pdf(browser, "", SCAN))
    await expect(visit.page.get_by_role("alert")).to_contain_text("Bản quét, cần lớp chữ")
    visit.complaints.clear()  # the browser reports the 422 itself


async def test_a_state_secret_stops_everything_and_nothing_of_it_is_kept(visit: Visit, stack: Stack) -> None:
    await visit.open("/intake")
    drafts = await visit.page.locator(".rows tbody tr").count()
    await visit.page.get_by_label("Toàn văn").fill(LETTER.replace("Số:        /UBND-NC", "MẬT\n\nSố: 9/UBND-NC"))
    await visit.page.get_by_role("button", name="Đọc nội dung").click()
    await expect(visit.page.get_by_role("alert")).to_contain_text("đã bị xóa ngay")
    visit.complaints.clear()  # the browser reports the 422 itself
    await visit.open("/intake")
    await expect(visit.page.locator(".rows tbody tr")).to_have_count(drafts)
    actor, action, detail = (await audited(stack))[-1]
    assert (actor, action, set(detail)) == ("account:lan", "state-secret-deleted", {"size"})


async def test_a_mark_that_the_operator_sets_deletes_the_draft_at_once(visit: Visit, stack: Stack) -> None:
    page = await paste(visit, letter(line="Văn bản này thật ra là mật."))
    address = page.url
    await item(page, "fields/security").get_by_role("link", name="Sửa").click()
    await item(page, "fields/security").get_by_role("combobox").select_option("mat")
    await item(page, "fields/security").get_by_role("button", name="Lưu").click()
    await expect(page.get_by_role("alert")).to_contain_text("đã bị xóa ngay")
    assert (await page.request.get(address)).status == 404
    assert (await audited(stack))[-1][1] == "state-secret-deleted"
    visit.complaints.clear()  # the browser reports the refusals itself


async def test_of_two_operators_the_second_is_told_and_answers_again(visit: Visit, browser: Browser) -> None:
    page = await paste(visit, letter(line="Hai người cùng trả lời."))
    async with visiting(browser, visit.address, "minh") as other:
        await other.page.goto(page.url)
        await answer(other.page, "fields/number", "701")
    await item(page, "fields/issued_on").locator("[name=value]").fill("7/4/2021")
    await item(page, "fields/issued_on").get_by_role("button", name="Lưu").click()
    await expect(page.get_by_role("alert")).to_contain_text("Người khác vừa sửa bản này")
    await expect(item(page, "fields/number")).to_contain_text("701")
    await item(page, "fields/issued_on").get_by_role("button", name="Lưu").click()
    await expect(item(page, "fields/issued_on")).to_contain_text("7/4/2021")
    visit.complaints.clear()  # the browser reports the 409 itself


async def test_without_scripts_a_letter_is_pasted_answered_and_published(stack: Stack, browser: Browser, people: None) -> None:  # noqa: ARG001
    async with visiting(browser, stack.url, "lan", has_scripts=False) as visit:
        page = await paste(visit, letter(line="Không cần kịch bản."))
        await answer(page, "fields/number", "801")
        await item(page, "tasks/0/lead/0").get_by_role("link", name="Sửa").click()
        await item(page, "tasks/0/lead/0").get_by_role("searchbox").fill("tu phap")
        await item(page, "tasks/0/lead/0").get_by_role("button", name="Chọn").click()
        await item(page, "tasks/0/lead/0").get_by_label(re.compile("Phòng Tư pháp")).check()
        await item(page, "tasks/0/lead/0").get_by_role("button", name="Chọn").click()
        await expect(item(page, "tasks/0/lead/0")).to_contain_text("H10.21.5")
        await answer(page, "fields/issued_on", "8/4/2021")
        await publish(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_are_accessible_and_fit_a_narrow_screen(visit: Visit, scheme: Scheme) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = await paste(visit, letter(line="Xem hình."))
    address = page.url.removeprefix(visit.address)
    for name, path in (("intake", "/intake"), ("intake-draft", address)):
        await visit.open(path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await check_page(page)
        await visit.look(name, scheme)
        await visit.look(name, scheme, NARROW)
        assert await page.evaluate("document.documentElement.scrollWidth") == NARROW
        assert await visit.weigh(path) <= LARGEST_PAGE


async def test_a_draft_is_discarded_and_gone_from_the_list(visit: Visit) -> None:
    page = await paste(visit, letter(line="Sẽ bỏ."))
    await page.get_by_text("Bỏ văn bản này").click()
    await page.get_by_role("button", name="Bỏ", exact=True).click()
    await expect(page.get_by_role("alert")).to_have_text("Đã bỏ văn bản.")
    assert Path(page.url.partition("?")[0]).name == "intake"


async def test_a_mark_on_a_published_letter_locks_its_file_for_everybody_who_sees_its_directive(visit: Visit) -> None:
    text = letter(line="Công bố rồi mới biết là mật.", number="733", day="5")
    page = await paste(visit, text)
    await publish(page)
    draft = page.url
    file = f"{visit.address}/files/{hashlib.sha256(text.encode()).hexdigest()}"
    await expect(page.locator(".verdict", has_text=PUBLISHED)).to_have_count(6)
    assert (await page.request.get(file)).status == 200
    csrf = await page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    marked = await page.request.post(
        f"{draft}/answers", headers={"Origin": visit.address},
        form={"version": "2", "csrf": csrf, "about": "/document/fields/security", "value": "mat"},
    )  # fmt: skip
    assert (marked.status, "Tệp gốc đã bị khóa" in await marked.text()) == (409, True)
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        await page.goto(file)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tệp đã bị khóa")
        await visit.look("locked-file", scheme)
        await check_page(page)
        await visit.look("locked-file", scheme, NARROW)
        assert await page.evaluate("document.documentElement.scrollWidth") == NARROW
    await page.goto(draft)
    await expect(page.get_by_role("alert")).to_contain_text("hãy báo ngay người quản trị hệ thống", ignore_case=True)
    visit.complaints.clear()  # the browser reports the refusals itself
