"""Rules for terms that are counted from an event: "trong 05 ngày làm việc kể từ ngày nhận được văn bản này"."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

from services.deadlines.domain.calendar import HANOI, ONE_DAY, day_of, end_of
from services.deadlines.domain.dates import DATE, read_date
from services.deadlines.domain.fixed import BY
from services.deadlines.domain.reading import Context, Finding, Reader, Rule, UnclearError, rule
from services.deadlines.domain.spans import months_later
from services.deadlines.domain.wording import NUMBER, check_rest, read_amount

Advance = Callable[[date, int], date]

_KINDS = (
    r"(?:văn\sbản|công\svăn|chỉ\sthị|quyết\sđịnh|kế\shoạch|thông\sbáo|công\sđiện|nghị\squyết|nghị\sđịnh|thông\stư"
    r"|hướng\sdẫn|giấy\smời)"
)
_THIS_LETTER = rf"{_KINDS}\s(?:này|trên|nói\strên)"
# "nhận được" with nothing or "văn bản này" after it is about this letter; "nhận được hồ sơ" is about something else.
_OBJECT = rf"(?:\s{_THIS_LETTER}(?!\w)|(?:\s(?:văn\sbản|công\svăn))?(?=\s?(?:[,.;:)]|$)))"
_WHEN = r"(?:ngày|khi|lúc|thời\sđiểm)\s"
_SIGNED = r"(?:k[ýí]|ban\shành|phát\shành)"
_ISSUE = re.compile(rf"{_WHEN}(?:{_THIS_LETTER}\s)?(?:được\s)?{_SIGNED}(?:,?\s(?:và\s)?(?:ban\shành|phát\shành))?{_OBJECT}")
_RECEIPT = re.compile(rf"{_WHEN}(?:(?:các\s)?(?:đơn\svị|cơ\squan|địa\sphương)\s)?(?:tiếp\s)?nhận(?:\sđược)?{_OBJECT}")
_ON_DATE = re.compile(rf"(?:{DATE})(?!\w)")

_BOUND = rf"(?:(?P<bound>trong(?:\s(?:vòng|thời\shạn|thời\sgian))?|(?:chậm|muộn)\snhất\ssau|{BY})\s)?"
_COUNTED = r"\s?,?\s?(?:(?:được\s)?(?:kể|tính)\s)?từ\s(?P<start>.*)$"


def _start_of(text: str, context: Context) -> Literal["issue", "receipt"] | date:
    """Tell the event that a term is counted from, or raise UnclearError when it is another than the letter's own."""
    events: tuple[tuple[re.Pattern[str], Literal["issue", "receipt"]], ...] = ((_ISSUE, "issue"), (_RECEIPT, "receipt"))
    for pattern, event in events:
        if match := pattern.match(text):
            check_rest("", text[match.end() :])
            return event
    if match := _ON_DATE.match(text):
        check_rest("", text[match.end() :])
        return read_date(match, context)
    raise UnclearError("other-start")


def _start_day(text: str, context: Context) -> date | None:
    start = _start_of(text, context)
    if start == "issue":
        return context.issue_day()
    if start == "receipt":
        return day_of(context.received_at) if context.received_at else None
    return start


def _amount(match: re.Match[str], context: Context, a_year: int) -> int:
    return read_amount(match["amount"], context.policy.horizon_years * a_year)


def _counted(advance: Advance, a_year: int) -> Reader:
    """Return a reader for days, weeks, months or years: the start is not counted (147.2), a day off is rolled (148.5)."""

    def find(match: re.Match[str], context: Context) -> Finding:
        amount = _amount(match, context, a_year)
        start = _start_day(match["start"], context)
        if start is None:
            return Finding(kind="pending", reason="not-received")
        last = advance(start, amount)
        rolled = context.calendar.next_working_day(last)
        skipped = context.calendar.days_off_within(last, rolled)
        return Finding(kind="period", due=end_of(rolled), counted_from=start, days_skipped=skipped)

    return find


def _working_days(match: re.Match[str], context: Context) -> Finding:
    amount = _amount(match, context, 366)
    start = _start_day(match["start"], context)
    if start is None:
        return Finding(kind="pending", reason="not-received")
    last = context.calendar.add_working_days(start, amount)
    skipped = context.calendar.days_off_within(start + ONE_DAY, last)
    return Finding(kind="period", due=end_of(last), counted_from=start, days_skipped=skipped)


def _hours(match: re.Match[str], context: Context) -> Finding:
    """Count hours from the instant of receipt (147.1); the day of a signature names no hour to count from."""
    amount = _amount(match, context, 366 * 24)
    if _start_of(match["start"], context) != "receipt":
        raise UnclearError("no-hour")
    if context.received_at is None:
        return Finding(kind="pending", reason="not-received")
    due = context.received_at.astimezone(HANOI) + timedelta(hours=amount)
    return Finding(kind="period", due=due, counted_from=day_of(context.received_at))


def _no_start(match: re.Match[str], context: Context) -> Finding:
    _amount(match, context, 366 * 24)
    raise UnclearError("no-start")


def _term(code: str, ground: str, unit: str, read: Reader) -> Rule:
    return rule(code, ground, rf"{_BOUND}(?P<amount>{NUMBER})\s{unit}{_COUNTED}", read)


TERMS: tuple[Rule, ...] = (
    _term("working-days", "BLDS 147.3, 148.1; BLLĐ 111, 112", r"ngày\slàm\sviệc", _working_days),
    _term("days", "BLDS 147.2, 148.1, 148.5", "ngày", _counted(lambda day, n: day + timedelta(days=n), 366)),
    _term("weeks", "BLDS 147.2, 148.2, 148.5", "tuần", _counted(lambda day, n: day + timedelta(weeks=n), 53)),
    _term("months", "BLDS 147.2, 148.3, 148.5", "tháng", _counted(months_later, 12)),
    _term("years", "BLDS 147.2, 148.4, 148.5", "năm", _counted(lambda day, n: months_later(day, 12 * n), 1)),
    _term("hours", "BLDS 147.1", "giờ", _hours),
)
NO_START: tuple[Rule, ...] = (
    rule(
        "no-start",
        "BLDS 147",
        rf"(?P<bound>trong(?:\s(?:vòng|thời\shạn|thời\sgian))?|(?:chậm|muộn)\snhất\ssau|{BY})\s(?P<amount>{NUMBER})\s"
        r"(?:ngày(?:\slàm\sviệc)?|tuần|tháng|năm|giờ)",
        _no_start,
    ),
)
