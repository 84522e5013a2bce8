"""The office's rules for tasks, plans, conferences and reports."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from services.directives.domain import Fact, FactData
from shared.contracts.directives import DeadlineClause
from tests.support import facts
from tests.support.facts import (
    COMMITTEE,
    CONFERENCE,
    DIRECTIVE,
    HOME_AFFAIRS,
    OFFICE,
    OTHER_TASK,
    PLAN,
    REPORT,
    STRANGER,
    TASK,
)
from tests.support.scenario import given

ISSUED = facts.fact(facts.directive(), subject=DIRECTIVE)
ASSIGNED = facts.fact(facts.task(), subject=TASK)
SCHEDULED = facts.fact(facts.scheduled(), subject=CONFERENCE)
DRAFT = facts.fact(facts.plan(), subject=PLAN)
FINAL = facts.fact(facts.plan(is_final=True), subject=PLAN)
REPORTED = facts.fact(facts.report(), subject=REPORT)

OTHER = uuid5(COMMITTEE, "another")
ELSEWHERE = facts.fact(facts.directive(key="another"), subject=OTHER, key=OTHER)


def with_deadlines(*deadlines: DeadlineClause) -> Fact:
    return facts.fact(facts.task(deadlines=deadlines), subject=TASK)


@pytest.mark.parametrize("data", [facts.task(), facts.plan(), facts.scheduled(), facts.held(), facts.report()])
def test_a_fact_ahead_of_its_directive_is_refused(data: FactData) -> None:
    given().when(facts.fact(data, subject=TASK)).then_refused("directive-unknown", "/partitionkey")


def test_a_fact_about_a_unit_s_key_finds_no_directive() -> None:
    unit = facts.fact(facts.unit(), subject=DIRECTIVE, key=DIRECTIVE)
    given(unit).when(ASSIGNED).then_refused("directive-unknown", "/partitionkey")


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


@pytest.mark.parametrize("by", [HOME_AFFAIRS, OFFICE])
def test_a_plan_is_handed_in_by_the_lead_or_a_coordinating_unit(by: UUID) -> None:
    given(ISSUED, ASSIGNED).when(facts.fact(facts.plan(by=by), subject=PLAN)).then_registered()


def test_no_other_unit_hands_in_a_plan() -> None:
    foreign = facts.fact(facts.plan(by=COMMITTEE), subject=PLAN)
    given(ISSUED, ASSIGNED).when(foreign).then_refused("unit-not-responsible", "/data/submitted_by")


def test_an_unregistered_unit_hands_in_nothing() -> None:
    unknown = facts.fact(facts.plan(by=STRANGER), subject=PLAN)
    given(ISSUED, ASSIGNED).when(unknown).then_refused("unit-unknown", "/data/submitted_by")


def test_a_plan_belongs_to_a_task_of_the_directive() -> None:
    given(ISSUED).when(DRAFT).then_refused("task-unknown", "/data/task")


def test_the_final_plan_follows_the_draft_under_the_same_id() -> None:
    given(ISSUED, ASSIGNED, DRAFT).when(FINAL).then_registered()


def test_a_draft_may_be_handed_in_again() -> None:
    given(ISSUED, ASSIGNED, DRAFT).when(DRAFT).then_registered()


@pytest.mark.parametrize("again", [DRAFT, FINAL])
def test_nothing_follows_the_final_plan(again: Fact) -> None:
    given(ISSUED, ASSIGNED, FINAL).when(again).then_refused("plan-already-final", "/subject")


def test_a_plan_stays_with_its_unit() -> None:
    foreign = facts.fact(facts.plan(by=OFFICE), subject=PLAN)
    given(ISSUED, ASSIGNED, DRAFT).when(foreign).then_refused("plan-belongs-elsewhere", "/subject")


def test_a_plan_s_id_belongs_to_one_directive() -> None:
    other_task = facts.fact(facts.task(), subject=OTHER_TASK, key=OTHER)
    taken = facts.fact(facts.plan(of=OTHER_TASK), subject=PLAN, key=OTHER)
    given(ISSUED, ASSIGNED, DRAFT, ELSEWHERE, other_task).when(taken).then_refused("id-taken", "/subject")


def test_a_conference_is_scheduled_for_tasks_of_the_directive() -> None:
    given(ISSUED, ASSIGNED).when(SCHEDULED).then_registered()


def test_a_conference_is_not_scheduled_for_an_unknown_task() -> None:
    unknown = facts.fact(facts.scheduled(of=(TASK, OTHER_TASK)), subject=CONFERENCE)
    given(ISSUED, ASSIGNED).when(unknown).then_refused("task-unknown", "/data/tasks/1")


def test_a_conference_names_a_task_once() -> None:
    twice = facts.fact(facts.scheduled(of=(TASK, TASK)), subject=CONFERENCE)
    given(ISSUED, ASSIGNED).when(twice).then_refused("named-twice", "/data/tasks/1")


def test_a_participant_is_named_once() -> None:
    twice = facts.fact(facts.scheduled(participants=(OFFICE, OFFICE)), subject=CONFERENCE)
    given(ISSUED, ASSIGNED).when(twice).then_refused("named-twice", "/data/participants/1")


def test_a_conference_is_scheduled_once() -> None:
    given(ISSUED, ASSIGNED, SCHEDULED).when(SCHEDULED).then_refused("conference-already-scheduled", "/subject")


def test_a_conference_s_id_belongs_to_one_directive() -> None:
    other_task = facts.fact(facts.task(), subject=OTHER_TASK, key=OTHER)
    taken = facts.fact(facts.scheduled(of=(OTHER_TASK,)), subject=CONFERENCE, key=OTHER)
    given(ISSUED, ASSIGNED, SCHEDULED, ELSEWHERE, other_task).when(taken).then_refused("id-taken", "/subject")


def test_a_conference_does_not_end_before_it_starts() -> None:
    backwards = facts.scheduled(starts_at=datetime(2021, 4, 28, 1, 0, tzinfo=UTC), ends_at=datetime(2021, 4, 28, 0, 30, tzinfo=UTC))
    story = given(ISSUED, ASSIGNED).when(facts.fact(backwards, subject=CONFERENCE))
    story.then_refused("conference-ends-before-start", "/data/ends_at")


def test_a_unit_outside_the_directive_schedules_nothing() -> None:
    outsider = facts.fact(facts.unit(code="H10.9"), subject=STRANGER, key=STRANGER)
    by_outsider = facts.fact(facts.scheduled(by=STRANGER), subject=CONFERENCE)
    given(outsider, ISSUED, ASSIGNED).when(by_outsider).then_refused("unit-not-concerned", "/data/scheduled_by")


def test_the_issuer_may_schedule_a_conference() -> None:
    given(ISSUED, ASSIGNED).when(facts.fact(facts.scheduled(by=COMMITTEE), subject=CONFERENCE)).then_registered()


def test_a_coordinating_unit_that_is_not_addressed_may_schedule_a_conference() -> None:
    to_nobody = facts.fact(facts.directive(addressees=()), subject=DIRECTIVE)
    given(to_nobody, ASSIGNED).when(SCHEDULED).then_registered()


def test_a_scheduled_conference_is_held() -> None:
    given(ISSUED, ASSIGNED, SCHEDULED).when(facts.fact(facts.held(), subject=CONFERENCE)).then_registered()


def test_a_conference_that_was_never_scheduled_was_not_held() -> None:
    given(ISSUED, ASSIGNED).when(facts.fact(facts.held(), subject=CONFERENCE)).then_refused("conference-not-scheduled", "/subject")


def test_a_conference_is_held_once() -> None:
    held = facts.fact(facts.held(), subject=CONFERENCE)
    given(ISSUED, ASSIGNED, SCHEDULED, held).when(held).then_refused("conference-already-held", "/subject")


def test_a_conference_was_not_held_after_that_was_said() -> None:
    future = facts.fact(facts.held(at=datetime(2021, 4, 10, 2, 1, tzinfo=UTC)), subject=CONFERENCE)
    given(ISSUED, ASSIGNED, SCHEDULED).when(future).then_refused("held-in-the-future", "/data/held_at")


def test_a_unit_outside_the_directive_does_not_say_that_a_conference_was_held() -> None:
    outsider = facts.fact(facts.unit(code="H10.9"), subject=STRANGER, key=STRANGER)
    by_outsider = facts.fact(facts.held(by=STRANGER), subject=CONFERENCE)
    given(outsider, ISSUED, ASSIGNED, SCHEDULED).when(by_outsider).then_refused("unit-not-concerned", "/data/reported_by")


def test_a_report_is_handed_in_for_a_task() -> None:
    given(ISSUED, ASSIGNED).when(REPORTED).then_registered()


def test_a_report_on_an_unknown_task_is_refused() -> None:
    given(ISSUED).when(REPORTED).then_refused("task-unknown", "/data/task")


def test_a_report_comes_from_a_unit_that_answers_for_the_task() -> None:
    foreign = facts.fact(facts.report(by=COMMITTEE), subject=REPORT)
    given(ISSUED, ASSIGNED).when(foreign).then_refused("unit-not-responsible", "/data/submitted_by")


def test_a_report_is_handed_in_once() -> None:
    given(ISSUED, ASSIGNED, REPORTED).when(REPORTED).then_refused("report-already-submitted", "/subject")


def test_a_report_s_id_belongs_to_one_directive() -> None:
    other_task = facts.fact(facts.task(), subject=OTHER_TASK, key=OTHER)
    taken = facts.fact(facts.report(of=OTHER_TASK), subject=REPORT, key=OTHER)
    given(ISSUED, ASSIGNED, REPORTED, ELSEWHERE, other_task).when(taken).then_refused("id-taken", "/subject")
