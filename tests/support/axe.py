"""Accessibility of pages, judged by axe-core in a real browser, in light and in dark."""

from functools import cache
from typing import Any, Literal

from playwright.async_api import Page

from deploy.local.clients import axe

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
"""WCAG 2.2 A and AA whole: the size of targets (2.5.8) is off where axe is not told otherwise."""

STILL = "() => document.getAnimations().forEach((each) => each.cancel())"
"""Colours on their way are no colours that anybody chose."""

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def check_page(page: Page) -> None:
    """Fail where axe finds anything wrong with a page as it is now, in either scheme; the page is left as it was emulated before."""
    found: list[str] = []
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate(STILL)
        found += [f"{scheme}: {each}" for each in await _violations(page)]
    await page.emulate_media(color_scheme="null")
    assert found == [], "\n".join(found)


async def _violations(page: Page) -> list[str]:
    # Evaluated by the browser's debugger, so that the page's own policy stays as strict as it is.
    if not await page.evaluate("typeof window.axe === 'object'"):
        await page.evaluate(_script())
    result = await page.evaluate("(options) => window.axe.run(document, options)", OPTIONS)
    return [_told(violation, node) for violation in result["violations"] for node in violation["nodes"]]


def _told(violation: dict[str, Any], node: dict[str, Any]) -> str:
    why = [each["message"] for kind in ("any", "all", "none") for each in node[kind]]
    return f"{violation['id']} at {node['target']}: {'; '.join(why)}\n    {node['html']}"


@cache
def _script() -> str:
    return axe().read_text("utf-8")
