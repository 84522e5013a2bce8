"""The rules of one office: its calendars and policy, with answers remembered, since many deadlines share a phrase or an instant."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

import msgspec

from services.deadlines.domain.calendar import WorkingCalendar
from services.deadlines.domain.calendars import Calendars
from services.deadlines.domain.due import Due, ImpossiblePhraseError, Policy
from services.deadlines.domain.life import MISSED, Life
from services.deadlines.domain.phrases import compute, next_occurrence
from services.deadlines.domain.stages import Stage, stages
from shared.contracts.deadlines import DeadlineKind, Proof

REMEMBERED = 10_000


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a phrase comes to, in the words of our events; `opens_at` is where the span that it names begins."""

    kind: DeadlineKind
    due: datetime | None = None
    recurrence: str | None = None
    proof: Proof
    opens_at: datetime | None = None


class Rules:
    """Reads phrases and plans stages with one policy and the calendars that were in force one after another."""

    def __init__(self, policy: Policy, calendars: Calendars | None = None) -> None:
        self.policy = policy
        self.calendars = calendars or Calendars()
        self._readings = lru_cache(REMEMBERED)(self._read)
        self._occurrences = lru_cache(REMEMBERED)(self._read_after)
        self._plans = lru_cache(REMEMBERED)(self._plan)

    @property
    def calendar(self) -> WorkingCalendar:
        """Return the calendar in force."""
        return self.calendars.newest

    def read(self, phrase: str, issued_on: date | None, received_at: datetime | None = None, step: int = -1) -> Reading:
        """Return what a phrase comes to by one of the calendars (the newest one unless told).

        An impossible phrase (31/4/2021) is unresolved, since its task stands all the same.
        """
        return self._readings(phrase, issued_on, received_at, step)

    def read_after(self, phrase: str, after: datetime, step: int = -1) -> Reading:
        """Return a phrase that comes back with its first occurrence after an instant, by one of the calendars."""
        return self._occurrences(phrase, after, step)

    def plan(self, life: Life) -> Sequence[Stage]:
        """Return the stages of a deadline in order: none without an instant, and no reminder from before it fell on that instant."""
        if life.terms is None or life.terms.due is None:
            return ()
        plan, moved_at = self._plans(life.terms.due), life.moved_at
        if moved_at is None or moved_at <= plan[0].at:
            return plan
        return [stage for stage in plan if stage.name == MISSED or stage.at >= moved_at]

    def _read(self, phrase: str, issued_on: date | None, received_at: datetime | None, step: int) -> Reading:
        calendar = self.calendars.steps[step]
        try:
            return _reading_of(compute(phrase, issued_on=issued_on, received_at=received_at, calendar=calendar, policy=self.policy))
        except ImpossiblePhraseError as error:
            proof = Proof(phrase=phrase, rule="impossible", ground="plain reading", calendar_version=calendar.version, reason=str(error))
            return Reading(kind="unresolved", proof=proof)

    def _read_after(self, phrase: str, after: datetime, step: int) -> Reading:
        return _reading_of(next_occurrence(phrase, after=after, calendar=self.calendars.steps[step], policy=self.policy))

    def _plan(self, due: datetime) -> tuple[Stage, ...]:
        return stages(due, self.calendar, self.policy)


def _reading_of(due: Due) -> Reading:
    return Reading(kind=due.kind, due=due.due, recurrence=due.recurrence, proof=_proof_of(due), opens_at=due.opens_at)


def _proof_of(due: Due) -> Proof:
    proof = due.proof
    return Proof(
        phrase=proof.phrase,
        rule=proof.rule,
        ground=proof.ground,
        calendar_version=proof.calendar_version,
        days_skipped=tuple(day.isoformat() for day in proof.days_skipped),
        last_good_day=proof.last_good_day.isoformat() if proof.last_good_day else None,
        counted_from=proof.counted_from,
        provisional=proof.provisional,
        reason=proof.reason,
    )
