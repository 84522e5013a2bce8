"""Days and hours as letters write them, from 16/4/2021 to "17 giờ 00, thứ Sáu, ngày 16 tháng 4"."""

import re
from datetime import date, datetime, timedelta

from services.deadlines.domain.calendar import ONE_DAY, day_of, last_good_day, midnight
from services.deadlines.domain.due import ImpossiblePhraseError
from services.deadlines.domain.reading import Context, UnclearError
from services.deadlines.domain.wording import FIGURE, FIGURE_OR_WORDS, read_number

_SEPARATOR = r"[/.\-]"
_YEAR_DIGITS = 4
_SHORT_YEAR_DIGITS = 2
# A leap year that no letter can mean: what it lacks, every year lacks.
ANY_YEAR = 4
# The state that these letters come from, and a century ahead: no other year is ever meant.
_FIRST_YEAR, _LAST_YEAR = 1945, 2100

DAY_NUMBER = rf"(?:ngày\s)?(?:m[ùồ]ng\s)?(?P<day>{FIGURE})"
DAY_AND_MONTH = rf"{DAY_NUMBER}(?:{_SEPARATOR}|\stháng\s)(?P<month>{FIGURE_OR_WORDS})"
YEAR_IN_WORDS = rf",?\s(?:của\s)?năm\s(?P<year>{FIGURE}|nay|này)"
YEAR_OF_PERIOD = rf"(?:{_SEPARATOR}(?P<short_year>[0-9]{{4}})(?![0-9])|{YEAR_IN_WORDS})?"
WRITTEN_DATE = rf"{DAY_AND_MONTH}(?:(?:{_SEPARATOR}|,?\snăm\s)(?P<year>{FIGURE}|nay|này))?"
NAMED_DAY = r"(?:ngày\s)?(?:hôm\s)?(?P<named>nay|mai)(?!\w)"

WEEKDAYS = ("hai", "ba", "tư", "năm", "sáu", "bảy")
_WEEKDAY_NAME = rf"(?:thứ\s(?:{'|'.join(WEEKDAYS)}|[2-7])|chủ\snhật)(?!\w)"
WEEKDAY = rf"(?P<weekday>{_WEEKDAY_NAME})"
DATE = (
    rf"(?:(?:ngày\s)?{WEEKDAY},?\s?\(?)?(?:{WRITTEN_DATE}|{NAMED_DAY})\)?"
    rf"(?:,?\s?\(?(?P<weekday_after>{_WEEKDAY_NAME})\)?)?"
)
CLOCK = (
    rf"(?P<hour>{FIGURE})\s?(?:giờ|h|g|:)\s?(?:(?P<minute>[0-9]{{1,2}})(?![0-9])\s?(?:phút|')?)?"
    r"(?:\s(?P<part>sáng|trưa|chiều|tối|đêm))?"
)

# Which hours a part of the day may name as they are, and which of the twelve-hour clock it moves to the afternoon.
_PARTS: dict[str, tuple[range, range]] = {
    "sáng": (range(12), range(0)),
    "trưa": (range(10, 14), range(1, 2)),
    "chiều": (range(13, 19), range(1, 7)),
    "tối": (range(18, 24), range(6, 12)),
    "đêm": (range(20, 25), range(0)),
}


def calendar_day(year: int, month: int, day: int) -> date:
    """Return the day, or raise ImpossiblePhraseError where the calendar has none, in ANY_YEAR where the year is open."""
    try:
        return date(year, month, day)
    except ValueError:
        written = f"{day}/{month}" if year == ANY_YEAR else f"{day}/{month}/{year}"
        raise ImpossiblePhraseError(f"there is no day {written}", f"không có ngày {written}") from None


def read_year(digits: str | None, context: Context) -> int:
    """Return the year written, or the letter's when none is; two digits are not enough to tell a year."""
    if digits is None or not digits.isdigit():
        return context.issue_day().year
    if len(digits) == _YEAR_DIGITS and _FIRST_YEAR <= int(digits) <= _LAST_YEAR:
        return int(digits)
    if len(digits) <= _SHORT_YEAR_DIGITS:
        raise UnclearError("unclear-year")
    raise ImpossiblePhraseError(f"no letter can mean the year {digits}", f"không thể có năm {digits}")


def read_date(match: re.Match[str], context: Context) -> date:
    """Return the day that DATE matched; a weekday written beside it must agree."""
    day = _read_day(match, context)
    for name in (match["weekday"], match["weekday_after"]):
        if name and read_weekday(name) != day.weekday():
            raise UnclearError("weekday-disagrees")
    return day


def _read_day(match: re.Match[str], context: Context) -> date:
    if match["named"]:
        return context.issue_day() + (ONE_DAY if match["named"] == "mai" else timedelta(0))
    month, day = read_number(match["month"]), int(match["day"])
    # Day and month may be impossible in every year, even when the year is not known.
    calendar_day(ANY_YEAR, month, day)
    return calendar_day(read_year(match["year"], context), month, day)


def read_weekday(name: str) -> int:
    """Return the weekday, Monday being 0, of "thứ hai", "thứ 2" or "chủ nhật"."""
    last = name.rsplit(maxsplit=1)[-1]
    if last.isdigit():
        return int(last) - 2
    return WEEKDAYS.index(last) if last in WEEKDAYS else 6


def read_clock(match: re.Match[str]) -> timedelta:
    """Return the time of day that CLOCK matched, as the time since midnight; 24 giờ is the day's end."""
    hour, minute, part = int(match["hour"]), int(match["minute"] or 0), match["part"]
    time = timedelta(hours=_hour_in_part(hour, part), minutes=minute)
    if minute >= 60 or time > ONE_DAY:  # noqa: PLR2004  minutes of an hour
        written = f"{hour:02}:{minute:02}"
        raise ImpossiblePhraseError(f"there is no time {written}", f"không có giờ {written}")
    return time


def _hour_in_part(hour: int, part: str | None) -> int:
    if part is None:
        return hour
    as_written, of_twelve = _PARTS[part]
    if hour in as_written:
        return hour
    if hour in of_twelve:
        return hour + 12
    raise UnclearError("unclear-hour")


def check_plausible(due: datetime, context: Context) -> None:
    """Raise UnclearError where a deadline lies before its letter or beyond the policy's horizon: likely a misprint."""
    if context.issued_on and due <= midnight(context.issued_on):
        raise UnclearError("before-issue")
    known = context.issued_on or (context.received_at and day_of(context.received_at))
    if known and last_good_day(due).year - known.year > context.policy.horizon_years:
        raise UnclearError("too-far")
