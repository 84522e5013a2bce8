"""From the words of a deadline to its instant: every phrase is read by one rule, or it is left to an operator.

A day, hour or number that cannot exist raises ImpossiblePhraseError. A phrase that can be read in two ways, that says
several things, or that does not fit its letter (a day before it, a year far beyond it) is unresolved, with the reason.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache

from services.deadlines.domain.calendar import VIETNAM, WorkingCalendar, last_good_day, midnight
from services.deadlines.domain.dates import check_plausible
from services.deadlines.domain.due import Due, Policy, Proof
from services.deadlines.domain.fixed import DATES, DATES_ALONE, RANGES, TIMES, TIMES_ALONE
from services.deadlines.domain.reading import POLICY, Context, Finding, Rule, UnclearError, rule
from services.deadlines.domain.recurring import PERIODS, RECURRING, WHICH_MONTH
from services.deadlines.domain.spans import POINTS, SPANS, SPANS_ALONE
from services.deadlines.domain.terms import NO_START, TERMS
from services.deadlines.domain.wording import check_rest, even

DEFAULT_POLICY = Policy()
REMEMBERED = 1_000


def _elsewhere(_match: re.Match[str], _context: Context) -> Finding:
    raise UnclearError("by-reference")


def _no_date(_match: re.Match[str], _context: Context) -> Finding:
    return Finding(kind="none")


_BY_REFERENCE = rule(
    "by-reference",
    POLICY,
    r"đúng\s(?:thời\s(?:gian|hạn)|hạn|tiến\sđộ)|theo\s(?:đúng\s)?(?:(?:thời\s(?:gian|hạn)|tiến\sđộ)\s)?"
    r"(?:quy\sđịnh|kế\shoạch|yêu\scầu|hướng\sdẫn|tiến\sđộ|thời\s(?:gian|hạn))",
    _elsewhere,
)
_NO_DATE = rule("no-date", POLICY, r"thường\sxuyên|liên\stục|khẩn\strương|ngay|kịp\sthời|lập\stức|sớm", _no_date)

# The first tier with a match decides: "khẩn trương, trước ngày 16/4/2021" has a date, whatever else it says.
# Within a tier an earlier rule takes its words away from later ones; two matches are two deadlines.
_TIERS: tuple[tuple[Rule, ...], ...] = (
    (*RECURRING, *TERMS, *RANGES, *TIMES, *DATES, *SPANS, *WHICH_MONTH, *NO_START, *TIMES_ALONE),
    (*DATES_ALONE, *SPANS_ALONE),
    (*POINTS, *PERIODS),
)
# Words without a date: a reference wins, since there is a date somewhere; saying them twice says nothing more.
_WORDS = (_BY_REFERENCE, _NO_DATE)


def compute(
    phrase: str,
    *,
    issued_on: date | None,
    received_at: datetime | None,
    calendar: WorkingCalendar = VIETNAM,
    policy: Policy = DEFAULT_POLICY,
) -> Due:
    """Return what a phrase of a letter of that day comes to; raise ImpossiblePhraseError for what cannot exist.

    `received_at` (aware) is when the unit received the letter; terms from receipt are pending without it. For a recurring
    deadline `due` is the first one after the letter's day has begun.
    """
    context = Context(
        issued_on=issued_on,
        received_at=received_at,
        calendar=calendar,
        policy=policy,
        after=midnight(issued_on) if issued_on else None,
    )
    return _judge(phrase, context)


def next_occurrence(phrase: str, *, after: datetime, calendar: WorkingCalendar = VIETNAM, policy: Policy = DEFAULT_POLICY) -> Due:
    """Return a recurring phrase with its first occurrence after the instant; other phrases are read without a letter."""
    return _judge(phrase, Context(issued_on=None, received_at=None, calendar=calendar, policy=policy, after=after))


def _judge(phrase: str, context: Context) -> Due:
    text = even(phrase)
    found, matches = _read(text)  # remembered: a series is read once for each occurrence
    try:
        finding = _find(text, found, matches, context)
    except UnclearError as unclear:
        finding = Finding(kind="unresolved", reason=unclear.reason)
    proof = _proof(phrase, found, finding, context)
    return Due(kind=finding.kind, due=finding.due, recurrence=finding.recurrence, proof=proof, opens_at=finding.opens_at)


@lru_cache(REMEMBERED)
def _read(text: str) -> tuple[Rule | None, list[re.Match[str]]]:
    """Return the rule that reads the text, with its match and all others of its tier."""
    for tier in _TIERS:
        if matches := list(_matches(text, tier)):
            return matches[0][0], [match for _, match in matches]
    for words in _WORDS:
        if match := words.pattern.search(text):
            return words, [match]
    return None, []


def _matches(text: str, tier: tuple[Rule, ...]) -> Iterator[tuple[Rule, re.Match[str]]]:
    for candidate in tier:
        for match in candidate.pattern.finditer(text):
            yield candidate, match
            text = text[: match.start()] + "\0" * len(match[0]) + text[match.end() :]


def _find(text: str, found: Rule | None, matches: list[re.Match[str]], context: Context) -> Finding:
    if found is None:
        raise UnclearError("not-understood")
    if len(matches) > 1:
        raise UnclearError("several-deadlines")
    match = matches[0]
    before, after = text[: match.start()], text[match.end() :]
    finding = found.read(match, context)
    check_rest(before, after, is_bound=_is_bound(match), recurs=found.recurs)
    if finding.due and finding.kind != "recurring":
        check_plausible(finding.due, context)
    return finding


def _is_bound(match: re.Match[str]) -> bool:
    """Say whether the words begin with "trước", "trong" or their like; words without a date never do."""
    return match.groupdict("").get("bound", "") != ""


def _proof(phrase: str, found: Rule | None, finding: Finding, context: Context) -> Proof:
    last = last_good_day(finding.due) if finding.due else None
    return Proof(
        phrase=phrase,
        rule=found.code if found else "unknown",
        ground=found.ground if found else POLICY,
        calendar_version=context.calendar.version,
        reason=finding.reason,
        counted_from=finding.counted_from,
        days_skipped=finding.days_skipped,
        last_good_day=last,
        provisional=finding.kind == "period" and last is not None and not context.calendar.is_settled(last),
    )
