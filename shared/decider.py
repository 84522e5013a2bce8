"""The shape of every pure core: decide and evolve, and the fold over a history."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

State = TypeVar("State")
Command = TypeVar("Command")
Event = TypeVar("Event")


@dataclass(frozen=True)
class Decider(Generic[State, Command, Event]):
    """A state machine over events; `decide` raises RefusedError when the rules say no."""

    initial: State
    decide: Callable[[State, Command], Sequence[Event]]
    evolve: Callable[[State, Event], State]

    def fold(self, history: Iterable[Event]) -> State:
        """Return the state after a history."""
        return reduce(self.evolve, history, self.initial)
