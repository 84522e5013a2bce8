"""What each fact makes of deadlines: given a directive, when a fact is registered, then this is said."""

from datetime import date
from uuid import uuid5

import pytest

from shared.contracts.deadlines import DeadlineAtRisk, DeadlineChanged, DeadlineMet, DeadlineWithdrawn
from shared.contracts.directives import DirectiveCorrected, DirectiveRecalled, DirectiveReplaced
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.tasks import (
    NewDay,
    ProgressReported,
    TaskAccepted,
    TaskCancelled,
    TaskCompleted,
    TaskConfirmed,
    TaskDeclined,
    TaskReassigned,
    TaskReceived,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled, ConferenceScheduled, PlanReturned, PlanSubmitted
from tests.support.lives_of_directives import C1, C2, D1, HELPER, LEAD, OTHER, P1, P2, T1, X1, Case, clause, on, told, until

FIXED = clause("trước ngày 16/4/2021")
BY_RECEIPT = clause("05 ngày làm việc kể từ ngày nhận được văn bản")
BY_ISSUE = clause("trong thời hạn 10 ngày kể từ ngày ký")
OPEN = clause("đúng thời gian quy định")
HELD = clause("trong tháng 4 năm 2021", "hội nghị", "conference-held")
SCHEDULED = clause("trước ngày 20/4/2021", "xếp lịch", "conference-scheduled")


def case(*clauses: object, issued_on: int | None = 5) -> Case:
    made = Case()
    made.issue(issued_on=on(issued_on) if issued_on else None)
    made.assign(*clauses)  # type: ignore[arg-type]
    return made


def plan(stage: str = "final") -> PlanSubmitted:
    return PlanSubmitted(task=T1, submitted_by=LEAD, stage="draft" if stage == "draft" else "final", title="Kế hoạch")


def conference(day: int, month: int = 4) -> ConferenceScheduled:
    return ConferenceScheduled(tasks=(T1,), scheduled_by=LEAD, title="Hội nghị", starts_at=on(day, month), place="Hội trường")


# What the letter left open


def test_a_clarified_deadline_falls_on_its_new_words() -> None:
    given = case(OPEN)
    [changed] = given.register(DeadlineClarified(name="dự thảo", phrase="trước ngày 20/4/2021"), T1, on(6))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.why, changed.kind, changed.previous_due, changed.due) == ("clarified", "fixed", None, until(19))
    assert (changed.original_due, changed.fact, changed.proof.phrase) == (until(19), "fact-3", "trước ngày 20/4/2021")


def test_a_clarified_deadline_keeps_the_first_instant_that_it_ever_had() -> None:
    given = case(FIXED)
    [changed] = given.register(DeadlineClarified(name="dự thảo", phrase="trước ngày 20/4/2021"), T1, on(6))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.original_due, changed.previous_due, changed.due) == (until(15), until(15), until(19))


def test_words_of_another_deadline_change_nothing() -> None:
    assert case(FIXED).register(DeadlineClarified(name="khác", phrase="trước ngày 20/4/2021"), T1, on(6)) == []


def test_once_the_deadline_is_known_work_that_was_handed_in_is_judged() -> None:
    given = case(OPEN)
    given.register(plan(), P1, on(10))
    said = given.register(DeadlineClarified(name="dự thảo", phrase="trước ngày 9/4/2021"), T1, on(12))
    assert told(said) == ["changed", "met"]
    assert isinstance(said[1], DeadlineMet)
    assert (said[1].on_time, said[1].corrects, said[1].met_at) == (False, given.said[1].id, on(10))


# Periods from the day of receipt


def test_a_period_from_receipt_is_pending_until_the_lead_received_the_task() -> None:
    given = case(BY_RECEIPT)
    assert given.life().kind == "pending"
    assert given.register(TaskReceived(received_by=HELPER), T1, on(6)) == []
    [changed] = given.register(TaskReceived(received_by=LEAD), T1, on(7))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.why, changed.kind, changed.due, changed.proof.counted_from) == ("received", "period", until(14), date(2021, 4, 7))


def test_who_accepts_a_task_has_received_it() -> None:
    given = case(BY_RECEIPT)
    given.register(TaskAccepted(accepted_by=LEAD), T1, on(7))
    assert given.due() == until(14)


