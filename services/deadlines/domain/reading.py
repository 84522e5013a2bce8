"""What the rules of wording share: the circumstances of a phrase, what a rule finds in it, and a rule's form."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from services.deadlines.domain.calendar import WorkingCalendar, last_good_day
from services.deadlines.domain.due import Kind, Policy, Reason

PLAIN = "plain reading"
POLICY = "policy"


class UnclearError(Exception):
    """The words allow no single reading; caught where a phrase is judged, and told as an unresolved deadline."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a phrase alone does not say: when the letter was issued and received, the calendar and the policy.

    A recurring deadline is looked for after `after`.
    """

    issued_on: date | None
    received_at: datetime | None
    calendar: WorkingCalendar
    policy: Policy
    after: datetime | None

    def issue_day(self) -> date:
        """Return the day of the letter, or raise UnclearError when it is unknown."""
        if self.issued_on is None:
            raise UnclearError("no-issue-date")
        return self.issued_on


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule read out of a phrase, before it is judged against the letter's date."""

    kind: Kind
    due: datetime | None = None
    recurrence: str | None = None
    reason: Reason | None = None
    counted_from: date | None = None
    days_skipped: tuple[date, ...] = ()
    opens_at: datetime | None = None


Reader = Callable[[re.Match[str], Context], Finding]


class Rule(NamedTuple):
    """One way of wording a deadline: its stable code, the law or custom behind it, its pattern and its reading."""

    code: str
    ground: str
    pattern: re.Pattern[str]
    read: Reader
    recurs: bool = False


def rule(code: str, ground: str, pattern: str, read: Reader, *, recurs: bool = False) -> Rule:
    """Return a rule whose pattern begins and ends at the edge of a word, and never inside a date."""
    return Rule(code, ground, re.compile(rf"(?<!\w)(?<![0-9][/.\-])(?:{pattern})(?!\w)"), read, recurs)


def settle(due: datetime, context: Context) -> tuple[datetime, tuple[date, ...]]:
    """Return a fixed date and the days skipped: none, unless the policy rolls it (BLDS 148.5 speaks of periods only)."""
    if not context.policy.roll_fixed_dates:
        return due, ()
    last = last_good_day(due)
    rolled = context.calendar.next_working_day(last)
    return due + (rolled - last), context.calendar.days_off_within(last, rolled)


def fixed(due: datetime, context: Context) -> Finding:
    """Return the finding of a fixed date, settled by the policy."""
    settled, skipped = settle(due, context)
    return Finding(kind="fixed", due=settled, days_skipped=skipped)
