"""Given-when-then for the life of one deadline: commands in, what was said out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from msgspec import structs

from services.deadlines.domain.aims import meeting_of
from services.deadlines.domain.calendar import midnight
from services.deadlines.domain.dossier import Delivery
from services.deadlines.domain.due import Policy
from services.deadlines.domain.life import DEADLINE, Command, Fire, Life, Settle
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.running import Running
from services.deadlines.domain.said import Event, Said
from services.deadlines.domain.targets import Aim
from shared.contracts import Contract
from shared.contracts.deadlines import ChangeReason, DeadlineEvent, DeadlineKind, DeadlineSet, Proof
from shared.contracts.directives import MetBy
from shared.contracts.types import PlanStage

DEADLINE_ID = UUID("f1000000-0000-4000-8000-000000000001")
TASK = UUID("a1000000-0000-4000-8000-000000000001")
DIRECTIVE = UUID("d1000000-0000-4000-8000-000000000001")
UNIT = UUID("e1000000-0000-4000-8000-000000000002")
RULES = Rules(Policy())
PROOF = Proof(phrase="trước ngày 16/4/2021", rule="before", ground="plain reading", calendar_version="1")


def april(day: int, hour: int = 0) -> datetime:
    return midnight(datetime(2021, 4, day).date()) + timedelta(hours=hour)  # noqa: DTZ001  only its date counts


SET_AT = april(5)
DUE = april(16)
"""One of the letter's deadlines: before 16 April; its reminders fall on 12 and 14 April."""


def terms(due: datetime | None = DUE, plan_stage: PlanStage | None = "draft", met_by: MetBy = "plan-submitted") -> DeadlineEvent:
    return DeadlineEvent(
        deadline=DEADLINE_ID, task=TASK, directive=DIRECTIVE, task_number="1.b", content="Lập kế hoạch", lead=UNIT, name="dự thảo",
        met_by=met_by, plan_stage=plan_stage, due=due,
    )  # fmt: skip


def set_event(due: datetime | None = DUE) -> DeadlineSet:
    more = {name: getattr(terms(due), name) for name in DeadlineEvent.__struct_fields__}
    return DeadlineSet(**more, kind="fixed" if due else "unresolved", proof=PROOF)


def aim(due: datetime | None = DUE, kind: DeadlineKind | None = None) -> Aim:
    return Aim(terms=terms(due), kind=kind or ("fixed" if due else "unresolved"), recurrence=None, proof=PROOF)


def settle(what: Aim, at: datetime, fact: str = "fact", why: ChangeReason = "clarified", *, begins: bool = False) -> Settle:
    return Settle(aim=what, why=why, fact=fact, changed_by=fact, trigger=fact, since=at, begins=begins)


def begin(due: datetime | None = DUE, at: datetime = SET_AT) -> Settle:
    return settle(aim(due), at, "begin", begins=True)


def fire(name: str, now: datetime, due: datetime = DUE) -> Fire:
    stage = next(stage for stage in RULES.plan(DEADLINE.fold(DEADLINE.decide(Life(), begin(due)))) if stage.name == name)
    return Fire(now=now, stage=stage)


@dataclass(frozen=True)
class Meet:
    """A fact that meets the deadline is registered at an instant, having been received at another."""

    fact: str
    received_at: datetime
    at: datetime


def meet(fact: str, received_at: datetime, at: datetime | None = None) -> Meet:
    return Meet(fact, received_at, at or received_at)


@dataclass
class Scenario:
    """A history of commands, the last of which is under test."""

    life: Life = field(default_factory=lambda: DEADLINE.initial)
    last: Sequence[Said] = ()
    aim: Aim | None = None
    handed_in: list[Delivery] = field(default_factory=list)

    def when(self, command: Command | Meet) -> Self:
        if isinstance(command, Settle):
            self.aim = command.aim
        if isinstance(command, Meet):
            self.handed_in.append(Delivery("plan-submitted", "draft", None, command.fact, command.received_at, command.at))
            if self.aim is None:
                return self
            command = settle(self._met(self.aim), command.at, command.fact)
        self.last = DEADLINE.decide(self.life, command)
        for said in self.last:
            self.life = DEADLINE.evolve(self.life, said)
        return self

    def _met(self, what: Aim) -> Aim:
        running = Running(kind=what.kind, due=what.terms.due, recurrence=None, proof=what.proof)
        return structs.replace(what, meeting=meeting_of(self.handed_in, running))

    def then_nothing(self) -> None:
        assert list(self.last) == []

    def then(self, expected: type[Contract]) -> Event:
        [said] = self.last
        assert type(said.data) is expected
        return said.data


def given(*commands: Command | Meet) -> Scenario:
    scenario = Scenario()
    for command in commands:
        scenario.when(command)
    return scenario
