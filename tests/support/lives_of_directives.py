"""A directive's registered facts in, what is said of its deadlines out: pure, without database or broker."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from services.deadlines.desk import Desk
from services.deadlines.domain.calendar import midnight
from services.deadlines.domain.calendars import CalendarFact, Calendars
from services.deadlines.domain.due import Policy
from services.deadlines.domain.facts import Fact, fact_of
from services.deadlines.domain.life import DEADLINE, Fire, Life, overdue_stage
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.said import Event, Said
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, DirectiveIssued, MetBy, TaskAssigned
from shared.contracts.types import PlanStage
from shared.envelope import event_of

if TYPE_CHECKING:
    from services.deadlines.domain.dossier import Dossier

D1 = UUID("d1000000-0000-4000-8000-000000000001")
T1, T2 = (UUID(f"a1000000-0000-4000-8000-00000000000{n}") for n in (1, 2))
P1, P2 = (UUID(f"b1000000-0000-4000-8000-00000000000{n}") for n in (1, 2))
C1, C2 = (UUID(f"c1000000-0000-4000-8000-00000000000{n}") for n in (1, 2))
X1, X2 = (UUID(f"f2000000-0000-4000-8000-00000000000{n}") for n in (1, 2))
ISSUER, LEAD, HELPER, OTHER = (UUID(f"e1000000-0000-4000-8000-00000000000{n}") for n in (1, 2, 3, 4))


def on(day: int, month: int = 4, hour: int = 9) -> datetime:
    """Return an hour of a day of 2021 in Vietnam."""
    return midnight(datetime(2021, month, day).date()).replace(hour=hour)  # noqa: DTZ001  only its date counts


def until(day: int, month: int = 4) -> datetime:
    """Return the instant at which a day of 2021 is over."""
    return midnight(datetime(2021, month, day).date()).replace(hour=0) + (on(2) - on(1))  # noqa: DTZ001


def clause(phrase: str, name: str = "dự thảo", met_by: MetBy = "plan-submitted", stage: PlanStage | None = None) -> DeadlineClause:
    """Return a deadline of a task."""
    return DeadlineClause(name=name, met_by=met_by, phrase=phrase, plan_stage=stage)


class Case:
    """One directive at the desk of deadlines: facts are registered one after another, and the clock moves between them."""

    def __init__(self, calendars: Sequence[CalendarFact] = (), *, key: UUID = D1) -> None:
        self.key = key
        self.facts: list[Fact] = []
        self.said: list[Said] = []
        self.late: list[str] = []
        self.rules = Rules(Policy(), Calendars(calendars))
        self.dossiers: dict[UUID, Dossier] = {}
        self.lives: dict[UUID, Life] = {}
        self.looks: dict[UUID, datetime | None] = {}
        self.at_once = 50
        self._histories: dict[UUID, list[Fact]] = {key: []}

    def register(self, data: Contract, subject: UUID, received: datetime, at: datetime | None = None) -> list[Event]:
        """Register the next version of the directive; return what is said because of it."""
        version = len(self.facts) + 1
        event = event_of(data, id=f"fact-{version}", source="/agencies/test", subject=str(subject), key=str(self.key), time=received)
        stamped = msgspec.structs.replace(event, receivedtime=received, registeredtime=at or received, version=version)
        return self.take(fact_of(stamped, f"directives.events.v1/0/{version}"))

    def take(self, fact: Fact) -> list[Event]:
        """Take a fact that was registered; return what is said because of it."""
        self.facts.append(fact)
        desk = self._desk(fact.registered_at)
        desk.take(fact)
        self.late += [f"{event.data.NAME} {event.subject}" for event, _ in desk.late_requests]
        return self._heard(desk)

    def amend(self, *calendars: CalendarFact, at: datetime) -> list[Event]:
        """Let these calendar facts count from now on; return what is said because of them."""
        self.rules = Rules(Policy(), Calendars(calendars))
        desk = self._desk(at)
        desk.settle_calendar(self.key)
        return self._heard(desk)

    def tick(self, now: datetime) -> list[Event]:
        """Let the timers fire by the clock, until nothing is due; return what is said."""
        found: list[Said] = []
        while said := [*self._fire(now), *self._open(now)]:
            found += said
        return [said.data for said in found]

    def _open(self, now: datetime) -> list[Said]:
        """Set the occurrences whose series are due."""
        due = [series for series, at in self.looks.items() if at is not None and at <= now]
        desk = self._desk(now)
        if due:
            desk.open_occurrences(self.key, due, self.at_once)
            self._heard(desk)
        return [telling.said for telling in desk.tellings]

    def _fire(self, now: datetime) -> list[Said]:
        found: list[Said] = []
        for deadline, life in self.lives.items():
            stage = overdue_stage(life, self.rules.plan(life), now)
            for said in DEADLINE.decide(life, Fire(now=now, stage=stage)) if stage else ():
                self.lives[deadline] = DEADLINE.evolve(life, said)
                found.append(said)
        self.said += found
        return found

    def issue(self, received: datetime | None = None, issued_on: datetime | None = None) -> list[Event]:
        """Register the directive."""
        day = issued_on.date() if issued_on else None
        data = DirectiveIssued(key="15", issuer=ISSUER, subject="Kế hoạch", document_type="CV", symbol="UBND-NC", issued_on=day)
        return self.register(data, self.key, received or on(5))

    def assign(self, *clauses: DeadlineClause, task: UUID = T1, received: datetime | None = None) -> list[Event]:
        """Register a task."""
        data = TaskAssigned(
            number="1", content="Lập kế hoạch", lead=LEAD, coordinating=(HELPER,), deliverable="plan", deadlines=tuple(clauses)
        )
        return self.register(data, task, received or on(5))

    def life(self, name: str = "dự thảo", task: UUID = T1) -> Life:
        """Return the only deadline of a name that counts (or that was withdrawn last)."""
        found = [life for life in self.lives.values() if life.terms and (life.terms.name, life.terms.task) == (name, task)]
        return max(found, key=lambda life: (life.withdrawn is None, life.set_at))

    def due(self, name: str = "dự thảo", task: UUID = T1) -> datetime | None:
        """Return when a deadline falls due."""
        terms = self.life(name, task).terms
        return terms.due if terms else None

    def _desk(self, now: datetime) -> Desk:
        return Desk(self.dossiers, self.lives, self._histories, self.rules, now)

    def _heard(self, desk: Desk) -> list[Event]:
        self.looks |= {series: look.at for series, look in desk.looks.items()}
        self.said += [telling.said for telling in desk.tellings]
        return [telling.said.data for telling in desk.tellings]


def told(events: Sequence[Event]) -> list[str]:
    """Return the bare names of what was said: "set", "changed", "met", …."""
    return [event.NAME.removeprefix("deadline-") for event in events]
