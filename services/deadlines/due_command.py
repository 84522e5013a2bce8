"""The command `dondoc due`: what a phrase comes to, without a running stack."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

import click
import msgspec

from services.deadlines.domain.calendar import midnight
from services.deadlines.domain.due import Due, ImpossiblePhraseError, Kind, Proof, Reason
from services.deadlines.domain.phrases import compute
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
    "no-issue-date": "cần ngày của văn bản (--issued)",
    "no-start": "không rõ tính từ ngày nào",
    "not-received": "cần ngày nhận văn bản (--received)",
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
GROUNDS: Final[dict[str, str]] = {PLAIN: "nghĩa thông thường của câu chữ", POLICY: "quy ước của hệ thống"}


_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


def written(day: date) -> str:
    """Return the day as letters write it, d/m/yyyy."""
    return f"{day.day}/{day.month}/{day.year}"


def described(due: Due) -> str:
    """Return the deadline in Vietnamese, for people: its last good day, and why."""
    return "\n".join(f"{label}: {text}" for label, text in _lines(due))


def _lines(due: Due) -> Iterator[tuple[str, str]]:
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
        yield "Lý do", REASONS[proof.reason]
    if proof.provisional:
        yield "Lưu ý", "lịch nghỉ của năm này chưa được công bố, hạn có thể thay đổi"


@click.command("due")
@click.argument("phrase")
@click.option("--issued", type=_DAY, help="The day of the letter.")
@click.option("--received", type=_DAY, help="The day on which the unit received it.")
@click.option("--json", "as_json", is_flag=True, help="Print {kind, due, recurrence, proof}.")
def due(phrase: str, issued: datetime | None, received: datetime | None, *, as_json: bool) -> None:
    """Compute the deadline that PHRASE names, with its proof; exit 2 where the phrase is impossible."""
    issued_on = issued.date() if issued else None
    received_at = midnight(received.date()) if received else None
    try:
        computed = compute(phrase, issued_on=issued_on, received_at=received_at)
    except ImpossiblePhraseError as impossible:
        click.echo(f"impossible phrase: {impossible.reason}", err=True)
        raise SystemExit(2) from None
    click.echo(_told(computed) if as_json else described(computed))


def _told(computed: Due) -> str:
    told = {"kind": computed.kind, "due": computed.due, "recurrence": computed.recurrence, "proof": computed.proof}
    return msgspec.json.encode(told).decode()
