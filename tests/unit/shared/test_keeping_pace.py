"""A run of a topic that is too fast waits outside any turn, and is known to wait."""

import asyncio
from typing import TYPE_CHECKING, cast

from faust.types import TP

from shared.streaming.follower import Follower
from shared.streaming.runs import Run
from tests.support.records import FakeRecord
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.journal.unit_of_work import Ledger, UnitOfWork
    from shared.streaming.runs import Record

PLACE = TP("publishers.so-noi-vu.v1", 1)
RUN = Run(PLACE, [FakeRecord(*PLACE, offset, 0, b"k", b"x") for offset in range(3)], epoch=1)


class Consumer:
    """Has never sought."""

    def epoch(self, _tp: TP) -> int:
        return 1

    async def rewind(self, _tp: TP, _offset: int) -> None:
        raise AssertionError("nothing is read again")


async def never(_work: "UnitOfWork", _records: "Sequence[Record]") -> None:
    raise AssertionError("nothing is applied")


async def test_a_run_that_is_too_fast_waits_until_the_worker_stops_and_opens_no_turn() -> None:
    asked: list[tuple[str, int]] = []
    stopping = asyncio.Event()

    def pace(topic: str, records: int) -> float:
        asked.append((topic, records))
        return 0.01

    follower = Follower(cast("Ledger", None), never, has_positions=False, pace=pace)
    taking = asyncio.create_task(follower.take(RUN, Consumer(), stopping.is_set))

    async def waits() -> bool:
        return follower.paced == {PLACE} and len(asked) > 3

    await eventually(waits, 5)
    stopping.set()
    async with asyncio.timeout(5):
        await taking
    assert follower.paced == set()
    assert set(asked) == {(PLACE.topic, 3)}
