"""The occurrences of a duty that comes back: which there are by an instant, and which fact meets which (docs/decisions/0020).

A clause is unrolled from its words through its pauses to its present wording, together with what was handed in, in order of receipt:

- One occurrence ends where the next one begins: at the instant that the words name, whatever more time the issuer gave for the first.
- What is handed in meets the earliest occurrence that nothing has met, of those that had begun; the present period's is the last of them.
  A second fact of one period meets nothing.
- For time in which the task was put off, or over, no occurrence is made: the one that was ahead falls on the first instant after that,
  unless it had been met, or the issuer named a day for it.
- Other words take over the occurrence that is ahead; those that have passed stay.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from services.deadlines.domain.dossier import Clause, Delivery, Dossier, Move, NamedDay, Task, Words
from services.deadlines.domain.periods import period_of
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.running import Course, Running, course_of, run


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One occurrence: it is set at `begins_at` (None: with the task), the next one at `ends_at` (None: none follows yet, or ever)."""

    ordinal: int
    begins_at: datetime | None
    ends_at: datetime | None
    running: Running
    period: str | None
    delivery: Delivery | None


def id_of(series: UUID, ordinal: int) -> UUID:
    """Return an occurrence's id: the first one has the series' own, later ones UUIDv5 of it and their number."""
    return series if ordinal == 1 else uuid5(series, str(ordinal))


def comes_back(dossier: Dossier, task: Task, clause: Clause, rules: Rules) -> bool:
    """Return whether a clause is a series, or was one under words that it had before."""
    return any(_recurs(dossier, task, words, rules) for words in clause.wordings)


def _recurs(dossier: Dossier, task: Task, words: Words, rules: Rules) -> bool:
    received_at = task.received.received_at if task.received else None
    return rules.read(words.phrase, dossier.issued_on, received_at).kind == "recurring"


def unroll(
    dossier: Dossier,
    task: Task,
    clause: Clause,
    handed_in: Sequence[tuple[Delivery, datetime | None]],
    rules: Rules,
    most: int,
    now: datetime,
) -> list[Occurrence]:
    """Return the first occurrences of a series: at most so many, and none after the first that is yet to begin.

    `handed_in` is what may meet the clause, each with when the task was opened again after it, if it was. A clause whose words never had
    an instant gives nothing.
    """
    return _Unrolling(dossier, task, clause, handed_in, rules).take(most, now)


class _Slot:
    """An occurrence in the making."""

    def __init__(self, ordinal: int, begins_at: datetime | None) -> None:
        self.ordinal = ordinal
        self.begins_at = begins_at
        self.falls_at: datetime | None = None
        self.ends_at: datetime | None = None
        self.delivery: Delivery | None = None
        self.course: Course | None = None
        self.period: str | None = None


