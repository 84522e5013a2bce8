"""Records the classes that Kafka loads into the JVM's archive (class data sharing), from which later starts take them ready-made."""

import os
import sys

from kafka import KafkaConsumer, KafkaProducer

from deploy.local.infrastructure import temporary_directory
from deploy.local.kafka import Kafka, class_archive
from shared.broker import client_options
from shared.errors import DondocError
from shared.topics import Topic, create_topics

TOPIC = Topic("classes", owner="deploy", key="", holds="", config={})
WAIT_MS = 10_000


def record() -> None:
    """Run a broker through what it mostly does, and put the archive that it leaves in its place."""
    target = class_archive()
    fresh = target.with_suffix(f".{os.getpid()}")
    broker = Kafka(temporary_directory() / "kafka", record=fresh)
    broker.start()
    try:
        exercise(broker.bootstrap)
    finally:
        broker.stop()
    fresh.replace(target)


def exercise(bootstrap: str) -> None:
    """Create a topic, write a record, and read it as a member of a group."""
    create_topics(bootstrap, 1, 1, [TOPIC])
    producer = KafkaProducer(**client_options(bootstrap))
    producer.send(TOPIC.name, b"").get(WAIT_MS / 1000)
    producer.close()
    consumer = KafkaConsumer(TOPIC.name, **client_options(bootstrap), group_id="classes", auto_offset_reset="earliest")
    consumer.poll(timeout_ms=WAIT_MS)
    consumer.close()


if __name__ == "__main__":
    try:
        record()
    except (DondocError, OSError) as error:
        sys.stderr.write(f"Kafka's classes were not recorded, it will start more slowly: {error}\n")
        raise SystemExit(1) from None
