"""What a publisher may do on the real broker, and that everything else is denied."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewPartitions
from kafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    KafkaTimeoutError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)

from deploy.local.infrastructure import Infrastructure
from deploy.local.polling import wait_until
from shared import kafka_access
from shared.broker import client_options
from shared.errors import ConfigurationError, UnavailableError
from shared.topics import Topic, create_topics, delete_topics, end_offsets, open_admin, topic_ids
from tests.support.publishers import Publisher, signs_in
from tests.support.waiting import eventually

VALUE = "Kế hoạch khắc phục".encode()


@contextmanager
def producing(publisher: Publisher, **options: object) -> Iterator[KafkaProducer]:
    """Open a producer that gives up soon."""
    limits = {"request_timeout_ms": 4_000, "delivery_timeout_ms": 5_000, "linger_ms": 0, "max_block_ms": 5_000}
    producer = KafkaProducer(**client_options(publisher.address), **{**limits, **options})
    try:
        yield producer
    finally:
        producer.close(timeout=1)


def send(publisher: Publisher, topic: str, **options: object) -> int:
    """Send one record and return its offset; raises what the broker says."""
    with producing(publisher, **options) as producer:
        return int(producer.send(topic, VALUE, partition=0).get(10).offset)


def read(publisher: Publisher, topic: str, group: str | None = None, seconds: float = 10) -> list[bytes]:
    """Read a topic from its beginning until something comes, at most the seconds; raises what the broker says."""
    options = {"group_id": group, "auto_offset_reset": "earliest", "enable_auto_commit": group is not None}
    with closing(KafkaConsumer(**client_options(publisher.address), **options)) as consumer:
        if group is None:
            consumer.assign([TopicPartition(topic, 0)])
        else:
            consumer.subscribe([topic])
        found: list[bytes] = []
        end = time.monotonic() + seconds
        while not found and time.monotonic() < end:
            found += [record.value for records in consumer.poll(timeout_ms=200).values() for record in records]
        if group is not None:
            consumer.commit()
        return found


def reads_nothing(publisher: Publisher, topic: str) -> bool:
    """Tell whether a topic that holds a record shows none of it: kafka-python waits for a topic of which it may not even know."""
    try:
        return read(publisher, topic, seconds=2) == []
    except TopicAuthorizationFailedError:
        return True


def fill(bootstrap: str, topics: Sequence[str]) -> None:
    """Let the office put a record into each topic."""
    with closing(KafkaProducer(**client_options(bootstrap))) as office:
        for topic in topics:
            office.send(topic, b"{}", partition=0).get(10)


def test_a_publisher_writes_into_its_own_topic_with_idempotence_and_without(publisher: Publisher) -> None:
    assert send(publisher, publisher.topic, enable_idempotence=False, acks=1) == 0
    assert send(publisher, publisher.topic, enable_idempotence=True) == 1


def test_a_publisher_uses_transactions_under_its_own_name(publisher: Publisher) -> None:
    with producing(publisher, transactional_id=f"{publisher.slug}.letters") as producer:
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(publisher.topic, VALUE, partition=0).get(10)
        producer.commit_transaction()


def test_a_transaction_under_anothers_name_is_denied(publisher: Publisher) -> None:
    with pytest.raises(TransactionalIdAuthorizationFailedError), producing(publisher, transactional_id="elsewhere.letters") as producer:
        producer.init_transactions()


def test_a_publisher_reads_its_own_verdicts_in_a_group_of_its_own(publisher: Publisher, bootstrap: str) -> None:
    fill(bootstrap, [publisher.verdicts])
    assert read(publisher, publisher.verdicts) == [b"{}"]
    assert read(publisher, publisher.verdicts, f"{publisher.slug}.readers") == [b"{}"]


def test_a_group_of_anothers_name_is_denied(publisher: Publisher) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        read(publisher, publisher.verdicts, "dondoc-registrar")


@pytest.fixture
def ours(bootstrap: str) -> Iterator[list[str]]:
    """Make topics under the names of our own, where they are missing, and return their names."""
    names = ["directives.inbox.v1", "directives.events.v1", "directives.verdicts.v1", "deadlines.events.v1"]
    made = create_topics(bootstrap, 4, 1, [Topic(name, "tests", "", "", {}) for name in names])
    yield names
    delete_topics(bootstrap, made)


def test_a_publisher_neither_writes_nor_reads_our_topics(publisher: Publisher, ours: list[str], bootstrap: str) -> None:
    fill(bootstrap, ours)
    before = end_offsets(bootstrap, ours)
    for name in ours:
        with pytest.raises(TopicAuthorizationFailedError):
            send(publisher, name)
        assert reads_nothing(publisher, name)
    assert end_offsets(bootstrap, ours) == before


def test_a_publisher_neither_writes_nor_reads_anothers_topics(admitted: Callable[..., Publisher], bootstrap: str) -> None:
    one, other = admitted(), admitted()
    topics = [other.topic, other.verdicts]
    fill(bootstrap, topics)
    for topic in topics:
        with pytest.raises(TopicAuthorizationFailedError):
            send(one, topic)
        assert reads_nothing(one, topic)
    assert sum(end_offsets(bootstrap, topics).values()) == len(topics)


def test_a_publisher_writes_no_verdicts_and_reads_back_no_facts(publisher: Publisher) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        send(publisher, publisher.verdicts)
    with pytest.raises(TopicAuthorizationFailedError):
        read(publisher, publisher.topic)


def test_a_publisher_sees_and_changes_nothing_of_the_cluster(publisher: Publisher) -> None:
    assert topic_ids(publisher.address).keys() == {publisher.topic, publisher.verdicts}
    for action in (
        lambda: create_topics(publisher.address, 1, 1, [Topic("elsewhere.v1", "tests", "", "", {})]),
        lambda: kafka_access.grant(publisher.address, "so-khac"),
        lambda: kafka_access.limit(publisher.address, publisher.slug, 10**9),
        lambda: delete_topics(publisher.address, [publisher.topic]),
        lambda: add_partitions(publisher),
    ):
        with pytest.raises((UnavailableError, KafkaError)):
            action()
    assert publisher.topic in topic_ids(publisher.address)


def add_partitions(publisher: Publisher) -> None:
    with open_admin(publisher.address) as admin:
        admin.create_partitions({publisher.topic: NewPartitions(9)})


async def test_only_the_right_user_with_the_right_password_is_let_in(publisher: Publisher, infrastructure: Infrastructure) -> None:
    assert await signs_in(publisher.address)
    ours = f"127.0.0.1:{infrastructure.kafka.port}"
    for wrong in (replace(publisher, password="sai"), replace(publisher, slug="la"), replace(publisher, servers=ours)):  # noqa: S106
        assert not await signs_in(wrong.address)
    assert not await signs_in(publisher.servers)
    assert not await signs_in(ours)


async def test_our_own_user_does_not_sign_in_on_the_listener_of_the_agencies(publisher: Publisher, infrastructure: Infrastructure) -> None:
    assert await signs_in(infrastructure.kafka.bootstrap)
    assert not await signs_in(replace(publisher, slug="dondoc", password=infrastructure.kafka.password).address)


def test_no_publisher_can_have_the_name_of_our_own_user(bootstrap: str) -> None:
    for action in (kafka_access.grant, kafka_access.renew_password, kafka_access.deny):
        with pytest.raises(ConfigurationError, match="choose another name"):
            action(bootstrap, "dondoc")


async def test_a_denied_publisher_loses_its_rights_at_once_even_on_an_open_connection(publisher: Publisher, bootstrap: str) -> None:
    with producing(publisher) as producer:
        producer.send(publisher.topic, VALUE, partition=0).get(10)
        kafka_access.deny(bootstrap, publisher.slug)
        wait_until(lambda: kafka_access.read_access(bootstrap, publisher.slug).rules == 0, 10, "the end of the rules")
        with pytest.raises((TopicAuthorizationFailedError, KafkaTimeoutError)):
            producer.send(publisher.topic, VALUE, partition=0).get(10)
    assert sum(end_offsets(bootstrap, [publisher.topic]).values()) == 1
    assert not kafka_access.read_access(bootstrap, publisher.slug).has_user
    assert not await signs_in(publisher.address)


async def test_a_renewed_password_replaces_the_old_one(publisher: Publisher, bootstrap: str) -> None:
    fresh = replace(publisher, password=kafka_access.renew_password(bootstrap, publisher.slug))
    await eventually(lambda: signs_in(fresh.address), 10)
    assert not await signs_in(publisher.address)


def test_access_can_be_granted_again_and_limits_be_changed(publisher: Publisher, bootstrap: str) -> None:
    assert kafka_access.read_access(bootstrap, publisher.slug) == kafka_access.KafkaAccess(publisher.slug, True, 8, 1_048_576)
    kafka_access.limit(bootstrap, publisher.slug, 65_536)
    kafka_access.grant(bootstrap, publisher.slug, 65_536)
    assert kafka_access.read_access(bootstrap, publisher.slug) == kafka_access.KafkaAccess(publisher.slug, True, 8, 65_536)


def test_a_publisher_that_writes_more_than_its_limit_is_slowed_down(admitted: Callable[..., Publisher]) -> None:
    slow = admitted(write_rate=100_000)
    begin = time.monotonic()
    with producing(slow, acks=1, enable_idempotence=False, delivery_timeout_ms=60_000, request_timeout_ms=30_000) as producer:
        for _ in range(15):
            producer.send(slow.topic, bytes(100_000), partition=0).get(60)
    assert time.monotonic() - begin > 3  # 1.5 MB at 100 kB/s, of which Kafka lets its window of some 10 s go at once
