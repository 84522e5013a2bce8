"""The office's rules for publishers: who may be given rights, and what may be said by whom, for whom, and when."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.directives.domain import INTERNAL_PUBLISHERS, Fact, FactData, Rights, rights_of, speaker_of
from services.directives.domain.authority import RESERVED_PUBLISHERS
from shared.contracts import FACTS
from shared.contracts.extensions import ExtensionRefused
from shared.contracts.registry import UnitRenamed, publisher_key
from shared.contracts.tasks import TaskReceived
from tests.support import facts
from tests.support.facts import (
    AGENCY,
    AGENCY_KEY,
    CALENDAR,
    COMMITTEE,
    DIRECTIVE,
    HOME_AFFAIRS,
    INDEX,
    OFFICE,
    RECEIVED_AT,
    REPORT,
    STRANGER,
    TASK,
)
from tests.support.scenario import given

EVERYTHING = tuple(contract.NAME for contract in FACTS if contract.NAME != "publisher-authorised")
ISSUED = facts.fact(facts.directive())
ASSIGNED = facts.fact(facts.task(), subject=TASK)


def rights(*types: str, units: tuple[UUID, ...] = (), all_units: bool = False) -> Fact:
    return facts.fact(facts.authorised(*types, units=units, all_units=all_units), key=AGENCY_KEY, publisher="office")


def of_agency(data: FactData, subject: UUID | None = None, key: UUID = DIRECTIVE) -> Fact:
    return facts.fact(data, subject=subject, key=key, publisher=AGENCY)


# Giving rights.


@pytest.mark.parametrize("publisher", ["api", "office"])
def test_the_office_itself_gives_rights(publisher: str) -> None:
    given().when(rights("task-assigned")._replace(publisher=publisher)).then_registered()


def test_newer_rights_take_the_place_of_the_ones_before() -> None:
    given(rights("task-assigned")).when(rights("report-submitted")).then_registered()


@pytest.mark.parametrize("publisher", [AGENCY, "deadlines"])
def test_nobody_else_gives_rights(publisher: str) -> None:
    given(rights(*EVERYTHING, all_units=True)).when(rights("task-assigned")._replace(publisher=publisher)).then_refused(
        "type-not-authorised", "/type"
    )


@pytest.mark.parametrize("name", ["api", "office", "deadlines", "console", "dondoc", "admin"])
def test_the_system_s_own_names_are_not_given_away(name: str) -> None:
    reserved = facts.fact(facts.authorised("task-assigned", publisher=name), key=publisher_key(name))
    given().when(reserved).then_refused("publisher-reserved", "/data/publisher")


def test_every_internal_publisher_s_name_is_reserved() -> None:
    assert set(INTERNAL_PUBLISHERS) < RESERVED_PUBLISHERS


def test_rights_are_registered_under_the_id_of_the_publisher() -> None:
    elsewhere = facts.fact(facts.authorised("task-assigned"), key=publisher_key("phan-mem-tinh"))
    given().when(elsewhere).then_refused("publisher-id-wrong", "/subject")


def test_the_subject_of_rights_is_the_publisher_itself() -> None:
    given().when(rights("task-assigned")._replace(subject=TASK)).then_refused("key-mismatch", "/subject", "/partitionkey")


def test_rights_cannot_take_the_id_of_a_unit() -> None:
    unit = facts.fact(facts.unit(), key=AGENCY_KEY)
    given(unit).when(rights("task-assigned")).then_refused("key-taken", "/subject")


def test_rights_are_for_types_of_facts() -> None:
    given().when(rights("task-assigned", "deadline-missed")).then_refused("type-unknown", "/data/types/1")


def test_the_right_to_give_rights_is_not_given_away() -> None:
    given().when(rights("publisher-authorised")).then_refused("type-reserved", "/data/types/0")


def test_rights_name_a_type_once() -> None:
    given().when(rights("task-assigned", "task-assigned")).then_refused("named-twice", "/data/types/1")


def test_rights_name_a_unit_once() -> None:
    given().when(rights("task-assigned", units=(OFFICE, OFFICE))).then_refused("named-twice", "/data/units/1")


def test_rights_are_for_registered_units() -> None:
    given().when(rights("task-assigned", units=(OFFICE, STRANGER))).then_refused("unit-unknown", "/data/units/1")


def test_rights_end_after_they_have_begun() -> None:
    never = facts.authorised("task-assigned", valid_from=RECEIVED_AT, valid_until=RECEIVED_AT)
    given().when(facts.fact(never, key=AGENCY_KEY)).then_refused("rights-end-before-start", "/data/valid_until")


def test_the_rights_of_a_publisher_are_what_its_fact_says() -> None:
    until = datetime(2022, 1, 1, tzinfo=UTC)
    said = facts.authorised("task-assigned", units=(OFFICE,), valid_from=RECEIVED_AT, valid_until=until)
    assert rights_of(said) == Rights(
        types=frozenset({"task-assigned"}), valid_from=RECEIVED_AT, valid_until=until, units=frozenset({OFFICE})
    )


# Using them.


def test_a_publisher_without_rights_is_unknown() -> None:
    given(ISSUED).when(of_agency(facts.task(), TASK)).then_refused("publisher-unknown")


def test_a_publisher_speaks_for_its_units_in_its_types() -> None:
    mine = rights("directive-issued", "task-assigned", units=(COMMITTEE,))
    story = given(mine).when(ISSUED._replace(publisher=AGENCY)).then_registered()
    story.when(of_agency(facts.task(), TASK)).then_registered()


def test_a_publisher_sends_no_other_types() -> None:
    mine = rights("directive-issued", units=(COMMITTEE,))
    given(mine, ISSUED).when(of_agency(facts.task(), TASK)).then_refused("type-not-authorised", "/type")


def test_a_publisher_speaks_for_no_other_unit() -> None:
    mine = rights("report-submitted", units=(OFFICE,))
    given(mine, ISSUED, ASSIGNED).when(of_agency(facts.report(by=HOME_AFFAIRS), REPORT)).then_refused(
        "unit-not-authorised", "/data/submitted_by"
    )


def test_a_publisher_of_the_issuer_s_units_only_assigns_the_issuer_s_tasks() -> None:
    mine = rights("task-assigned", units=(HOME_AFFAIRS,))
    given(mine, ISSUED).when(of_agency(facts.task(), TASK)).then_refused("unit-not-authorised")


def test_a_publisher_may_speak_for_all_units() -> None:
    mine = rights("report-submitted", all_units=True)
    given(mine, ISSUED, ASSIGNED).when(of_agency(facts.report(), REPORT)).then_registered()


def test_a_word_of_an_issuer_who_is_not_known_yet_waits() -> None:
    mine = rights("task-assigned", units=(HOME_AFFAIRS,))
    given(mine).when(of_agency(facts.task(), TASK)).then_waits("directive", DIRECTIVE)


def test_a_word_in_a_foreign_unit_s_name_does_not_even_wait() -> None:
    mine = rights("report-submitted", units=(OFFICE,))
    given(mine).when(of_agency(facts.report(by=HOME_AFFAIRS), REPORT)).then_refused("unit-not-authorised", "/data/submitted_by")


@pytest.mark.parametrize("publisher", ["api", "office"])
def test_the_office_speaks_for_everybody(publisher: str) -> None:
    given(ISSUED, ASSIGNED).when(facts.fact(facts.report(), subject=REPORT, publisher=publisher)).then_registered()


def test_newer_rights_count_instead_of_older_ones() -> None:
    story = given(rights("report-submitted", all_units=True), rights("task-assigned", all_units=True), ISSUED, ASSIGNED)
    story.when(of_agency(facts.report(), REPORT)).then_refused("type-not-authorised", "/type")


def limited(valid_from: datetime, valid_until: datetime | None = None) -> Fact:
    data = facts.authorised("report-submitted", all_units=True, valid_from=valid_from, valid_until=valid_until)
    return facts.fact(data, key=AGENCY_KEY)


AN_INSTANT = timedelta(microseconds=1)


def test_rights_begin_with_their_first_instant() -> None:
    given(limited(RECEIVED_AT), ISSUED, ASSIGNED).when(of_agency(facts.report(), REPORT)).then_registered()


def test_before_that_there_are_none() -> None:
    story = given(limited(RECEIVED_AT + AN_INSTANT), ISSUED, ASSIGNED).when(of_agency(facts.report(), REPORT))
    story.then_refused("publisher-not-authorised")


def test_rights_end_with_their_last_instant() -> None:
    mine = limited(RECEIVED_AT - AN_INSTANT, RECEIVED_AT)
    given(mine, ISSUED, ASSIGNED).when(of_agency(facts.report(), REPORT)).then_refused("publisher-not-authorised")


def test_rights_that_ended_between_receipt_and_judgement_are_none() -> None:
    story = given(limited(RECEIVED_AT, RECEIVED_AT + timedelta(days=1)), ISSUED, ASSIGNED).at(RECEIVED_AT + timedelta(days=1))
    story.when(of_agency(facts.report(), REPORT)).then_refused("publisher-not-authorised")


def test_rights_that_began_between_receipt_and_judgement_are_none() -> None:
    story = given(limited(RECEIVED_AT + AN_INSTANT), ISSUED, ASSIGNED).at(RECEIVED_AT + timedelta(days=1))
    story.when(of_agency(facts.report(), REPORT)).then_refused("publisher-not-authorised")


def test_a_calendar_is_amended_by_who_speaks_for_all_units() -> None:
    calendar = of_agency(facts.calendar(date(2021, 9, 2)), key=CALENDAR)
    given(rights("calendar-amended", all_units=True)).when(calendar).then_registered()
    given(rights("calendar-amended", units=(COMMITTEE, OFFICE))).when(calendar).then_refused("all-units-needed")


def test_a_unit_is_registered_by_who_speaks_for_the_one_above_it() -> None:
    mine = rights("unit-registered", units=(COMMITTEE,))
    given(mine).when(of_agency(facts.unit(parent=COMMITTEE), key=STRANGER)).then_registered()
    given(mine).when(of_agency(facts.unit(), key=STRANGER)).then_refused("all-units-needed", "/data/parent")


def test_a_unit_is_renamed_by_who_speaks_for_it() -> None:
    unit = facts.fact(facts.unit(code="H10.9"), key=STRANGER)
    name = of_agency(UnitRenamed(name="Phòng Nội vụ", valid_from=date(2021, 1, 1)), key=STRANGER)
    mine = rights("unit-renamed", units=(STRANGER,))
    given(unit, mine).when(name).then_registered()
    given(unit, rights("unit-renamed", units=(COMMITTEE,))).when(name).then_refused("unit-not-authorised")


def test_the_publishing_unit_speaks_in_an_index() -> None:
    given(rights("index-published", units=(COMMITTEE,))).when(of_agency(facts.index(), key=INDEX)).then_registered()
    given(rights("index-published", units=(OFFICE,))).when(of_agency(facts.index(), key=INDEX)).then_refused(
        "unit-not-authorised", "/data/published_by"
    )


def test_the_unit_that_a_fact_names_speaks_in_it() -> None:
    assert speaker_of(None, facts.fact(TaskReceived(received_by=OFFICE), subject=TASK)) == OFFICE


def test_nobody_speaks_for_an_issuer_who_is_not_known_yet() -> None:
    assert speaker_of(None, ASSIGNED) is None


def test_the_deadlines_service_speaks_for_every_issuer_but_refuses_only() -> None:
    assert INTERNAL_PUBLISHERS["deadlines"] == {ExtensionRefused.NAME}
