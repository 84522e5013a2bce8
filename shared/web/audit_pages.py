"""The audit log for those who may read it: as JSON, and as a plain page."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.identity import audit
from shared.web.door import Door
from shared.web.moments import Moment
from shared.web.pages import Pages, say_machine

ACTIONS: Mapping[str, str] = {
    "signed-in": "Đăng nhập",
    "signed-out": "Đăng xuất",
    "sign-in-failed": "Đăng nhập không thành công",
    "account-added": "Thêm tài khoản",
    "account-locked": "Khoá tài khoản",
    "account-unlocked": "Mở khoá tài khoản",
    "account-role-changed": "Đổi vai trò",
    "account-password-reset": "Cấp lại mật khẩu",
    "account-password-changed": "Đổi mật khẩu",
    "key-issued": "Cấp khoá cho bên gửi",
    "key-rotated": "Đổi khoá của bên gửi",
    "keys-revoked": "Thu hồi khoá của bên gửi",
    "limit-set": "Đặt giới hạn cho bên gửi",
    "publisher-authorised": "Đổi quyền của bên gửi",
    "unit-registered": "Đăng ký đơn vị",
    "unit-renamed": "Đổi tên đơn vị",
    "unit-succeeded": "Chuyển tiếp đơn vị",
    "units-imported": "Nhập danh sách đơn vị",
    "contact-added": "Thêm đầu mối liên hệ",
    "contact-changed": "Sửa đầu mối liên hệ",
    "contact-removed": "Xoá đầu mối liên hệ",
    "webhook-added": "Thêm webhook",
    "webhook-rotated": "Đổi khoá webhook",
    "webhook-tested": "Gửi thử webhook",
    "webhook-enabled": "Bật lại webhook",
    "webhook-disabled": "Ngừng webhook",
    "webhook-removed": "Xoá webhook",
    "notice-acknowledged": "Xác nhận thông báo",
    "parked-retried": "Áp dụng lại sự kiện treo",
    "parked-discarded": "Bỏ sự kiện treo",
    "read": "Xem dữ liệu của đơn vị khác",
}
"""What the page calls actions; one that is not here is shown by its code."""
LABELS = {"proof": "Bằng", "reason": "Lý do", "role": "Vai trò", "unit": "Đơn vị", "from": "Trước", "to": "Sau"}
VALUES = {
    "password": "mật khẩu",
    "provider": "hệ thống định danh",
    "wrong": "sai tên hoặc mật khẩu",
    "locked": "tài khoản đã khoá",
    "throttled": "thử quá nhiều lần",
    "operator": "chuyên viên theo dõi",
    "unit": "đơn vị thực hiện",
    "issuer_office": "văn phòng cơ quan ban hành",
    "auditor": "thanh tra, kiểm tra",
    "administrator": "quản trị viên",
}
"""What the page calls the members and values of details; others are shown as they are."""
MAX_ID = 2**63 - 1
PAGE = 100


class AuditQuestion(BaseModel):
    """Which lines are asked for, newest first; `cursor` is what the page before it gave as `next`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    actor: Annotated[str | None, Field(max_length=300)] = None
    action: Annotated[str | None, Field(max_length=100)] = None
    object: Annotated[str | None, Field(max_length=300)] = None
    since: Moment | None = None
    until: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[int | None, Field(ge=1, le=MAX_ID)] = None

    def question(self) -> audit.Question:
        """Return the question to the log; an empty field of the page's form is none."""
        return audit.Question(
            actor=self.actor or None, action=self.action or None, object=self.object or None, since=self.since, until=self.until,
            before=self.cursor, limit=self.limit,
        )  # fmt: skip


class AuditEntry(BaseModel):
    """A line of the audit log: who did what to what, when and from where."""

    id: int
    at: AwareDatetime
    actor: str
    action: str
    object: str
    address: str | None
    detail: dict[str, Any]


class AuditEntries(BaseModel):
    """A page of the audit log; `next` is the cursor of the following one."""

    items: list[AuditEntry]
    next: str | None


def build_audit_pages(door: Door, pages: Pages) -> APIRouter:
    """Return the routes of the audit log."""
    router = APIRouter()

    @router.get("/api/audit", tags=["audit"])
    async def list_entries(question: Annotated[AuditQuestion, Query()]) -> AuditEntries:
        """List who did what, newest first."""
        entries, last = await audit.read(await door.pool(), question.question())
        items = [AuditEntry(**msgspec.structs.asdict(each)) for each in entries]
        return AuditEntries(items=items, next=None if last is None else str(last))

    @router.get("/audit", include_in_schema=False)
    async def show(question: Annotated[AuditQuestion, Query()]) -> Response:
        chosen = question.model_copy(update={"limit": PAGE})
        entries, last = await audit.read(await door.pool(), chosen.question())
        older = "" if last is None else _address_of(chosen, last)
        return pages.answer(
            "audit.html", entries=entries, chosen=chosen, older=older, actions=_Words(ACTIONS), labels=_Words(LABELS), values=_Words(VALUES)
        )

    return router


def _address_of(chosen: AuditQuestion, last: int) -> str:
    """Return where the page goes on with the same question, after a line."""
    kept = {
        "actor": chosen.actor, "action": chosen.action, "object": chosen.object, "since": say_machine(chosen.since),
        "until": say_machine(chosen.until), "cursor": last,
    }  # fmt: skip
    return "/audit?" + urlencode({name: value for name, value in kept.items() if value})


class _Words(dict[str, str]):
    """What codes are called, "" for one that has no name."""

    def __missing__(self, code: str) -> str:
        return ""