def test_a_coordinating_units_receipt_counts_once_it_leads() -> None:
    given = case(BY_RECEIPT)
    given.register(TaskReceived(received_by=HELPER), T1, on(6))
    [changed] = given.register(TaskReassigned(lead=HELPER), T1, on(9))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.lead, changed.due, changed.why) == (HELPER, until(13), "reassigned")


def test_what_was_counted_stays_when_the_lead_changes() -> None:
    given = case(BY_RECEIPT)
    given.register(TaskReceived(received_by=LEAD), T1, on(7))
    given.register(TaskReassigned(lead=OTHER), T1, on(9))
    given.register(TaskReceived(received_by=OTHER), T1, on(12))
    assert given.due() == until(14)


# More time


def granted(given: Case, day: int, *, asked: int = 10, at: int = 12) -> list[str]:
    data = ExtensionRequested(task=T1, name="dự thảo", requested_by=LEAD, requested_day=date(2021, 4, day), reasons="Thiếu số liệu")
    given.register(data, X1, on(asked))
    return told(given.register(ExtensionGranted(last_good_day=date(2021, 4, day)), X1, on(at)))


def test_a_granted_day_is_the_last_good_one() -> None:
    given = case(FIXED)
    assert granted(given, 22) == ["changed"]
    life = given.life()
    assert (life.kind, given.due(), life.original_due) == ("granted", until(22), until(15))
    assert given.late == []


def test_a_grant_that_is_registered_after_expiry_opens_the_missed_deadline() -> None:
    given = case(FIXED)
    assert told(given.tick(until(15))) == ["missed"]
    assert granted(given, 22, asked=15, at=17) == ["changed"]
    assert told(given.tick(on(18))) == []
    assert told(given.tick(until(22))) == ["missed"]


def test_a_grant_makes_late_work_timely_and_corrects_what_was_told() -> None:
    given = case(FIXED)
    given.register(plan(), P1, on(17))
    assert granted(given, 22, asked=15, at=18) == ["changed", "met"]
    met = given.life().met
    assert met is not None
    assert (met.on_time, met.corrects) == (True, given.said[1].id)


@pytest.mark.parametrize(("received", "late"), [(on(15, hour=23), []), (until(15), [f"extension-refused {X1}"])])
def test_a_request_after_expiry_is_answered_with_a_refusal(received: object, late: list[str]) -> None:
    given = case(FIXED)
    data = ExtensionRequested(task=T1, name="dự thảo", requested_by=LEAD, requested_day=date(2021, 4, 22), reasons="Thiếu số liệu")
    assert given.register(data, X1, received, on(20)) == []  # type: ignore[arg-type]
    assert given.late == late


def test_a_request_about_a_deadline_without_an_instant_is_never_late() -> None:
    given = case(OPEN)
    data = ExtensionRequested(task=T1, name="dự thảo", requested_by=LEAD, requested_day=date(2021, 4, 22), reasons="Thiếu số liệu")
    given.register(data, X1, on(28))
    assert given.late == []


def test_a_refusal_changes_nothing() -> None:
    given = case(FIXED)
    data = ExtensionRequested(task=T1, name="dự thảo", requested_by=LEAD, requested_day=date(2021, 4, 22), reasons="Thiếu số liệu")
    given.register(data, X1, on(8))
    assert given.register(ExtensionRefused(reason="Không cần thiết"), X1, on(9)) == []


# Suspension


def test_a_suspended_deadline_stands_still_and_fires_nothing() -> None:
    given = case(FIXED)
    [changed] = given.register(TaskSuspended(reason="Chờ chỉ đạo"), T1, on(10))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.why, changed.kind, changed.due, changed.previous_due) == ("suspended", "suspended", None, until(15))
    assert given.tick(on(30)) == []


def test_a_period_moves_by_the_days_suspended() -> None:
    given = case(BY_ISSUE)
    assert given.due() == until(15)
    given.register(TaskSuspended(reason="Chờ chỉ đạo"), T1, on(8))
    [changed] = given.register(TaskResumed(), T1, on(14))
    assert isinstance(changed, DeadlineChanged)
    # 15 April and six days: Wednesday the 21st is a day off (Giỗ Tổ), so the end is rolled.
    assert (changed.why, changed.kind, changed.due, changed.proof.suspended_days) == ("resumed", "period", until(22), 6)


