"""The office's rules for deadlines: what the letter left open, and requests for more time."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import pytest

from services.directives.domain import Fact
from shared.contracts.directives import DeadlineClause
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused
from tests.support import facts
from tests.support.facts import COMMITTEE, DIRECTIVE, OFFICE, OTHER_TASK, REQUEST, SPACE, TASK
from tests.support.scenario import given

DRAFT = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="đúng thời gian quy định")
FINAL = DeadlineClause(name="chính thức", met_by="plan-submitted", phrase="trong tháng 4 năm 2021")
ISSUED = facts.fact(facts.directive())
ASSIGNED = facts.fact(facts.task(deadlines=(DRAFT, FINAL)), subject=TASK)
REQUESTED = facts.fact(facts.requested(), subject=REQUEST)
GRANTED = facts.fact(ExtensionGranted(last_good_day=date(2021, 4, 20)), subject=REQUEST)
REFUSED = facts.fact(ExtensionRefused(reason="Không đủ căn cứ"), subject=REQUEST)
SECOND = uuid5(SPACE, "second extension")


def clarified(name: str) -> Fact:
    return facts.fact(DeadlineClarified(name=name, phrase="trước ngày 20/4/2021"), subject=TASK)


@pytest.mark.parametrize("name", ["dự thảo", "Dự Thảo", " dự  thảo"])
def test_the_issuer_says_what_a_letter_left_open(name: str) -> None:
    given(ISSUED, ASSIGNED).when(clarified(name)).then_registered()


def test_a_deadline_may_be_clarified_again() -> None:
    given(ISSUED, ASSIGNED, clarified("dự thảo")).when(clarified("dự thảo")).then_registered()


def test_only_a_deadline_of_the_task_is_clarified() -> None:
    given(ISSUED, ASSIGNED).when(clarified("báo cáo")).then_refused("deadline-unknown", "/data/name")


def test_the_lead_unit_asks_for_more_time() -> None:
    given(ISSUED, ASSIGNED).when(REQUESTED).then_registered()


def test_a_coordinating_unit_does_not_ask_for_more_time() -> None:
    by_office = facts.fact(facts.requested(by=OFFICE), subject=REQUEST)
    given(ISSUED, ASSIGNED).when(by_office).then_refused("unit-not-lead", "/data/requested_by")


def test_more_time_is_asked_for_a_deadline_of_the_task() -> None:
    given(ISSUED, ASSIGNED).when(facts.fact(facts.requested(name="báo cáo"), subject=REQUEST)).then_refused(
        "deadline-unknown", "/data/name"
    )


def test_a_request_waits_for_its_task() -> None:
    given(ISSUED).when(REQUESTED).then_waits("task", TASK)


def test_a_request_is_registered_once() -> None:
    given(ISSUED, ASSIGNED, REQUESTED).when(REQUESTED).then_refused("extension-already-requested", "/subject")


def test_a_request_s_id_belongs_to_one_directive() -> None:
    other = uuid5(COMMITTEE, "another")
    elsewhere = facts.fact(facts.directive(key="another"), key=other)
    task = facts.fact(facts.task(deadlines=(DRAFT,)), subject=OTHER_TASK, key=other)
    taken = facts.fact(facts.requested(of=OTHER_TASK), subject=REQUEST, key=other)
    given(ISSUED, ASSIGNED, REQUESTED, elsewhere, task).when(taken).then_refused("id-taken", "/subject")


def test_a_deadline_has_one_open_request() -> None:
    again = facts.fact(facts.requested(name="DỰ THẢO"), subject=SECOND)
    given(ISSUED, ASSIGNED, REQUESTED).when(again).then_refused("extension-already-open", "/data/name")


def test_each_deadline_may_have_its_own_request() -> None:
    given(ISSUED, ASSIGNED, REQUESTED).when(facts.fact(facts.requested(name="chính thức"), subject=SECOND)).then_registered()


@pytest.mark.parametrize("answer", [GRANTED, REFUSED])
def test_more_time_may_be_asked_for_again_after_the_answer(answer: Fact) -> None:
    given(ISSUED, ASSIGNED, REQUESTED, answer).when(facts.fact(facts.requested(), subject=SECOND)).then_registered()


def test_more_time_may_be_asked_for_until_the_end_of_the_day_of_receipt() -> None:
    given(ISSUED, ASSIGNED).when(facts.fact(facts.requested(day=date(2021, 4, 10)), subject=REQUEST)).then_registered()


def test_nobody_asks_for_a_day_that_has_passed() -> None:
    passed = facts.fact(facts.requested(day=date(2021, 4, 9)), subject=REQUEST)
    given(ISSUED, ASSIGNED).when(passed).then_refused("requested-day-passed", "/data/requested_day")


def test_the_day_of_receipt_is_the_day_in_vietnam() -> None:
    after_midnight = datetime(2021, 4, 10, 17, 0, tzinfo=UTC)
    late = facts.fact(facts.requested(day=date(2021, 4, 10)), subject=REQUEST, received_at=after_midnight)
    given(ISSUED, ASSIGNED).when(late).then_refused("requested-day-passed", "/data/requested_day")


@pytest.mark.parametrize("answer", [GRANTED, REFUSED])
def test_an_open_request_is_answered(answer: Fact) -> None:
    given(ISSUED, ASSIGNED, REQUESTED).when(answer).then_registered()


@pytest.mark.parametrize("first", [GRANTED, REFUSED])
@pytest.mark.parametrize("second", [GRANTED, REFUSED])
def test_a_request_is_answered_once(first: Fact, second: Fact) -> None:
    given(ISSUED, ASSIGNED, REQUESTED, first).when(second).then_refused("extension-not-open", "/subject")


@pytest.mark.parametrize("answer", [GRANTED, REFUSED])
def test_an_answer_waits_for_its_request(answer: Fact) -> None:
    given(ISSUED, ASSIGNED).when(answer).then_waits("extension", REQUEST)


def test_no_time_before_the_directive_is_granted() -> None:
    dated = facts.fact(facts.directive(issued_on=date(2021, 4, 2)))
    early = facts.fact(ExtensionGranted(last_good_day=date(2021, 4, 1)), subject=REQUEST)
    given(dated, ASSIGNED, REQUESTED).when(early).then_refused("before-issue", "/data/last_good_day")


def test_the_deadlines_service_refuses_a_request_that_came_too_late() -> None:
    given(ISSUED, ASSIGNED, REQUESTED).when(REFUSED._replace(publisher="deadlines")).then_registered()


@pytest.mark.parametrize("subject", [REQUEST, UUID(int=DIRECTIVE.int + 1)])
def test_the_deadlines_service_says_nothing_else(subject: UUID) -> None:
    granted = GRANTED._replace(publisher="deadlines", subject=subject)
    given(ISSUED, ASSIGNED, REQUESTED).when(granted).then_refused("type-not-authorised", "/type")
