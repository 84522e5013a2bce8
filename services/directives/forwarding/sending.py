"""Sends runs into the inbox: one batch a partition at a time, and nothing counts as sent before every replica has it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.directives.forwarding.reading import Forwarded
from shared.broker import new_producer
from shared.errors import UnavailableError

ACK_SECONDS = 3.0
"""Below the database's limit for a transaction in which nothing happens (5 s): the turn waits open while the inbox is written."""
CLOSE_SECONDS = 15.0


class InboxWriter:
    """A producer to the inbox; after any error the next run gets a new one, so that a batch given up on never comes late and alone."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    async def write(self, records: Sequence[Forwarded]) -> None:
        """Return when all records are acknowledged, each partition's in order; raises UnavailableError when that takes too long."""
        producer = await self._open()
        parts: dict[int, list[Forwarded]] = defaultdict(list)
        for record in records:
            parts[record.partition].append(record)
        with _as_unavailable():
            try:
                async with asyncio.timeout(ACK_SECONDS):
                    await asyncio.gather(*(self._write_part(producer, partition, part) for partition, part in parts.items()))
            except BaseException:
                self._give_up(producer)
                raise

    async def _write_part(self, producer: AIOKafkaProducer, partition: int, records: Sequence[Forwarded]) -> None:
        batch = producer.create_batch()
        for record in records:
            if self._append(batch, record) is None:
                await self._send(producer, batch, partition)
                batch = producer.create_batch()
                self._append(batch, record)
        await self._send(producer, batch, partition)

    def _append(self, batch: object, record: Forwarded) -> object:
        return batch.append(timestamp=None, key=record.key, value=record.value, headers=record.headers)  # type: ignore[attr-defined]

    async def _send(self, producer: AIOKafkaProducer, batch: object, partition: int) -> None:
        batch.close()  # type: ignore[attr-defined]
        await (await producer.send_batch(batch, self._topic, partition=partition))

    async def _open(self) -> AIOKafkaProducer:
        """Return the producer, starting a new one after an error."""
        async with self._starting:
            if self._producer is None:
                producer = new_producer(self._bootstrap)
                with _as_unavailable():
                    try:
                        async with asyncio.timeout(ACK_SECONDS):
                            await producer.start()
                    except BaseException:
                        self._close(producer)
                        raise
                self._producer = producer
            return self._producer

    def _give_up(self, producer: AIOKafkaProducer) -> None:
        """Take another producer for the next run; several partitions may fail with the same one."""
        if self._producer is producer:
            self._producer = None
            self._close(producer)

    def _close(self, producer: AIOKafkaProducer) -> None:
        task = asyncio.create_task(_stop(producer))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _stop(producer: AIOKafkaProducer) -> None:
    with suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await producer.stop()


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """Turn what Kafka's client raises into the error that is waited out."""
    try:
        yield
    except (KafkaError, OSError, TimeoutError) as error:
        raise UnavailableError(f"the inbox in Kafka: {error or type(error).__name__}") from error
