"""Rules for duties that come back: "trước ngày 15 hằng tháng", "trước ngày 20 của tháng cuối quý", "định kỳ 6 tháng"."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import chain

import msgspec

from services.deadlines.domain.calendar import day_of, end_of, midnight
from services.deadlines.domain.dates import (
    ANY_YEAR,
    CLOCK,
    DAY_AND_MONTH,
    DAY_NUMBER,
    WEEKDAY,
    calendar_day,
    read_clock,
    read_weekday,
)
from services.deadlines.domain.due import ImpossiblePhraseError
from services.deadlines.domain.fixed import BOUND, until
from services.deadlines.domain.reading import PLAIN, Context, Finding, Reader, Rule, UnclearError, rule, settle
from services.deadlines.domain.spans import month_end
from services.deadlines.domain.wording import FIGURE_OR_WORDS, NUMBER, read_amount, read_number

_EVERY = r"(?:hằng|hàng|mỗi|từng)"
_QUARTER = r"(?:qu[ýí]|qúy)"
_BOUND = rf"(?:{BOUND}\s)?(?:{CLOCK},?\s)?"
_MONTHS_OF_QUARTER = {"đầu": 1, "giữa": 2, "thứ hai": 2, "cuối": 3}
_ALL_MONTHS = range(1, 13)
_DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SAFE_DAY = 28
_LEAP_YEAR = 2024


class _Monthly(msgspec.Struct, frozen=True, kw_only=True):
    """A day of some months; a month that lacks it ends with its last day (BLDS 148.3, by analogy)."""

    day: int
    months: tuple[int, ...]
    bound: str | None
    time: timedelta | None

    def due_in(self, year: int, month: int, context: Context) -> datetime:
        last = month_end(year, month)
        day = last.replace(day=min(self.day, last.day))
        if self.time is not None:
            return midnight(day) + self.time
        # Before the 31st of a month of 30 days means before that month is over.
        start = midnight(day) if self.day <= last.day else end_of(last)
        return until(end_of(day), start, self.bound, context)

    def dues(self, years: Iterable[int], context: Context) -> list[datetime]:
        return [self.due_in(year, month, context) for year in years for month in self.months]


def _rrule(dues: dict[bool, list[datetime]]) -> str:
    """Return the RRULE that gives one year's instants, from those of a common and of a leap year (keys: is leap)."""
    days = [day_of(due) for due in dues[False]]
    by_month = ",".join(str(month) for month in sorted({day.month for day in days}))
    if {day.day for day in chain(days, map(day_of, dues[True]))} == {days[0].day} and days[0].day <= _SAFE_DAY:
        if len(days) == 1:
            return f"FREQ=YEARLY;BYMONTH={by_month};BYMONTHDAY={days[0].day}"
        some = "" if len(days) == len(_ALL_MONTHS) else f";BYMONTH={by_month}"
        return f"FREQ=MONTHLY{some};BYMONTHDAY={days[0].day}"
    # Months differ in length, so days are counted from the year's start or, after February, from its end.
    pairs = zip(dues[False], dues[True], strict=True)
    numbers = sorted(_day_of_any_year(day_of(common), day_of(leap)) for common, leap in pairs)
    return f"FREQ=YEARLY;BYYEARDAY={','.join(map(str, numbers))}"


def _day_of_any_year(common: date, leap: date) -> int:
    from_start = common.timetuple().tm_yday
    return from_start if from_start == leap.timetuple().tm_yday else from_start - 366


def _recurring(recurrence: str, dues: Iterable[datetime], context: Context) -> Finding:
    """Return the recurrence with its first occurrence after the context's instant, settled by the policy."""
    after = context.after
    if after is None:
        return Finding(kind="recurring", recurrence=recurrence, reason="no-issue-date")
    due, skipped = min(settled for settled in (settle(due, context) for due in dues) if settled[0] > after)
    return Finding(kind="recurring", recurrence=recurrence, due=due, days_skipped=skipped)


def _monthly(match: re.Match[str], context: Context, day: int, months: Iterable[int]) -> Finding:
    if not 1 <= day <= 31:  # noqa: PLR2004  days of the longest month
        raise ImpossiblePhraseError(f"no month has a day {day}", f"không tháng nào có ngày {day}")
    time = read_clock(match) if match["hour"] else None
    every = _Monthly(day=day, months=tuple(months), bound=match["bound"], time=time)
    dues = {leap: every.dues([_LEAP_YEAR if leap else _LEAP_YEAR - 1], context) for leap in (False, True)}
    now = context.after.year if context.after else _LEAP_YEAR
    return _recurring(_rrule(dues), every.dues(range(now - 1, now + 3), context), context)


def _every_month(match: re.Match[str], context: Context) -> Finding:
    return _monthly(match, context, int(match["day"]), _ALL_MONTHS)


def _every_quarter(match: re.Match[str], context: Context) -> Finding:
    return _monthly(match, context, int(match["day"]), range(_MONTHS_OF_QUARTER[match["place"]], 13, 3))


