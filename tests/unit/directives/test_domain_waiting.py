"""The office's rules for facts that come before what they need."""

from uuid import UUID, uuid5

import pytest

from services.directives.domain import Claim, Directive, Fact, FactData, State, evolve, is_met
from shared.contracts.directives import DirectiveRecalled
from shared.contracts.tasks import TaskReceived
from tests.support import facts
from tests.support.facts import CONFERENCE, DIRECTIVE, HOME_AFFAIRS, OFFICE, OTHER_TASK, PLAN, REPORT, REQUEST, SPACE, STRANGER, TASK
from tests.support.scenario import Registry, given

ISSUED = facts.fact(facts.directive())
ASSIGNED = facts.fact(facts.task(), subject=TASK)


WORK = [facts.task(), facts.plan(), facts.scheduled(), facts.held(), facts.report(), facts.requested(), TaskReceived(received_by=OFFICE)]


@pytest.mark.parametrize("data", WORK)
def test_a_fact_ahead_of_its_directive_waits_for_it(data: FactData) -> None:
    given().when(facts.fact(data, subject=TASK)).then_waits("directive", DIRECTIVE)


def test_a_fact_that_names_an_unknown_unit_does_not_wait() -> None:
    unknown = facts.fact(facts.report(by=STRANGER), subject=REPORT)
    given().when(unknown).then_refused("unit-unknown", "/data/submitted_by")


def test_a_fact_under_a_unit_s_key_does_not_wait_for_a_directive() -> None:
    unit = facts.fact(facts.unit(), key=DIRECTIVE)
    given(unit).when(ASSIGNED).then_refused("directive-unknown", "/partitionkey")


def test_a_void_ahead_of_what_it_voids_does_not_wait() -> None:
    given().when(facts.fact(facts.voided(1))).then_refused("version-unknown", "/data/version")


def in_order(*taken: Fact) -> Registry:
    registry = Registry()
    for fact in taken:
        registry.take(fact)
    return registry


def test_what_waits_is_released_when_what_it_needs_has_come() -> None:
    plan = facts.fact(facts.plan(), subject=PLAN)
    registry = in_order(plan, ASSIGNED, ISSUED)
    assert [past.fact for past in registry.histories[DIRECTIVE]] == [ISSUED, ASSIGNED, plan]
    assert registry.waiting == []


def test_what_was_released_may_wait_for_the_next_thing() -> None:
    plan = facts.fact(facts.plan(), subject=PLAN)
    assert in_order(plan, ISSUED).waiting == [(Claim("task", str(TASK)), plan)]


def test_what_waits_is_released_in_the_order_of_arrival() -> None:
    reports = [facts.fact(facts.report(), subject=uuid5(SPACE, f"report {number}")) for number in range(4)]
    registry = in_order(ISSUED, *reports, ASSIGNED)
    assert [past.fact for past in registry.histories[DIRECTIVE]] == [ISSUED, ASSIGNED, *reports]


def test_what_waits_under_a_directive_that_was_recalled_is_refused() -> None:
    registry = in_order(ISSUED, facts.fact(facts.report(), subject=REPORT), facts.fact(DirectiveRecalled(reason="Ban hành sai")))
    assert registry.waiting == []
    assert len(registry.histories[DIRECTIVE]) == 2


def state_with_all() -> State:
    state: State = None
    for data, subject in (
        (facts.directive(), DIRECTIVE),
        (facts.task(), TASK),
        (facts.plan(), PLAN),
        (facts.scheduled(), CONFERENCE),
        (facts.requested(), REQUEST),
    ):
        state = evolve(state, facts.fact(data, subject=subject))
    return state


NEEDS = [("directive", DIRECTIVE), ("task", TASK), ("plan", PLAN), ("conference", CONFERENCE), ("extension", REQUEST)]


@pytest.mark.parametrize(("kind", "name"), NEEDS)
def test_a_need_is_met_by_the_thing_of_its_kind(kind: str, name: UUID) -> None:
    assert is_met(state_with_all(), Claim(kind, str(name)))


@pytest.mark.parametrize("kind", ["task", "plan", "conference", "extension"])
def test_a_need_is_not_met_by_other_things(kind: str) -> None:
    assert not is_met(state_with_all(), Claim(kind, str(OTHER_TASK)))


@pytest.mark.parametrize("kind", ["directive", "task", "plan", "conference", "extension"])
def test_nothing_meets_a_need_where_nothing_is_registered(kind: str) -> None:
    assert not is_met(None, Claim(kind, str(TASK)))


def test_a_need_under_the_key_of_a_unit_is_judged_at_once() -> None:
    assert is_met(evolve(None, facts.fact(facts.unit(), key=DIRECTIVE)), Claim("task", str(TASK)))


def test_a_need_under_a_directive_that_is_in_force_no_more_is_judged_at_once() -> None:
    assert is_met(Directive(issuer=HOME_AFFAIRS, status="replaced"), Claim("task", str(TASK)))
