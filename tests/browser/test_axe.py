"""The judge of accessibility itself: what it must find, and what it must leave alone."""

import pytest

from tests.support.axe import check_page
from tests.support.browsing import opened_browser

HEAD = '<!DOCTYPE html><html lang="vi"><head><title>Thử</title><meta http-equiv="Content-Security-Policy" content="script-src \'none\'">'
GOOD = HEAD + "</head><body><main><h1>Thử</h1><p>Nội dung</p></main></body></html>"
PALE = HEAD + "<style>@media (prefers-color-scheme: dark) {p {color: #eee; background: #fff}}</style></head>" + GOOD.partition("</head>")[2]
SMALL = GOOD.replace("<p>Nội dung</p>", '<button style="width:9px;height:9px;padding:0;border:0">x</button>' * 3)


async def _judge(html: str) -> None:
    async with opened_browser() as browser:
        page = await browser.new_page()
        await page.set_content(html)
        await check_page(page)


async def test_a_page_that_everybody_can_use_passes_under_a_policy_without_scripts() -> None:
    await _judge(GOOD)


async def test_text_that_is_pale_in_the_dark_alone_is_found() -> None:
    with pytest.raises(AssertionError, match="dark: color-contrast"):
        await _judge(PALE)


async def test_targets_that_are_too_small_are_found() -> None:
    with pytest.raises(AssertionError, match="light: target-size"):
        await _judge(SMALL)
