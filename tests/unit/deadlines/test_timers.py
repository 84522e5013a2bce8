"""Which stage fires when: planned one after another, and under any interleaving of facts and clock steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from hypothesis import given as given_any
from hypothesis import strategies as st

from services.deadlines.domain.due import Policy
from services.deadlines.domain.life import DEADLINE, Command, Fire, Life, next_stage, overdue_stage
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.said import Event, Said, name_of
from services.deadlines.domain.stages import Stage
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from tests.support.lives import RULES, Meet, Scenario, april, begin, given, meet


def _name(stage: Stage | None) -> str | None:
    return stage.name if stage else None


def test_after_downtime_the_latest_stage_is_due_and_not_the_ones_before() -> None:
    life = given(begin()).life
    assert [_name(overdue_stage(life, RULES.plan(life), april(day))) for day in (11, 12, 14, 15, 16, 30)] == [
        None, "approaching-3", "approaching-1", "approaching-1", "missed", "missed",
    ]  # fmt: skip


def test_stages_come_one_after_another_until_none_is_left() -> None:
    scenario = given(begin())
    coming = []
    while stage := next_stage(scenario.life, RULES.plan(scenario.life)):
        coming.append(stage.name)
        scenario.when(Fire(now=stage.at, stage=stage))
    assert coming == ["approaching-3", "approaching-1", "missed"]


def test_a_reminder_from_before_the_deadline_was_set_is_not_planned_but_missed_is() -> None:
    life = given(begin(at=april(13))).life
    assert [stage.name for stage in RULES.plan(life)] == ["approaching-1", "missed"]
    life = given(begin(at=april(20))).life
    assert [stage.name for stage in RULES.plan(life)] == ["missed"]


def test_a_reminder_at_the_very_instant_of_setting_is_planned() -> None:
    life = given(begin(at=april(12))).life
    assert [stage.name for stage in RULES.plan(life)] == ["approaching-3", "approaching-1", "missed"]


def test_the_rules_of_an_office_are_those_of_its_calendar_and_policy() -> None:
    weekly = Rules(Policy(approaching=(7,)))
    life = DEADLINE.fold(DEADLINE.decide(Life(), begin(at=april(1))))
    assert [stage.name for stage in weekly.plan(life)] == ["approaching-7", "missed"]
    assert weekly.plan(Life()) == ()


# Random histories: hours are counted from 5 April; facts carry any receipt, and the clock only goes forward.
HOURS = st.integers(min_value=0, max_value=24 * 30)
STEPS = st.lists(st.one_of(st.tuples(st.just("clock"), HOURS), st.tuples(st.just("fact"), HOURS)), max_size=25)
DUES = st.sampled_from([april(6), april(16), april(20, hour=17), april(30)])
SET_AT = st.sampled_from([april(5), april(13), april(25)])


@dataclass
class Played:
    """A random history, played by the rules of the timers."""

    due: datetime
    set_at: datetime
    said: list[Said] = field(default_factory=list)
    received: list[datetime] = field(default_factory=list)
    scenario: Scenario = field(default_factory=Scenario)

    def play(self, steps: Sequence[tuple[str, int]]) -> Self:
        now = self.set_at
        self._say(begin(self.due, self.set_at))
        for n, (kind, hours) in enumerate(steps):
            if kind == "clock":
                now += timedelta(hours=hours / 5)
                if stage := overdue_stage(self.scenario.life, RULES.plan(self.scenario.life), now):
                    self._say(Fire(now=now, stage=stage))
            else:
                received = min(now, april(5) + timedelta(hours=hours))
                self.received.append(received)
                self._say(meet(f"fact-{n}", received, now))
        assert self.scenario.life == DEADLINE.fold(self.said)
        return self

    def _say(self, command: Command | Meet) -> None:
        self.said += self.scenario.when(command).last

    def of(self, kind: type[Event]) -> list[Said]:
        return [said for said in self.said if isinstance(said.data, kind)]


@given_any(due=DUES, set_at=SET_AT, steps=STEPS)
def test_whatever_happens_a_stage_fires_at_most_once_in_order_and_never_early(
    due: datetime, set_at: datetime, steps: list[tuple[str, int]]
) -> None:
    said = Played(due, set_at).play(steps).said
    fired = [each for each in said if isinstance(each.data, DeadlineApproaching | DeadlineMissed)]
    instants = [each.data.stage_at for each in fired if isinstance(each.data, DeadlineApproaching | DeadlineMissed)]
    assert len({name_of(each.data) for each in fired}) == len(fired)
    assert instants == sorted(instants)
    assert all(each.since >= at for each, at in zip(fired, instants, strict=True))
    assert len({each.id for each in said}) == len(said)


@given_any(due=DUES, set_at=SET_AT, steps=STEPS)
def test_whatever_happens_a_fact_from_before_due_ends_as_met_on_time(due: datetime, set_at: datetime, steps: list[tuple[str, int]]) -> None:
    played = Played(due, set_at).play(steps)
    met = [each.data.on_time for each in played.said if isinstance(each.data, DeadlineMet)]
    expected = any(received < due for received in played.received)
    assert (met[-1] if met else None) == (expected if played.received else None)
    assert met in ([], [True], [False], [False, True])


@given_any(due=DUES, set_at=SET_AT, steps=STEPS)
def test_whatever_happens_nothing_is_fired_after_the_deadline_was_met(
    due: datetime, set_at: datetime, steps: list[tuple[str, int]]
) -> None:
    kinds = [type(each.data) for each in Played(due, set_at).play(steps).said]
    after = kinds[kinds.index(DeadlineMet) :] if DeadlineMet in kinds else []
    assert set(after) <= {DeadlineMet}


@given_any(due=DUES, set_at=SET_AT, steps=STEPS)
def test_whatever_happens_a_deadline_that_has_passed_is_met_or_missed(
    due: datetime, set_at: datetime, steps: list[tuple[str, int]]
) -> None:
    played = Played(due, set_at).play([*steps, ("clock", 24 * 30 * 5)])
    assert played.of(DeadlineMissed) or played.of(DeadlineMet)


@given_any(due=DUES, set_at=SET_AT, steps=STEPS)
def test_whatever_happens_a_correction_names_what_was_said(due: datetime, set_at: datetime, steps: list[tuple[str, int]]) -> None:
    played = Played(due, set_at).play(steps)
    missed = [each.id for each in played.of(DeadlineMissed)]
    late = [each.id for each in played.said if isinstance(each.data, DeadlineMet) and not each.data.on_time]
    for each in played.of(DeadlineMet):
        assert isinstance(each.data, DeadlineMet)
        expected = [*missed, *late, None][0] if each.data.on_time else None
        assert each.data.corrects == expected
