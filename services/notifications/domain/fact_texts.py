"""What units are told of facts after a task was assigned: short, in the Vietnamese of administration.

Each function takes what the fact says, the role in which the unit is told, and the roll of the directive at that moment.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.notifications.domain.roll import Conference, Plan, Request, Roll
from services.notifications.texts import LINE_LIMIT, QUOTE_LIMIT, Role, Wording, clauses_of, moment, shorten, wording
from shared.contracts.directives import Basis, DirectiveAmended, DirectiveCorrected, DirectiveRecalled, DirectiveReplaced
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.tasks import (
    NewDay,
    TaskCancelled,
    TaskCompleted,
    TaskConfirmed,
    TaskDeclined,
    TaskReassigned,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled, PlanApproved, PlanReturned

ENDED = "Các nhiệm vụ chưa hoàn thành theo văn bản này chấm dứt; các thời hạn liên quan không còn áp dụng."


def amended(data: DirectiveAmended, _role: Role, roll: Roll, _subject: UUID) -> Wording:
    """Return what is told of a directive that was amended."""
    lines = [
        f"{_document(roll)} đã được sửa đổi, bổ sung.",
        _said("Nội dung sửa đổi, bổ sung", data.changes),
        _basis(data.document),
        "Đề nghị quý đơn vị thực hiện theo nội dung đã sửa đổi, bổ sung.",
    ]
    return wording(f"Sửa đổi, bổ sung văn bản {roll.document}", lines)


def corrected(data: DirectiveCorrected, _role: Role, roll: Roll, _subject: UUID) -> Wording:
    """Return what is told of a directive whose form was corrected."""
    lines = [f"{_document(roll)} đã được đính chính.", _said("Nội dung đính chính", data.correction), _basis(data.document)]
    return wording(f"Đính chính văn bản {roll.document}", lines)


def replaced(data: DirectiveReplaced, _role: Role, roll: Roll, _subject: UUID) -> Wording:
    """Return what is told of a directive that another document took the place of."""
    lines = [f"{_document(roll)} đã được thay thế.", _basis(data.document), _said("Lý do", data.reason), ENDED]
    return wording(f"Thay thế văn bản {roll.document}", lines)


def recalled(data: DirectiveRecalled, _role: Role, roll: Roll, _subject: UUID) -> Wording:
    """Return what is told of a directive that was taken back."""
    lines = [f"{_document(roll)} đã bị thu hồi.", _said("Lý do", data.reason), _basis(data.document), ENDED]
    return wording(f"Thu hồi văn bản {roll.document}", lines)


def declined(data: TaskDeclined, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what the issuer is told when the lead gives a task back."""
    number = _number(roll, subject)
    lines = [
        f"Đơn vị được giao chủ trì đề nghị trả lại nhiệm vụ số {number}.",
        _said("Lý do", data.reason),
        "Kính đề nghị quý cơ quan xem xét, quyết định.",
    ]
    return wording(f"Đề nghị trả lại nhiệm vụ số {number}", lines)


