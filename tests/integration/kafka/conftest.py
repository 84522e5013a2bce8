import itertools
from collections.abc import Callable, Iterator

import pytest

from deploy.local.infrastructure import Infrastructure
from shared import kafka_access
from shared.topics import delete_topics
from tests.support.publishers import Publisher, admit

NUMBERS = itertools.count(1)


@pytest.fixture
def admitted(infrastructure: Infrastructure) -> Iterator[Callable[..., Publisher]]:
    """Return a function that gives another publisher access to Kafka; what they have is taken away afterwards."""
    publishers: list[Publisher] = []

    def make(**options: int) -> Publisher:
        publishers.append(admit(infrastructure.kafka, f"so-thu-{next(NUMBERS)}", **options))
        return publishers[-1]

    yield make
    for publisher in publishers:
        kafka_access.deny(infrastructure.kafka.bootstrap, publisher.slug)
        delete_topics(infrastructure.kafka.bootstrap, [publisher.topic, publisher.verdicts])


@pytest.fixture
def publisher(admitted: Callable[..., Publisher]) -> Publisher:
    return admitted()
