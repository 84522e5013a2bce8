"""A real browser before the pages: somebody signs in, looks at pages, and every complaint of the browser is kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.people import PASSWORD

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NARROW = 320
LARGEST_PAGE = 150 * 1024
PICTURES = Path(__file__).parents[2] / "build" / "screens"
"""Where pictures of pages are put for people to look at."""

Scheme = Literal["light", "dark"]


@asynccontextmanager
async def opened_browser() -> AsyncIterator[Browser]:
    """Keep a browser open for the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@dataclass
class Visit:
    """Somebody who is signed in looks at pages of an address; `complaints` is what the browser found wrong."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    async def sign_in(self, name: str) -> None:
        """Sign in."""
        await self.page.goto(self.address + "/sign-in?next=/account")
        await self.page.get_by_label("Tên đăng nhập").fill(name)
        await self.page.get_by_label("Mật khẩu").fill(PASSWORD)
        await self.page.get_by_role("button", name="Đăng nhập").click()
        await self.page.wait_for_url(lambda url: "/sign-in" not in url)

    async def open(self, path: str) -> None:
        """Open a page, and wait until it is live where it is a live one."""
        await self.page.goto(self.address + path)
        if await self.page.locator("[data-live-note]").count():
            await expect(self.page.get_by_text("Cập nhật trực tiếp")).to_be_visible()

    async def look(self, name: str, scheme: Scheme = "light", width: int = 1280) -> None:
        """Take a picture of the page as it is in a scheme at a width."""
        await self.page.emulate_media(color_scheme=scheme)
        await self.page.set_viewport_size({"width": width, "height": 800})
        await self.page.screenshot(path=PICTURES / f"{name}-{scheme}-{width}.png", full_page=True)

    async def weigh(self, path: str, shows: str = "body") -> int:
        """Return how many bytes a page has in all, every file of it included, once it shows something that a selector finds."""
        sizes: list[int] = []
        asked: list[str] = []
        self.page.on("request", lambda request: asked.append(request.url))
        await self.page.goto(self.address + path, wait_until="load")
        await expect(self.page.locator(shows).first).to_be_visible()
        for url in dict.fromkeys(asked):
            if "/stream" not in url and "/changes" not in url:
                answer = await self.page.request.get(url)
                sizes.append(len(await answer.body()))
        assert all(url.startswith(self.address) for url in asked), asked
        return sum(sizes)


@asynccontextmanager
async def visiting(browser: Browser, address: str, name: str, *, has_scripts: bool = True) -> AsyncIterator[Visit]:
    """Sign somebody in for the block; fails where the browser complained meanwhile."""
    context = await browser.new_context(java_script_enabled=has_scripts)
    page = await context.new_page()
    visit = Visit(page, address)
    page.on("console", lambda said: visit.complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    await visit.sign_in(name)
    yield visit
    await context.close()
    assert visit.complaints == [], visit.complaints
