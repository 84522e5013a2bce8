"""The office's rules for the assignment of tasks."""

from uuid import uuid5

from services.directives.domain import Fact
from shared.contracts.directives import DeadlineClause
from tests.support import facts
from tests.support.facts import (
    COMMITTEE,
    DIRECTIVE,
    OFFICE,
    STRANGER,
    TASK,
)
from tests.support.scenario import given

ISSUED = facts.fact(facts.directive(), subject=DIRECTIVE)
ASSIGNED = facts.fact(facts.task(), subject=TASK)

OTHER = uuid5(COMMITTEE, "another")
ELSEWHERE = facts.fact(facts.directive(key="another"), subject=OTHER, key=OTHER)


def with_deadlines(*deadlines: DeadlineClause) -> Fact:
    return facts.fact(facts.task(deadlines=deadlines), subject=TASK)


def test_a_task_is_assigned_to_a_lead_unit() -> None:
    given(ISSUED).when(ASSIGNED).then_registered()


def test_a_task_is_assigned_once() -> None:
    given(ISSUED, ASSIGNED).when(ASSIGNED).then_refused("task-already-assigned", "/subject")


def test_a_task_s_id_belongs_to_one_directive() -> None:
    taken = facts.fact(facts.task(), subject=TASK, key=OTHER)
    given(ISSUED, ASSIGNED, ELSEWHERE).when(taken).then_refused("id-taken", "/subject")


def test_a_lead_unit_is_registered() -> None:
    given(ISSUED).when(facts.fact(facts.task(lead=STRANGER), subject=TASK)).then_refused("unit-unknown", "/data/lead")


def test_a_coordinating_unit_is_registered() -> None:
    unknown = facts.fact(facts.task(coordinating=(OFFICE, STRANGER)), subject=TASK)
    given(ISSUED).when(unknown).then_refused("unit-unknown", "/data/coordinating/1")


def test_a_coordinating_unit_is_named_once() -> None:
    twice = facts.fact(facts.task(coordinating=(OFFICE, OFFICE)), subject=TASK)
    given(ISSUED).when(twice).then_refused("named-twice", "/data/coordinating/1")


def test_the_lead_unit_does_not_coordinate_with_itself() -> None:
    both = facts.fact(facts.task(lead=OFFICE, coordinating=(OFFICE,)), subject=TASK)
    given(ISSUED).when(both).then_refused("lead-also-coordinating", "/data/coordinating")


def test_two_deadlines_of_a_task_have_different_names() -> None:
    first = DeadlineClause(name="Gửi dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021")
    second = DeadlineClause(name="gửi  dự thảo", met_by="report-submitted", phrase="trong tháng 4 năm 2021")
    given(ISSUED).when(with_deadlines(first, second)).then_refused("deadline-named-twice", "/data/deadlines/1/name")


def test_a_plan_s_stage_belongs_to_a_deadline_that_a_plan_meets() -> None:
    misplaced = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="trong tháng 4", plan_stage="draft")
    given(ISSUED).when(with_deadlines(misplaced)).then_refused("plan-stage-misplaced", "/data/deadlines/0/plan_stage")


def test_a_draft_plan_has_a_deadline_of_its_own() -> None:
    draft = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
    given(ISSUED).when(with_deadlines(draft)).then_registered()