class _Unrolling:
    """Places occurrences one after another, and hands each what was received for it."""

    def __init__(
        self, dossier: Dossier, task: Task, clause: Clause, handed_in: Sequence[tuple[Delivery, datetime | None]], rules: Rules
    ) -> None:
        self._dossier, self._task, self._clause, self._rules = dossier, task, clause, rules
        self._queue = sorted(handed_in, key=lambda each: (each[0].received_at, each[0].registered_at, each[0].fact), reverse=True)
        self._open: list[_Slot] = []
        self._slots: list[_Slot] = []
        self._is_vague = False

    def take(self, most: int, now: datetime) -> list[Occurrence]:
        for slot in self._place():
            self._slots.append(slot)
            if slot.delivery is None:
                self._open.append(slot)
            if len(self._slots) == most or (slot.begins_at is not None and slot.begins_at > now):
                break
        while self._open and self._queue:
            # What was received after the last of them is late for those before; more than that waits for occurrences to come.
            self._open.pop(0).delivery = self._queue.pop()[0]
        return [self._made(slot) for slot in self._slots]

    def _made(self, slot: _Slot) -> Occurrence:
        assert slot.course is not None  # noqa: S101  each slot that was placed has one
        until = slot.delivery.registered_at if slot.delivery else None
        running = run(slot.course, self._rules, until)
        return Occurrence(
            ordinal=slot.ordinal, begins_at=slot.begins_at, ends_at=slot.ends_at, running=running, period=slot.period,
            delivery=slot.delivery,
        )  # fmt: skip

    def _place(self) -> Iterator[_Slot]:
        slot, after = _Slot(1, None), None
        for words in self._clause.wordings:
            while self._fall(slot, words, after):
                yield slot
                ends_at = slot.ends_at
                if ends_at is None:
                    return
                slot, after = _Slot(slot.ordinal + 1, ends_at), max(ends_at, words.since)
            after = words.until
        yield from self._place_last(slot)

    def _place_last(self, slot: _Slot) -> Iterator[_Slot]:
        """Yield the occurrence that words without instants of their own, or with a single one, took over."""
        if slot.ordinal > 1:
            slot.course = course_of(self._dossier, self._task, self._clause, self._rules)
            self._hand_over(slot, None)
            yield slot

    def _fall(self, slot: _Slot, words: Words, after: datetime | None) -> bool:
        """Place a slot on its instant by some words; return whether they last that long (and name instants at all)."""
        if not _recurs(self._dossier, self._task, words, self._rules):
            self._is_vague = True
            return False
        while True:
            course = self._course(words, after)
            plain = run(replace(course, moves=(), suspended_at=None), self._rules)
            if plain.due is None:
                self._is_vague = True
                return False
            if self._is_vague and after is not None and slot.ordinal == 1:
                # Nobody knows for which period that was which came while no day was known.
                self._pass_over(after)
            self._is_vague = False
            if words.until is not None and plain.due > words.until:
                self._hand_over(slot, words.until)
                return False
            slot.falls_at = plain.due
            is_stopped = self._task.suspended_at is not None and plain.due > self._task.suspended_at
            self._hand_over(slot, None if is_stopped else plain.due)
            pause = None if is_stopped else next((p for p in _pauses(words) if p[0] < plain.due <= p[1]), None)
            if pause is not None:
                self._hand_over(slot, pause[1])
                if slot.delivery is None and not _is_named(words, pause[1]):
                    after = pause[1]
                    continue
            slot.ends_at = None if is_stopped else pause[1] if pause else plain.due
            slot.course = replace(course, moves=_moves_of(slot, words), suspended_at=self._task.suspended_at)
            slot.period = _period_of(plain)
            return True

    def _course(self, words: Words, after: datetime | None) -> Course:
        if after is None:
            return course_of(self._dossier, self._task, self._first(words), self._rules)
        return Course(read=lambda step: self._rules.read_after(words.phrase, after, step), known_at=after)

    def _first(self, words: Words) -> Clause:
        return replace(self._clause, phrase=words.phrase, since=words.since, moves=words.moves, earlier=())

    def _hand_over(self, slot: _Slot, until: datetime | None) -> None:
        """Let what was received before an instant (None: all that there is) meet the open occurrences, then the slot."""
        while self._queue and (until is None or self._queue[-1][0].received_at < until):
            delivery, opened_again_at = self._queue.pop()
            if self._open:
                self._open.pop(0).delivery = delivery
            elif slot.delivery is None and not (opened_again_at and slot.falls_at and slot.falls_at > opened_again_at):
                slot.delivery = delivery

    def _pass_over(self, until: datetime) -> None:
        while self._queue and self._queue[-1][0].received_at < until:
            self._queue.pop()


def _pauses(words: Words) -> Iterator[tuple[datetime, datetime]]:
    return ((move.start, move.end) for move in words.moves if not isinstance(move, NamedDay))


def _is_named(words: Words, resumed_at: datetime) -> bool:
    return any(isinstance(move, NamedDay) and (move.ground, move.at) == ("task-resumed", resumed_at) for move in words.moves)


def _moves_of(slot: _Slot, words: Words) -> tuple[Move, ...]:
    return tuple(move for move in words.moves if not isinstance(move, NamedDay) or _is_ahead(slot, move))


def _is_ahead(slot: _Slot, named: NamedDay) -> bool:
    """Return whether the slot was the occurrence ahead when a day was asked for."""
    if named.at is None:
        return False
    # A fact that ends a pause names the day of the occurrence that fell into it, which ends with the pause.
    is_resumed = named.ground == "task-resumed"
    if slot.begins_at is not None and (named.at < slot.begins_at or (is_resumed and named.at == slot.begins_at)):
        return False
    return slot.ends_at is None or named.at < slot.ends_at or (is_resumed and named.at == slot.ends_at)


def _period_of(plain: Running) -> str | None:
    if plain.recurrence is None or plain.proof.last_good_day is None:
        return None
    # Days off may have moved it: the first of them is the day that the words name.
    day = min((plain.proof.last_good_day, *plain.proof.days_skipped))
    return period_of(plain.recurrence, date.fromisoformat(day))
