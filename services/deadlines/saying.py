"""What a deadline's wording comes to, in Vietnamese, for people: the last good day, and why."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from services.deadlines.domain.due import Due, Kind, Proof, Reason
from services.deadlines.domain.reading import PLAIN, POLICY

KINDS: Final[dict[Kind, str]] = {
    "fixed": "hạn cố định",
    "period": "thời hạn tính từ một ngày",
    "recurring": "hạn định kỳ",
    "none": "không hạn",
    "unresolved": "chưa xác định được",
    "pending": "chờ ngày nhận văn bản",
}
REASONS: Final[dict[Reason, str]] = {
    "before-issue": "hạn trước ngày của văn bản",
    "by-reference": "hạn theo quy định ở văn bản khác",
    "day-unknown": "chỉ biết chu kỳ, chưa biết ngày cụ thể",
    "no-bound": "có giờ nhưng không rõ là trước hay chậm nhất giờ đó",
    "no-day": "có giờ nhưng không có ngày",
    "no-hour": "tính theo giờ nhưng không biết giờ bắt đầu",
    "no-issue-date": "cần ngày của văn bản",
    "no-start": "không rõ tính từ ngày nào",
    "not-received": "cần ngày nhận văn bản",
    "not-understood": "không nhận ra hạn trong câu chữ",
    "numbers-disagree": "số viết bằng chữ và bằng số khác nhau",
    "other-start": "tính từ một sự kiện khác, chưa rõ ngày",
    "several-deadlines": "có nhiều hạn trong cùng một câu",
    "too-far": "hạn quá xa so với ngày của văn bản",
    "unclear-hour": "giờ và buổi không khớp",
    "unclear-year": "năm không đủ bốn chữ số",
    "unread-words": "có từ ngữ khác có thể làm thay đổi hạn",
    "weekday-disagrees": "thứ và ngày không khớp",
    "which-month": "không rõ là tháng nào",
}
REASON: Final = "Lý do"
GROUNDS: Final[dict[str, str]] = {PLAIN: "nghĩa thông thường của câu chữ", POLICY: "quy ước của hệ thống"}


def written(day: date) -> str:
    """Return the day as letters write it, d/m/yyyy."""
    return f"{day.day}/{day.month}/{day.year}"


def lines_of(due: Due) -> Iterator[tuple[str, str]]:
    """Return what is said of a deadline, line by line: a label and a text."""
    proof = due.proof
    yield "Loại", KINDS[due.kind]
    if due.due and proof.last_good_day:
        instant = f"{due.due:%H:%M} ngày {written(due.due.date())}"
        yield "Ngày cuối cùng còn đúng hạn", f"{written(proof.last_good_day)} (xong trước {instant})"
    if due.recurrence:
        yield "Lặp lại", due.recurrence
    yield from _notes(proof)
    yield "Căn cứ", f"{GROUNDS.get(proof.ground, proof.ground)} (quy tắc {proof.rule})"


def _notes(proof: Proof) -> Iterator[tuple[str, str]]:
    if proof.counted_from:
        yield "Tính từ", f"{written(proof.counted_from)} (không tính ngày này)"
    if proof.days_skipped:
        yield "Ngày nghỉ được bỏ qua", ", ".join(map(written, proof.days_skipped))
    if proof.reason:
        yield REASON, REASONS[proof.reason]
    if proof.provisional:
        yield "Lưu ý", "lịch nghỉ của năm này chưa được công bố, hạn có thể thay đổi"