def test_a_period_in_working_days_moves_by_working_days() -> None:
    given = case(BY_RECEIPT)
    given.register(TaskReceived(received_by=LEAD), T1, on(7))
    given.register(TaskSuspended(reason="Chờ chỉ đạo"), T1, on(9))
    given.register(TaskResumed(), T1, on(12))
    # From Friday to Monday is one working day.
    assert given.due() == until(15)


def test_a_fixed_day_moves_only_where_the_resumption_names_one() -> None:
    given = case(FIXED)
    given.register(TaskSuspended(reason="Chờ chỉ đạo"), T1, on(8))
    given.register(TaskResumed(), T1, on(12))
    assert given.due() == until(15)
    given.register(TaskSuspended(reason="Chờ chỉ đạo"), T1, on(13))
    given.register(TaskResumed(new_days=(NewDay(name="dự thảo", last_good_day=date(2021, 4, 28)),)), T1, on(20))
    assert (given.due(), given.life().kind) == (until(28), "fixed")


def test_what_had_passed_before_a_suspension_stays_missed() -> None:
    given = case(FIXED)
    given.tick(until(15))
    assert given.register(TaskSuspended(reason="Chờ chỉ đạo"), T1, on(20)) == []
    assert given.life().missed is not None


def test_work_that_is_handed_in_meanwhile_is_on_time() -> None:
    given = case(FIXED)
    given.register(TaskSuspended(reason="Chờ chỉ đạo"), T1, on(10))
    [met] = given.register(plan(), P1, on(20))
    assert isinstance(met, DeadlineMet)
    assert met.on_time is True
    given.register(TaskResumed(), T1, on(25))
    life = given.life()
    assert life.met is not None
    assert life.met.on_time is True


# Another lead


def test_a_reassigned_task_has_its_deadlines_with_the_new_lead() -> None:
    given = case(FIXED)
    [changed] = given.register(TaskReassigned(lead=OTHER, coordinating=(LEAD,)), T1, on(8))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.why, changed.lead, changed.coordinating, changed.due) == ("reassigned", OTHER, (LEAD,), until(15))
    [soon] = given.tick(on(12))
    assert soon.lead == OTHER


def test_a_reassignment_may_name_new_days() -> None:
    given = case(FIXED)
    given.register(TaskReassigned(lead=OTHER, new_days=(NewDay(name="dự thảo", last_good_day=date(2021, 4, 20)),)), T1, on(8))
    assert (given.due(), given.life().kind) == (until(20), "fixed")


# Done, confirmed, reopened, cancelled, declined


def test_completion_meets_what_waits_for_it() -> None:
    given = case(clause("trước ngày 16/4/2021", met_by="task-completed"))
    [met] = given.register(TaskCompleted(completed_by=LEAD), T1, on(12))
    assert isinstance(met, DeadlineMet)
    assert (met.on_time, met.fact) == (True, "fact-3")


def test_confirmation_ends_what_is_still_open_and_keeps_what_was_met_or_missed() -> None:
    given = case(FIXED, clause("trước ngày 9/4/2021", "trễ"), clause("trước ngày 30/4/2021", "sau", "report-submitted"))
    given.register(plan(), P1, on(10))
    [withdrawn] = given.register(TaskConfirmed(), T1, on(12))
    assert isinstance(withdrawn, DeadlineWithdrawn)
    assert (withdrawn.name, withdrawn.why) == ("sau", "task-confirmed")


def test_what_had_passed_when_the_task_was_confirmed_is_missed_all_the_same() -> None:
    given = case(FIXED)
    assert given.register(TaskConfirmed(), T1, on(17)) == []
    assert told(given.tick(on(18))) == ["missed"]


def test_a_reopened_task_has_its_old_deadlines_open_again() -> None:
    given = case(FIXED)
    given.register(plan(), P1, on(10))
    given.register(TaskConfirmed(), T1, on(11))
    [changed] = given.register(TaskReopened(reason="Chưa đạt"), T1, on(13))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.why, changed.is_open_again, changed.due) == ("reopened", True, until(15))
    assert told(given.tick(until(15))) == ["missed"]


