"""Given, when, then for the registry's rules: facts that were registered, a fact that comes in, what the office does with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from services.directives.domain import DECIDER, Claim, Fact, FactRefusedError, Filing, References, State, claims_of
from shared.contracts.registry import UnitRegistered
from tests.support import facts

KNOWN_UNITS = frozenset({facts.COMMITTEE, facts.HOME_AFFAIRS, facts.OFFICE})


@dataclass
class Registry:
    """The registry in memory, of all keys."""

    states: dict[UUID, State] = field(default_factory=dict)
    owners: dict[Claim, UUID] = field(default_factory=dict)
    units: set[UUID] = field(default_factory=lambda: set(KNOWN_UNITS))

    def judge(self, fact: Fact) -> None:
        """Register a fact, or raise FactRefusedError and change nothing."""
        filing = Filing(fact, References(self.units, self.owners))
        for registered in DECIDER.decide(self.states.get(fact.key), filing):
            self.states[fact.key] = DECIDER.evolve(self.states.get(fact.key), registered)
            self.owners.update(dict.fromkeys(claims_of(registered), fact.key))
            if isinstance(registered.data, UnitRegistered):
                self.units.add(registered.key)


class Scenario:
    """One story of the registry office."""

    def __init__(self, history: Iterable[Fact]) -> None:
        self.registry = Registry()
        for each in history:
            self.registry.judge(each)
        self._refusal: FactRefusedError | None = None
        self._fact: Fact | None = None

    def when(self, fact: Fact) -> Self:
        """Let a fact come in."""
        self._fact, self._refusal = fact, None
        try:
            self.registry.judge(fact)
        except FactRefusedError as error:
            self._refusal = error
        return self

    def then_registered(self) -> Self:
        """Assert that it was registered."""
        assert self._fact is not None
        assert self._refusal is None, self._refusal
        return self

    def then_refused(self, code: str, *pointers: str) -> Self:
        """Assert that it was refused with a code, for the fields at `pointers`, with a reason in both languages."""
        assert self._refusal is not None, "it was registered"
        assert self._refusal.code == code
        assert tuple(each.pointer for each in self._refusal.fields) == pointers
        assert self._refusal.reason
        assert self._refusal.reason_vi
        return self


def given(*history: Fact) -> Scenario:
    """Return a scenario after a history, all of which the office registers."""
    return Scenario(history)
