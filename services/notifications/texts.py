"""What notices say, in Vietnamese; every text is made from its event alone, so that it never depends on what arrived first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.contracts.deadlines import DeadlineApproaching, DeadlineEvent, DeadlineMet, DeadlineMissed
from shared.contracts.directives import DeadlineClause, TaskAssigned
from shared.contracts.work import ConferenceScheduled

Role = Literal["lead", "coordinating", "issuer", "informed", "participant", "former", "addressee", "requester", "submitter"]
"""Why a unit is told: the first of its roles counts."""

Wording = tuple[str, str]
"""Title and body."""

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TITLE_LIMIT = 500
QUOTE_LIMIT = 2_000
LINE_LIMIT = 300
WORTH_SAYING = timedelta(minutes=1)

_AWAITED = {
    "plan-submitted": "kế hoạch",
    "conference-scheduled": "lịch tổ chức hội nghị",
    "conference-held": "xác nhận đã tổ chức hội nghị",
    "report-submitted": "báo cáo",
    "task-completed": "báo cáo hoàn thành nhiệm vụ",
}
_QUARTERS = {"Q1": "I", "Q2": "II", "Q3": "III", "Q4": "IV"}
_AWAITED_PLAN = {"draft": "dự thảo kế hoạch", "final": "kế hoạch chính thức"}


def assigned(data: TaskAssigned, role: Role) -> Wording:
    """Return what the lead and the coordinating units of a new task are told."""
    number = shorten(data.number, LINE_LIMIT)
    verb, title = ("chủ trì", "Giao nhiệm vụ") if role == "lead" else ("phối hợp", "Phối hợp thực hiện nhiệm vụ")
    lines = [
        f"Quý đơn vị được giao {verb} thực hiện nhiệm vụ số {number}.",
        content_of(data.content),
        clauses_of(data.deadlines),
        "Đề nghị quý đơn vị xác nhận đã nhận thông báo này và tổ chức thực hiện.",
    ]
    return wording(f"{title} số {number}", lines)


def approaching(data: DeadlineApproaching, role: Role) -> Wording:
    """Return the reminder before a deadline."""
    number, left = shorten(data.task_number, LINE_LIMIT), data.working_days_left
    title = f"Nhắc việc: nhiệm vụ số {number} còn {left} ngày làm việc" if left else f"Nhắc việc: nhiệm vụ số {number} đến hạn"
    who = "do quý đơn vị chủ trì" if role == "lead" else "mà quý đơn vị phối hợp thực hiện"
    remaining = f"còn {left} ngày làm việc là hết thời hạn" if left else "đã đến ngày cuối của thời hạn"
    lines = [
        f"Nhiệm vụ số {number} {who} {remaining}.",
        deadline_of(data),
        f"Hệ thống chưa tiếp nhận {awaited(data)}.",
        content_of(data.content),
        _lateness(data.late_by_seconds),
        "Đề nghị quý đơn vị bảo đảm thời hạn nêu trên.",
    ]
    return wording(title, lines)


def missed(data: DeadlineMissed, role: Role) -> Wording:
    """Return what the lead and the issuer are told when a deadline has passed."""
    number = shorten(data.task_number, LINE_LIMIT)
    who = "quý đơn vị chủ trì" if role == "lead" else "quý cơ quan giao"
    request = (
        "Đề nghị quý đơn vị khẩn trương hoàn thành và báo cáo cơ quan giao nhiệm vụ."
        if role == "lead"
        else "Kính báo cáo để quý cơ quan theo dõi, chỉ đạo."
    )
    lines = [
        f"Nhiệm vụ số {number} do {who} đã hết thời hạn nhưng hệ thống chưa tiếp nhận {awaited(data)}.",
        deadline_of(data),
        content_of(data.content),
        _lateness(data.late_by_seconds),
        request,
    ]
    return wording(f"Quá hạn: nhiệm vụ số {number}", lines)


def met(data: DeadlineMet, role: Role) -> Wording:
    """Return what is told when the awaited event was received, on time or late."""
    number = shorten(data.task_number, LINE_LIMIT)
    how = _outcome(data)
    who = "quý đơn vị chủ trì" if role == "lead" else "quý cơ quan giao" if role == "issuer" else "quý đơn vị theo dõi"
    lines = [
        f"Hệ thống đã tiếp nhận {awaited(data)} của nhiệm vụ số {number} do {who} lúc {moment(data.met_at)} ({how}).",
        deadline_of(data),
        content_of(data.content),
    ]
    return wording(f"Đã tiếp nhận {awaited(data)} của nhiệm vụ số {number} ({how})", lines)


def _outcome(data: DeadlineMet) -> str:
    """Return whether the work came in time, which nobody can say while the deadline is not known."""
    if data.on_time is None:
        return "thời hạn chưa xác định"
    return "đúng hạn" if data.on_time else "quá hạn"


def correction(data: DeadlineMet, role: Role) -> Wording:
    """Return what those are told who were told otherwise before: that the deadline was missed, or met by another fact."""
    title, body = met(data, role)
    wrong = "thông báo quá hạn" if data.on_time else "thông báo"
    apology = f"Thông báo này đính chính và thay thế {wrong} đã gửi trước đây. Mong quý đơn vị thông cảm."
    return shorten(f"Đính chính: {title[0].lower()}{title[1:]}", TITLE_LIMIT), f"{body}\n{apology}"


def scheduled(data: ConferenceScheduled, role: Role) -> Wording:
    """Return the invitation to a conference."""
    until = f" đến {moment(data.ends_at)}" if data.ends_at else ""
    lines = [
        f"Trân trọng thông báo tới quý đơn vị lịch hội nghị “{shorten(data.title, LINE_LIMIT)}”.",
        f"Thời gian: {moment(data.starts_at)}{until}.",
        f"Địa điểm: {shorten(data.place, LINE_LIMIT)}.",
        f"Chủ trì: {shorten(data.chair, LINE_LIMIT)}." if data.chair else "",
        "Hội nghị thuộc nhiệm vụ do quý đơn vị chủ trì." if role == "lead" else "Kính mời quý đơn vị tham dự.",
    ]
    return wording(f"Lịch hội nghị: {data.title}", lines)


def moment(instant: datetime) -> str:
    """Return an instant as offices write it: 14 giờ 30 ngày 15/4/2021."""
    local = instant.astimezone(HANOI)
    return f"{local.hour} giờ {local.minute:02} ngày {_day(local)}"


def last_good(due: datetime) -> str:
    """Return how long work is on time: the last good day where `due` is a midnight, else the day and the hour."""
    local = due.astimezone(HANOI)
    if (local.hour, local.minute) == (0, 0):
        return f"hết ngày {_day(local - timedelta(microseconds=1))}"
    return f"trước {moment(due)}"


def shorten(text: str, limit: int) -> str:
    """Return `text` within a limit of characters, with an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def wording(title: str, lines: Sequence[str]) -> Wording:
    """Return a title within its limit, and a body of the lines that say something."""
    return shorten(title, TITLE_LIMIT), "\n".join(line for line in lines if line)


