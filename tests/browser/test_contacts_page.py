"""Contacts and webhooks in a real browser: on the registry's page of a unit and on a page of their own, with and without scripts."""

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from ipaddress import ip_network

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from standardwebhooks import Webhook

from deploy.local.infrastructure import Infrastructure
from services.directives.web import part as directives
from services.notifications.domain.destinations import Reach
from services.notifications.settings import Settings
from services.notifications.web import part as notifications
from services.notifications.webhooks.configuration import WebhookSettings
from services.notifications.webhooks.vault import Vault
from shared.environment import Environment
from shared.web.app import build_web
from tests.support.april import HOME_AFFAIRS
from tests.support.axe import SCHEMES, check_page
from tests.support.browsing import LARGEST_PAGE, NARROW, Visit, opened_browser, visiting
from tests.support.people import add_person, door_of
from tests.support.receivers import receiving
from tests.support.serving import serving
from tests.support.two_letters import told

CODE = "H10.21.3"
PAGE = f"/units/{CODE}/contacts"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(infrastructure: Infrastructure) -> AsyncIterator[str]:
    infrastructure.postgres.create_database("contacts_page")
    dsn = infrastructure.postgres.dsn("contacts_page")
    environment = Environment("127.0.0.1:1", dsn, 4, "stepped", 0, "127.0.0.1", None)
    hooks = WebhookSettings(Reach((ip_network("127.0.0.0/8"),)), Vault([bytes(32)]), ssl.create_default_context())
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(told(dsn))
        for name in ("lan", "minh"):
            await add_person(dsn, name, "operator" if name == "lan" else "unit", None if name == "lan" else HOME_AFFAIRS)
        web = build_web([directives(environment), notifications(environment, Settings(5, 5), hooks)], door_of(dsn))
        yield await stack.enter_async_context(serving(web))
    infrastructure.postgres.drop_database("contacts_page")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with opened_browser() as browser:
        yield browser


async def add_mail(page: Page, value: str) -> None:
    await page.get_by_text("Thêm thư điện tử hoặc điện thoại").click()
    await page.get_by_label("Địa chỉ thư hoặc số điện thoại").fill(value)
    await page.get_by_role("button", name="Ghi đầu mối").click()


async def add_webhook(page: Page, url: str) -> None:
    await page.get_by_text("Thêm webhook", exact=True).first.click()
    await page.get_by_label("Địa chỉ nhận (https)").fill(url)
    await page.get_by_role("button", name="Thêm webhook").click()


async def secret_on(page: Page) -> str:
    """Return the secret that the page shows."""
    shown = page.locator("code.secret")
    await expect(shown).to_be_visible()
    return await shown.inner_text()


async def test_an_operator_keeps_contacts_on_the_registrys_page_without_leaving_it(address: str, browser: Browser) -> None:
    async with receiving() as receiver, visiting(browser, address, "lan") as visit:
        page = visit.page
        await visit.open(f"/registry/{CODE}")
        await add_mail(page, "vanthu@phuoclong.example.gov.vn")
        await expect(page.get_by_role("status").filter(has_text="Đã ghi đầu mối liên hệ.")).to_be_visible()
        await add_webhook(page, f"http://127.0.0.1:{receiver.port}/hook")
        secret = await secret_on(page)
        await page.get_by_role("button", name="Gửi thử").click()
        await expect(page.get_by_role("status").filter(has_text="máy nhận đã nhận (mã 204")).to_be_visible()
        assert page.url.endswith(f"/registry/{CODE}")
        await expect(page.get_by_role("heading", name="Ghi tên mới")).to_be_visible()
        await expect(page.locator("code.secret")).to_have_count(0)
        await check_page(visit.page)
        await pictures(visit, "contacts-registry")
    (request,) = receiver.requests
    Webhook(secret).verify(request.body, request.headers)


async def pictures(visit: Visit, name: str) -> None:
    for scheme in SCHEMES:
        await visit.look(name, scheme)
    await visit.look(name, "light", NARROW)
    wide = await visit.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW, f"{name} is {wide} wide"


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_a_unit_keeps_its_own_webhooks_with_and_without_scripts(address: str, browser: Browser, *, has_scripts: bool) -> None:
    url = f"https://hook{int(has_scripts)}.phuoclong.example.gov.vn/thong-bao/{'a' * 60}"
    async with visiting(browser, address, "minh", has_scripts=has_scripts) as visit:
        page = visit.page
        await visit.open(PAGE)
        await add_webhook(page, url)
        first = await secret_on(page)
        row = page.locator("tr", has_text=url)
        await expect(row).to_contain_text("Đang gửi")
        await row.get_by_text("Đổi khoá").click()
        await row.get_by_role("button", name="Tạo khoá mới").click()
        await expect(page.get_by_role("status").filter(has_text="Đã tạo khoá mới.")).to_be_visible()
        assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first)
        assert await secret_on(page) != first
        await expect(page.get_by_role("button", name="Ghi đầu mối")).to_have_count(0)
        if has_scripts:
            await check_page(visit.page)
            await pictures(visit, "contacts-unit")
            await visit.open(PAGE)  # axe leaves styles on elements, which htmx would carry over
        await row.get_by_text("Xoá", exact=False).first.click()
        await row.get_by_role("button", name="Xoá hẳn").click()
        await expect(page.locator("tr", has_text=url)).to_have_count(0)


async def test_what_is_refused_is_said_beside_what_was_typed(address: str, browser: Browser) -> None:
    async with visiting(browser, address, "minh") as visit:
        await visit.open(PAGE)
        await add_webhook(visit.page, "https://10.0.0.1/")
        await expect(visit.page.get_by_role("alert")).to_contain_text("Địa chỉ webhook phải là địa chỉ https công khai")
        await expect(visit.page.get_by_label("Địa chỉ nhận (https)")).to_have_value("https://10.0.0.1/")
        await check_page(visit.page)


async def test_the_page_is_light(address: str, browser: Browser) -> None:
    async with visiting(browser, address, "lan") as visit:
        assert await visit.weigh(PAGE, "#contacts") <= LARGEST_PAGE