def reassigned(data: TaskReassigned, role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what the units of a reassigned task are told, those before and those from now on."""
    number = _number(roll, subject)
    if role == "former":
        line = f"Nhiệm vụ số {number} đã được giao lại cho đơn vị khác; quý đơn vị không còn tham gia thực hiện nhiệm vụ này."
        return wording(f"Thôi giao nhiệm vụ số {number}", [line, _said("Lý do", data.reason)])
    verb = "chủ trì" if role == "lead" else "phối hợp"
    lines = [
        f"Sau khi giao lại, quý đơn vị {verb} thực hiện nhiệm vụ số {number}.",
        _said("Lý do", data.reason),
        _new_days(data.new_days),
        "Đề nghị quý đơn vị xác nhận đã nhận thông báo này và tổ chức thực hiện.",
    ]
    return wording(f"Giao lại nhiệm vụ số {number}", lines)


def suspended(data: TaskSuspended, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of a task that was put off."""
    number = _number(roll, subject)
    lines = [
        f"Nhiệm vụ số {number} được tạm hoãn.",
        _said("Lý do", data.reason),
        "Các thời hạn chưa hết của nhiệm vụ tạm ngừng tính cho đến khi có thông báo tiếp tục thực hiện.",
    ]
    return wording(f"Tạm hoãn nhiệm vụ số {number}", lines)


def resumed(data: TaskResumed, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of a task that goes on."""
    number = _number(roll, subject)
    lines = [f"Nhiệm vụ số {number} được tiếp tục thực hiện.", _said("Ghi chú", data.remarks), _new_days(data.new_days)]
    return wording(f"Tiếp tục thực hiện nhiệm vụ số {number}", lines)


def completed(data: TaskCompleted, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what the issuer is told when the lead says that a task is done."""
    number = _number(roll, subject)
    lines = [
        f"Đơn vị chủ trì báo cáo đã hoàn thành nhiệm vụ số {number}.",
        _said("Kết quả", data.summary),
        "Kính đề nghị quý cơ quan xem xét, xác nhận.",
    ]
    return wording(f"Báo cáo hoàn thành nhiệm vụ số {number}", lines)


def confirmed(data: TaskConfirmed, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of a task that the issuer holds to be done."""
    number = _number(roll, subject)
    lines = [f"Cơ quan giao nhiệm vụ xác nhận nhiệm vụ số {number} đã hoàn thành.", _said("Ghi chú", data.remarks)]
    return wording(f"Xác nhận hoàn thành nhiệm vụ số {number}", lines)


def reopened(data: TaskReopened, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of a task that is to be done again."""
    number = _number(roll, subject)
    lines = [
        f"Cơ quan giao nhiệm vụ yêu cầu thực hiện lại nhiệm vụ số {number}.",
        _said("Lý do", data.reason),
        clauses_of(data.deadlines) if data.deadlines else "Các thời hạn trước đây tiếp tục áp dụng.",
    ]
    return wording(f"Yêu cầu thực hiện lại nhiệm vụ số {number}", lines)


def cancelled(data: TaskCancelled, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of a task that ended before it was done."""
    number = _number(roll, subject)
    lines = [f"Nhiệm vụ số {number} đã bị hủy; các thời hạn của nhiệm vụ không còn áp dụng.", _said("Lý do", data.reason)]
    return wording(f"Hủy nhiệm vụ số {number}", lines)


def plan_returned(data: PlanReturned, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of a plan that is to be mended."""
    plan = roll.plans[subject]
    lines = [
        f"Kế hoạch “{_title(plan)}” của nhiệm vụ số {_number(roll, plan.task)} được trả lại để hoàn thiện.",
        _said("Lý do", data.reasons),
        _said("Nội dung cần hoàn thiện", "; ".join(data.items)),
        "Đề nghị quý đơn vị hoàn thiện và gửi lại kế hoạch.",
    ]
    return wording(f"Trả lại kế hoạch “{_title(plan)}”", lines)


def plan_approved(data: PlanApproved, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of a plan that the issuer approved."""
    plan = roll.plans[subject]
    lines = [
        f"Kế hoạch “{_title(plan)}” của nhiệm vụ số {_number(roll, plan.task)} đã được phê duyệt.",
        _basis(data.document),
        _said("Ghi chú", data.remarks),
        "Đề nghị quý đơn vị tổ chức thực hiện.",
    ]
    return wording(f"Phê duyệt kế hoạch “{_title(plan)}”", lines)


def rescheduled(data: ConferenceRescheduled, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of a conference that has another date or place."""
    conference = roll.conferences[subject]
    until = f" đến {moment(data.ends_at)}" if data.ends_at else ""
    lines = [
        f"Trân trọng thông báo tới quý đơn vị thay đổi lịch hội nghị “{_title(conference)}”.",
        f"Thời gian mới: {moment(data.starts_at)}{until}.",
        f"Địa điểm: {shorten(conference.place, LINE_LIMIT)}.",
        _said("Lý do", data.reason),
    ]
    return wording(f"Thay đổi lịch hội nghị: {_title(conference)}", lines)


def conference_cancelled(data: ConferenceCancelled, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of a conference that will not take place."""
    conference = roll.conferences[subject]
    lines = [
        f"Trân trọng thông báo tới quý đơn vị: hội nghị “{_title(conference)}” (dự kiến {moment(conference.starts_at)}) không tổ chức.",
        _said("Lý do", data.reason),
    ]
    return wording(f"Hủy hội nghị: {_title(conference)}", lines)


def extension_requested(data: ExtensionRequested, _role: Role, roll: Roll, _subject: UUID) -> Wording:
    """Return what the issuer is told when more time is asked for."""
    number, name = _number(roll, data.task), shorten(data.name, LINE_LIMIT)
    lines = [
        f"Đơn vị chủ trì đề nghị gia hạn thời hạn “{name}” của nhiệm vụ số {number} đến hết ngày {_written(data.requested_day)}.",
        _said("Lý do", data.reasons),
        "Kính đề nghị quý cơ quan xem xét, quyết định.",
    ]
    return wording(f"Đề nghị gia hạn nhiệm vụ số {number}", lines)


def extension_granted(data: ExtensionGranted, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of more time that was given."""
    request = roll.requests[subject]
    number = _number(roll, request.task)
    lines = [
        f"Thời hạn “{_name(request)}” của nhiệm vụ số {number} được gia hạn đến hết ngày {_written(data.last_good_day)}.",
        _said("Ghi chú", data.remarks),
    ]
    return wording(f"Chấp thuận gia hạn nhiệm vụ số {number}", lines)


def extension_refused(data: ExtensionRefused, _role: Role, roll: Roll, subject: UUID) -> Wording:
    """Return what is told of more time that was not given."""
    request = roll.requests[subject]
    number = _number(roll, request.task)
    lines = [
        f"Đề nghị gia hạn thời hạn “{_name(request)}” của nhiệm vụ số {number} không được chấp thuận.",
        _said("Lý do", data.reason),
        "Thời hạn hiện hành tiếp tục áp dụng.",
    ]
    return wording(f"Không chấp thuận gia hạn nhiệm vụ số {number}", lines)


def voided(title: str, reason: str) -> Wording:
    """Return what those are told who were told of something that was registered by mistake."""
    lines = [
        f"Thông báo “{shorten(title, LINE_LIMIT)}” đã gửi trước đây không còn giá trị vì nội dung trong đó được ghi nhận nhầm.",
        _said("Lý do", reason),
        "Mong quý đơn vị thông cảm.",
    ]
    return wording(f"Đính chính: {title[0].lower()}{title[1:]}", lines)


def _document(roll: Roll) -> str:
    return f"Văn bản {shorten(roll.document, LINE_LIMIT)} “{shorten(roll.subject, LINE_LIMIT)}”"


def _number(roll: Roll, task: UUID) -> str:
    return shorten(roll.tasks[task].number, LINE_LIMIT) if task in roll.tasks else "chưa rõ"


def _title(thing: Plan | Conference) -> str:
    return shorten(thing.title, LINE_LIMIT)


def _name(request: Request) -> str:
    return shorten(request.name, LINE_LIMIT)


def _said(label: str, text: str | None) -> str:
    return f"{label}: {shorten(text, QUOTE_LIMIT).rstrip('.')}." if text else ""


def _basis(document: Basis | None) -> str:
    if document is None:
        return ""
    number = f" số {document.number}" if document.number else ""
    return f"Theo văn bản{number}: {shorten(document.title, LINE_LIMIT).rstrip('.')}."


def _new_days(days: Sequence[NewDay]) -> str:
    said = "; ".join(f"{shorten(each.name, LINE_LIMIT)}: hết ngày {_written(each.last_good_day)}" for each in days)
    return f"Thời hạn mới: {shorten(said, QUOTE_LIMIT)}." if said else ""


def _written(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
