"""The registry's pages in a real browser, over the whole real system: find, register, rename, succeed, import."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from deploy.local.stack import Stack
from tests.support.axe import check_page

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NARROW = 320
UNITS = """\
code,name,short_name,parent_code,valid_from
H10,Ủy ban nhân dân tỉnh Bình Phước,UBND tỉnh,,1997-01-01
H10.21,Ủy ban nhân dân thị xã Phước Long,UBND thị xã,H10,2009-08-11
H10.21.3,"Phòng Nội vụ, Lao động, Thương binh và Xã hội",Phòng Nội vụ,H10.21,
"""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=["gateway", "registrar", "directives"]) as running:
        running.wait_ready()
        headers = {"Authorization": f"Bearer {running.api_key}", "Content-Type": "text/csv"}
        answer = httpx.post(f"{running.url}/api/units/import", content=UNITS.encode(), headers=headers, timeout=60)
        assert answer.json()["registered"] == 3, answer.text
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(stack: Stack, browser: Browser) -> AsyncIterator[Page]:
    page = await browser.new_page(base_url=stack.url)
    await page.goto("/sign-in")
    await page.locator("input[name=name]").fill("admin")
    await page.locator("input[name=password]").fill(stack.first_password)
    await page.locator("main button[type=submit]").click()
    await page.wait_for_url("**/account*")
    await page.locator("input[name=old_password]").fill(stack.first_password)
    for name in ("new_password", "again_password"):
        await page.locator(f"input[name={name}]").fill("bảy con trâu gặm cỏ ven đê")
    await page.locator("input[name=again_password]").press("Enter")
    await page.wait_for_url("**/account?told=password")
    yield page
    await page.close()


async def test_units_are_found_without_diacritics_by_any_name(page: Page) -> None:
    await page.goto("/registry")
    await page.get_by_label("Tìm theo mã").fill("thi xa phuoc")
    await page.get_by_role("button", name="Tìm", exact=True).click()
    await expect(page.locator(".rows tbody tr")).to_have_count(1)
    await page.get_by_role("link", name="H10.21").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ủy ban nhân dân thị xã Phước Long")
    await expect(page.get_by_role("link", name="H10.21.3")).to_be_visible()


async def test_a_unit_is_registered_and_a_second_one_with_its_code_is_refused_with_what_was_typed(page: Page) -> None:
    await page.goto("/registry")
    form = page.locator("section", has=page.get_by_role("heading", name="Đăng ký đơn vị"))
    await form.get_by_label("Mã đơn vị", exact=True).fill("000.05.21.H10")
    await form.get_by_label("Tên đơn vị").fill("Phòng Tư pháp")
    await form.get_by_label("Mã đơn vị cấp trên").fill("H10.21")
    await form.get_by_label("Hiệu lực từ ngày").fill("1/7/2010")
    await form.get_by_role("button", name="Đăng ký").click()
    await page.wait_for_url("**/registry/H10.21.5?told=registered")
    await expect(page.get_by_role("status")).to_have_text("Đã đăng ký đơn vị.")
    await page.goto("/registry")
    await form.get_by_label("Mã đơn vị", exact=True).fill("H10.21.5")
    await form.get_by_label("Tên đơn vị").fill("Phòng khác")
    await form.get_by_role("button", name="Đăng ký").click()
    await expect(page.get_by_role("alert")).to_contain_text("đăng ký")
    await expect(form.get_by_label("Tên đơn vị")).to_have_value("Phòng khác")


async def test_a_unit_is_renamed_and_succeeded_and_shows_its_history(page: Page) -> None:
    await page.goto("/registry/H10.21.5")
    form = page.locator("section", has=page.get_by_role("heading", name="Ghi tên mới"))
    await form.get_by_label("Tên mới").fill("Phòng Tư pháp thị xã")
    await form.get_by_label("Từ ngày").fill("1/1/2015")
    await form.get_by_label("Theo văn bản").fill("Quyết định 15/QĐ-UBND")
    await form.get_by_role("button").click()
    await expect(page.get_by_role("status")).to_have_text("Đã ghi tên mới.")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Phòng Tư pháp thị xã")
    form = page.locator("section", has=page.get_by_role("heading", name="Ghi đơn vị kế thừa"))
    await form.get_by_label("Mã các đơn vị kế thừa").fill("H10.21.3")
    await form.get_by_label("Từ ngày").fill("ngày mai")
    await form.get_by_role("button").click()
    await expect(page.get_by_role("alert")).to_have_text("Ngày ghi dạng 1/7/2025.")
    await form.get_by_label("Từ ngày").fill("1/7/2025")
    await form.get_by_role("button").click()
    await expect(page.get_by_role("status")).to_have_text("Đã ghi đơn vị kế thừa.")
    await page.get_by_role("link", name="H10.21.3").first.click()
    await expect(page.get_by_role("heading", name="Kế thừa từ")).to_be_visible()


async def test_a_file_with_faults_says_each_line_and_column(page: Page) -> None:
    await page.goto("/registry")
    await page.get_by_label("Hoặc dán nội dung tệp").fill("code,name,valid_from\nH10.21.7,,31/2/2025\n")
    await page.get_by_role("button", name="Nhập").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("Dòng 2, cột Tên: Để trống")
    await expect(alert).to_contain_text("Dòng 2, cột Hiệu lực từ")


async def test_a_chosen_file_is_imported_and_the_list_shows_it(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "don-vi.csv"
    file.write_text("\ufeffcode;name;parent_code\r\nH10.21.8;Phòng Y tế;H10.21\r\n", encoding="utf-8")
    await page.goto("/registry")
    await page.get_by_label("Tệp CSV (UTF-8)").set_input_files(file)
    await page.get_by_role("button", name="Nhập").click()
    await expect(page.get_by_role("status")).to_contain_text("Đã đăng ký 1 đơn vị")
    await expect(page.locator(".rows")).to_contain_text("Phòng Y tế")


@pytest.mark.parametrize("path", ["/registry", "/registry/H10.21"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_overflows_on_a_narrow_screen(page: Page, path: str, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": NARROW, "height": 700})
    await page.goto(path)
    assert await page.evaluate("document.documentElement.scrollWidth") == NARROW


@pytest.mark.parametrize("path", ["/registry", "/registry/H10.21"])
async def test_everybody_can_use_the_pages(page: Page, path: str) -> None:
    await page.goto(path)
    await check_page(page)


async def test_a_unit_that_is_not_there_is_said_in_words(page: Page) -> None:
    answer = await page.goto("/registry/H99")
    assert answer is not None
    assert answer.status == 404
    await expect(page.get_by_role("heading", level=1)).to_have_text("Không tìm thấy nội dung này")
