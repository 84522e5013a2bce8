"""Topics on the real broker."""

import pytest
from kafka import KafkaProducer

from deploy.local.infrastructure import Infrastructure
from shared.broker import client_options
from shared.errors import FatalError, UnavailableError
from shared.topics import Topic, create_topics, delete_topics, end_offsets, load_topics, partition_of, topic_ids


def topic(name: str) -> Topic:
    return Topic(name, owner="tests", key="", holds="", config={})


def test_what_is_missing_is_created_and_what_exists_stays(bootstrap: str, topic_prefix: str) -> None:
    first, second = topic(f"{topic_prefix}first"), topic(f"{topic_prefix}second")
    assert create_topics(bootstrap, 2, 1, [first]) == [first.name]
    before = topic_ids(bootstrap)[first.name]
    assert create_topics(bootstrap, 2, 1, [first, second]) == [second.name]
    assert topic_ids(bootstrap)[first.name] == before


def test_another_partition_count_is_refused_before_anything_is_created(bootstrap: str, topic_prefix: str) -> None:
    old, new = topic(f"{topic_prefix}old"), topic(f"{topic_prefix}new")
    create_topics(bootstrap, 2, 1, [old])
    with pytest.raises(FatalError, match=rf"{old.name} has 2 partitions, not 3; a count never changes: set DONDOC_PARTITIONS=2"):
        create_topics(bootstrap, 3, 1, [new, old])
    assert new.name not in topic_ids(bootstrap)


def test_the_list_of_topics_can_be_created(bootstrap: str, topic_prefix: str) -> None:
    listed = [topic.of("h10") for topic in load_topics()]
    prefixed = [Topic(f"{topic_prefix}{each.name}", each.owner, each.key, each.holds, each.config) for each in listed]
    assert len(create_topics(bootstrap, 1, 1, prefixed)) == len(listed)


def test_a_topic_made_again_has_another_id(bootstrap: str, topic_prefix: str) -> None:
    again = topic(f"{topic_prefix}again")
    create_topics(bootstrap, 1, 1, [again])
    before = topic_ids(bootstrap)[again.name]
    delete_topics(bootstrap, [again.name])
    create_topics(bootstrap, 1, 1, [again])
    assert topic_ids(bootstrap)[again.name] != before


def test_the_ends_say_where_records_went(bootstrap: str, topic_prefix: str) -> None:
    name = f"{topic_prefix}ends"
    create_topics(bootstrap, 3, 1, [topic(name)])
    producer = KafkaProducer(**client_options(bootstrap))
    for key in ("a", "b", "a"):
        producer.send(name, key=key.encode(), value=b"").get(10)
    producer.close()
    expected = {(name, partition): 0 for partition in range(3)}
    for key in ("a", "b", "a"):
        expected[name, partition_of(key, 3)] += 1
    assert end_offsets(bootstrap, [name, f"{topic_prefix}absent"]) == expected


def test_without_enough_brokers_nothing_is_created(bootstrap: str, topic_prefix: str) -> None:
    with pytest.raises(UnavailableError, match="replication"):
        create_topics(bootstrap, 1, 3, [topic(f"{topic_prefix}copies")])


def test_a_broker_that_hangs_is_unavailable(infrastructure: Infrastructure) -> None:
    infrastructure.kafka.pause()
    try:
        with pytest.raises(UnavailableError):
            topic_ids(infrastructure.kafka.bootstrap)
    finally:
        infrastructure.kafka.resume()
    infrastructure.kafka.start()
