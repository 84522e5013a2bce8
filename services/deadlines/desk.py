"""Facts taken one after another: what each makes of the dossiers, and what is to be said of the deadlines that it touches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from services.deadlines.domain.aims import Line, gone_because, lines_of
from services.deadlines.domain.dossier import EMPTY, Dossier
from services.deadlines.domain.evolving import evolve, fold, tasks_of
from services.deadlines.domain.facts import Fact
from services.deadlines.domain.life import DEADLINE, Command, Life, Settle, Withdraw
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.targets import Aim
from services.deadlines.projections import Dossiers
from services.deadlines.repository import Lives, Telling
from shared.contracts import Contract
from shared.contracts.deadlines import ChangeReason, DeadlineEvent
from shared.contracts.directives import DirectiveCorrected, DirectiveIssued, TaskAssigned
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.tasks import TaskAccepted, TaskReassigned, TaskReceived, TaskReopened, TaskResumed, TaskSuspended
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled, PlanReturned
from shared.envelope import Event, event_of

SOURCE = "/services/deadlines"
TOO_LATE = "Đề nghị gia hạn được gửi sau khi thời hạn đã hết."
"""Why a request for more time is refused, in the words of the fact that the unit reads."""

REASONS: Final[Mapping[type[Contract], ChangeReason]] = {
    DirectiveIssued: "directive-corrected",
    DirectiveCorrected: "directive-corrected",
    DeadlineClarified: "clarified",
    TaskReceived: "received",
    TaskAccepted: "received",
    TaskReassigned: "reassigned",
    TaskSuspended: "suspended",
    TaskResumed: "resumed",
    TaskReopened: "reopened",
    ExtensionGranted: "extension-granted",
    PlanReturned: "plan-returned",
    ConferenceCancelled: "conference-cancelled",
    FactVoided: "fact-voided",
}
"""Why a fact changes a deadline; one that is not listed finds a calendar that was amended a moment ago."""


@dataclass(frozen=True, slots=True)
class Because:
    """Why something is said: a fact, or calendars that were amended; `changed_by` is what a change names.

    `begins` where deadlines that were withdrawn are set again instead of changed, as occurrences are where the fact `moves` no deadline.
    """

    key: UUID
    cause: str
    traceparent: str | None
    why: ChangeReason
    fact: str
    changed_by: str
    trigger: str
    since: datetime
    begins: bool
    moves: bool = True

    def settle(self, aim: Aim) -> Settle:
        """Return the command that leads to an aim."""
        begins = self.begins or (not self.moves and aim.terms.series is not None)
        return Settle(
            aim=aim, why=self.why, fact=self.fact, changed_by=self.changed_by, trigger=self.trigger, since=self.since, begins=begins
        )  # fmt: skip

    def withdraw(self, terms: DeadlineEvent, dossier: Dossier) -> Withdraw:
        """Return the command that ends a deadline which is none of its task's any more."""
        return Withdraw(why=gone_because(terms, dossier, self.why), fact=self.fact, trigger=self.trigger, since=self.since)


class Look(NamedTuple):
    """When a series of a directive is to be looked at: its next occurrence begins; None where none follows as things are."""

    directive: UUID
    at: datetime | None