def test_a_reopened_task_may_have_new_deadlines_in_their_place() -> None:
    given = case(FIXED)
    given.register(plan(), P1, on(10))
    said = given.register(TaskReopened(reason="Chưa đạt", deadlines=(clause("trước ngày 1/5/2021"),)), T1, on(13))
    assert sorted(told(said)) == ["set", "withdrawn"]
    assert given.due() == until(30)
    [met] = given.register(plan(), P2, on(20))
    assert (met.due, told([met])) == (until(30), ["met"])


@pytest.mark.parametrize(
    ("end", "subject", "why"),
    [
        (TaskCancelled(reason="Không còn cần"), T1, "task-cancelled"),
        (DirectiveRecalled(reason="Ban hành nhầm"), D1, "directive-recalled"),
        (DirectiveReplaced(), D1, "directive-replaced"),
    ],
)
def test_what_ends_a_task_withdraws_its_deadlines_met_or_not(end: object, subject: object, why: str) -> None:
    given = case(FIXED, HELD)
    given.register(plan(), P1, on(10))
    said = given.register(end, subject, on(12))  # type: ignore[arg-type]
    assert [(event.why, event.fact) for event in said if isinstance(event, DeadlineWithdrawn)] == [(why, "fact-4")] * 2
    assert given.tick(on(30, 5)) == []


def test_a_declined_task_puts_its_open_deadlines_at_risk_until_it_is_taken_on() -> None:
    given = case(FIXED)
    [risk] = given.register(TaskDeclined(declined_by=LEAD, reason="Không thuộc thẩm quyền"), T1, on(6))
    assert isinstance(risk, DeadlineAtRisk)
    assert (risk.why, risk.fact, risk.is_lifted) == ("task-declined", "fact-3", False)
    [lifted] = given.register(TaskAccepted(accepted_by=LEAD), T1, on(7))
    assert isinstance(lifted, DeadlineAtRisk)
    assert (lifted.why, lifted.is_lifted) == ("task-declined", True)


# The day of issue


def test_a_day_of_issue_that_is_given_later_computes_what_counts_from_it() -> None:
    given = case(BY_ISSUE, clause("trước ngày 20/4/2021", "cố định"), issued_on=None)
    [changed] = given.register(DirectiveCorrected(correction="Ghi ngày", issued_on=date(2021, 4, 6)), D1, on(7))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.why, changed.name, changed.due, changed.previous_due) == ("directive-corrected", "dự thảo", until(16), None)


def test_a_correction_that_leaves_the_day_alone_changes_nothing() -> None:
    assert case(BY_ISSUE).register(DirectiveCorrected(correction="Sửa ký hiệu", symbol="UBND-VX"), D1, on(7)) == []


# Plans


def test_a_returned_plan_opens_the_deadline_that_it_had_met() -> None:
    given = case(FIXED)
    given.register(plan(), P1, on(10))
    [changed] = given.register(PlanReturned(reasons="Thiếu giải pháp"), P1, on(12))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.why, changed.is_open_again, changed.fact) == ("plan-returned", True, "fact-4")
    [met] = given.register(plan(), P1, on(14))
    assert isinstance(met, DeadlineMet)
    assert (met.on_time, met.corrects) == (True, None)


def test_a_returned_plan_leaves_a_deadline_met_that_another_plan_meets_too() -> None:
    given = case(FIXED)
    given.register(plan("draft"), P1, on(10))
    given.register(plan(), P2, on(11))
    [met] = given.register(PlanReturned(reasons="Thiếu giải pháp"), P1, on(12))
    assert isinstance(met, DeadlineMet)
    assert (met.fact, met.on_time, met.corrects) == ("fact-4", True, given.said[1].id)


# Conferences


@pytest.mark.parametrize(("day", "month"), [(31, 3), (5, 5)])
def test_a_conference_outside_the_span_puts_its_deadline_at_risk_at_once(day: int, month: int) -> None:
    given = case(HELD)
    [risk] = given.register(conference(day, month), C1, on(12))
    assert isinstance(risk, DeadlineAtRisk)
    assert (risk.why, risk.planned_at) == ("conference-outside-window", on(day, month))


def test_a_conference_after_a_day_puts_its_deadline_at_risk() -> None:
    given = case(clause("trước ngày 20/4/2021", "hội nghị", "conference-held"))
    [risk] = given.register(conference(21), C1, on(12))
    assert isinstance(risk, DeadlineAtRisk)
    assert risk.why == "conference-after-due"


