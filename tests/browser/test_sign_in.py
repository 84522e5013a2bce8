"""Signing in, forged requests and accounts in a real browser, on a narrow screen too."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from deploy.local.infrastructure import Infrastructure
from deploy.local.ports import free_port
from shared.postgres import Pool
from shared.web.app import build_web
from tests.support.axe import check_page
from tests.support.people import PASSWORD, add_person, door_of, opened_identity
from tests.support.provider import foreign_provider, known_as
from tests.support.serving import serving

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NARROW = 320
ANOTHER = "mười hai bến nước trong veo"
LAN = {"sub": "s-1", "name": "Nguyễn Thị Lan", "dondoc_role": "auditor"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Office:
    """The pages of people, with a browser before them."""

    page: Page
    address: str
    pool: Pool
    complaints: list[str]

    async def sign_in(self, name: str, password: str = PASSWORD, path: str = "/account") -> None:
        """Ask for a page, and sign in where that leads to."""
        await self.page.goto(self.address + path)
        await self.page.get_by_label("Tên đăng nhập").fill(name)
        await self.page.get_by_label("Mật khẩu").fill(password)
        await self.page.get_by_role("button", name="Đăng nhập").click()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(infrastructure: Infrastructure) -> AsyncIterator[tuple[str, Pool]]:
    infrastructure.postgres.create_database("sign_in")
    dsn, port = infrastructure.postgres.dsn("sign_in"), free_port()
    with foreign_provider(LAN) as issuer:
        door = door_of(dsn, provider=known_as(issuer), public_url=f"http://127.0.0.1:{port}")
        async with opened_identity(dsn) as pool, serving(build_web([], door, front="/account"), port) as address:
            await add_person(dsn, "lan", "operator")
            await add_person(dsn, "mới", "operator", must_change=True)
            await add_person(dsn, "quản.trị", "administrator")
            yield address, pool
    infrastructure.postgres.drop_database("sign_in")


@pytest_asyncio.fixture(loop_scope="module")
async def office(house: tuple[str, Pool], browser: Browser) -> AsyncIterator[Office]:
    context, complaints = await browser.new_context(), list[str]()
    page = await context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Office(page, *house, complaints)
    await context.close()
    answered = re.compile(r"responded with a status of (401|403|409|429)")  # what the test asked for
    assert [each for each in complaints if not answered.search(each)] == []


async def test_a_page_asks_to_sign_in_and_is_shown_then(office: Office) -> None:
    await office.sign_in("lan", path="/account?told=over")
    await office.page.wait_for_url("**/account?told=over")
    await expect(office.page.get_by_role("heading", name="Tài khoản của tôi")).to_be_visible()
    await expect(office.page.get_by_role("link", name="Người dùng lan")).to_be_visible()
    await expect(office.page.get_by_role("link", name="Nhật ký")).to_have_count(0)
    cookies = await office.page.context.cookies()
    assert [(each["httpOnly"], each["sameSite"], each["expires"]) for each in cookies if each["name"] == "dondoc"] == [(True, "Lax", -1)]
    assert await office.page.evaluate("document.cookie") == ""


async def test_a_wrong_password_says_so_and_keeps_the_name(office: Office) -> None:
    await office.sign_in("lan", "không phải mật khẩu này")
    await expect(office.page.get_by_role("alert")).to_have_text("Tên đăng nhập hoặc mật khẩu không đúng.")
    await expect(office.page.get_by_label("Tên đăng nhập")).to_have_value("lan")
    await expect(office.page.get_by_label("Mật khẩu")).to_be_focused()


async def test_a_sign_out_shuts_the_pages_also_for_the_way_back(office: Office) -> None:
    await office.sign_in("lan")
    await office.page.get_by_role("button", name="Đăng xuất").click()
    await expect(office.page.get_by_role("status")).to_have_text("Đã đăng xuất.")
    await office.page.goto(office.address + "/account")
    await expect(office.page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


async def test_a_form_that_another_site_sends_changes_nothing(office: Office) -> None:
    await office.sign_in("lan")
    await expect(office.page.get_by_role("heading", name="Tài khoản của tôi")).to_be_visible()
    evil = await office.page.context.new_page()
    await evil.route(
        "http://evil.test/",
        lambda route: route.fulfill(
            content_type="text/html", body=f'<form method="post" action="{office.address}/sign-out"><button>x</button></form>'
        ),
    )
    await evil.goto("http://evil.test/")
    await evil.get_by_role("button").click()
    await evil.wait_for_url("**/sign-out")
    await expect(evil.get_by_text("problems/unauthorized")).to_be_visible()  # SameSite kept the cookie back: whoever asks is nobody
    await office.page.evaluate("document.querySelector('.who input[name=csrf]').value = '0'.repeat(64)")
    await office.page.get_by_role("button", name="Đăng xuất").click()
    await expect(office.page.get_by_role("heading", name="Chưa thực hiện")).to_be_visible()
    await office.page.goto(office.address + "/account")
    await expect(office.page.get_by_role("heading", name="Tài khoản của tôi")).to_be_visible()


async def test_a_password_that_somebody_else_set_is_changed_first(office: Office) -> None:
    await office.sign_in("mới", path="/")
    page = office.page
    await expect(page.get_by_text("Mật khẩu hiện tại do người khác đặt")).to_be_visible()
    for label, text in (("Mật khẩu hiện tại", PASSWORD), ("Mật khẩu mới", ANOTHER), ("Nhập lại mật khẩu mới", ANOTHER)):
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_role("button", name="Đổi mật khẩu").click()
    await expect(page.get_by_role("status")).to_have_text("Đã đổi mật khẩu.")
    await page.get_by_role("button", name="Đăng xuất").click()
    await office.sign_in("mới", ANOTHER)
    await expect(page.get_by_role("heading", name="Tài khoản của tôi")).to_be_visible()


async def test_an_administrator_adds_an_account_and_the_audit_log_tells_it(office: Office) -> None:
    await office.sign_in("quản.trị", path="/accounts")
    page = office.page
    form = page.get_by_role("region", name="Thêm tài khoản")
    await form.get_by_label("Tên đăng nhập").fill("hoa")
    await form.get_by_label("Họ và tên").fill("Lê Thị Hoa")
    await form.get_by_label("Vai trò").select_option("Thanh tra, kiểm tra")
    await form.get_by_role("button", name="Thêm").click()
    await expect(page.locator("code.secret")).to_have_text(re.compile(r"[0-9a-f-]{20,}"))
    row = page.get_by_role("row", name=re.compile("Lê Thị Hoa"))
    await row.get_by_text("Sửa").click()
    await row.get_by_role("button", name="Khoá", exact=True).click()
    await expect(row).to_contain_text("Đã khoá")
    await page.get_by_role("link", name="Nhật ký").click()
    await page.get_by_label("Hành động").select_option("Thêm tài khoản")
    await page.get_by_role("button", name="Lọc").click()
    await expect(page.locator(".rows tbody tr").first).to_contain_text("account:hoa")


async def test_a_provider_of_identities_signs_its_people_in(office: Office) -> None:
    page = office.page
    await page.goto(office.address + "/account")
    await page.get_by_role("link", name="Đăng nhập bằng tài khoản của cơ quan").click()
    await page.get_by_role("button", name="s-1").first.click()
    await page.wait_for_url("**/account")
    await expect(page.get_by_role("link", name="Nguyễn Thị Lan")).to_be_visible()
    await expect(page.get_by_role("link", name="Nhật ký")).to_be_visible()
    office.complaints.clear()  # of the provider's own pages


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/accounts", "/audit", "/nowhere"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_fit_a_narrow_screen_in_both_schemes(office: Office, path: str, scheme: str) -> None:
    page = office.page
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": NARROW, "height": 640})
    await office.sign_in("quản.trị")
    await page.goto(office.address + path)
    await expect(page.get_by_role("heading").first).to_be_visible()
    office.complaints[:] = [each for each in office.complaints if "404" not in each]
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/accounts", "/audit", "/nowhere"])
async def test_everybody_can_use_the_pages(office: Office, path: str) -> None:
    if path != "/sign-in":
        await office.sign_in("quản.trị")
    await office.page.goto(office.address + path)
    await check_page(office.page)
    office.complaints[:] = [each for each in office.complaints if "404" not in each]
