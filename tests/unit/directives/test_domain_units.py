"""The office's rules for units."""

from datetime import date
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.directives.domain import Fact
from shared.contracts.registry import UnitRenamed, UnitSucceeded
from tests.support import facts
from tests.support.facts import COMMITTEE, DIRECTIVE, HOME_AFFAIRS, OFFICE, STRANGER, TASK
from tests.support.scenario import given

UNIT = facts.fact(facts.unit(code="H10.9"), subject=STRANGER, key=STRANGER)


def test_a_unit_is_registered() -> None:
    given().when(UNIT).then_registered()


def test_a_unit_is_registered_once() -> None:
    given(UNIT).when(UNIT).then_refused("unit-already-registered", "/subject")


def test_a_unit_s_code_is_its_own() -> None:
    other = facts.fact(facts.unit(code="H10.9"), subject=TASK, key=TASK)
    given(UNIT).when(other).then_refused("unit-code-taken", "/data/code")


def test_units_may_share_a_name() -> None:
    namesake = facts.fact(facts.unit(code="H10.10"), subject=TASK, key=TASK)
    given(UNIT).when(namesake).then_registered()


def test_the_subject_of_a_unit_is_the_unit_itself() -> None:
    given().when(facts.fact(facts.unit(), subject=TASK, key=STRANGER)).then_refused("key-mismatch", "/subject", "/partitionkey")


def test_a_unit_cannot_take_the_id_of_a_directive() -> None:
    issued = facts.fact(facts.directive(), subject=DIRECTIVE)
    unit = facts.fact(facts.unit(), subject=DIRECTIVE, key=DIRECTIVE)
    given(issued).when(unit).then_refused("key-taken", "/subject")


def test_a_parent_is_a_registered_unit() -> None:
    child = facts.fact(facts.unit(parent=TASK), subject=STRANGER, key=STRANGER)
    given().when(child).then_refused("unit-unknown", "/data/parent")


def test_a_child_follows_its_parent() -> None:
    child = facts.fact(facts.unit(code="H10.9.1", parent=STRANGER), subject=TASK, key=TASK)
    given(UNIT).when(child).then_registered()


def test_a_unit_is_not_its_own_parent() -> None:
    own = facts.fact(facts.unit(code="H10.9", parent=STRANGER), subject=STRANGER, key=STRANGER)
    given().when(own).then_refused("unit-unknown", "/data/parent")


@pytest.mark.parametrize("code", ["000.00.09.H10", "H10.09", "H10.9.0"])
def test_a_code_is_taken_in_both_schemes(code: str) -> None:
    other = facts.fact(facts.unit(code=code), key=TASK)
    given(UNIT).when(other).then_refused("unit-code-taken", "/data/code")


@pytest.mark.parametrize("code", [".", "H10.", ".H10", "H10..9"])
def test_a_code_has_no_empty_level(code: str) -> None:
    given().when(facts.fact(facts.unit(code=code), key=STRANGER)).then_refused("unit-code-wrong", "/data/code")


def renamed(day: date) -> Fact:
    return facts.fact(UnitRenamed(name="Phòng Nội vụ", valid_from=day), key=STRANGER)


def succeeded(*successors: UUID, day: date = date(2025, 7, 1)) -> Fact:
    return facts.fact(UnitSucceeded(successors=successors, valid_from=day), key=STRANGER)


@pytest.mark.parametrize("day", [date(2021, 1, 1), date(2022, 1, 1)])
def test_a_unit_is_renamed_from_a_day_on(day: date) -> None:
    given(UNIT, renamed(date(2021, 1, 1))).when(renamed(day)).then_registered()


def test_a_unit_is_not_renamed_for_a_time_before_an_earlier_renaming() -> None:
    given(UNIT, renamed(date(2021, 1, 1))).when(renamed(date(2020, 12, 31))).then_refused("valid-from-too-early", "/data/valid_from")


def test_a_unit_is_not_renamed_for_a_time_before_it_was() -> None:
    young = facts.fact(replace(facts.unit(code="H10.9"), valid_from=date(2020, 1, 1)), key=STRANGER)
    given(young).when(renamed(date(2019, 12, 31))).then_refused("valid-from-too-early", "/data/valid_from")


def test_other_units_take_a_unit_s_place() -> None:
    given(UNIT).when(succeeded(OFFICE, HOME_AFFAIRS)).then_registered()


def test_successors_add_up() -> None:
    given(UNIT, succeeded(OFFICE)).when(succeeded(HOME_AFFAIRS, day=date(2025, 8, 1))).then_registered()


def test_a_successor_is_named_in_one_fact_only() -> None:
    given(UNIT, succeeded(OFFICE)).when(succeeded(HOME_AFFAIRS, OFFICE)).then_refused("successor-already-named", "/data/successors/1")


def test_a_successor_is_named_once() -> None:
    given(UNIT).when(succeeded(OFFICE, OFFICE)).then_refused("named-twice", "/data/successors/1")


def test_a_unit_does_not_succeed_itself() -> None:
    given(UNIT).when(succeeded(OFFICE, STRANGER)).then_refused("successor-is-itself", "/data/successors/1")


def test_a_successor_is_a_registered_unit() -> None:
    given(UNIT).when(succeeded(OFFICE, TASK)).then_refused("unit-unknown", "/data/successors/1")


def test_a_unit_is_not_succeeded_before_it_was() -> None:
    young = facts.fact(replace(facts.unit(code="H10.9"), valid_from=date(2020, 1, 1)), key=STRANGER)
    given(young).when(succeeded(OFFICE, day=date(2019, 12, 31))).then_refused("valid-from-too-early", "/data/valid_from")


def test_a_unit_that_was_succeeded_may_still_speak() -> None:
    moved = facts.fact(UnitSucceeded(successors=(OFFICE,), valid_from=date(2021, 1, 1)), key=STRANGER)
    directive = facts.fact(facts.directive(addressees=(STRANGER,)))
    task = facts.fact(facts.task(lead=STRANGER), subject=TASK)
    given(UNIT, moved, directive, task).when(facts.fact(facts.report(by=STRANGER), subject=facts.REPORT)).then_registered()


@pytest.mark.parametrize("said", [renamed(date(2021, 1, 1)), succeeded(OFFICE)])
def test_a_unit_that_is_not_registered_is_neither_renamed_nor_succeeded(said: Fact) -> None:
    given().when(said).then_refused("unit-unknown", "/subject")


@pytest.mark.parametrize("said", [renamed(date(2021, 1, 1)), succeeded(OFFICE)])
def test_a_directive_is_neither_renamed_nor_succeeded(said: Fact) -> None:
    issued = facts.fact(facts.directive())
    given(issued).when(said._replace(key=DIRECTIVE, subject=DIRECTIVE)).then_refused("key-taken", "/subject")


@pytest.mark.parametrize("said", [renamed(date(2021, 1, 1)), succeeded(OFFICE)])
def test_the_subject_of_a_word_on_a_unit_is_the_unit_itself(said: Fact) -> None:
    given(UNIT).when(said._replace(subject=COMMITTEE)).then_refused("key-mismatch", "/subject", "/partitionkey")
