"""Given-when-then for the life of one deadline: commands in, what was said out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from services.deadlines.domain.calendar import midnight
from services.deadlines.domain.due import Policy
from services.deadlines.domain.life import DEADLINE, Command, Event, Fire, Life, Meet, Said, Set
from services.deadlines.domain.rules import Rules
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineSet, Proof
from shared.contracts.directives import MetBy
from shared.contracts.types import PlanStage

DEADLINE_ID = UUID("f1000000-0000-4000-8000-000000000001")
TASK = UUID("a1000000-0000-4000-8000-000000000001")
DIRECTIVE = UUID("d1000000-0000-4000-8000-000000000001")
UNIT = UUID("e1000000-0000-4000-8000-000000000002")
RULES = Rules(Policy())


def april(day: int, hour: int = 0) -> datetime:
    return midnight(datetime(2021, 4, day).date()) + timedelta(hours=hour)  # noqa: DTZ001  only its date counts


SET_AT = april(5)
DUE = april(16)
"""One of the letter's deadlines: before 16 April; its reminders fall on 12 and 14 April."""


def set_event(due: datetime | None = DUE, plan_stage: PlanStage | None = "draft", met_by: MetBy = "plan-submitted") -> DeadlineSet:
    return DeadlineSet(
        deadline=DEADLINE_ID, task=TASK, directive=DIRECTIVE, task_number="1.b", content="Lập kế hoạch", lead=UNIT, name="dự thảo",
        met_by=met_by, plan_stage=plan_stage, due=due, kind="fixed" if due else "unresolved",
        proof=Proof(phrase="trước ngày 16/4/2021", rule="before", ground="plain reading", calendar_version="1"),
    )  # fmt: skip


def begin(due: datetime | None = DUE, at: datetime = SET_AT) -> Set:
    return Set(id="set", since=at, data=set_event(due))


def fire(name: str, now: datetime, due: datetime = DUE) -> Fire:
    stage = next(stage for stage in RULES.plan(DEADLINE.fold(DEADLINE.decide(Life(), begin(due)))) if stage.name == name)
    return Fire(id=name, now=now, stage=stage)


def meet(fact: str, received_at: datetime) -> Meet:
    return Meet(id=f"met by {fact}", since=received_at, fact=fact, received_at=received_at)


@dataclass
class Scenario:
    """A history of commands, the last of which is under test."""

    life: Life = field(default_factory=lambda: DEADLINE.initial)
    last: Sequence[Said] = ()

    def when(self, command: Command) -> Self:
        self.last = DEADLINE.decide(self.life, command)
        for said in self.last:
            self.life = DEADLINE.evolve(self.life, said)
        return self

    def then_nothing(self) -> None:
        assert list(self.last) == []

    def then(self, expected: type[Contract]) -> Event:
        [said] = self.last
        assert type(said.data) is expected
        return said.data


def given(*commands: Command) -> Scenario:
    scenario = Scenario()
    for command in commands:
        scenario.when(command)
    return scenario
