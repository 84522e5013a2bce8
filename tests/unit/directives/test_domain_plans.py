"""The office's rules for plans."""

from uuid import UUID, uuid5

import pytest

from services.directives.domain import Fact
from shared.contracts.work import PlanApproved, PlanReturned
from tests.support import facts
from tests.support.facts import (
    COMMITTEE,
    DIRECTIVE,
    HOME_AFFAIRS,
    OFFICE,
    OTHER_TASK,
    PLAN,
    STRANGER,
    TASK,
)
from tests.support.scenario import given

ISSUED = facts.fact(facts.directive(), subject=DIRECTIVE)
ASSIGNED = facts.fact(facts.task(), subject=TASK)
DRAFT = facts.fact(facts.plan(), subject=PLAN)
FINAL = facts.fact(facts.plan(is_final=True), subject=PLAN)

OTHER = uuid5(COMMITTEE, "another")
ELSEWHERE = facts.fact(facts.directive(key="another"), subject=OTHER, key=OTHER)


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
    given(ISSUED).when(DRAFT).then_waits("task", TASK)


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


RETURNED = facts.fact(PlanReturned(reasons="Thiếu nguyên nhân của từng tiêu chí"), subject=PLAN)
APPROVED = facts.fact(PlanApproved(), subject=PLAN)


@pytest.mark.parametrize("handed_in", [DRAFT, FINAL])
def test_the_issuer_returns_a_plan_that_was_handed_in(handed_in: Fact) -> None:
    given(ISSUED, ASSIGNED, handed_in).when(RETURNED).then_registered()


def test_a_plan_is_not_returned_twice() -> None:
    given(ISSUED, ASSIGNED, DRAFT, RETURNED).when(RETURNED).then_refused("plan-already-returned", "/subject")


@pytest.mark.parametrize("mended", [DRAFT, FINAL])
def test_a_returned_plan_is_handed_in_again_under_its_id(mended: Fact) -> None:
    given(ISSUED, ASSIGNED, FINAL, RETURNED).when(mended).then_registered()


def test_a_plan_that_was_mended_may_be_returned_again() -> None:
    given(ISSUED, ASSIGNED, FINAL, RETURNED, FINAL).when(RETURNED).then_registered()


def test_the_issuer_approves_a_final_plan() -> None:
    given(ISSUED, ASSIGNED, FINAL).when(APPROVED).then_registered()


def test_a_draft_is_not_approved() -> None:
    given(ISSUED, ASSIGNED, DRAFT).when(APPROVED).then_refused("plan-not-final", "/subject")


def test_a_returned_plan_is_not_approved() -> None:
    given(ISSUED, ASSIGNED, FINAL, RETURNED).when(APPROVED).then_refused("plan-already-returned", "/subject")


@pytest.mark.parametrize("after", [DRAFT, FINAL, RETURNED, APPROVED])
def test_nothing_follows_the_approval_of_a_plan(after: Fact) -> None:
    given(ISSUED, ASSIGNED, FINAL, APPROVED).when(after).then_refused("plan-already-approved", "/subject")


@pytest.mark.parametrize("answer", [RETURNED, APPROVED])
def test_an_answer_waits_for_its_plan(answer: Fact) -> None:
    given(ISSUED, ASSIGNED).when(answer).then_waits("plan", PLAN)
