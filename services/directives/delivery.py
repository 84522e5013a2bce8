"""Delivery into the inbox: a record counts as received once Kafka acknowledged it."""

import asyncio
import contextlib
import logging
from collections import deque
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


class _Lane:
    """What waits for one partition while a batch of it is under way."""

    __slots__ = ("drained_by", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[tuple[Admitted, asyncio.Future[Place]]] = deque()
        self.drained_by: asyncio.Task[None] | None = None


class InboxSender:
    """Sends records to the inbox through one idempotent producer, and takes a new one after any error.

    Single records of a partition that arrive while a batch is under way go out together as the next one: that costs a third of what the
    producer's own queue does, and leaves one batch of them in flight a partition.
    """

    def __init__(self, bootstrap: str, topic: str, partitions: int) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._partitions = partitions
        self._producer: AIOKafkaProducer | None = None
        self._ready = asyncio.Event()
        self._broken = asyncio.Event()
        self._why = "the connection is being made"
        self._lanes = [_Lane() for _ in range(partitions)]

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
        lane = self._lanes[record.partition]
        place: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        lane.waiting.append((record, place))
        if lane.drained_by is None:
            lane.drained_by = asyncio.create_task(self._drain(lane, record.partition))
        return await place

    async def _drain(self, lane: _Lane, partition: int) -> None:
        """Send what waits, batch after batch; when one fails, everybody who waits is told so at once."""
        told: deque[asyncio.Future[Place]] = deque()
        producer = self._producer
        failure = self._unavailable()
        try:
            while lane.waiting:
                async with asyncio.timeout(SEND_SECONDS):
                    producer = self._producer or await self._wait_for_producer()
                    batch = self._fill(producer, lane, told)
                    _, offset = self._place(await (await producer.send_batch(batch, self._topic, partition=partition)))
                while told:
                    _settle(told.popleft(), (partition, offset))
                    offset += 1
        except (KafkaError, TimeoutError, OSError) as error:
            failure = self._away(error, producer)
        finally:
            lane.drained_by = None
            told.extend(place for _, place in lane.waiting)
            lane.waiting.clear()
            for place in told:
                _settle(place, failure)

    def _fill(self, producer: AIOKafkaProducer, lane: _Lane, told: "deque[asyncio.Future[Place]]") -> BatchBuilder:
        """Return a batch of as many waiting records as it takes; their futures go to `told`, in the same order."""
        batch = producer.create_batch()
        while lane.waiting and self._append(batch, lane.waiting[0][0]):
            told.append(lane.waiting.popleft()[1])
        batch.close()
        return batch

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
        return self._unavailable()

    def _unavailable(self) -> UnavailableError:
        return UnavailableError(f"Kafka is away: {self._why}; send the same events again, with the same ids")

    def _forget_producer(self) -> None:
        self._producer = None
        self._ready.clear()


def _settle(place: asyncio.Future[Place], outcome: Place | UnavailableError) -> None:
    """Tell who waits for a place, unless they have gone."""
    if place.done():
        return
    if isinstance(outcome, UnavailableError):
        place.set_exception(UnavailableError(str(outcome)))  # one each, since a raised exception collects tracebacks
    else:
        place.set_result(outcome)


async def _close(producer: AIOKafkaProducer) -> None:
    """Close a producer, giving what it still holds a last chance."""
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await producer.stop()