class Desk:
    """The dossiers and lives that some facts concern."""

    def __init__(self, dossiers: Dossiers, lives: Lives, histories: Mapping[UUID, list[Fact]], rules: Rules, now: datetime) -> None:
        self.rules = rules
        self.dossiers = dossiers
        self.tellings: list[Telling] = []
        self.late_requests: list[tuple[Event, str]] = []
        self.looks: dict[UUID, Look] = {}
        self._lives = lives
        self._histories = histories
        self._now = now
        self._by_task: dict[UUID, list[UUID]] = {}
        for deadline in lives:
            self._index(deadline)

    def touched(self) -> Lives:
        """Return the deadlines of which something was said."""
        return {key: self._lives[key] for key in dict.fromkeys(telling.said.data.deadline for telling in self.tellings)}

    def learn(self, fact: Fact) -> None:
        """Take a fact into its directive's dossier; a voided one is taken out by folding the others anew."""
        before = self.dossiers.get(fact.key)
        history = self._histories.get(fact.key)
        if history is not None and (not history or history[-1].version < fact.version):
            history.append(fact)
        if not isinstance(fact.event.data, FactVoided):
            self.dossiers[fact.key] = evolve(before or EMPTY, fact)
        elif before is not None:
            self.dossiers[fact.key] = fold(self._histories[fact.key])

    def take(self, fact: Fact) -> None:
        """Take a fact, and say what it makes of the deadlines of its tasks."""
        known = self.dossiers.get(fact.key)
        self.learn(fact)
        dossier = self.dossiers.get(fact.key)
        if dossier is None:
            return  # what was voided is no fact of a directive
        tasks = dict.fromkeys(tasks_of(dossier, fact))
        if known is not None and isinstance(fact.event.data, FactVoided):
            tasks |= dict.fromkeys(known.tasks)
        self._settle(dossier, tasks, because_of(fact, self.rules))
        self.judge_request(fact)

    def settle_calendar(self, directive: UUID) -> None:
        """Say what the calendars in force make of a directive's deadlines."""
        dossier = self.dossiers[directive]
        self._settle(dossier, dossier.tasks, because_of_calendars(directive, self.rules, self._now))

    def open_occurrences(self, directive: UUID, series: Iterable[UUID], most: int) -> None:
        """Set the occurrences of some series that have begun by now, of each at most so many: the next look goes on."""
        dossier, wanted = self.dossiers[directive], set(series)
        self.looks |= dict.fromkeys(wanted, Look(directive, None))
        for task in dossier.tasks:
            for line in self._lines(directive, task, dossier, most) if wanted & self._series_of(task, dossier) else ():
                if line.series in wanted:
                    self._open(directive, line)

    def look_ahead(self, directive: UUID) -> None:
        """Find when the series of a directive are to be looked at, saying nothing."""
        for task in self.dossiers[directive].tasks:
            for line in self._lines(directive, task, self.dossiers[directive]):
                self._look(directive, line)

    def judge_request(self, fact: Fact) -> None:
        """Refuse a request for more time that was received when the deadline had passed, as its directive's dossier is now."""
        dossier, data = self.dossiers.get(fact.key), fact.event.data
        if dossier is None or not isinstance(data, ExtensionRequested) or data.task not in dossier.tasks:
            return
        lines = [line for line in self._lines(fact.key, data.task, dossier) if line.aims[-1][1].terms.name == data.name]
        if lines and all(line.next_at is None and _has_passed(line, fact.received_at) for line in lines):
            self.late_requests.append((_refusal(fact), fact.cause))

    def _open(self, directive: UUID, line: Line) -> None:
        for deadline, aim in line.aims:
            life = self._lives.get(deadline)
            if life is None or (life.withdrawn is not None and aim.withdrawn is None):
                because = because_of_time(directive, deadline, life or DEADLINE.initial, self._now)
                self._decide(deadline, because.settle(aim), because)
        self._look(directive, line)

    def _look(self, directive: UUID, line: Line) -> None:
        if line.comes_back:
            self.looks[line.series] = Look(directive, line.next_at)

    def _series_of(self, task: UUID, dossier: Dossier) -> set[UUID]:
        return {clause.deadline for clause in dossier.tasks[task].clauses}

    def _lines(self, directive: UUID, task: UUID, dossier: Dossier, more: int = 0) -> list[Line]:
        return lines_of(directive, task, dossier, self.rules, self._known(task), self._now, more)

    def _known(self, task: UUID) -> Mapping[UUID, int]:
        """Return how many occurrences of each series of a task have been set, those that were withdrawn too."""
        known: dict[UUID, int] = {}
        for deadline in self._by_task.get(task, ()):
            terms = self._lives[deadline].terms
            if terms is not None and terms.series is not None:
                known[terms.series] = max(known.get(terms.series, 1), terms.occurrence or 1)
        return known

    def _settle(self, dossier: Dossier, tasks: Iterable[UUID], because: Because) -> None:
        for task in tasks:
            lines = self._lines(because.key, task, dossier) if task in dossier.tasks else []
            aims = {deadline: aim for line in lines for deadline, aim in line.aims}
            for deadline, aim in aims.items():
                self._decide(deadline, because.settle(aim), because)
            for deadline in [each for each in self._by_task.get(task, ()) if each not in aims]:
                self._end(deadline, dossier, because)
            for line in lines:
                self._look(because.key, line)

    def _end(self, deadline: UUID, dossier: Dossier, because: Because) -> None:
        life = self._lives[deadline]
        if life.terms is None:
            return
        command = because.withdraw(life.terms, dossier)
        # What was done in its time stays done when a series goes on under other words.
        if not (life.met and life.terms.series and command.why == "task-reopened"):
            self._decide(deadline, command, because)

    def _decide(self, deadline: UUID, command: Command, because: Because) -> None:
        life = self._lives.get(deadline, DEADLINE.initial)
        if life.terms is not None and life.terms.directive != because.key:
            return  # a task of the same id in another directive has deadlines that nobody else moves
        for said in DEADLINE.decide(life, command):
            is_new = deadline not in self._lives
            self._lives[deadline] = life = DEADLINE.evolve(life, said)
            if is_new:
                self._index(deadline)
            self.tellings.append(
                Telling(said=said, cause=because.cause, said_at=self._now, traceparent=because.traceparent)
            )  # fmt: skip

    def _index(self, deadline: UUID) -> None:
        terms = self._lives[deadline].terms
        if terms is not None:
            self._by_task.setdefault(terms.task, []).append(deadline)


