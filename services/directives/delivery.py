"""Delivery into the inbox: a record counts as received once Kafka acknowledged it."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata

from services.directives.admission import Admitted
from shared.broker import new_producer
from shared.errors import FatalError, UnavailableError

logger = logging.getLogger(__name__)

SEND_SECONDS = 4.0
RETRY_SECONDS = 0.5
CLOSE_SECONDS = 15.0

Place = tuple[int, int]
"""A partition of the inbox and an offset in it."""


class InboxSender:
    """Sends records to the inbox through one idempotent producer, and takes a new one after any error."""

    def __init__(self, bootstrap: str, topic: str, partitions: int) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._partitions = partitions
        self._producer: AIOKafkaProducer | None = None
        self._ready = asyncio.Event()
        self._broken = asyncio.Event()
        self._why = "the connection is being made"

    async def run(self) -> None:
        """Keep a producer connected until cancelled; producers that failed are closed beside."""
        closing: set[asyncio.Task[None]] = set()
        try:
            while True:
                producer = new_producer(self._bootstrap)
                try:
                    await self._hold(producer)
                finally:
                    task = asyncio.create_task(_close(producer))
                    closing.add(task)
                    task.add_done_callback(closing.discard)
        finally:
            self._forget_producer()
            await asyncio.gather(*closing)

    async def _hold(self, producer: AIOKafkaProducer) -> None:
        """Use a producer until it fails; a broker that cannot be reached is tried again a little later."""
        try:
            await self._connect(producer)
            await self._broken.wait()
            logger.warning("inbox: %s; taking a new producer", self._why)
        except (KafkaError, OSError, FatalError) as error:
            self._why = str(error) or type(error).__name__
            logger.warning("inbox: %s; again in %s s", self._why, RETRY_SECONDS)
            await asyncio.sleep(RETRY_SECONDS)

    async def _connect(self, producer: AIOKafkaProducer) -> None:
        self._broken.clear()
        await producer.start()
        found = len(await producer.partitions_for(self._topic))
        if found != self._partitions:
            message = f"{self._topic} has {found} partitions, not {self._partitions}; a count never changes: set DONDOC_PARTITIONS={found}"
            raise FatalError(message)
        self._producer = producer
        self._ready.set()

    async def send(self, record: Admitted) -> Place:
        """Return the place of a record once it is safely in Kafka; raises UnavailableError when it may not be."""
        producer = self._producer
        try:
            async with asyncio.timeout(SEND_SECONDS):
                producer = producer or await self._wait_for_producer()
                told = await producer.send(self._topic, record.value, record.key, record.partition)
                return self._place(await told)
        except (KafkaError, TimeoutError, OSError) as error:
            raise self._away(error, producer) from error

    async def send_all(self, records: Sequence[Admitted]) -> list[Place]:
        """Return the places of records once all are in Kafka, each partition's in order and as far as possible as one Kafka batch.

        Raises UnavailableError when some may not be; sending all again is safe, since (source, id) tells repeats.
        """
        if not records:
            return []
        by_partition: dict[int, list[int]] = {}
        for index, record in enumerate(records):
            by_partition.setdefault(record.partition, []).append(index)
        places: dict[int, Place] = {}
        producer = self._producer
        try:
            async with asyncio.timeout(SEND_SECONDS):
                producer = producer or await self._wait_for_producer()
                parts = (self._send_in_order(producer, records, indexes, places) for indexes in by_partition.values())
                await asyncio.gather(*parts)
        except (KafkaError, TimeoutError, OSError) as error:
            raise self._away(error, producer) from error
        return [places[index] for index in range(len(records))]

    async def _send_in_order(
        self, producer: AIOKafkaProducer, records: Sequence[Admitted], indexes: Sequence[int], places: dict[int, Place]
    ) -> None:
        """Send one partition's records; the next batch goes out only when the one before it is acknowledged."""
        begin = 0
        while begin < len(indexes):
            batch = producer.create_batch()
            end = begin
            while end < len(indexes) and self._append(batch, records[indexes[end]]):
                end += 1
            batch.close()
            told = await producer.send_batch(batch, self._topic, partition=records[indexes[begin]].partition)
            partition, first = self._place(await told)
            for step, index in enumerate(indexes[begin:end]):
                places[index] = (partition, first + step)
            begin = end

    @staticmethod
    def _append(batch: BatchBuilder, record: Admitted) -> bool:
        return batch.append(timestamp=None, key=record.key, value=record.value) is not None

    async def _wait_for_producer(self) -> AIOKafkaProducer:
        while self._producer is None:
            await self._ready.wait()
        return self._producer

    @staticmethod
    def _place(told: RecordMetadata) -> Place:
        if told.offset < 0:  # the broker knew the batch already and no longer knows where it is
            raise KafkaError("the broker acknowledged the record without its offset")
        return told.partition, told.offset

    def _away(self, error: Exception, producer: AIOKafkaProducer | None) -> UnavailableError:
        """Give up a producer that failed, since a failed batch that is followed by a good one would break its sequence."""
        if producer is not None and producer is self._producer:
            self._why = str(error) or "it did not acknowledge in time"
            self._forget_producer()
            self._broken.set()
        return UnavailableError(f"Kafka is away: {self._why}; send the same events again, with the same ids")

    def _forget_producer(self) -> None:
        self._producer = None
        self._ready.clear()


async def _close(producer: AIOKafkaProducer) -> None:
    """Close a producer, giving what it still holds a last chance."""
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await producer.stop()
