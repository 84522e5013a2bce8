"""Bugs that are planted into the simulated office are caught: by the chaos checker wherever it can see them."""

from collections.abc import Iterator, Sequence

import pytest

from deploy.chaos.evidence import Finding
from deploy.simulation.history import play, weigh
from deploy.simulation.office import Parts
from deploy.simulation.stories import write_story
from tests.support import bugs_of_services, bugs_of_shells
from tests.support.planting import Bug, planted
from tests.support.simulating import SEED

MOST = 400
"""Within so many histories each bug is caught."""
BUGS = (*bugs_of_shells.BUGS, *bugs_of_services.BUGS)


def seen(parts: Parts, number: int, *, by_checker: bool) -> Sequence[Finding]:
    """Return what is found in a history, by the chaos checker or by the simulation's own invariants."""
    story = write_story(SEED, number)
    judgement = weigh(play(story, parts), story)
    return judgement.checked if by_checker else judgement.judged


def catches(bug: Bug) -> Iterator[Sequence[Finding]]:
    with planted(bug) as parts:
        for number in range(MOST):
            yield seen(parts, number, by_checker=not bug.unseen)


def test_there_are_enough_bugs_and_each_has_a_name() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 40
    assert sum(not bug.unseen for bug in BUGS) >= 30


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    assert next(filter(None, catches(bug)), None)