def _has_passed(line: Line, at: datetime) -> bool:
    due = line.aims[-1][1].terms.due
    return due is not None and due <= at


def _refusal(fact: Fact) -> Event:
    """Return the answer to a late request; its id is UUIDv5 of the request and the version that registered it, so it is one for ever."""
    answer = ExtensionRefused(reason=TOO_LATE)
    name = str(uuid5(fact.subject, f"too late/{fact.version}"))
    return event_of(answer, id=name, source=SOURCE, subject=str(fact.subject), key=str(fact.key), time=fact.registered_at)


def because_of(fact: Fact, rules: Rules) -> Because:
    """Return that a fact was registered."""
    why = REASONS.get(type(fact.event.data))
    return Because(
        key=fact.key, cause=fact.cause, traceparent=fact.event.traceparent, why=why or "calendar-amended", fact=fact.event.id,
        changed_by=fact.event.id if why else rules.calendars.newest_fact or fact.event.id, trigger=str(fact.version),
        since=fact.registered_at, begins=isinstance(fact.event.data, TaskAssigned), moves=why is not None,
    )  # fmt: skip


def because_of_calendars(directive: UUID, rules: Rules, now: datetime) -> Because:
    """Return that the calendars were amended; where the last amendment was voided, the set of those that count stands for the fact."""
    token = rules.calendars.token
    fact = rules.calendars.newest_fact or token
    return Because(
        key=directive, cause=f"timer/calendar/{token}", traceparent=None, why="calendar-amended", fact=fact, changed_by=fact,
        trigger=f"calendar/{token}", since=now, begins=False,
    )  # fmt: skip


def because_of_time(directive: UUID, deadline: UUID, life: Life, now: datetime) -> Because:
    """Return that an occurrence of a series has begun; one that had been withdrawn is set again, as often as that is."""
    return Because(
        key=directive, cause=f"timer/{deadline}/begins", traceparent=None, why="calendar-amended", fact=str(deadline),
        changed_by=str(deadline), trigger=f"begins/{life.changes}", since=now, begins=True,
    )  # fmt: skip
