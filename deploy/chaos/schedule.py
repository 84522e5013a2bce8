"""The schedule of faults: who is killed, and after how many facts; the same seed makes the same schedule."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

TARGETS = ("gateway", "registrar", "directives", "deadlines", "notifications", "kafka", "postgres")
"""Every process, the broker and the database."""
JITTER = 0.35
"""How far a fault lies from the even beat, as a share of the beat."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A kill of `target` (SIGKILL) once `after` facts were answered."""

    number: int
    target: str
    after: int


def plan_faults(seed: int, count: int, facts: int) -> Sequence[Fault]:
    """Return the faults of a run over so many facts: each target in turn, in a new order each round, at uneven moments."""
    chance = random.Random(f"faults {seed}")  # noqa: S311  repeatable, not secret
    targets: list[str] = []
    while len(targets) < count:
        targets += chance.sample(TARGETS, len(TARGETS))
    beat = facts / (count + 1)
    return [
        Fault(number, target, int(beat * (number + chance.uniform(-JITTER, JITTER))))
        for number, target in enumerate(targets[:count], start=1)
    ]
