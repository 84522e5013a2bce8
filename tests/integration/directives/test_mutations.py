"""Two thousand requests and messages with something wrong, from a seed, against gateway, forwarder and registrar as they are deployed."""

from collections.abc import Iterator

import pytest

from deploy.bench.mutating import ROOM, SERVICES, WITHOUT_ANSWER, Report, run
from deploy.bench.mutations import Mutator
from deploy.local.infrastructure import Infrastructure
from deploy.local.stack import Stack

SEED = 20_261_124
COUNT = 2_000


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Return a system of its own, since what is broken lies in its inbox for ever."""
    with Infrastructure() as infrastructure, Stack(infrastructure, services=SERVICES, environment=ROOM) as running:
        running.wait_ready()
        yield running


async def test_nothing_crashes_nothing_stands_still_and_everything_is_judged(stack: Stack) -> None:
    report: Report = await run(stack, COUNT, SEED)
    assert sum(report.answers.values()) == COUNT - 2 * (COUNT // 5)
    assert report.accepted > 100, report
    assert report.answers[WITHOUT_ANSWER] < 60
    assert len([answer for answer in report.answers if answer.startswith("4")]) >= 5
    assert report.outcomes["refused"] > 400


def test_the_same_seed_draws_the_same_mutations() -> None:
    first, second, other = Mutator(1), Mutator(1), Mutator(2)
    drawn = [[mutator.request("k") for _ in range(20)] for mutator in (first, second, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert first.message("p", is_stamped=True) == second.message("p", is_stamped=True)
