"""A run of the race on the real broker and database: exact work gives a figure, anything else none."""

import sys
from pathlib import Path

import pytest

from deploy.bench.machine import WrongResultError
from deploy.bench.race import Race, contenders
from deploy.local.infrastructure import Infrastructure


async def test_a_run_gives_a_figure_only_when_its_rows_are_exact(infrastructure: Infrastructure, topic_prefix: str) -> None:
    race = Race(infrastructure)
    course = await race.lay(f"{topic_prefix}course", 20_000)
    ours = contenders(Path(sys.executable))[0]
    assert ours.name == "lane"
    assert await race.run(ours, course, 1_000) > 0
    key, total = next(iter(course.expected.items()))
    course.expected = {**course.expected, key: total._replace(total=total.total + 1)}
    with pytest.raises(WrongResultError, match="lane's sum"):
        await race.run(ours, course, 1_000)
