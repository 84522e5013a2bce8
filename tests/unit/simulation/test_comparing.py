"""Decisions are compared with those of an office in which nothing failed, and expected outcomes follow from the order of arrival."""

import random

import pytest

from deploy.simulation.comparing import compare, outcomes_of, play_calmly
from deploy.simulation.expecting import expect
from deploy.simulation.facts import Cast, Planned, write_facts
from deploy.simulation.history import play
from deploy.simulation.stories import write_story


def facts() -> list[Planned]:
    """Return a directive, its task and what is handed in for it."""
    cast = Cast(random.Random(3))  # noqa: S311  repeatable
    write_facts(cast)
    return cast.facts[:3]


def test_the_same_facts_come_to_the_same_decisions() -> None:
    office = play(write_story(1, 7))
    calm = play_calmly(office)
    calm.settle()
    assert outcomes_of(calm) == outcomes_of(office)


@pytest.mark.parametrize("number", [7, 8, 9])
def test_a_decision_that_differs_is_found(number: int) -> None:
    office = play(write_story(1, number))
    calm = play_calmly(office)
    place, row = next(iter(calm.databases["registrar"]["receipt"].items()))
    calm.databases["registrar"].put("receipt", place, {**row, "outcome": "waiting"})
    assert [finding.what for finding in compare(office, calm) if finding.what.startswith("facts came to")]


def test_facts_in_their_order_are_registered() -> None:
    assert expect(facts()) == ["registered"] * 3


def test_what_comes_too_early_is_released() -> None:
    issued, assigned, work = facts()
    assert expect([work, assigned, issued]) == ["released", "released", "registered"]


def test_what_is_never_there_is_waited_for_in_vain() -> None:
    issued, _, work = facts()
    assert expect([issued, work]) == ["registered", "refused"]


def test_a_repeat_comes_to_what_its_original_came_to() -> None:
    issued, assigned, _ = facts()
    assert expect([assigned, issued, assigned]) == ["released", "registered", "released"]


def test_another_content_under_a_used_id_is_refused() -> None:
    issued, assigned, work = facts()
    used = Planned(type(work.event)(**{name: getattr(work.event, name) for name in work.event.__struct_fields__} | {"id": issued.event.id}))
    assert expect([issued, assigned, used]) == ["registered", "registered", "refused"]
