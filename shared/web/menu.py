"""The menu of the pages: what there is, in this order, of what the table of rules opens to a role."""

from typing import NamedTuple
from uuid import UUID

from shared.identity.principals import Role
from shared.web.rules import RULES


class Entry(NamedTuple):
    """An entry of the menu; `here` is what a page that belongs to it calls itself."""

    here: str
    text: str
    address: str


ENTRIES = (
    Entry("overview", "Tổng quan", "/"),
    Entry("tasks", "Nhiệm vụ", "/tasks"),
    Entry("directives", "Văn bản", "/directives"),
    Entry("conferences", "Hội nghị", "/conferences"),
    Entry("units", "Đơn vị", "/units"),
    Entry("registry", "Danh mục đơn vị", "/registry"),
    Entry("intake", "Tiếp nhận", "/intake"),
    Entry("inbox", "Hộp thư", "/units/{code}/inbox"),
    Entry("parked", "Sự kiện treo", "/parked"),
    Entry("accounts", "Tài khoản", "/accounts"),
    Entry("audit", "Nhật ký", "/audit"),
)


def menu_of(role: Role, unit: UUID | None) -> list[Entry]:
    """Return what a role may open; an inbox is that of somebody's own unit, so who has none has no such entry."""
    return [
        entry._replace(address=entry.address.format(code=unit))
        for entry in ENTRIES
        if _opens(entry.address, role) and (unit is not None or "{" not in entry.address)
    ]


def _opens(address: str, role: Role) -> bool:
    rule = RULES.get(f"GET {address}")
    return rule is not None and role in rule.grants
