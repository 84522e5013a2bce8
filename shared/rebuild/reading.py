"""Reads topics outside any group and applies what they hold, each partition in order, up to a goal."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.types import TP

from shared.broker import client_options
from shared.streaming.app import MAX_RUN
from shared.streaming.follower import Follower
from shared.streaming.runs import Run

FETCH_MS = 500
FETCH_BYTES = 4 * 1_048_576
"""As much as the workers fetch for a partition, so that runs are as long as theirs."""

Note = Callable[[int], None]
"""Takes note of how many more records were applied."""


class Reader:
    """Applies records through the followers of their topics; it is the source that the followers ask."""

    def __init__(self, consumer: AIOKafkaConsumer, followers: Mapping[str, Follower], note: Note) -> None:
        self._consumer = consumer
        self._followers = followers
        self._note = note
        self._epochs: dict[TP, int] = defaultdict(int)
        self._sought: dict[TP, int] = {}

    async def read(self, begins: Mapping[TP, int], goals: Mapping[TP, int]) -> None:
        """Apply each partition from its begin to its goal; raises what a follower raises (FatalError)."""
        self._consumer.assign([TopicPartition(*tp) for tp in goals])
        for tp in goals:
            await self.rewind(tp, begins[tp])
        reading = [asyncio.create_task(self._read_partition(tp, goal)) for tp, goal in goals.items()]
        try:
            await asyncio.gather(*reading)
        finally:
            for task in reading:
                task.cancel()
            await asyncio.wait(reading)

    async def _read_partition(self, tp: TP, goal: int) -> None:
        place = TopicPartition(*tp)
        while await self._consumer.position(place) < goal:
            fetched = await self._consumer.getmany(place, timeout_ms=FETCH_MS, max_records=MAX_RUN)
            records = [record for record in fetched.get(place, ()) if record.offset < goal]
            if records:
                run = Run(tp, records, self.epoch(tp), self._sought.pop(tp, None))
                await self._followers[tp.topic].take(run, self, _never)
                self._note(len(records))

    def epoch(self, tp: TP) -> int:
        """Return how often the partition was sought."""
        return self._epochs[tp]

    async def rewind(self, tp: TP, offset: int) -> None:
        """Read the partition again from `offset`."""
        self._consumer.seek(TopicPartition(*tp), offset)
        self._epochs[tp] += 1
        self._sought[tp] = offset


def _never() -> bool:
    return False


@asynccontextmanager
async def consuming(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Open a consumer of no group for the block; partitions are given to it by hand."""
    consumer = AIOKafkaConsumer(
        **client_options(bootstrap), enable_auto_commit=False, auto_offset_reset="none", max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_wait_ms=FETCH_MS, isolation_level="read_committed",
    )  # fmt: skip
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()
