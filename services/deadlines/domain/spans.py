"""Rules for spans of the calendar ("trong tháng 4", "6 tháng đầu năm") and their points ("cuối tháng", "giữa năm")."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from services.deadlines.domain.calendar import end_of, midnight
from services.deadlines.domain.dates import YEAR_OF_PERIOD, read_year
from services.deadlines.domain.due import ImpossiblePhraseError
from services.deadlines.domain.fixed import ALONE, BEFORE, BY, CLOSED, until
from services.deadlines.domain.reading import PLAIN, Context, Finding, Reader, Rule, fixed, rule
from services.deadlines.domain.wording import FIGURE, FIGURE_OR_WORDS, NUMBER, read_number

_MONTHS = 12
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_THIS_OR_NEXT = {"này": 0, "nay": 0, "sau": 1, "tới": 1}

# "trong tháng" with nothing after it means the letter's own month; before other words it could mean anything.
_OWN = r"(?:\s(?P<which>này|nay|sau|tới)|(?=[\s.,;:)/]*$|\s?[,.;:)]))"
_MONTH = rf"tháng(?:\s(?P<month>{FIGURE_OR_WORDS}){YEAR_OF_PERIOD}|{_OWN})"
_QUARTER = rf"(?:qu[ýí]|qúy)(?:\s(?P<quarter>[ivx]+|{FIGURE_OR_WORDS}){YEAR_OF_PERIOD}|{_OWN})"
_YEAR = rf"năm(?:\s(?P<year>{FIGURE})|{_OWN})"
_PART = rf"(?P<count>{NUMBER})\stháng\s(?P<end>đầu|cuối)\s(?:của\s)?năm(?:\s(?P<year>{FIGURE}|nay|này))?"


class Span(NamedTuple):
    """A span of the calendar by its first and last day."""

    first: date
    last: date


_Read = Callable[[re.Match[str], Context], Span]
_Points = dict[str, Callable[[Span], date]]


def month_end(year: int, month: int) -> date:
    """Return the last day of the month."""
    return date(year, month, monthrange(year, month)[1])


def months_later(day: date, count: int) -> date:
    """Return the matching day count months later, or that month's last day where it has none (BLDS 148.3)."""
    years, month = divmod(day.month - 1 + count, _MONTHS)
    last = month_end(day.year + years, month + 1)
    return last.replace(day=min(day.day, last.day))


def _months(year: int, first: int, count: int, written: str) -> Span:
    if not 1 <= first <= first + count - 1 <= _MONTHS:
        raise ImpossiblePhraseError(f"a year has no {written!r}", f"một năm không có “{written}”")
    return Span(date(year, first, 1), month_end(year, first + count - 1))


def _own(match: re.Match[str], context: Context, length: int) -> Span:
    issued = context.issue_day()
    within = (issued.month - 1) // length * length + 1
    first = months_later(date(issued.year, within, 1), length * _THIS_OR_NEXT.get(match["which"], 0))
    return Span(first, month_end(first.year, first.month + length - 1))


def _written_year(match: re.Match[str], context: Context) -> int:
    return read_year(match["short_year"] or match["year"], context)


def _month(match: re.Match[str], context: Context) -> Span:
    if not match["month"]:
        return _own(match, context, 1)
    month = read_number(match["month"])
    return _months(_written_year(match, context), month, 1, f"tháng {month}")


def _quarter(match: re.Match[str], context: Context) -> Span:
    written = match["quarter"]
    if not written:
        return _own(match, context, 3)
    quarter = _QUARTERS.get(written) or (0 if written.strip("ivx") == "" else read_number(written))
    return _months(_written_year(match, context), quarter * 3 - 2, 3, f"quý {written}")


def _year(match: re.Match[str], context: Context) -> Span:
    if not match["year"]:
        return _own(match, context, _MONTHS)
    year = read_year(match["year"], context)
    return Span(date(year, 1, 1), date(year, 12, 31))


def _part(match: re.Match[str], context: Context) -> Span:
    count = read_number(match["count"])
    first = 1 if match["end"] == "đầu" else _MONTHS - count + 1
    return _months(read_year(match["year"], context), first, count, f"{count} tháng {match['end']} năm")


def _within(read: _Read) -> Reader:
    """Return a reader for a whole span: it ends after its last day, or where it begins when the bound is "trước"."""

    def find(match: re.Match[str], context: Context) -> Finding:
        span = read(match, context)
        if match["bound"] == BEFORE:
            return Finding(kind="fixed", due=midnight(span.first))
        return Finding(kind="fixed", due=end_of(span.last), opens_at=midnight(span.first))

    return find


def _at_point(read: _Read, points: _Points) -> Reader:
    """Return a reader for the beginning, the middle or the end of a span, each a day by law (BLDS 146)."""

    def find(match: re.Match[str], context: Context) -> Finding:
        day = points[match["point"]](read(match, context))
        return fixed(until(end_of(day), midnight(day), match["bound"], context), context)

    return find


_OF_MONTH: _Points = {"đầu": lambda s: s.first, "giữa": lambda s: s.first.replace(day=15), "cuối": lambda s: s.last}
_OF_YEAR: _Points = {"đầu": lambda s: s.first, "giữa": lambda s: date(s.first.year, 6, 30), "cuối": lambda s: s.last}
_OF_QUARTER: _Points = {"cuối": lambda s: s.last}

_BOUND = rf"(?P<bound>{BEFORE}|trong|{BY})\s"
_POINT_BOUND = rf"(?:(?P<bound>{BEFORE}|trong|vào|{BY})\s)?(?:ngày\s)?"
_LOOSE_BOUND = rf"{ALONE}(?P<bound>(?:đến|tới)\s)?"
_SPANS = (
    ("months-of-year", _PART, _part),
    ("month", _MONTH, _month),
    ("quarter", _QUARTER, _quarter),
    ("year", _YEAR, _year),
)

SPANS: tuple[Rule, ...] = tuple(rule(code, PLAIN, _BOUND + span, _within(read)) for code, span, read in _SPANS)
SPANS_ALONE: tuple[Rule, ...] = tuple(rule(code, PLAIN, _LOOSE_BOUND + span + CLOSED, _within(read)) for code, span, read in _SPANS)


def _point(code: str, ground: str, span: str, read: _Read, points: _Points) -> Rule:
    return rule(code, ground, rf"{_POINT_BOUND}(?P<point>{'|'.join(points)})\s{span}", _at_point(read, points))


POINTS: tuple[Rule, ...] = (
    _point("point-of-month", "BLDS 146.2", _MONTH, _month, _OF_MONTH),
    _point("end-of-quarter", PLAIN, _QUARTER, _quarter, _OF_QUARTER),
    _point("point-of-year", "BLDS 146.3", _YEAR, _year, _OF_YEAR),
)
