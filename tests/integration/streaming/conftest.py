import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from shared.broker import client_options
from tests.support.lane import Lane


@pytest.fixture
async def lane(bootstrap: str, database: str, topics: Callable[..., str], tmp_path: Path) -> AsyncIterator[Lane]:
    lane = Lane(bootstrap, database, topics("lane"), tmp_path)
    await lane.open()
    yield lane
    await lane.close()


@pytest.fixture
def out(topics: Callable[..., str]) -> str:
    return topics("out")


@pytest.fixture
def remake(bootstrap: str) -> Callable[[str], None]:
    """Delete a topic and make it again under the same name."""

    def remake_topic(name: str) -> None:
        admin = KafkaAdminClient(**client_options(bootstrap))
        admin.delete_topics([name])
        end = time.monotonic() + 20
        while True:
            try:
                admin.create_topics([NewTopic(name=name, num_partitions=4, replication_factor=1)])
                break
            except TopicAlreadyExistsError:
                if time.monotonic() > end:
                    raise
        admin.close()

    return remake_topic
