"""Reads topics outside any group and applies what they hold, each partition in order, up to a goal."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import takewhile

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError
from faust.types import TP

from shared.broker import client_options
from shared.envelope import header
from shared.errors import FatalError, UnavailableError
from shared.streaming.app import MAX_RUN
from shared.streaming.follower import Follower
from shared.streaming.runs import Record, Run

FETCH_MS = 500
FETCH_BYTES = 4 * 1_048_576
"""As much as the workers fetch for a partition, so that runs are as long as theirs."""
RELAY_SECONDS = 30.0
"""How long the next event may take from the journal to Kafka."""

Note = Callable[[int], None]
"""Takes note of how many more records were applied."""
FollowerOf = Callable[[str], Follower]
"""Return the follower of a topic."""


class Reader:
    """Applies records through the followers of their topics; it is the source that the followers ask."""

    def __init__(self, consumer: AIOKafkaConsumer, follower_of: FollowerOf, note: Note) -> None:
        self._consumer = consumer
        self._follower_of = follower_of
        self._note = note
        self._epochs: dict[TP, int] = defaultdict(int)
        self._sought: dict[TP, int] = {}

    async def read(self, begins: Mapping[TP, int], goals: Mapping[TP, int]) -> None:
        """Apply each partition from its begin to its goal, an offset; raises what a follower raises (FatalError)."""
        await self._read_all(begins, {tp: self._read_to_offset(tp, goal) for tp, goal in goals.items()})

    async def read_positions(self, begins: Mapping[TP, int], goals: Mapping[TP, tuple[int, int]]) -> None:
        """Apply each partition from its begin, of which a first position is known already, to a last position.

        Raises UnavailableError where what is in the journal does not come into Kafka.
        """
        await self._read_all(begins, {tp: self._read_to_position(tp, *goal) for tp, goal in goals.items()})

    async def _read_all(self, begins: Mapping[TP, int], readings: Mapping[TP, Awaitable[None]]) -> None:
        self._consumer.assign([TopicPartition(*tp) for tp in readings])
        for tp in readings:
            await self.rewind(tp, begins[tp])
        tasks = [asyncio.ensure_future(reading) for reading in readings.values()]
        try:
            await asyncio.gather(*tasks)
        except OffsetOutOfRangeError as error:
            raise FatalError(
                f"Kafka holds less than was read before ({error}): a topic was cut; remedy: restore it, then begin again with --afresh"
            ) from error
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _read_to_offset(self, tp: TP, goal: int) -> None:
        while await self._consumer.position(TopicPartition(*tp)) < goal:
            await self._take(tp, [record for record in await self._fetch(tp) if record.offset < goal])

    async def _read_to_position(self, tp: TP, last: int, goal: int) -> None:
        heard_at = time.monotonic()
        while last < goal:
            fetched = await self._fetch(tp)
            records = list(takewhile(lambda record: position_of(record) <= goal, fetched))
            if records:
                await self._take(tp, records)
                last = max(last, *map(position_of, records))
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > RELAY_SECONDS:
                raise UnavailableError(
                    f"{tp.topic}/{tp.partition} ends at position {last}, and the journal at {goal}: start the worker, whose relay sends it"
                )

    async def _fetch(self, tp: TP) -> list[Record]:
        place = TopicPartition(*tp)
        return list((await self._consumer.getmany(place, timeout_ms=FETCH_MS, max_records=MAX_RUN)).get(place, ()))

    async def _take(self, tp: TP, records: list[Record]) -> None:
        if records:
            run = Run(tp, records, self.epoch(tp), self._sought.pop(tp, None))
            await self._follower_of(tp.topic).take(run, self, _never)
            self._note(len(records))

    def epoch(self, tp: TP) -> int:
        """Return how often the partition was sought."""
        return self._epochs[tp]

    async def rewind(self, tp: TP, offset: int) -> None:
        """Read the partition again from `offset`."""
        self._consumer.seek(TopicPartition(*tp), offset)
        self._epochs[tp] += 1
        self._sought[tp] = offset


def position_of(record: Record) -> int:
    """Return the position that a relay gave to a record, 0 where another program wrote it."""
    return int(header(record.headers, "position") or 0)


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
