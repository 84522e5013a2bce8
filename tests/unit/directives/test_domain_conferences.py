"""The office's rules for conferences."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import pytest

from services.directives.domain import Fact, FactData
from shared.contracts.tasks import TaskCancelled, TaskCompleted, TaskConfirmed
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled
from tests.support import facts
from tests.support.facts import (
    COMMITTEE,
    CONFERENCE,
    DIRECTIVE,
    HOME_AFFAIRS,
    OFFICE,
    OTHER_TASK,
    STRANGER,
    TASK,
)
from tests.support.scenario import given

ISSUED = facts.fact(facts.directive(), subject=DIRECTIVE)
ASSIGNED = facts.fact(facts.task(), subject=TASK)
SCHEDULED = facts.fact(facts.scheduled(), subject=CONFERENCE)

OTHER = uuid5(COMMITTEE, "another")
ELSEWHERE = facts.fact(facts.directive(key="another"), subject=OTHER, key=OTHER)


def test_a_conference_is_scheduled_for_tasks_of_the_directive() -> None:
    given(ISSUED, ASSIGNED).when(SCHEDULED).then_registered()


def test_a_conference_waits_for_all_of_its_tasks() -> None:
    unknown = facts.fact(facts.scheduled(of=(TASK, OTHER_TASK)), subject=CONFERENCE)
    given(ISSUED, ASSIGNED).when(unknown).then_waits("task", OTHER_TASK)


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


def test_a_conference_that_was_not_scheduled_yet_waits_to_be_held() -> None:
    given(ISSUED, ASSIGNED).when(facts.fact(facts.held(), subject=CONFERENCE)).then_waits("conference", CONFERENCE)


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


HELD = facts.fact(facts.held(), subject=CONFERENCE)
CANCELLED = facts.fact(ConferenceCancelled(cancelled_by=OFFICE, reason="Trùng lịch họp"), subject=CONFERENCE)


def moved(*, starts_at: datetime, ends_at: datetime | None = None, by: UUID = OFFICE) -> Fact:
    return facts.fact(ConferenceRescheduled(rescheduled_by=by, starts_at=starts_at, ends_at=ends_at), subject=CONFERENCE)


MOVED = moved(starts_at=datetime(2021, 4, 29, 1, 0, tzinfo=UTC))


def test_a_scheduled_conference_may_get_another_day() -> None:
    given(ISSUED, ASSIGNED, SCHEDULED, MOVED).when(MOVED).then_registered()


def test_a_scheduled_conference_may_be_cancelled() -> None:
    given(ISSUED, ASSIGNED, SCHEDULED).when(CANCELLED).then_registered()


@pytest.mark.parametrize("later", [MOVED, CANCELLED, HELD])
def test_a_cancelled_conference_stays_cancelled(later: Fact) -> None:
    given(ISSUED, ASSIGNED, SCHEDULED, CANCELLED).when(later).then_refused("conference-cancelled", "/subject")


@pytest.mark.parametrize("later", [MOVED, CANCELLED])
def test_a_conference_that_was_held_is_neither_moved_nor_cancelled(later: Fact) -> None:
    given(ISSUED, ASSIGNED, SCHEDULED, HELD).when(later).then_refused("conference-already-held", "/subject")


@pytest.mark.parametrize("later", [MOVED, CANCELLED])
def test_a_change_waits_for_its_conference(later: Fact) -> None:
    given(ISSUED, ASSIGNED).when(later).then_waits("conference", CONFERENCE)


def test_a_moved_conference_does_not_end_before_it_starts() -> None:
    backwards = moved(starts_at=datetime(2021, 4, 29, 1, 0, tzinfo=UTC), ends_at=datetime(2021, 4, 29, 0, 0, tzinfo=UTC))
    given(ISSUED, ASSIGNED, SCHEDULED).when(backwards).then_refused("conference-ends-before-start", "/data/ends_at")


def test_of_a_new_date_the_old_end_does_not_stay() -> None:
    until = facts.fact(facts.scheduled(ends_at=datetime(2021, 4, 28, 4, 0, tzinfo=UTC)), subject=CONFERENCE)
    given(ISSUED, ASSIGNED, until).when(MOVED).then_registered()


@pytest.mark.parametrize(
    ("later", "pointer"),
    [
        (ConferenceRescheduled(rescheduled_by=STRANGER, starts_at=facts.RECEIVED_AT), "/data/rescheduled_by"),
        (ConferenceCancelled(cancelled_by=STRANGER, reason="Trùng lịch họp"), "/data/cancelled_by"),
    ],
)
def test_a_unit_outside_the_directive_changes_no_conference(later: FactData, pointer: str) -> None:
    outsider = facts.fact(facts.unit(code="H10.9"), key=STRANGER)
    story = given(outsider, ISSUED, ASSIGNED, SCHEDULED).when(facts.fact(later, subject=CONFERENCE))
    story.then_refused("unit-not-concerned", pointer)


ISSUED_ON_2_APRIL = facts.fact(facts.directive(issued_on=date(2021, 4, 2)))
BEFORE = datetime(2021, 4, 1, 16, 59, tzinfo=UTC)


def test_a_conference_is_not_scheduled_for_a_day_before_its_directive() -> None:
    early = facts.fact(facts.scheduled(starts_at=BEFORE), subject=CONFERENCE)
    given(ISSUED_ON_2_APRIL, ASSIGNED).when(early).then_refused("before-issue", "/data/starts_at")


def test_a_conference_is_not_moved_to_a_day_before_its_directive() -> None:
    given(ISSUED_ON_2_APRIL, ASSIGNED, SCHEDULED).when(moved(starts_at=BEFORE)).then_refused("before-issue", "/data/starts_at")


def test_a_conference_was_not_held_before_its_directive() -> None:
    early = facts.fact(facts.held(at=BEFORE), subject=CONFERENCE)
    given(ISSUED_ON_2_APRIL, ASSIGNED, SCHEDULED).when(early).then_refused("before-issue", "/data/held_at")


def test_a_conference_may_be_held_on_the_day_of_issue() -> None:
    midnight = facts.fact(facts.held(at=datetime(2021, 4, 1, 17, 0, tzinfo=UTC)), subject=CONFERENCE)
    given(ISSUED_ON_2_APRIL, ASSIGNED, SCHEDULED).when(midnight).then_registered()


def test_a_conference_is_held_although_its_task_was_confirmed_in_the_meantime() -> None:
    completed = facts.fact(TaskCompleted(completed_by=HOME_AFFAIRS), subject=TASK)
    confirmed = facts.fact(TaskConfirmed(), subject=TASK)
    given(ISSUED, ASSIGNED, SCHEDULED, completed, confirmed).when(HELD).then_registered()


def test_no_conference_is_scheduled_for_a_cancelled_task() -> None:
    other = facts.fact(facts.task(), subject=OTHER_TASK)
    cancelled = facts.fact(TaskCancelled(reason="Không còn cần thiết"), subject=OTHER_TASK)
    both = facts.fact(facts.scheduled(of=(TASK, OTHER_TASK)), subject=CONFERENCE)
    given(ISSUED, ASSIGNED, other, cancelled).when(both).then_refused("task-cancelled", "/data/tasks/1")
