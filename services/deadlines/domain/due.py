"""What a deadline's wording comes to: the instant, or why there is none, with the proof."""

from datetime import date, datetime
from typing import Literal

import msgspec

from shared.errors import RefusedError

Kind = Literal["fixed", "period", "recurring", "none", "unresolved", "pending"]

Reason = Literal[
    "before-issue",
    "by-reference",
    "day-unknown",
    "no-bound",
    "no-day",
    "no-hour",
    "no-issue-date",
    "no-start",
    "not-received",
    "not-understood",
    "numbers-disagree",
    "other-start",
    "several-deadlines",
    "too-far",
    "unclear-hour",
    "unclear-year",
    "unread-words",
    "weekday-disagrees",
    "which-month",
]


class ImpossiblePhraseError(RefusedError):
    """The phrase names a day, hour or number that no calendar or clock has, such as 31/4/2021."""

    def __init__(self, reason: str, reason_vi: str) -> None:
        super().__init__("impossible-phrase", reason, reason_vi)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the law leaves open, as one deployment or issuer settles it; stages are in working days before the end."""

    before_includes_day: bool = False
    roll_fixed_dates: bool = False
    horizon_years: int = 10
    approaching: tuple[int, ...] = (3, 1)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """How a deadline was computed: the words, the rule, its ground, and the days that the calendar made it skip.

    `provisional` marks an end in a year whose days off are not announced yet.
    """

    phrase: str
    rule: str
    ground: str
    calendar_version: str
    reason: Reason | None = None
    counted_from: date | None = None
    days_skipped: tuple[date, ...] = ()
    last_good_day: date | None = None
    provisional: bool = False


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A computed deadline: work at `t` is on time when `t < due`; `recurrence` is an RFC 5545 RRULE that starts at `due`.

    `opens_at` is where the span begins that the words allow ("trong tháng 4"); None where they name an end only.
    """

    kind: Kind
    due: datetime | None
    recurrence: str | None
    proof: Proof
    opens_at: datetime | None = None
