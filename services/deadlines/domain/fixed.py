"""Rules for a day or an hour: "trước ngày 16/4/2021", "chậm nhất là ngày …", "trước 17 giờ 00 ngày …"."""

import re
from datetime import datetime

from services.deadlines.domain.calendar import end_of, midnight
from services.deadlines.domain.dates import CLOCK, DATE, calendar_day, read_clock, read_date
from services.deadlines.domain.due import ImpossiblePhraseError
from services.deadlines.domain.reading import PLAIN, POLICY, Context, Finding, UnclearError, fixed, rule
from services.deadlines.domain.wording import FIGURE

BEFORE = r"trước"
BY = (
    r"(?:(?:chậm|muộn|trễ)\snhất(?:\slà)?(?:\s(?:đến|vào|trong))?(?:\shết)?|không\s(?:quá|(?:muộn|chậm|trễ)\shơn)"
    r"|(?:(?:cho\s)?(?:đến|tới)\s)?hết|(?:thời\s)?hạn\s(?:cuối|chót)(?:\scùng)?(?:\s(?:là|vào|đến))?"
    r"|(?:thời\s)?hạn(?:\s(?:nộp|gửi|trình|báo\scáo|hoàn\sthành|thực\shiện))?(?:\s(?:là|đến|tới|vào))?"
    r"|trong(?=\sngày))(?:\s?:)?"
)
BOUND = rf"(?P<bound>{BEFORE}|{BY})"
_FIRST_DAY = rf"(?:ngày\s)?(?P<first>{FIGURE}(?:(?:[/.\-]|\stháng\s){FIGURE}(?:(?:[/.\-]|,?\snăm\s){FIGURE})?)?)"
_WHOLE_DATE = 3
# Words that may stand around a day or a span when nothing but it is written.
ALONE = r"^(?:-\s?)?(?:(?:thời\sgian\s)?(?:hoàn\sthành|thực\shiện|xong)\s?:?\s|thời\sgian\s?:?\s)?(?:(?:vào\slúc|vào|lúc)\s)?"
CLOSED = r"[\s.,;:)/]*$"


def until(day_end: datetime, day_start: datetime, bound: str | None, context: Context) -> datetime:
    """Return the end of a day or, where the bound is "trước" and the policy excludes the day, its beginning."""
    excludes = bound == BEFORE and not context.policy.before_includes_day
    return day_start if excludes else day_end


def _on_date(match: re.Match[str], context: Context) -> Finding:
    day = read_date(match, context)
    return fixed(until(end_of(day), midnight(day), match["bound"], context), context)


def _on_day(match: re.Match[str], context: Context) -> Finding:
    return fixed(end_of(read_date(match, context)), context)


def _on_letter_day(_match: re.Match[str], context: Context) -> Finding:
    return fixed(end_of(context.issue_day()), context)


def _at_time(match: re.Match[str], context: Context) -> Finding:
    # The clock is judged first: an impossible hour is one on any day.
    time = read_clock(match)
    return fixed(midnight(read_date(match, context)) + time, context)


def _range_end(match: re.Match[str], context: Context) -> Finding:
    end = read_date(match, context)
    first = [int(part) for part in re.findall(r"[0-9]+", match["first"])]
    if len(first) == _WHOLE_DATE and calendar_day(*reversed(first)) > end:
        raise ImpossiblePhraseError("the span ends before it begins", "khoảng thời gian kết thúc trước khi bắt đầu")
    return fixed(end_of(end), context)


def _time_alone(match: re.Match[str], _context: Context) -> Finding:
    read_clock(match)
    raise UnclearError("no-day")


def _no_bound(match: re.Match[str], context: Context) -> Finding:
    _at_time(match, context)
    # An hour without "trước" or "chậm nhất" says when a thing begins, not when it must be done.
    raise UnclearError("no-bound")


_MOMENT = rf"{CLOCK},?\s(?:của\s)?{DATE}"

RANGES = (rule("range", "BLDS 148.6", rf"(?P<bound>từ)\s{_FIRST_DAY}\s(?:đến|tới)\s(?:hết\s)?{DATE}", _range_end),)
TIMES = (rule("time", PLAIN, rf"{BOUND}\s?(?:(?:vào\s)?lúc\s)?{_MOMENT}", _at_time),)
DATES = (
    rule("before-date", POLICY, rf"(?P<bound>{BEFORE})\s{DATE}", _on_date),
    rule("by-date", "BLDS 148.6", rf"(?P<bound>{BY})\s?{DATE}", _on_date),
    rule("on-letter-day", PLAIN, r"(?P<bound>trong\sngày)(?=[\s.,;:)/]*$)", _on_letter_day),
)
TIMES_ALONE = (rule("time", PLAIN, rf"{BOUND}\s{CLOCK}", _time_alone),)
DATES_ALONE = (
    rule("time", PLAIN, rf"{ALONE}{_MOMENT}{CLOSED}", _no_bound),
    rule("on-date", "BLDS 148.6", rf"{ALONE}(?:(?:đến|tới)\s)?{DATE}{CLOSED}", _on_day),
)
