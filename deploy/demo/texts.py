"""How the demonstration says in Vietnamese what happened and how things stand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

HANOI = timezone(timedelta(hours=7))
WORK = {"not_started": "chưa thực hiện", "in_progress": "đang thực hiện", "done": "hoàn thành"}
TIME = {
    "in_time": "trong hạn",
    "due_soon": "sắp đến hạn",
    "overdue": "quá hạn",
    "on_time": "đúng hạn",
    "late": "quá hạn",
    "no_deadline": "không hạn",
}
UNKNOWN = "chưa xác định"
NO_DAY = "không ghi"
TASK, UNIT, LAST_DAY, STATUS, NOTICES = "Nhiệm vụ", "Đơn vị chủ trì", "Ngày cuối", "Trạng thái", "Thông báo gửi/đọc"
CONFERENCE_NOTICES = "Giấy mời và lịch hội nghị chung"
ALL_NOTICES = "Tất cả thông báo"
SHOWN = 3


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


def set_deadline(number: str, phrase: str, due: datetime | None) -> str:
    """Return that a deadline was read out of a phrase."""
    return f"thời hạn nhiệm vụ {number}: “{phrase}” → ngày cuối {last_day(due)}"


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


def refused(reason: str) -> str:
    """Return that a fact was refused."""
    return f"TỪ CHỐI: {reason}"


def issued(title: str, recipients: Sequence[str]) -> str:
    """Return that units were told something."""
    return f"thông báo “{title}” → {people(recipients)}"


def acknowledged(readers: Mapping[str, int]) -> str:
    """Return who has read how many notices."""
    return f"đã đọc: {people([f'{name} ({count})' for name, count in readers.items()])}"


def killed(name: str, before: int, after: int) -> str:
    """Return that a process was killed amid its work and started again, with its two numbers."""
    return f"{'':<16}  SIGKILL tiến trình {name} ({before}) giữa lúc đang gửi, rồi chạy lại ({after})"
