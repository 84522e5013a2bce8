"""What holds of every history: it folds, it is decided the same way twice, and nothing that was refused leaves a trace."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.directives.domain import (
    DECIDER,
    INTERNAL_PUBLISHERS,
    Fact,
    FactRefusedError,
    FactWaitsError,
    State,
    fold,
    is_met,
)
from shared.contracts.directives import DeadlineClause, DirectiveCorrected
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted
from shared.contracts.tasks import ProgressReported, TaskReceived
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled, PlanReturned
from tests.support import facts
from tests.support.facts import CONFERENCE, DIRECTIVE, HOME_AFFAIRS, OFFICE, OTHER_TASK, PLAN, REPORT, REQUEST, TASK
from tests.support.scenario import Registry
from tests.support.stories import HISTORIES, LIVELY, lively

ANY = HISTORIES | lively()
PATIENT = settings(deadline=None, max_examples=100)


def register(history: Sequence[Fact]) -> tuple[Registry, list[Fact]]:
    """Return the registry after a history in which nothing waits, and what was registered."""
    registry, registered = Registry(), []
    for each in history:
        with suppress(FactRefusedError, FactWaitsError):
            registry.judge(each)
            registered.append(each)
    return registry, registered


@PATIENT
@given(ANY)
def test_the_registered_facts_alone_fold_to_the_same_state(history: Sequence[Fact]) -> None:
    registry, _ = register(history)
    for key, state in registry.states.items():
        assert fold(registry.histories[key]) == state


@PATIENT
@given(ANY)
def test_a_history_without_voids_folds_one_by_one(history: Sequence[Fact]) -> None:
    registry, registered = register([each for each in history if not isinstance(each.data, FactVoided)])
    for key, state in registry.states.items():
        assert DECIDER.fold(each for each in registered if each.key == key) == state


@PATIENT
@given(ANY)
def test_deciding_again_says_the_same(history: Sequence[Fact]) -> None:
    assert register(history) == register(history)


@PATIENT
@given(ANY)
def test_what_was_refused_leaves_no_trace(history: Sequence[Fact]) -> None:
    registry, registered = register(history)
    assert register(registered) == (registry, registered)


@PATIENT
@given(ANY)
def test_a_state_survives_the_table_that_it_is_kept_in(history: Sequence[Fact]) -> None:
    registry, _ = register(history)
    for state in registry.states.values():
        assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state


@PATIENT
@given(ANY)
def test_rights_survive_the_table_that_they_are_kept_in(history: Sequence[Fact]) -> None:
    registry, _ = register(history)
    for rights in registry.rights.values():
        assert msgspec.json.decode(msgspec.json.encode(rights), type=type(rights)) == rights


@PATIENT
@given(ANY)
def test_what_waits_has_not_come_yet(history: Sequence[Fact]) -> None:
    registry = Registry()
    for each in history:
        with suppress(FactRefusedError):
            registry.take(each)
    for need, fact in registry.waiting:
        assert not is_met(registry.states.get(fact.key), need)


def office_after(history: Sequence[Fact], units: set[UUID]) -> Registry | None:
    """Return the registry that registered a whole history, whoever published it; None where it would have refused some of it."""
    registry = Registry(units=set(units))
    try:
        for each in history:
            registry.judge(each if each.publisher in INTERNAL_PUBLISHERS else each._replace(publisher="office"))
    except (FactRefusedError, FactWaitsError):
        return None
    return registry


@PATIENT
@given(lively())
def test_what_stands_without_a_fact_is_what_is_left_when_it_is_voided(history: Sequence[Fact]) -> None:
    registry, _ = register([each for each in history if not isinstance(each.data, FactVoided)])
    told = [past.fact for past in registry.histories[LIVELY]]
    for version in range(1, len(told) + 1):
        left = office_after(told[: version - 1] + told[version:], registry.units)
        voided = office_after([*told, facts.fact(facts.voided(version), key=LIVELY)], registry.units)
        assert (voided is None) is (left is None)
        if voided is not None and left is not None:
            assert voided.states[LIVELY] == left.states.get(LIVELY) == fold(voided.histories[LIVELY])
            assert voided.owners == left.owners


# A story in which every fact needs no more than that what it speaks of is there.

DRAFT = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021")
SECOND_CONFERENCE = facts.named("second conference")
SECOND_PLAN = facts.named("second plan")
SECOND_REPORT = facts.named("second report")
STORY = (
    facts.fact(facts.directive()),
    facts.fact(DirectiveCorrected(correction="Sửa nơi ban hành", place="Phước Long")),
    facts.fact(facts.task(deadlines=(DRAFT,)), subject=TASK),
    facts.fact(facts.task(lead=OFFICE, coordinating=()), subject=OTHER_TASK),
    facts.fact(TaskReceived(received_by=HOME_AFFAIRS), subject=TASK),
    facts.fact(TaskReceived(received_by=OFFICE), subject=TASK),
    facts.fact(TaskReceived(received_by=OFFICE), subject=OTHER_TASK),
    facts.fact(ProgressReported(reported_by=OFFICE, content="Đang lấy ý kiến"), subject=TASK),
    facts.fact(DeadlineClarified(name="dự thảo", phrase="trước ngày 20/4/2021"), subject=TASK),
    facts.fact(facts.requested(), subject=REQUEST),
    facts.fact(ExtensionGranted(last_good_day=date(2021, 4, 20)), subject=REQUEST),
    facts.fact(facts.plan(), subject=PLAN),
    facts.fact(PlanReturned(reasons="Thiếu giải pháp"), subject=PLAN),
    facts.fact(facts.plan(is_final=True), subject=SECOND_PLAN),
    facts.fact(facts.scheduled(of=(TASK, OTHER_TASK)), subject=CONFERENCE),
    facts.fact(facts.held(), subject=CONFERENCE),
    facts.fact(facts.scheduled(), subject=SECOND_CONFERENCE),
    facts.fact(ConferenceCancelled(cancelled_by=OFFICE, reason="Trùng lịch họp"), subject=SECOND_CONFERENCE),
    facts.fact(facts.report(), subject=REPORT),
    facts.fact(facts.report(of=OTHER_TASK, by=OFFICE), subject=SECOND_REPORT),
)


def told(story: Sequence[Fact]) -> Registry:
    """Return the registry after a story; a fact that comes again is recognised, as the registrar does by source and id."""
    registry, seen = Registry(), set[int]()
    for each in story:
        if id(each) not in seen:
            seen.add(id(each))
            registry.take(each)
    return registry


def test_the_story_is_registered_whole() -> None:
    assert [past.fact for past in told(STORY).histories[DIRECTIVE]] == list(STORY)


@settings(deadline=None, max_examples=500)
@given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=10))
def test_a_story_ends_the_same_in_any_order_and_however_often_it_is_told(story: Sequence[Fact], again: Sequence[Fact]) -> None:
    in_order, mixed = told(STORY), told([*again, *story])
    assert mixed.states == in_order.states
    assert mixed.owners == in_order.owners
    assert mixed.waiting == []
    assert len(mixed.histories[DIRECTIVE]) == len(STORY)