def _every_year(match: re.Match[str], context: Context) -> Finding:
    day = calendar_day(ANY_YEAR, read_number(match["month"]), int(match["day"]))
    return _monthly(match, context, day.day, [day.month])


def _days_from(context: Context) -> list[date]:
    if context.after is None:
        return []
    return [day_of(context.after) + timedelta(days=n) for n in range(-14, 22)]


def _due_of_day(match: re.Match[str], day: date, context: Context) -> datetime:
    if match["hour"]:
        return midnight(day) + read_clock(match)
    return until(end_of(day), midnight(day), match["bound"], context)


def _every_week(match: re.Match[str], context: Context) -> Finding:
    weekday = read_weekday(match["weekday"])
    sample = date(_LEAP_YEAR, 1, 1) + timedelta(days=weekday)  # a Monday began that year
    name = _DAY_NAMES[day_of(_due_of_day(match, sample, context)).weekday()]
    days = (day for day in _days_from(context) if day.weekday() == weekday)
    return _recurring(f"FREQ=WEEKLY;BYDAY={name}", [_due_of_day(match, day, context) for day in days], context)


def _every_day(match: re.Match[str], context: Context) -> Finding:
    return _recurring("FREQ=DAILY", [_due_of_day(match, day, context) for day in _days_from(context)], context)


_PERIODS = {"ngày": "FREQ=DAILY", "tuần": "FREQ=WEEKLY", "tháng": "FREQ=MONTHLY", "năm": "FREQ=YEARLY"}


def _period_only(match: re.Match[str], context: Context) -> Finding:
    """Return the frequency alone: where only the period is known, its day is for an operator to say."""
    amount = read_amount(match["amount"], context.policy.horizon_years * 366) if match["amount"] else 1
    unit = match["unit"]
    if unit not in _PERIODS:
        unit, amount = "tháng", amount * 3
    interval = f";INTERVAL={amount}" if amount > 1 else ""
    return Finding(kind="recurring", recurrence=_PERIODS[unit] + interval, reason="day-unknown")


def _which_month(_match: re.Match[str], _context: Context) -> Finding:
    raise UnclearError("which-month")


_OF = r"\s(?:của\s)?"
_NOT_A_DATE = r"(?![/.\-][0-9]|\stháng)"
_NO_YEAR = r"(?![/.\-][0-9]|,?\snăm)"
_PLACE = r"(?P<place>đầu|giữa|thứ\shai|cuối)(?:\s(?:cùng|tiên))?"
_NEXT = r"(?:\s(?:sau|tiếp\stheo|kế\stiếp|liền\skề))?"
_UNIT = rf"(?P<unit>ngày|tuần|tháng|{_QUARTER}|năm)"
_ONCE = r"\s?/?\s?(?:(?:một|0?1)\s)?lần"


def _every(code: str, pattern: str, read: Reader) -> Rule:
    return rule(code, PLAIN, pattern, read, recurs=True)


RECURRING: tuple[Rule, ...] = (
    _every("every-quarter", rf"{_BOUND}{DAY_NUMBER}{_OF}tháng\s{_PLACE}{_OF}(?:{_EVERY}\s)?{_QUARTER}{_NEXT}", _every_quarter),
    _every("every-month", rf"{_BOUND}{DAY_NUMBER}{_OF}{_EVERY}\stháng", _every_month),
    _every("every-month", rf"{_EVERY}\stháng,?\s{_BOUND}{DAY_NUMBER}{_NOT_A_DATE}", _every_month),
    _every("every-year", rf"{_BOUND}{DAY_AND_MONTH}{_OF}{_EVERY}\snăm", _every_year),
    _every("every-year", rf"{_EVERY}\snăm,?\s{_BOUND}{DAY_AND_MONTH}{_NO_YEAR}", _every_year),
    _every("every-week", rf"{_BOUND}(?:ngày\s)?{WEEKDAY},?{_OF}{_EVERY}\stuần", _every_week),
    _every("every-day", rf"(?:{BOUND}\s)?{CLOCK},?\s{_EVERY}\sngày", _every_day),
)
WHICH_MONTH: tuple[Rule, ...] = (rule("day-of-month", PLAIN, rf"{BOUND}\s{DAY_NUMBER}{_OF}tháng(?!\s{FIGURE_OR_WORDS})", _which_month),)
PERIODS: tuple[Rule, ...] = (
    _every("period", rf"định\sk[ỳì]\s(?:{_EVERY}\s)?(?:(?P<amount>{NUMBER})\s)?{_UNIT}(?:{_ONCE})?", _period_only),
    _every("period", rf"{_EVERY}\s(?:(?P<amount>{NUMBER})\s)?{_UNIT}(?:{_ONCE})?", _period_only),
    _every("period", rf"(?P<amount>{NUMBER})\s{_UNIT}{_ONCE}", _period_only),
)
