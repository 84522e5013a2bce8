"""Where topics end, as Kafka tells it now: for those who have to know whether a backlog is still to be read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.broker import client_options
from shared.errors import UnavailableError


class Ends:
    """Asks Kafka for the ends of partitions; connects when it is asked first, and anew after an error."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumer: AIOKafkaConsumer | None = None
        self._asking = asyncio.Lock()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Ends"]:
        """Close the connection at the end of the block."""
        try:
            yield self
        finally:
            await self._close()

    async def read(self, topic: str, partition: int) -> int:
        """Return the offset that the next record of a partition will have, or raise UnavailableError."""
        place = TopicPartition(topic, partition)
        try:
            async with self._asking:
                consumer = await self._open()
                ends = await consumer.end_offsets([place])
        except (KafkaError, OSError) as error:
            await self._close()
            raise UnavailableError(f"Kafka does not tell the end of {topic}/{partition}: {error or type(error).__name__}") from error
        return int(ends[place])

    async def _open(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(**client_options(self._bootstrap), enable_auto_commit=False, auto_offset_reset="none")
            self._consumer = consumer
            await consumer.start()
        return self._consumer

    async def _close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()
