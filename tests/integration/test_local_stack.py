"""The local Kafka and PostgreSQL are real, keep their data, and go away."""

from collections.abc import Callable

import asyncpg

from deploy.local.infrastructure import Infrastructure
from shared.topics import end_offsets, topic_ids


async def test_each_test_gets_an_empty_database_of_postgresql_18(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        assert connection.get_server_version().major == 18
        assert connection.get_settings().TimeZone == "UTC"
    finally:
        await connection.close()


def test_each_test_gets_topics_of_its_own(topics: Callable[..., str], bootstrap: str) -> None:
    first, second = topics("events", partitions=3), topics("events")
    assert first != second
    assert {first, second} <= topic_ids(bootstrap).keys()
    assert end_offsets(bootstrap, [first]) == {(first, 0): 0, (first, 1): 0, (first, 2): 0}


def test_a_killed_kafka_comes_back_with_its_topics_on_the_same_port(infrastructure: Infrastructure, topics: Callable[..., str]) -> None:
    name = topics()
    before = topic_ids(infrastructure.kafka.bootstrap)[name]
    infrastructure.kafka.kill()
    infrastructure.kafka.start()
    assert topic_ids(infrastructure.kafka.bootstrap)[name] == before
