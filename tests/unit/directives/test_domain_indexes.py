"""The office's rules for indexes."""

from uuid import uuid5

import pytest

from shared.contracts.indexes import PartScore, UnitScore
from tests.support import facts
from tests.support.facts import COMMITTEE, HOME_AFFAIRS, INDEX, OFFICE, STRANGER, TASK
from tests.support.scenario import given

PUBLISHED = facts.fact(facts.index(), key=INDEX)


def test_an_index_is_registered_under_the_id_of_its_publishing_unit_and_key() -> None:
    given().when(PUBLISHED).then_registered()


def test_nobody_publishes_an_index_in_another_unit_s_name() -> None:
    given().when(facts.fact(facts.index(by=OFFICE), key=INDEX)).then_refused("index-id-wrong", "/subject")


def test_an_index_is_published_once() -> None:
    given(PUBLISHED).when(PUBLISHED).then_refused("index-already-published", "/subject")


def test_the_subject_of_an_index_is_the_index_itself() -> None:
    given().when(PUBLISHED._replace(subject=TASK)).then_refused("key-mismatch", "/subject", "/partitionkey")


def test_an_index_cannot_take_the_id_of_a_directive() -> None:
    directive = facts.fact(facts.directive(key="par-2020"), key=INDEX)
    given(directive).when(PUBLISHED).then_refused("key-taken", "/subject")


def test_a_directive_cannot_take_the_id_of_an_index() -> None:
    given(PUBLISHED).when(facts.fact(facts.directive(key="par-2020"), key=INDEX)).then_refused("key-taken", "/subject")


def test_an_index_of_the_year_of_receipt_may_be_published() -> None:
    given().when(facts.fact(facts.index(year=2021), key=INDEX)).then_registered()


def test_an_index_of_a_year_to_come_is_refused() -> None:
    given().when(facts.fact(facts.index(year=2022), key=INDEX)).then_refused("index-year-to-come", "/data/year")


def test_an_index_is_published_by_a_registered_unit() -> None:
    key = uuid5(STRANGER, "par-2020")
    given().when(facts.fact(facts.index(by=STRANGER), key=key)).then_refused("unit-unknown", "/data/published_by")


def test_an_index_scores_registered_units() -> None:
    scored = facts.index(UnitScore(unit=OFFICE), UnitScore(unit=STRANGER))
    given().when(facts.fact(scored, key=INDEX)).then_refused("unit-unknown", "/data/scores/1/unit")


def test_an_index_scores_a_unit_once() -> None:
    twice = facts.index(UnitScore(unit=OFFICE), UnitScore(unit=HOME_AFFAIRS), UnitScore(unit=OFFICE))
    given().when(facts.fact(twice, key=INDEX)).then_refused("named-twice", "/data/scores/2/unit")


def test_units_may_share_a_rank() -> None:
    shared = facts.index(UnitScore(unit=OFFICE, rank=1), UnitScore(unit=HOME_AFFAIRS, rank=1))
    given().when(facts.fact(shared, key=INDEX)).then_registered()


FULL = PartScore(area="Cải cách thể chế", maximum=10, self_score=10, appraised_score=9.5)


@pytest.mark.parametrize("part", [FULL, PartScore(area="Cải cách thể chế", self_score=12)])
def test_the_parts_of_a_score_are_registered(part: PartScore) -> None:
    given().when(facts.fact(facts.index(UnitScore(unit=OFFICE, parts=(part,))), key=INDEX)).then_registered()


@pytest.mark.parametrize(
    ("above", "member"),
    [
        (PartScore(area="Tài chính công", maximum=7, self_score=7.5), "self_score"),
        (PartScore(area="Tài chính công", maximum=7, self_score=7, appraised_score=7.5), "appraised_score"),
    ],
)
def test_no_part_scores_more_than_its_maximum(above: PartScore, member: str) -> None:
    scored = facts.index(UnitScore(unit=OFFICE, parts=(FULL, above)))
    given().when(facts.fact(scored, key=INDEX)).then_refused("score-above-maximum", f"/data/scores/0/parts/1/{member}")


def test_nothing_is_assigned_under_the_id_of_an_index() -> None:
    assigned = facts.fact(facts.task(), subject=TASK, key=INDEX)
    given(PUBLISHED).when(assigned).then_refused("directive-unknown", "/partitionkey")


def test_an_index_of_the_same_unit_has_a_key_of_its_own() -> None:
    key = uuid5(COMMITTEE, "par-2019")
    given(PUBLISHED).when(facts.fact(facts.index(key="par-2019", year=2019), key=key)).then_registered()