def _day(local: datetime) -> str:
    return f"{local.day}/{local.month}/{local.year}"


def content_of(content: str) -> str:
    """Return the line that tells what a task is about."""
    return f"Nội dung: {shorten(content, QUOTE_LIMIT).rstrip('.')}."


def clauses_of(clauses: Sequence[DeadlineClause]) -> str:
    """Return the line that tells the deadlines as they are written."""
    said = "; ".join(f"{shorten(each.name, LINE_LIMIT)}: {shorten(each.phrase, LINE_LIMIT)}" for each in clauses)
    return f"Thời hạn ghi trong văn bản: {shorten(said, QUOTE_LIMIT)}." if said else "Văn bản không ghi thời hạn."


def deadline_of(data: DeadlineEvent) -> str:
    """Return the line that says which deadline it is, and how long work is on time."""
    name = named(data)
    return f"Thời hạn ({name}): {last_good(data.due)}." if data.due else f"Thời hạn ({name}): chưa xác định."


def named(data: DeadlineEvent) -> str:
    """Return a deadline's name; of a duty that comes back with the period: "báo cáo, kỳ tháng 5/2021"."""
    name = shorten(data.name, LINE_LIMIT)
    return f"{name}, kỳ {_period_of(data.period)}" if data.period else name


def _period_of(period: str) -> str:
    """Return a period as people say it."""
    year, *rest = period.split("-")
    match rest:
        case []:
            return f"năm {year}"
        case [part] if part.startswith("Q"):
            return f"quý {_QUARTERS[part]}/{year}"
        case [part] if part.startswith("W"):
            return f"tuần {int(part[1:])}/{year}"
        case [month]:
            return f"tháng {int(month)}/{year}"
        case _:
            return f"ngày {int(rest[1])}/{int(rest[0])}/{year}"


def awaited(data: DeadlineEvent) -> str:
    """Return what meets a deadline, in words."""
    return _AWAITED_PLAN[data.plan_stage] if data.plan_stage and data.met_by == "plan-submitted" else _AWAITED[data.met_by]


def _lateness(seconds: int) -> str:
    """Return how late a stage is told (after downtime), or nothing below what is worth saying."""
    late = timedelta(seconds=seconds)
    if late < WORTH_SAYING:
        return ""
    minutes = late.seconds // 60
    parts = ((late.days, "ngày"), (minutes // 60, "giờ"), (minutes % 60, "phút"))
    return f"Thông báo này được gửi chậm {' '.join(f'{count} {unit}' for count, unit in parts if count)} do hệ thống gián đoạn."
