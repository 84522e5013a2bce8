"""The forwarder on a broker and a database of its own, publishers that send, and the inbox that it fills."""

import itertools
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local.stack import Stack
from shared.broker import client_options
from shared.envelope import header
from tests.support.publishers import Publisher, admit
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

INBOX = "directives.inbox.v1"
PARTITIONS = 4
NUMBERS = itertools.count(1)


@asynccontextmanager
async def producing(publisher: Publisher, **options: Any) -> "AsyncIterator[AIOKafkaProducer]":
    """Open a producer that signs in as the publisher."""
    producer = AIOKafkaProducer(**client_options(publisher.address), **options)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def publish(publisher: Publisher, *values: bytes | None, partition: int = 0, **options: Any) -> list[int]:
    """Send records into the publisher's topic, in order, and return their offsets."""
    async with producing(publisher, **options) as producer:
        sent = [await producer.send(publisher.topic, value, key=b"k", partition=partition) for value in values]
        return [(await each).offset for each in sent]


@dataclass
class Forwarding:
    """The running forwarder."""

    stack: Stack

    def publisher(self, **options: int) -> Publisher:
        """Give a new publisher access."""
        return admit(self.stack.infrastructure.kafka, f"so-gui-{next(NUMBERS)}", partitions=PARTITIONS, **options)

    @asynccontextmanager
    async def _consuming(self) -> "AsyncIterator[AIOKafkaConsumer]":
        consumer = AIOKafkaConsumer(**client_options(self.stack.bootstrap), auto_offset_reset="earliest", enable_auto_commit=False)
        await consumer.start()
        try:
            consumer.assign([TopicPartition(INBOX, partition) for partition in range(PARTITIONS)])
            yield consumer
        finally:
            await consumer.stop()

    async def read(self, publisher: Publisher) -> list[Any]:
        """Return the inbox's records that came from a publisher, each partition's in order."""
        async with self._consuming() as consumer:
            ends = await consumer.end_offsets(consumer.assignment())
            found: list[Any] = []
            while [tp for tp in ends if await consumer.position(tp) < ends[tp]]:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += records
        return [record for record in found if origin_of(record).startswith(f"{publisher.topic}/")]

    async def received(self, publisher: Publisher, count: int, limit: float = 60.0) -> list[Any]:
        """Return what came from a publisher once there are as many different records."""
        found: list[Any] = []

        async def are_there() -> bool:
            found[:] = await self.read(publisher)
            return len({origin_of(record) for record in found}) >= count

        await eventually(are_there, limit, every=0.2)
        return found

    async def lag(self) -> dict[str, int] | None:
        """Return what /readyz says is left to forward, by partition; None while it is not ready."""
        async with httpx.AsyncClient() as client:
            try:
                answer = await client.get(f"{self.stack.processes['forwarder'].url}/readyz")
            except httpx.TransportError:
                return None
        return dict(answer.json()["lag"]) if answer.status_code == httpx.codes.OK else None


def origin_of(record: Any) -> str:
    """Return the place in the publisher's topic that a record of the inbox came from."""
    return (header(record.headers, "origin") or b"").decode()
