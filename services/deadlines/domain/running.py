"""How a deadline runs: from the reading of its words through the suspensions and named days that came after, by the calendar of its time.

- A period moves by the days for which its task was suspended (working days of a period in working days, hours of one in hours); a day off
  at its new end is rolled (BLDS 148.5). A fixed day stays: a suspension moves it only where the fact that ends it names another day.
- A suspension stops only a deadline that had not passed when it began. What is received meanwhile is on time.
- A day that the issuer named is moved by nothing but a later one, or by new words.
- A calendar that is amended moves what is still to come at that instant and was not met before it; the rest stays as it was computed.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from services.deadlines.domain.calendar import WorkingCalendar, day_of, end_of, last_good_day
from services.deadlines.domain.dossier import Clause, Dossier, Move, NamedDay, Pause, Task
from services.deadlines.domain.rules import Reading, Rules
from shared.contracts.deadlines import DeadlineKind, Proof


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """Where a deadline has come to; `stopped` are the suspensions that it stood still in, the last one open while its end is None."""

    kind: DeadlineKind
    due: datetime | None
    recurrence: str | None
    proof: Proof
    opens_at: datetime | None = None
    stopped: tuple[tuple[datetime, datetime | None], ...] = ()

    def is_on_time(self, received_at: datetime) -> bool | None:
        """Return whether work received at an instant is on time; None where nobody knows."""
        if any(start <= received_at and (end is None or received_at < end) for start, end in self.stopped):
            return True
        return None if self.due is None else received_at < self.due

    @property
    def is_stopped(self) -> bool:
        """Return whether the deadline stands still now."""
        return bool(self.stopped) and self.stopped[-1][1] is None


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What a deadline runs by: its reading by one of the calendars, since when its words are known, what moves it."""

    read: Callable[[int], Reading]
    known_at: datetime
    moves: Sequence[Move] = ()
    suspended_at: datetime | None = None


def run(course: Course, rules: Rules, until: datetime | None = None) -> Running:
    """Return where a deadline has come to, by the calendars that were known until an instant (when it was met; None: by all)."""
    calendars = rules.calendars
    step = calendars.step_at(course.known_at)
    running = _run(course, calendars.steps[step], step)
    for later in range(step + 1, len(calendars.steps)):
        amended_at = calendars.since[later - 1]
        if until is not None and amended_at >= until:
            break
        if running.due is not None and running.due > amended_at:
            running = _run(course, calendars.steps[later], later)
    return running


def course_of(dossier: Dossier, task: Task, clause: Clause, rules: Rules) -> Course:
    """Return what a clause runs by that falls due once, or for the first time."""
    received_at = task.received.received_at if task.received else None
    return Course(
        read=lambda step: rules.read(clause.phrase, dossier.issued_on, received_at, step),
        known_at=_known_at(dossier, task, clause, rules), moves=clause.moves, suspended_at=task.suspended_at,
    )  # fmt: skip


def _known_at(dossier: Dossier, task: Task, clause: Clause, rules: Rules) -> datetime:
    """Return when all that the words are read with was known: they themselves, the day of issue, the day of receipt."""
    known = [clause.since]
    received_at = task.received.received_at if task.received else None
    without_day = rules.read(clause.phrase, None, received_at)
    if dossier.dated_at and _differs(without_day, rules.read(clause.phrase, dossier.issued_on, received_at)):
        known.append(dossier.dated_at)
    if task.received and rules.read(clause.phrase, dossier.issued_on).kind == "pending":
        known.append(task.received.registered_at)
    return max(known)


def _differs(one: Reading, other: Reading) -> bool:
    return (one.kind, one.due, one.proof.reason) != (other.kind, other.due, other.proof.reason)


def _run(course: Course, calendar: WorkingCalendar, step: int) -> Running:
    reading = course.read(step)
    running = Running(
        kind=reading.kind, due=reading.due, recurrence=reading.recurrence, proof=reading.proof, opens_at=reading.opens_at
    )  # fmt: skip
    for move in course.moves:
        running = _moved(running, move, calendar)
    return _stopped(running, course.suspended_at)


def _moved(running: Running, move: Move, calendar: WorkingCalendar) -> Running:
    if isinstance(move, NamedDay):
        return _named(running, move, calendar)
    return _paused(running, move, calendar) if isinstance(move, Pause) else running


def _stopped(running: Running, suspended_at: datetime | None) -> Running:
    if suspended_at is None or running.due is None or running.due <= suspended_at:
        return running
    return replace(running, stopped=(*running.stopped, (suspended_at, None)))


def _named(running: Running, named: NamedDay, calendar: WorkingCalendar) -> Running:
    proof = Proof(
        phrase=running.proof.phrase, rule="named-day", ground=named.ground, calendar_version=calendar.version,
        last_good_day=named.last_good_day.isoformat(),
    )  # fmt: skip
    kind: DeadlineKind = "granted" if named.ground == "extension-granted" else "fixed"
    return Running(kind=kind, due=end_of(named.last_good_day), recurrence=None, proof=proof, stopped=running.stopped)


def _paused(running: Running, pause: Pause, calendar: WorkingCalendar) -> Running:
    if running.due is None or running.due <= pause.start:
        return running
    stopped = replace(running, stopped=(*running.stopped, (pause.start, pause.end)))
    return _shifted(stopped, running.due, pause, calendar) if running.kind == "period" else stopped


def _shifted(running: Running, due: datetime, pause: Pause, calendar: WorkingCalendar) -> Running:
    if running.proof.rule == "hours":
        return replace(running, due=due + (pause.end - pause.start))
    first, last = day_of(pause.start), day_of(pause.end)
    if running.proof.rule == "working-days":
        days = calendar.working_days_between(first, last)
        end = calendar.add_working_days(last_good_day(due), days)
    else:
        days = (last - first).days
        end = calendar.next_working_day(last_good_day(due) + timedelta(days=days))
    proof = replace(running.proof, last_good_day=end.isoformat(), suspended_days=running.proof.suspended_days + days)
    return replace(running, due=end_of(end), proof=proof)
