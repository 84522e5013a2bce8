"""Given, when, then for the registry's rules: facts that were registered, a fact that comes in, what the office does with it."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from uuid import UUID

from services.directives.domain import (
    DECIDER,
    Claim,
    Fact,
    FactRefusedError,
    FactWaitsError,
    Filing,
    Past,
    References,
    Rights,
    State,
    Unit,
    claims_of,
    is_met,
    rights_of,
    void,
)
from shared.contracts.registry import PublisherAuthorised
from shared.contracts.voiding import FactVoided
from tests.support import facts

KNOWN_UNITS = frozenset({facts.COMMITTEE, facts.HOME_AFFAIRS, facts.OFFICE})


@dataclass
class Registry:
    """The registry in memory, of all keys; it judges at the instant of receipt where `now` is not set."""

    states: dict[UUID, State] = field(default_factory=dict)
    owners: dict[Claim, UUID] = field(default_factory=dict)
    units: set[UUID] = field(default_factory=lambda: set(KNOWN_UNITS))
    rights: dict[str, Rights] = field(default_factory=dict)
    histories: dict[UUID, list[Past]] = field(default_factory=dict)
    waiting: list[tuple[Claim, Fact]] = field(default_factory=list)
    now: datetime | None = None

    def judge(self, fact: Fact) -> None:
        """Register a fact, or raise FactRefusedError or FactWaitsError and change nothing."""
        filing = Filing(fact, References(self.units, self.owners, self.rights), self.now or fact.received_at)
        history = self.histories.get(fact.key, [])
        if isinstance(fact.data, FactVoided):
            self.states[fact.key], freed = void(history, filing)
            for claim in freed:
                del self.owners[claim]
        else:
            (registered,) = DECIDER.decide(self.states.get(fact.key), filing)
            self.states[fact.key] = DECIDER.evolve(self.states.get(fact.key), registered)
        self.histories[fact.key] = [*history, Past(len(history) + 1, fact)]
        self._note(fact)

    def _note(self, fact: Fact) -> None:
        self.owners.update(dict.fromkeys(claims_of(fact), fact.key))
        if isinstance(self.states[fact.key], Unit):
            self.units.add(fact.key)
        if isinstance(fact.data, PublisherAuthorised):
            self.rights[fact.data.publisher] = rights_of(fact.data)

    def take(self, fact: Fact) -> None:
        """Register a fact and release those that waited for it, let it wait, or raise FactRefusedError."""
        try:
            self.judge(fact)
        except FactWaitsError as error:
            self.waiting.append((error.need, fact))
            return
        while (released := self._released(fact.key)) is not None:
            self.waiting.remove(released)
            with suppress(FactRefusedError):
                self.take(released[1])

    def _released(self, key: UUID) -> tuple[Claim, Fact] | None:
        return next((each for each in self.waiting if each[1].key == key and is_met(self.states[key], each[0])), None)


class Scenario:
    """One story of the registry office."""

    def __init__(self, history: Iterable[Fact]) -> None:
        self.registry = Registry()
        for each in history:
            self.registry.judge(each)
        self._error: FactRefusedError | FactWaitsError | None = None
        self._fact: Fact | None = None

    def at(self, now: datetime) -> Self:
        """Let the office judge at an instant."""
        self.registry.now = now
        return self

    def when(self, fact: Fact) -> Self:
        """Let a fact come in."""
        self._fact, self._error = fact, None
        try:
            self.registry.judge(fact)
        except (FactRefusedError, FactWaitsError) as error:
            self._error = error
        return self

    def then_registered(self) -> Self:
        """Assert that it was registered."""
        assert self._fact is not None
        assert self._error is None, self._error
        return self

    def then_waits(self, kind: str, name: UUID) -> Self:
        """Assert that it waits for a thing of its key."""
        assert isinstance(self._error, FactWaitsError), self._error
        assert self._error.need == Claim(kind, str(name))
        assert not is_met(self.registry.states.get(self._fact.key) if self._fact else None, self._error.need)
        return self

    def then_refused(self, code: str, *pointers: str) -> Self:
        """Assert that it was refused with a code, for the fields at `pointers`, with a reason in both languages."""
        assert isinstance(self._error, FactRefusedError), self._error or "it was registered"
        assert self._error.code == code
        assert tuple(each.pointer for each in self._error.fields) == pointers
        assert self._error.reason
        assert self._error.reason_vi
        return self


def given(*history: Fact) -> Scenario:
    """Return a scenario after a history, all of which the office registers."""
    return Scenario(history)
