"""A fetch that lasted over a rebalance brings runs that nobody takes: they are read again, and not only when the next record comes."""

from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from shared.streaming.runs import Run
from shared.streaming.transport import RunConsumer
from tests.support.records import FakeRecord

PLACE = TP("events", 2)


class Consumer(RunConsumer):
    """A consumer of which only the fetching is run; `meanwhile` happens while a fetch lasts."""

    should_stop = False
    flow_active = True

    def __init__(self, meanwhile: Any) -> None:
        self.app: Any = SimpleNamespace(consumer_generation_id=1)
        self.sought = 0
        self._in_flight: Any = {(PLACE, 0): 0}
        self._meanwhile = meanwhile

    async def _fetch_runs(self, _wait: float) -> list[Run]:
        self._meanwhile(self)
        return [Run(PLACE, [FakeRecord("events", 2, 7, 0, b"key", b"value", ())], 0)]

    async def perform_seek(self) -> None:
        self.sought += 1


def nothing(_consumer: Consumer) -> None:
    pass


def rebalance(consumer: Consumer) -> None:
    consumer.app.consumer_generation_id += 1


def stop_flow(consumer: Consumer) -> None:
    consumer.flow_active = False


@pytest.mark.parametrize(("meanwhile", "taken", "sought"), [(nothing, 1, 0), (rebalance, 0, 1), (stop_flow, 0, 1)])
async def test_what_a_fetch_brought_is_taken_or_read_again(meanwhile: Any, taken: int, sought: int) -> None:
    consumer = Consumer(meanwhile)
    runs = [run async for run in consumer.getmany(1.0)]
    assert (len(runs), consumer.sought) == (taken, sought)
