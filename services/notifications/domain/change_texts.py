"""What units are told of deadlines that change, are at risk or count no more: short, in the Vietnamese of administration."""

from datetime import datetime
from typing import Final

from services.notifications.texts import LINE_LIMIT, Role, Wording, content_of, last_good, moment, named, shorten, wording
from shared.contracts.deadlines import (
    ChangeReason,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineEvent,
    DeadlineWithdrawn,
    RiskReason,
    WithdrawalReason,
)

WHY_CHANGED: Final[dict[ChangeReason, str]] = {
    "clarified": "cơ quan giao nhiệm vụ đã xác định rõ thời hạn",
    "received": "đơn vị chủ trì đã nhận được nhiệm vụ",
    "extension-granted": "đề nghị gia hạn được chấp thuận",
    "suspended": "nhiệm vụ được tạm hoãn",
    "resumed": "nhiệm vụ được tiếp tục thực hiện",
    "reassigned": "nhiệm vụ được giao lại",
    "reopened": "nhiệm vụ phải thực hiện lại",
    "plan-returned": "kế hoạch đã gửi được trả lại để hoàn thiện",
    "directive-corrected": "văn bản giao nhiệm vụ được đính chính",
    "calendar-amended": "lịch làm việc trong năm được điều chỉnh",
    "conference-cancelled": "hội nghị đã xếp lịch bị hủy",
    "fact-voided": "một nội dung ghi nhận nhầm đã được hủy bỏ",
}
WHY_AT_RISK: Final[dict[RiskReason, str]] = {
    "conference-outside-window": "hội nghị được xếp lịch ngoài khoảng thời gian quy định",
    "conference-after-due": "hội nghị được xếp lịch sau thời hạn quy định",
    "low-progress": "tiến độ thực hiện chậm",
    "task-declined": "đơn vị chủ trì đề nghị trả lại nhiệm vụ",
}
WHY_WITHDRAWN: Final[dict[WithdrawalReason, str]] = {
    "series-changed": "chu kỳ thực hiện nhiệm vụ đã thay đổi",
    "task-cancelled": "nhiệm vụ đã bị hủy",
    "task-confirmed": "nhiệm vụ đã được xác nhận hoàn thành",
    "task-reopened": "nhiệm vụ phải thực hiện lại theo thời hạn mới",
    "directive-replaced": "văn bản giao nhiệm vụ đã được thay thế",
    "directive-recalled": "văn bản giao nhiệm vụ đã bị thu hồi",
    "fact-voided": "một nội dung ghi nhận nhầm đã được hủy bỏ",
}


def changed(data: DeadlineChanged, role: Role) -> Wording:
    """Return what is told of a deadline that is another one, or open again."""
    number = _number(data)
    what = "được mở lại" if data.is_open_again else "được thay đổi"
    before = "" if data.previous_due == data.due else f"Thời hạn trước đây: {_day(data.previous_due, data.kind)}."
    now = "tạm ngừng tính cho đến khi có thông báo tiếp tục" if data.kind == "suspended" else _day(data.due, data.kind)
    lines = [
        f"Thời hạn “{_name(data)}” của nhiệm vụ số {number} {_whose(role)} {what}. Lý do: {WHY_CHANGED[data.why]}.",
        before,
        f"Thời hạn hiện nay: {now}.",
        content_of(data.content),
        "Đề nghị quý đơn vị thực hiện theo thời hạn hiện nay.",
    ]
    return wording(f"{'Mở lại' if data.is_open_again else 'Thay đổi'} thời hạn: nhiệm vụ số {number}", lines)


def at_risk(data: DeadlineAtRisk, role: Role) -> Wording:
    """Return what is told of a deadline that will not be kept as things stand, or will be after all."""
    number, why = _number(data), WHY_AT_RISK[data.why]
    planned = f" ({moment(data.planned_at)})" if data.planned_at else ""
    due = f"Thời hạn: {_day(data.due, '')}."
    if data.is_lifted:
        line = (
            f"Thời hạn “{_name(data)}” của nhiệm vụ số {number} {_whose(role)} không còn nguy cơ bị trễ. Nguyên nhân nêu trước đây: {why}."
        )
        return wording(f"Hết nguy cơ trễ hạn: nhiệm vụ số {number}", [line, due, content_of(data.content)])
    request = "Đề nghị quý đơn vị có biện pháp bảo đảm thời hạn." if role == "lead" else "Kính báo cáo để quý cơ quan theo dõi, chỉ đạo."
    line = f"Thời hạn “{_name(data)}” của nhiệm vụ số {number} {_whose(role)} có nguy cơ bị trễ: {why}{planned}."
    return wording(f"Nguy cơ trễ hạn: nhiệm vụ số {number}", [line, due, content_of(data.content), request])


def withdrawn(data: DeadlineWithdrawn, role: Role) -> Wording:
    """Return what is told of a deadline that counts no more."""
    number = _number(data)
    line = f"Thời hạn “{_name(data)}” của nhiệm vụ số {number} {_whose(role)} không còn áp dụng. Lý do: {WHY_WITHDRAWN[data.why]}."
    return wording(f"Thời hạn không còn áp dụng: nhiệm vụ số {number}", [line, content_of(data.content)])


def _number(data: DeadlineEvent) -> str:
    return shorten(data.task_number, LINE_LIMIT)


def _name(data: DeadlineEvent) -> str:
    return named(data)


def _whose(role: Role) -> str:
    if role == "issuer":
        return "do quý cơ quan giao"
    return "do quý đơn vị chủ trì" if role == "lead" else "mà quý đơn vị phối hợp thực hiện"


def _day(due: datetime | None, kind: str) -> str:
    if due is not None:
        return last_good(due)
    return "không hạn" if kind == "none" else "chưa xác định"
