"""How the demonstration says in Vietnamese what happened and how things stand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from shared.contracts.deadlines import ChangeReason, DeadlineAtRisk, DeadlineChanged

HANOI = timezone(timedelta(hours=7))
WORK = {
    "not_started": "chưa thực hiện",
    "in_progress": "đang thực hiện",
    "awaiting_confirmation": "chờ xác nhận",
    "done": "hoàn thành",
    "suspended": "tạm hoãn",
    "declined": "từ chối",
    "reopened": "thực hiện lại",
    "cancelled": "đã huỷ",
}
TIME = {
    "in_time": "trong hạn",
    "due_soon": "sắp đến hạn",
    "overdue": "quá hạn",
    "on_time": "đúng hạn",
    "late": "quá hạn",
    "no_deadline": "không hạn",
}
DELIVERABLES = {"plan": "kế hoạch", "conference": "hội nghị", "report": "báo cáo", "opinion": "ý kiến", "other": "việc khác"}
CHANNELS = {"mail": "thư", "webhook": "webhook"}
PARTS = {
    "shortcoming": "tồn tại",
    "cause": "nguyên nhân",
    "solution": "giải pháp",
    "time": "thời gian",
    "responsible_head": "người đứng đầu chịu trách nhiệm",
}
WHY: Mapping[ChangeReason, str] = {
    "received": "tính từ ngày nhận",
    "extension-granted": "được gia hạn",
    "suspended": "tạm hoãn",
    "resumed": "thực hiện tiếp",
    "reassigned": "giao lại",
    "reopened": "thực hiện lại",
    "directive-corrected": "văn bản được đính chính",
    "calendar-amended": "lịch làm việc thay đổi",
    "conference-cancelled": "hội nghị bị huỷ",
    "fact-voided": "một sự kiện bị huỷ bỏ",
}
LEVELS = {1: "người đứng đầu đơn vị", 2: "văn phòng cơ quan ban hành"}
UNKNOWN = "chưa xác định"
NO_DAY = "không ghi"
TASK, UNIT, LAST_DAY, STATUS, NOTICES = "Nhiệm vụ", "Đơn vị chủ trì", "Ngày cuối", "Trạng thái", "Gửi/đọc"
CONFERENCE_NOTICES = "Giấy mời họp, lịch họp"
ALL_NOTICES = "Tất cả thông báo"
SHOWN = 3


def cut(text: str, width: int) -> str:
    """Return a text of at most so many signs."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def day(at: date) -> str:
    """Return a day as offices write it: 15/4/2021."""
    return f"{at.day}/{at.month}/{at.year}"


def moment(at: datetime) -> str:
    """Return an instant by Vietnam's clock: 15/4/2021 21:40."""
    local = at.astimezone(HANOI)
    return f"{day(local)} {local:%H:%M}"


def last_day(due: datetime | None) -> str:
    """Return the last day on which work is on time."""
    return day((due - timedelta(microseconds=1)).astimezone(HANOI)) if due else UNKNOWN


def last_day_of(task: Mapping[str, Any]) -> str:
    """Return the last good day of a task as the API tells it; a deadline that cannot be computed is not the same as none."""
    if task["last_good_day"]:
        return day(date.fromisoformat(task["last_good_day"]))
    return UNKNOWN if task["deadlines"] else NO_DAY


def status_of(task: Mapping[str, Any]) -> str:
    """Return a task's status on both axes; one whose deadline is not known yet is neither in time nor without a deadline."""
    time = task["status"]["time"]
    open_question = time == "no_deadline" and task["deadlines"]
    return f"{WORK[task['status']['work']]}, {'thời hạn ' + UNKNOWN if open_question else TIME[time]}"


def people(names: Sequence[str]) -> str:
    """Return some names in a line, of many the first ones and how many more."""
    more = f" và {len(names) - SHOWN} đơn vị khác" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def gone_through(number: str, index: str) -> str:
    """Return which index the plan of a task has to go through."""
    return f"  + Kế hoạch của nhiệm vụ {number} phải đi hết {index}"


