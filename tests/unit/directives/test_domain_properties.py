"""What holds of every history: it folds, it is decided the same way twice, and nothing that was refused leaves a trace."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import uuid5

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.directives.domain import DECIDER, Fact, FactData, FactRefusedError, State
from tests.support import facts
from tests.support.facts import COMMITTEE, HOME_AFFAIRS, OFFICE, SPACE, STRANGER
from tests.support.scenario import Registry

KEYS = ("a", "b")
UNITS = st.sampled_from([COMMITTEE, HOME_AFFAIRS, OFFICE, STRANGER])
IDS = st.sampled_from([uuid5(SPACE, name) for name in "xyz"])
DIRECTIVES = st.sampled_from([uuid5(COMMITTEE, key) for key in KEYS])


@st.composite
def _issued(draw: st.DrawFn) -> Fact:
    key = draw(st.sampled_from(KEYS))
    data = facts.directive(key=key, number=draw(st.sampled_from([None, 1, 2])), issued_on=facts.RECEIVED_AT.date())
    return facts.fact(data, subject=uuid5(COMMITTEE, key), key=uuid5(COMMITTEE, key))


@st.composite
def _work(draw: st.DrawFn) -> Fact:
    data: FactData = draw(
        st.one_of(
            st.builds(lambda lead: facts.task(lead=lead, coordinating=()), UNITS),
            st.builds(lambda of, by, is_final: facts.plan(of=of, by=by, is_final=is_final), IDS, UNITS, st.booleans()),
            st.builds(lambda of, by: facts.scheduled(of=(of,), by=by), IDS, UNITS),
            st.builds(lambda by: facts.held(by=by), UNITS),
            st.builds(lambda of, by: facts.report(of=of, by=by), IDS, UNITS),
        )
    )
    return facts.fact(data, subject=draw(IDS), key=draw(DIRECTIVES))


@st.composite
def _unit(draw: st.DrawFn) -> Fact:
    key = draw(st.sampled_from([STRANGER, uuid5(SPACE, "x")]))
    return facts.fact(facts.unit(code=draw(st.sampled_from(["H1", "H2"]))), subject=key, key=key)


HISTORIES = st.lists(st.one_of(_issued(), _work(), _work(), _unit()), max_size=40)


def register(history: Sequence[Fact]) -> tuple[Registry, list[Fact]]:
    """Return the registry after a history, and what was registered."""
    registry, registered = Registry(), []
    for each in history:
        with suppress(FactRefusedError):
            registry.judge(each)
            registered.append(each)
    return registry, registered


@settings(deadline=None)
@given(HISTORIES)
def test_the_registered_facts_alone_fold_to_the_same_state(history: Sequence[Fact]) -> None:
    registry, registered = register(history)
    for key, state in registry.states.items():
        assert DECIDER.fold(each for each in registered if each.key == key) == state


@settings(deadline=None)
@given(HISTORIES)
def test_deciding_again_says_the_same(history: Sequence[Fact]) -> None:
    assert register(history) == register(history)


@settings(deadline=None)
@given(HISTORIES)
def test_what_was_refused_leaves_no_trace(history: Sequence[Fact]) -> None:
    registry, registered = register(history)
    assert register(registered) == (registry, registered)


@settings(deadline=None)
@given(HISTORIES)
def test_a_state_survives_the_table_that_it_is_kept_in(history: Sequence[Fact]) -> None:
    registry, _ = register(history)
    for state in registry.states.values():
        assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state
