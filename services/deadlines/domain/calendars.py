"""The calendar over time: which days were known to be worked at which instant, by the facts that had been registered until then."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from services.deadlines.domain.calendar import VIETNAM, RegisteredYear, WorkingCalendar


class CalendarFact(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar-amended that counts: what it says of its year, its event's id, and since when it is registered."""

    fact: str
    registered_at: datetime
    year: RegisteredYear


class Calendars:
    """The calendars that were in force one after another; a fact that was voided is not among them, as if it had never been."""

    def __init__(self, facts: Iterable[CalendarFact] = (), base: WorkingCalendar = VIETNAM) -> None:
        ordered = sorted(facts, key=lambda each: (each.registered_at, each.year.year, each.year.version))
        years: dict[int, RegisteredYear] = {}
        steps = [base]
        for each in ordered:
            years[each.year.year] = each.year
            steps.append(base.with_years(dict(years)))
        self.facts = tuple(ordered)
        self.steps: Sequence[WorkingCalendar] = steps
        self.since: Sequence[datetime] = [each.registered_at for each in ordered]
        self.token = token_of((each.year.year, each.year.version) for each in ordered)

    @property
    def newest(self) -> WorkingCalendar:
        """Return the calendar in force now."""
        return self.steps[-1]

    @property
    def newest_fact(self) -> str | None:
        """Return the id of the fact that amended it last, None where none did."""
        return self.facts[-1].fact if self.facts else None

    def step_at(self, instant: datetime | None) -> int:
        """Return which calendar was in force at an instant; None asks for the newest."""
        return len(self.since) if instant is None else bisect_right(self.since, instant)


def token_of(versions: Iterable[tuple[int, int]]) -> str:
    """Return a name for a set of calendar facts, given as (year, version): the same set has the same name."""
    text = ",".join(f"{year}.{version}" for year, version in sorted(versions))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
