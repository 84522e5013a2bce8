"""Kafka's topics: their one list, their making, their ids and ends, and the one partitioner (kafka-python administers)."""

import os
import socket
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from aiokafka.partitioner import murmur2
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import KafkaError, TopicAlreadyExistsError

from shared.broker import client_options, shown
from shared.errors import ConfigurationError, FatalError, UnavailableError

DEFAULT = Path(__file__).parents[1] / "deploy" / "topics.toml"
COMMON = "common"
TEMPLATE = "{publisher}"
REQUEST_MS = 10_000
BOOTSTRAP_MS = 5_000


@dataclass(frozen=True)
class Topic:
    """A topic of the list; a template's name holds `{publisher}`."""

    name: str
    owner: str
    key: str
    holds: str
    config: Mapping[str, str]

    @property
    def is_template(self) -> bool:
        """Tell whether there is one such topic for each publisher."""
        return TEMPLATE in self.name

    def of(self, publisher: str) -> "Topic":
        """Return the template's topic of a publisher."""
        return replace(self, name=self.name.replace(TEMPLATE, publisher))


def partition_of(key: str | bytes, count: int) -> int:
    """Return a key's partition: Kafka's murmur2 over its bytes, decided by us and not by any client's default."""
    data = key.encode() if isinstance(key, str) else key
    return int((murmur2(data) & 0x7FFFFFFF) % count)


def load_topics(path: Path | None = None) -> tuple[Topic, ...]:
    """Return the list of topics (DONDOC_TOPICS, else the repository's), or raise ConfigurationError."""
    source = path or Path(os.environ.get("DONDOC_TOPICS") or DEFAULT)
    try:
        content = tomllib.loads(source.read_text(encoding="utf-8"))
        return tuple(_topic(entry, content["config"]) for entry in content["topic"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"the list of topics {source} cannot be read ({error}): set DONDOC_TOPICS to deploy/topics.toml"
        ) from error


def _topic(entry: Mapping[str, Any], common: Mapping[str, str]) -> Topic:
    if entry["partitions"] != COMMON:
        raise ConfigurationError(f'{entry["name"]}: partitions should be "{COMMON}", one count for all topics')
    config = {**common, **entry.get("config", {})}
    return Topic(entry["name"], entry["owner"], entry["key"], entry["holds"], config)


def create_topics(bootstrap: str, partitions: int, replication: int, topics: Iterable[Topic] | None = None) -> list[str]:
    """Create what is missing of the topics (by default of the list, without templates) and return the names created.

    Raises FatalError when an existing topic has another partition count, before anything is created; UnavailableError without Kafka.
    """
    wanted = [topic for topic in (load_topics() if topics is None else topics) if not topic.is_template]
    with open_admin(bootstrap) as admin:
        counts = {row["name"]: len(row["partitions"]) for row in admin.describe_topics()}
        for topic in wanted:
            _require_count(topic.name, counts.get(topic.name, partitions), partitions)
        missing = [topic for topic in wanted if topic.name not in counts]
        if missing:
            _create(admin, missing, partitions, replication)
    return [topic.name for topic in missing]


def _require_count(name: str, found: int, wanted: int) -> None:
    if found != wanted:
        raise FatalError(f"{name} has {found} partitions, not {wanted}; a count never changes: set DONDOC_PARTITIONS={found}")


def _create(admin: KafkaAdminClient, topics: Sequence[Topic], partitions: int, replication: int) -> None:
    # With three replicas two must have a record before it counts as written; a single broker can only vouch for itself.
    synced = {"min.insync.replicas": str(max(1, replication - 1))}
    for topic in topics:
        options = {"num_partitions": partitions, "replication_factor": replication, "configs": {**topic.config, **synced}}
        try:
            admin.create_topics({topic.name: options})
        except TopicAlreadyExistsError:
            found = len(admin.describe_topics([topic.name])[0]["partitions"])
            _require_count(topic.name, found, partitions)
    admin.wait_for_topics([topic.name for topic in topics])


def delete_topics(bootstrap: str, names: Sequence[str]) -> None:
    """Delete the topics; UnavailableError without Kafka."""
    with open_admin(bootstrap) as admin:
        admin.delete_topics(list(names))


def topic_ids(bootstrap: str) -> dict[str, UUID]:
    """Return Kafka's id of each topic; UnavailableError without Kafka."""
    with open_admin(bootstrap) as admin:
        return {row["name"]: UUID(str(row["topic_id"])) for row in admin.describe_topics()}


def require_topics(bootstrap: str, names: Iterable[str], partitions: int) -> None:
    """Raise UnavailableError while a topic is missing, FatalError when one has another partition count."""
    with open_admin(bootstrap) as admin:
        counts = {row["name"]: len(row["partitions"]) for row in admin.describe_topics()}
    for name in names:
        if name not in counts:
            raise UnavailableError(f"topic {name} is missing: run dondoc setup")
        _require_count(name, counts[name], partitions)


def end_offsets(bootstrap: str, topics: Iterable[str]) -> dict[tuple[str, int], int]:
    """Return the next offset to be written in each partition, by (topic, partition); a topic that does not exist has none."""
    with open_admin(bootstrap) as admin:
        wanted = set(topics)
        rows = [row for row in admin.describe_topics() if row["name"] in wanted]
        partitions = [TopicPartition(row["name"], each["partition_index"]) for row in rows for each in row["partitions"]]
        ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST)) if partitions else {}
    return {(tp.topic, tp.partition): found.offset for tp, found in ends.items()}


class _Admin(KafkaAdminClient):  # type: ignore[misc]  # the library is not typed
    """An admin client that also closes its thread and sockets when the first connection fails; kafka-python 3.0.12 leaves them open."""

    def __init__(self, bootstrap: str) -> None:
        try:
            super().__init__(**client_options(bootstrap), request_timeout_ms=REQUEST_MS, bootstrap_timeout_ms=BOOTSTRAP_MS)
        except KafkaError as error:
            self._closed = False
            self.close()
            raise UnavailableError(f"Kafka at {shown(bootstrap)}: {error} (is it well, and are user and password right?)") from error


def _require_listener(bootstrap: str) -> None:
    """Raise UnavailableError at once when nothing listens: the library would try on, and drop its sockets unclosed."""
    for server in shown(bootstrap).split(","):
        host, _, port = server.rpartition(":")
        with suppress(OSError), closing(socket.create_connection((host.strip("[]"), int(port)), timeout=BOOTSTRAP_MS / 1000)):
            return
    raise UnavailableError(f"Kafka at {shown(bootstrap)}: nothing listens")


@contextmanager
def open_admin(bootstrap: str) -> Iterator[KafkaAdminClient]:
    """Open kafka-python's admin client for the block; its errors become UnavailableError."""
    _require_listener(bootstrap)
    try:
        with closing(_Admin(bootstrap)) as client:
            yield client
    except KafkaError as error:
        raise UnavailableError(f"Kafka at {shown(bootstrap)}: {error}") from error
