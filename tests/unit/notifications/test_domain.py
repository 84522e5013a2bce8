"""Who must know of what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.notifications.domain import Happening, Knowledge, Notice, notice_id, notices_of
from tests.support.notices import (
    COMMITTEE,
    CONFERENCE,
    DIRECTIVE,
    FINANCE,
    HOME_AFFAIRS,
    MISSED_ID,
    OFFICE,
    OTHER_TASK,
    TASK,
    approaching,
    assigned,
    happening,
    issued,
    knowing,
    met,
    missed,
    scheduled,
)

ISSUER_KNOWN = knowing(issuers={DIRECTIVE: COMMITTEE})


@dataclass
class Told:
    notices: list[Notice]

    def then_told(self, *recipients: UUID) -> list[Notice]:
        assert [notice.data.recipient for notice in self.notices] == list(recipients)
        return self.notices


@dataclass
class Given:
    known: Knowledge

    def when(self, *happened: Happening) -> Told:
        return Told(notices_of(happened, self.known))


def given(known: Knowledge = ISSUER_KNOWN) -> Given:
    return Given(known)


def by_recipient(notices: list[Notice]) -> Mapping[UUID, Notice]:
    return {notice.data.recipient: notice for notice in notices}


def test_an_assigned_task_is_told_to_its_lead_and_to_each_coordinating_unit() -> None:
    notices = given().when(happening(assigned(coordinating=(OFFICE, FINANCE)), "t-1")).then_told(HOME_AFFAIRS, OFFICE, FINANCE)
    assert {notice.data.rule for notice in notices} == {"task-assigned"}
    assert {notice.data.task for notice in notices} == {TASK}


def test_an_approaching_deadline_is_told_to_lead_and_coordinating_units_but_not_to_the_issuer() -> None:
    given().when(happening(approaching(coordinating=(OFFICE,)), "a-1")).then_told(HOME_AFFAIRS, OFFICE)


def test_a_missed_deadline_is_told_to_the_lead_and_to_the_issuer() -> None:
    given().when(happening(missed(), MISSED_ID)).then_told(HOME_AFFAIRS, COMMITTEE)


def test_a_missed_deadline_whose_issuer_is_not_known_yet_is_told_to_the_lead_at_once() -> None:
    given(Knowledge()).when(happening(missed(), MISSED_ID)).then_told(HOME_AFFAIRS)


def test_a_deadline_met_is_told_to_the_lead_and_to_the_issuer_and_corrects_nothing() -> None:
    notices = given().when(happening(met(), "met-1")).then_told(HOME_AFFAIRS, COMMITTEE)
    assert {notice.data.corrects for notice in notices} == {None}


def test_a_met_deadline_that_corrects_a_missed_one_tells_everyone_who_was_told_and_names_what_it_corrects() -> None:
    first = happening(missed(lead=FINANCE), MISSED_ID)
    second = happening(met(lead=HOME_AFFAIRS, corrects=MISSED_ID), "met-1")
    told = by_recipient(given().when(first, second).notices[2:])
    assert {unit: notice.data.corrects for unit, notice in told.items()} == {
        HOME_AFFAIRS: None,
        COMMITTEE: notice_id(first, "deadline-missed", COMMITTEE),
        FINANCE: notice_id(first, "deadline-missed", FINANCE),
    }


def test_a_correction_uses_what_earlier_turns_told() -> None:
    earlier = UUID("12345678-0000-5000-8000-000000000000")
    known = knowing(told={MISSED_ID: {OFFICE: earlier}})
    notices = given(known).when(happening(met(corrects=MISSED_ID), "met-1")).then_told(HOME_AFFAIRS, OFFICE)
    assert [notice.data.corrects for notice in notices] == [None, earlier]
    assert notices[1].data.title.startswith("Đính chính: đã tiếp nhận")


def test_a_late_met_that_turns_out_to_have_been_on_time_is_corrected_too() -> None:
    late, on_time = happening(met(on_time=False), "met-1"), happening(met(corrects="met-1"), "met-2")
    notices = given().when(late, on_time).then_told(HOME_AFFAIRS, COMMITTEE, HOME_AFFAIRS, COMMITTEE)
    assert [notice.data.corrects for notice in notices[2:]] == [notice.data.notice for notice in notices[:2]]


def test_a_conference_is_told_to_its_participants_and_to_the_leads_of_its_tasks() -> None:
    known = knowing(leads={(DIRECTIVE, TASK): HOME_AFFAIRS, (DIRECTIVE, OTHER_TASK): OFFICE})
    data = scheduled(participants=(FINANCE, OFFICE), tasks=(TASK, OTHER_TASK))
    notices = given(known).when(happening(data, "c-1", subject=CONFERENCE)).then_told(FINANCE, OFFICE, HOME_AFFAIRS)
    assert {notice.data.task for notice in notices} == {None}


def test_a_conference_for_one_task_names_that_task() -> None:
    notices = given().when(happening(scheduled(participants=(FINANCE,)), "c-1", subject=CONFERENCE)).then_told(FINANCE)
    assert notices[0].data.task == TASK


def test_the_unit_that_schedules_a_conference_gets_no_confirmation_of_its_own_act() -> None:
    given().when(happening(scheduled(participants=(FINANCE,), by=OFFICE), "c-1", subject=CONFERENCE)).then_told(FINANCE)


def test_a_unit_in_two_roles_is_told_once_in_its_first_role() -> None:
    notices = given(knowing(issuers={DIRECTIVE: HOME_AFFAIRS})).when(happening(missed(), MISSED_ID)).then_told(HOME_AFFAIRS)
    assert "quý đơn vị chủ trì" in notices[0].data.body


def test_a_directive_that_was_issued_calls_for_no_notice() -> None:
    given().when(happening(issued(), "d-1")).then_told()


def test_a_notice_has_one_id_for_each_event_rule_recipient_and_no_other() -> None:
    first, second = happening(missed(), "one"), happening(missed(), "two")
    ids = {
        notice_id(first, "deadline-missed", OFFICE),
        notice_id(second, "deadline-missed", OFFICE),
        notice_id(first, "deadline-met", OFFICE),
        notice_id(first, "deadline-missed", FINANCE),
    }
    assert len(ids) == 4
    assert notice_id(happening(missed(late=7), "one"), "deadline-missed", OFFICE) in ids


def test_a_notice_carries_the_cause_and_the_instant_of_what_happened() -> None:
    event = happening(missed(), MISSED_ID)
    notice = given().when(event).notices[1]
    assert (notice.cause, notice.at, notice.data.about) == (event.cause, event.at, MISSED_ID)
