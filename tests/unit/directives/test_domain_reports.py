"""The office's rules for reports."""

from uuid import uuid5

from tests.support import facts
from tests.support.facts import (
    COMMITTEE,
    DIRECTIVE,
    OTHER_TASK,
    REPORT,
    TASK,
)
from tests.support.scenario import given

ISSUED = facts.fact(facts.directive(), subject=DIRECTIVE)
ASSIGNED = facts.fact(facts.task(), subject=TASK)
REPORTED = facts.fact(facts.report(), subject=REPORT)

OTHER = uuid5(COMMITTEE, "another")
ELSEWHERE = facts.fact(facts.directive(key="another"), subject=OTHER, key=OTHER)


def test_a_report_is_handed_in_for_a_task() -> None:
    given(ISSUED, ASSIGNED).when(REPORTED).then_registered()


def test_a_report_waits_for_its_task() -> None:
    given(ISSUED).when(REPORTED).then_waits("task", TASK)


def test_a_report_comes_from_a_unit_that_answers_for_the_task() -> None:
    foreign = facts.fact(facts.report(by=COMMITTEE), subject=REPORT)
    given(ISSUED, ASSIGNED).when(foreign).then_refused("unit-not-responsible", "/data/submitted_by")


def test_a_report_is_handed_in_once() -> None:
    given(ISSUED, ASSIGNED, REPORTED).when(REPORTED).then_refused("report-already-submitted", "/subject")


def test_a_report_s_id_belongs_to_one_directive() -> None:
    other_task = facts.fact(facts.task(), subject=OTHER_TASK, key=OTHER)
    taken = facts.fact(facts.report(of=OTHER_TASK), subject=REPORT, key=OTHER)
    given(ISSUED, ASSIGNED, REPORTED, ELSEWHERE, other_task).when(taken).then_refused("id-taken", "/subject")
