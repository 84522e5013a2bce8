"""Pages for officials: Jinja2 templates of a service over the shared frame, answered with a strict content policy."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from shared.web.access import current_session
from shared.web.headers import SECURE
from shared.web.menu import menu_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
STATIC = Path(__file__).parent / "static"
HEADERS = {**SECURE, "Cache-Control": "private, no-cache"}

_INDENTATION = re.compile(rb"\n\s+")

REFUSALS: Mapping[str, tuple[str, str]] = {
    "forbidden": ("Không có quyền", "Vai trò của tài khoản này không được dùng chức năng này."),
    "csrf": ("Chưa thực hiện", "Yêu cầu không được gửi từ một trang của hệ thống, hoặc trang đã cũ. Hãy mở lại trang rồi thử lại."),
    "state-secret-locked": (
        "Tệp đã bị khóa",
        "Văn bản mang dấu chỉ độ mật. Bí mật nhà nước không được để trong hệ thống này nên không ai mở được tệp nữa.",
    ),
}
"""Heading and advice of the pages that turn somebody away, by code."""


class Pages:
    """The pages of one service: its own templates first, then the shared ones."""

    def __init__(self, package: str) -> None:
        loader = ChoiceLoader([PackageLoader(package), PackageLoader("shared.web")])
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self._templates.filters |= {"day": say_day, "moment": say_moment, "machine": say_machine}
        self._templates.globals["static"] = _addresses()

    def answer(self, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
        """Return a rendered template; it knows the session of who looks at it as `signed`, None where nobody is signed in."""
        signed = current_session()
        menu = menu_of(signed.role, signed.unit) if signed else []
        text = self._templates.get_template(template).render(signed=signed, menu=menu, **context)
        return HTMLResponse(text, status, HEADERS)

    def refuse(self, status: int, code: str, _detail: str) -> HTMLResponse:
        """Return the page that turns somebody away; the detail is for programs."""
        if status == 404:  # noqa: PLR2004  not found
            return self.answer("not_found.html", status=status)
        heading, advice = REFUSALS.get(code, REFUSALS["forbidden"])
        return self.answer("refused.html", status=status, heading=heading, advice=advice)


def squeezed(answer: HTMLResponse) -> HTMLResponse:
    """Return a long page without the blanks that its lines open with: for pages that have no text laid out by blanks (pre, textarea)."""
    return HTMLResponse(_INDENTATION.sub(b"\n", bytes(answer.body)), answer.status_code, HEADERS)


def say_day(day: date | None) -> str:
    """Return a day as it is written in Vietnam: 15/4/2021."""
    return f"{day.day}/{day.month}/{day.year}" if day is not None else ""


def say_moment(moment: datetime | str | None) -> str:
    """Return an instant (or its RFC 3339 text) as it is written in Vietnam: 16:05 15/4/2021."""
    if moment is None:
        return ""
    there = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(HANOI)
    return f"{there:%H:%M} {say_day(there)}"


def say_machine(moment: datetime | date | None) -> str:
    """Return an instant or day for machines to read (ISO 8601)."""
    return moment.isoformat() if moment is not None else ""


def _addresses() -> dict[str, str]:
    """Return the address of each static file, which changes with its content, so that browsers never show an old one."""
    return {
        path.name: f"/static/{path.name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
        for path in sorted(STATIC.iterdir())
        if path.is_file()
    }
