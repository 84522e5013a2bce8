"""A reader that follows all topics while the faults happen, and keeps what it saw: what was read once must stay as it was."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.chaos.evidence import digest
from shared.broker import client_options, survive_closed_transports

FETCH_MS = 500
REQUEST_MS = 10_000
PAUSE_SECONDS = 0.5

Seen = dict[tuple[str, int], list[tuple[int, bytes]]]


class Witness:
    """Reads on from where it was, with a new consumer after each error."""

    def __init__(self, bootstrap: str, topics: Sequence[str], partitions: int) -> None:
        self.seen: Seen = defaultdict(list)
        self._bootstrap = bootstrap
        self._next = {TopicPartition(topic, number): 0 for topic in topics for number in range(partitions)}

    async def run(self) -> None:
        """Read until cancelled."""
        survive_closed_transports()
        while True:
            try:
                await self._read()
            except (KafkaError, OSError):
                await asyncio.sleep(PAUSE_SECONDS)

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            **client_options(self._bootstrap), enable_auto_commit=False, auto_offset_reset="none", request_timeout_ms=REQUEST_MS
        )
        await consumer.start()
        try:
            consumer.assign(list(self._next))
            for place, offset in self._next.items():
                consumer.seek(place, offset)
            while True:
                self._keep(await consumer.getmany(timeout_ms=FETCH_MS))
        finally:
            await consumer.stop()

    def _keep(self, runs: Mapping[TopicPartition, Sequence]) -> None:  # type: ignore[type-arg]  # aiokafka is not typed
        for place, records in runs.items():
            self.seen[place.topic, place.partition] += [(record.offset, digest(record.value or b"")) for record in records]
            self._next[place] = records[-1].offset + 1