def set_deadline(number: str, phrase: str, due: datetime | None) -> str:
    """Return that a deadline was read out of a phrase."""
    return f"thời hạn nhiệm vụ {number}: “{phrase}” → ngày cuối {last_day(due)}"


def changed_deadline(data: DeadlineChanged) -> str:
    """Return that a deadline is another one, or open again."""
    if data.why == "clarified":
        return f"làm rõ thời hạn nhiệm vụ {data.task_number}: “{data.proof.phrase}” → ngày cuối {last_day(data.due)}"
    if data.why == "plan-returned":
        return f"thời hạn nhiệm vụ {data.task_number} mở lại (ngày cuối {last_day(data.due)})"
    return f"thời hạn nhiệm vụ {data.task_number} đổi ({WHY[data.why]}): ngày cuối {last_day(data.due)}"


def at_risk(data: DeadlineAtRisk) -> str:
    """Return that a deadline will not be kept as things are planned, or that this is no longer so."""
    if data.is_lifted:
        return f"hết cảnh báo: nhiệm vụ {data.task_number} lại kịp thời hạn (ngày cuối {last_day(data.due)})"
    where = f": hội nghị đặt vào {moment(data.planned_at)}, ngoài thời gian văn bản cho phép" if data.planned_at else ""
    return f"CẢNH BÁO nhiệm vụ {data.task_number}{where} (ngày cuối {last_day(data.due)})"


def approaching(number: str, days: int, due: datetime | None) -> str:
    """Return that a deadline is near."""
    return f"nhắc việc: nhiệm vụ {number} còn {days} ngày làm việc (ngày cuối {last_day(due)})"


def missed(number: str, due: datetime | None) -> str:
    """Return that a deadline has passed."""
    return f"QUÁ HẠN: nhiệm vụ {number} (ngày cuối {last_day(due)})"


def met(number: str, due: datetime | None, *, on_time: bool | None) -> str:
    """Return that a deadline was met."""
    how = f"{'đúng hạn' if on_time else 'quá hạn'} (ngày cuối {last_day(due)})" if due else f"thời hạn {UNKNOWN}"
    return f"đã tiếp nhận kết quả nhiệm vụ {number}: {how}"


def escalated(number: str, days: int, level: int) -> str:
    """Return that the next level is told of a missed deadline that is still open."""
    return f"BÁO LÊN MỨC {level} ({LEVELS.get(level, 'cấp trên')}): nhiệm vụ {number} trễ {days} ngày"


def refused(reason: str) -> str:
    """Return that a fact was refused."""
    return f"TỪ CHỐI: {reason}"


def told(line: str, recipients: Mapping[str, Sequence[str]]) -> str:
    """Return what happened and which units were told of it, by which channels beside the inbox."""
    if not recipients:
        return line
    return f"{line}; báo {people([_with_channels(unit, channels) for unit, channels in sorted(recipients.items())])}"


def issued(title: str, recipients: Mapping[str, Sequence[str]]) -> str:
    """Return that units were told something."""
    named = [_with_channels(unit, channels) for unit, channels in sorted(recipients.items())]
    return f"thông báo “{title}” → {people(named)}"


def _with_channels(unit: str, channels: Sequence[str]) -> str:
    beside = [CHANNELS[channel] for channel in channels if channel in CHANNELS]
    return f"{unit} [{', '.join(sorted(beside))}]" if beside else unit


def acknowledged(readers: Mapping[str, int]) -> str:
    """Return who has read how many notices."""
    return f"đã đọc: {people([f'{name} ({count})' for name, count in readers.items()])}"


def killed(name: str, before: int, after: int) -> str:
    """Return that a process was killed amid its work and started again, with its two numbers."""
    return f"SIGKILL tiến trình {name} ({before}) ngay lúc sự kiện vừa đến, rồi chạy lại ({after})"
