"""The life of one deadline: given what was said, when something happens, then this is said."""

from datetime import datetime, timedelta
from uuid import uuid5

import pytest

from services.deadlines.domain.aims import meets
from services.deadlines.domain.dossier import Clause, Delivery
from services.deadlines.domain.life import Fire, next_stage
from services.deadlines.domain.said import name_of
from services.deadlines.domain.stages import Stage
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineSet
from shared.contracts.directives import MetBy
from shared.contracts.types import PlanStage
from tests.support.lives import DEADLINE_ID, RULES, TASK, april, begin, fire, given, meet

KINDS: list[MetBy] = ["plan-submitted", "conference-scheduled", "conference-held", "report-submitted", "task-completed"]


def id_of(name: str) -> str:
    return str(uuid5(DEADLINE_ID, name))


def test_a_deadline_is_set_once() -> None:
    given().when(begin()).then(DeadlineSet)
    given(begin()).when(begin()).then_nothing()


def test_nothing_happens_to_a_deadline_that_was_never_set() -> None:
    given().when(meet("plan", april(10))).then_nothing()
    given().when(fire("missed", april(16))).then_nothing()


def test_a_reminder_says_how_many_working_days_are_left() -> None:
    event = given(begin()).when(fire("approaching-3", april(12))).then(DeadlineApproaching)
    assert isinstance(event, DeadlineApproaching)
    assert (event.working_days_left, event.stage_at, event.late_by_seconds) == (3, april(12), 0)


def test_a_stage_says_how_late_it_is() -> None:
    event = given(begin()).when(fire("missed", april(16, hour=2))).then(DeadlineMissed)
    assert isinstance(event, DeadlineMissed)
    assert (event.stage_at, event.late_by_seconds) == (april(16), 7200)


@pytest.mark.parametrize("name", ["approaching-3", "approaching-1", "missed"])
def test_a_stage_never_fires_before_its_instant(name: str) -> None:
    stage = fire(name, april(20)).stage
    given(begin()).when(Fire(now=stage.at - timedelta(microseconds=1), stage=stage)).then_nothing()


@pytest.mark.parametrize("name", ["approaching-3", "approaching-1", "missed"])
def test_a_stage_fires_once(name: str) -> None:
    given(begin(), fire(name, april(20))).when(fire(name, april(21))).then_nothing()


@pytest.mark.parametrize(("later", "earlier"), [("approaching-1", "approaching-3"), ("missed", "approaching-1")])
def test_a_stage_that_was_overtaken_is_passed_over(later: str, earlier: str) -> None:
    given(begin(), fire(later, april(20))).when(fire(earlier, april(20))).then_nothing()


def test_a_stage_that_an_amended_calendar_moves_does_not_come_again() -> None:
    moved = Stage(name="approaching-3", at=april(13), working_days_left=3)
    given(begin(), fire("approaching-3", april(12))).when(Fire(now=april(13), stage=moved)).then_nothing()


def test_work_received_before_due_is_on_time() -> None:
    event = given(begin()).when(meet("plan", april(16) - timedelta(microseconds=1))).then(DeadlineMet)
    assert isinstance(event, DeadlineMet)
    assert (event.on_time, event.met_at, event.fact) == (True, april(16) - timedelta(microseconds=1), "plan")


def test_work_received_at_due_is_late() -> None:
    event = given(begin(), fire("missed", april(16))).when(meet("plan", april(16))).then(DeadlineMet)
    assert isinstance(event, DeadlineMet)
    assert (event.on_time, event.corrects) == (False, None)


def test_a_fact_from_before_due_corrects_missed() -> None:
    event = given(begin(), fire("missed", april(16))).when(meet("plan", april(15))).then(DeadlineMet)
    assert isinstance(event, DeadlineMet)
    assert (event.on_time, event.corrects) == (True, id_of("missed"))


def test_a_fact_from_before_due_corrects_an_earlier_late_one() -> None:
    event = given(begin(), meet("late", april(17))).when(meet("early", april(15))).then(DeadlineMet)
    assert isinstance(event, DeadlineMet)
    assert (event.on_time, event.corrects) == (True, id_of("met/late"))


def test_what_was_missed_is_corrected_even_after_a_late_fact() -> None:
    history = (begin(), fire("missed", april(16)), meet("late", april(17)))
    event = given(*history).when(meet("early", april(15))).then(DeadlineMet)
    assert isinstance(event, DeadlineMet)
    assert event.corrects == id_of("missed")


@pytest.mark.parametrize("received", [april(10), april(15), april(17)])
def test_the_first_fact_counts_when_it_was_on_time(received: datetime) -> None:
    given(begin(), meet("first", april(14))).when(meet("second", received)).then_nothing()


def test_a_second_late_fact_says_nothing() -> None:
    given(begin(), meet("first", april(18))).when(meet("second", april(17))).then_nothing()


def test_a_met_deadline_fires_nothing_more() -> None:
    scenario = given(begin(), meet("plan", april(17)))
    scenario.when(fire("missed", april(18))).then_nothing()
    assert next_stage(scenario.life, RULES.plan(scenario.life)) is None


def test_a_deadline_without_an_instant_has_no_stages_and_nobody_says_whether_it_was_met_in_time() -> None:
    scenario = given(begin(due=None))
    assert RULES.plan(scenario.life) == ()
    event = scenario.when(meet("report", april(30))).then(DeadlineMet)
    assert isinstance(event, DeadlineMet)
    assert (event.on_time, event.due) == (None, None)


@pytest.mark.parametrize(
    ("wanted", "handed_in", "met"),
    [
        ("draft", "draft", True), ("draft", "final", True), ("final", "draft", False), ("final", "final", True),
        (None, "draft", True), (None, "final", True),
    ],
)  # fmt: skip
def test_the_final_plan_meets_a_drafts_deadline_but_not_vice_versa(wanted: PlanStage | None, handed_in: PlanStage, *, met: bool) -> None:
    clause = Clause(DEADLINE_ID, "dự thảo", "plan-submitted", wanted, "trước ngày 16/4/2021", april(5))
    assert meets(clause, Delivery("plan-submitted", handed_in, TASK, "plan", april(6), april(6))) is met


@pytest.mark.parametrize("met_by", KINDS)
def test_a_deadline_is_met_by_its_own_kind_of_fact_only(met_by: MetBy) -> None:
    clause = Clause(DEADLINE_ID, "việc", met_by, None, "trước ngày 16/4/2021", april(5))
    assert [kind for kind in KINDS if meets(clause, Delivery(kind, None, None, "fact", april(6), april(6)))] == [met_by]


def test_events_have_short_names_within_their_deadline() -> None:
    scenario = given()
    names = [name_of(scenario.when(each).last[0].data) for each in (begin(), fire("approaching-3", april(12)), meet("plan", april(13)))]
    assert names == ["set", "approaching-3", "met"]
