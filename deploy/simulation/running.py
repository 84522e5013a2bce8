"""Runs many histories, one after another or in several processes, and shrinks those that fail."""

import gc
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from deploy.chaos.evidence import Finding
from deploy.simulation.history import try_out
from deploy.simulation.shrinking import shrink
from deploy.simulation.steps import Story
from deploy.simulation.stories import write_story

PART = 250
"""How many histories a process does before it tells how far it is, and before memory is tidied up."""


class Failure(NamedTuple):
    """A history in which an invariant broke: what is wrong, and the shortest story in which the same kind of thing goes wrong."""

    number: int
    findings: Sequence[Finding]
    story: Story


def run_part(seed: int, numbers: Sequence[int]) -> list[Failure]:
    """Return the histories of some numbers that fail."""
    with _undisturbed():
        return [failure for number in numbers if (failure := run_one(seed, number)) is not None]


def run_one(seed: int, number: int) -> Failure | None:
    """Return the failure of one history, shrunk, or None."""
    story = write_story(seed, number)
    findings = try_out(story)
    if not findings:
        return None
    shorter = shrink(story, partial(_fails_like, findings[0]))
    return Failure(number, try_out(shorter), shorter)


def _fails_like(finding: Finding, story: Story) -> bool:
    return any(each.kind == finding.kind for each in try_out(story))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep logs away, and the collector of garbage: a history is short, and there is time between them."""
    logging.disable(logging.CRITICAL)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        logging.disable(logging.NOTSET)


def parts_of(first: int, count: int) -> Iterator[range]:
    """Return the numbers of some histories in parts."""
    for start in range(first, first + count, PART):
        yield range(start, min(start + PART, first + count))


def run_all(seed: int, parts: Iterable[range], processes: int, done: Callable[[int], None]) -> list[Failure]:
    """Run parts in so many processes, tell after each how many histories it had, and return the failures by their numbers."""
    failures: list[Failure] = []
    with ProcessPoolExecutor(processes) as pool:
        listed = list(parts)
        for part, found in zip(listed, pool.map(partial(run_part, seed), listed), strict=True):
            failures += found
            done(len(part))
    return failures


def tell(seed: int, failure: Failure) -> str:
    """Return a failure for people: the story, what is wrong, and how to see it again."""
    return "\n".join(
        (
            f"history {failure.number} of seed {seed} fails; the shortest story that does:",
            *(failure.story.lines()),
            *(f"  {each.kind}: {each.what}" for each in failure.findings[:5]),
            f"  the same again: python -m deploy.simulation --seed {seed} --first {failure.number} --histories 1",
        )
    )
