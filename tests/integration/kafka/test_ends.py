"""Where a topic ends, asked of a real Kafka."""

import asyncio
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaProducer

from shared.broker import client_options
from shared.errors import UnavailableError
from shared.streaming.ends import Ends


async def send(bootstrap: str, topic: str, count: int, partition: int) -> None:
    producer = AIOKafkaProducer(**client_options(bootstrap))
    await producer.start()
    for number in range(count):
        await producer.send_and_wait(topic, str(number).encode(), partition=partition)
    await producer.stop()


async def test_the_end_of_a_partition_is_what_comes_next(bootstrap: str, topics: Callable[..., str]) -> None:
    topic = topics()
    async with Ends(bootstrap).opened() as ends:
        assert await ends.read(topic, 1) == 0
        await send(bootstrap, topic, 3, 1)
        assert await asyncio.gather(*(ends.read(topic, partition) for partition in (0, 1, 1))) == [0, 3, 3]


async def test_a_kafka_that_is_away_is_said_to_be_and_asked_anew_later() -> None:
    async with Ends("127.0.0.1:1").opened() as ends:
        for _ in range(2):
            with pytest.raises(UnavailableError, match=r"the end of t/0"):
                await ends.read("t", 0)
