"""The office's rules for units, and what holds of every refusal."""

import string

import pytest

from services.directives.domain.refusals import REASONS
from tests.support import facts
from tests.support.facts import DIRECTIVE, STRANGER, TASK
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


@pytest.mark.parametrize("code", sorted(REASONS))
def test_both_languages_of_a_reason_are_filled_in_with_the_same_values(code: str) -> None:
    english, vietnamese = ({name for _, name, _, _ in string.Formatter().parse(text) if name} for text in REASONS[code])
    assert {name.removesuffix("_vi") for name in vietnamese} == english


def test_a_unit_is_not_its_own_parent() -> None:
    own = facts.fact(facts.unit(code="H10.9", parent=STRANGER), subject=STRANGER, key=STRANGER)
    given().when(own).then_refused("unit-unknown", "/data/parent")
