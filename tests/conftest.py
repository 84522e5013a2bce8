"""What tests of every kind share: a real Kafka and a real PostgreSQL, started once when the first test asks for them."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from deploy.local.infrastructure import Infrastructure
from shared.topics import Topic, create_topics

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def infrastructure() -> Iterator[Infrastructure]:
    """Return the running Kafka and PostgreSQL; a test that kills or pauses one brings it back before it ends."""
    with Infrastructure() as running:
        yield running


@pytest.fixture
def bootstrap(infrastructure: Infrastructure) -> str:
    """Return Kafka's address."""
    return infrastructure.kafka.bootstrap


@pytest.fixture
def database(infrastructure: Infrastructure) -> Iterator[str]:
    """Return the DSN of a fresh, empty database that is dropped afterwards, even when connections were left open."""
    name = f"test_{next(NUMBERS)}"
    infrastructure.postgres.create_database(name)
    yield infrastructure.postgres.dsn(name)
    infrastructure.postgres.drop_database(name)


@pytest.fixture
def topic_prefix() -> str:
    """Return a prefix that no other test has, for topics and consumer groups."""
    return f"t{next(NUMBERS)}."


@pytest.fixture
def topics(bootstrap: str, topic_prefix: str) -> Callable[..., str]:
    """Return a function that creates an empty topic and returns its name: `topics("events", partitions=4)`."""

    def make(name: str = "events", partitions: int = 4) -> str:
        topic = Topic(f"{topic_prefix}{next(NUMBERS)}.{name}", owner="tests", key="", holds="", config={})
        create_topics(bootstrap, partitions, 1, [topic])
        return topic.name

    return make