def test_a_conference_inside_the_span_puts_nothing_at_risk() -> None:
    assert case(HELD).register(conference(28), C1, on(12)) == []


@pytest.mark.parametrize(
    "better",
    [
        (ConferenceRescheduled(rescheduled_by=LEAD, starts_at=on(28)), C1),
        (ConferenceCancelled(cancelled_by=LEAD, reason="Hoãn"), C1),
        (conference(28), C2),
    ],
)
def test_what_sets_it_for_another_day_lifts_the_risk(better: tuple[object, object]) -> None:
    given = case(HELD)
    given.register(conference(5, 5), C1, on(12))
    [lifted] = given.register(*better, on(13))  # type: ignore[arg-type]
    assert isinstance(lifted, DeadlineAtRisk)
    assert (lifted.is_lifted, lifted.why, lifted.planned_at) == (True, "conference-outside-window", on(5, 5))


def test_a_rescheduled_conference_that_is_still_outside_is_told_with_its_new_day() -> None:
    given = case(HELD)
    given.register(conference(5, 5), C1, on(12))
    [risk] = given.register(ConferenceRescheduled(rescheduled_by=LEAD, starts_at=on(6, 5)), C1, on(13))
    assert isinstance(risk, DeadlineAtRisk)
    assert (risk.is_lifted, risk.planned_at) == (False, on(6, 5))


def test_a_cancelled_conference_opens_the_deadline_of_its_schedule() -> None:
    given = case(SCHEDULED)
    given.register(conference(28), C1, on(12))
    [changed] = given.register(ConferenceCancelled(cancelled_by=LEAD, reason="Hoãn"), C1, on(13))
    assert isinstance(changed, DeadlineChanged)
    assert (changed.why, changed.is_open_again) == ("conference-cancelled", True)


def test_a_conference_that_is_set_after_the_deadline_has_passed_warns_nobody() -> None:
    given = case(HELD)
    assert told(given.tick(until(30))) == ["missed"]
    assert given.register(conference(5, 5), C1, on(3, 5)) == []


# What the dossier keeps


def test_deadlines_of_one_name_are_two_whose_ids_anybody_may_compute() -> None:
    given = case(FIXED, clause("trước ngày 20/4/2021", met_by="report-submitted"))
    first = uuid5(T1, "dự thảo")
    assert set(given.lives) == {first, uuid5(first, "2")}


def test_facts_that_concern_no_deadline_leave_the_dossier_as_it_is() -> None:
    given = case(FIXED)
    before = given.dossiers[D1]
    given.register(ProgressReported(reported_by=LEAD, content="Đang soạn", percent=40), T1, on(8))
    assert given.dossiers[D1] is before


def test_what_an_unknown_plan_conference_or_request_says_changes_nothing() -> None:
    given = case(FIXED)
    for data, subject in (
        (PlanReturned(reasons="Thiếu"), P1),
        (ConferenceCancelled(cancelled_by=LEAD, reason="Hoãn"), C1),
        (ExtensionGranted(last_good_day=date(2021, 4, 22)), X1),
        (TaskResumed(), T1),
    ):
        assert given.register(data, subject, on(8)) == []


def test_a_plan_of_a_task_that_is_not_known_is_returned_without_harm() -> None:
    given = case(FIXED)
    given.register(PlanSubmitted(task=OTHER, submitted_by=LEAD, stage="final", title="Kế hoạch"), P1, on(8))
    assert given.register(PlanReturned(reasons="Thiếu"), P1, on(9)) == []


def test_a_period_in_hours_moves_by_the_hours_suspended() -> None:
    given = case(clause("trong 48 giờ kể từ khi nhận được văn bản"))
    given.register(TaskReceived(received_by=LEAD), T1, on(6))
    assert given.due() == on(8)
    given.register(TaskSuspended(reason="Chờ chỉ đạo"), T1, on(7))
    given.register(TaskResumed(), T1, on(7, hour=14))
    assert given.due() == on(8, hour=14)


def test_a_task_of_the_same_id_in_another_directive_moves_nothing_here() -> None:
    given = case(FIXED)
    other = Case(key=X1)
    other.lives = given.lives
    other.issue(issued_on=on(5))
    assert other.assign(clause("trước ngày 20/4/2021")) == []
