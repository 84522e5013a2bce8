"""The race: the same simple work out of Kafka into PostgreSQL, by our lane and by its peers, interleaved."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count as counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.bench.machine import connect, rate, require_equal
from deploy.bench.messages import Keyed, by_partition, fill
from deploy.bench.work import QUERIES, SCHEMA, Total, fold
from deploy.local.infrastructure import Infrastructure
from deploy.local.ports import free_port
from deploy.local.processes import Launch, Process
from deploy.local.requirements import root
from shared.migrations import SHARED, migrate, migration_files
from shared.topics import Topic, create_topics, topic_ids

if TYPE_CHECKING:
    import asyncpg

PARTITIONS = 4
OURS = Path(sys.executable)


@dataclass(frozen=True)
class Contender:
    """A reader, and the Python that it runs under."""

    name: str
    module: str
    python: Path = OURS


def contenders(peers: Path) -> tuple[Contender, ...]:
    """Return all contenders, ours first; `peers` is the Python of the others."""
    return (
        Contender("lane", "lane"),
        Contender("stock Faust", "faust_take", peers),
        Contender("FastStream", "faststream_batch", peers),
        Contender("aiokafka", "aiokafka_loop", peers),
        Contender("Quix Streams", "quix_sink", peers),
        Contender("PostgreSQL alone", "postgres_alone"),
    )


@dataclass
class Course:
    """A topic full of messages, and what they come to."""

    topic: str
    parts: Sequence[Sequence[Keyed]]
    expected: Mapping[str, Total] = field(init=False)

    def __post_init__(self) -> None:
        self.expected = fold(value for part in self.parts for _, value in part)

    @property
    def messages(self) -> int:
        """Return how many messages there are."""
        return sum(map(len, self.parts))


class Race:
    """Runs contenders over courses, one at a time, each run in an empty schema."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._numbers = counter(1)

    async def lay(self, topic: str, messages: int, *, hot: bool = False) -> Course:
        """Fill a topic with messages."""
        bootstrap = self._infrastructure.kafka.bootstrap
        create_topics(bootstrap, PARTITIONS, 1, [Topic(topic, "bench", "directive", "messages", {})])
        course = Course(topic, by_partition(messages, PARTITIONS, hot=hot))
        await fill(bootstrap, topic, course.parts)
        return course

    async def run(self, contender: Contender, course: Course, batch: int) -> float:
        """Return messages a second; raises WrongResultError unless every row and checkpoint is exact afterwards."""
        connection = await connect(self._infrastructure.postgres.dsn(), SCHEMA)
        try:
            await self._prepare(connection, course)
            with self._running(contender, course, batch) as process:
                speed = await rate(lambda: _done(connection, course), course.messages, process)
            await check(connection, course, contender.name)
        finally:
            await connection.close()
        return speed

    async def _prepare(self, connection: "asyncpg.Connection[Any]", course: Course) -> None:
        await connection.execute(QUERIES["drop_schema"])
        shared = [source for package in SHARED for source in migration_files(package)]
        await migrate(connection, SCHEMA, [*shared, ("bench", QUERIES["create_row"])])
        known = topic_ids(self._infrastructure.kafka.bootstrap)[course.topic]
        await connection.execute(QUERIES["add_checkpoints"], course.topic, PARTITIONS, known)
        await connection.execute(QUERIES["flush"])

    @contextmanager
    def _running(self, contender: Contender, course: Course, batch: int) -> Iterator[Process]:
        number = next(self._numbers)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath), "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1",
            "DONDOC_KAFKA_BOOTSTRAP": self._infrastructure.kafka.bootstrap, "DONDOC_POSTGRES_DSN": self._infrastructure.postgres.dsn(),
            "DONDOC_PARTITIONS": str(PARTITIONS), "DONDOC_HEALTH_PORT": str(free_port()), "BENCH_TOPIC": course.topic,
            "BENCH_GROUP": f"bench-{number}", "BENCH_BATCH": str(batch), "BENCH_MESSAGES": str(course.messages),
        }  # fmt: skip
        command = [str(contender.python), "-m", f"deploy.bench.contenders.{contender.module}"]
        log = self._infrastructure.directory / "logs" / f"{contender.module}-{number}.log"
        process = Process(contender.name, command, log, Launch(environment=environment, directory=root()))
        process.start()
        try:
            yield process
        finally:
            process.kill()


async def _done(connection: "asyncpg.Connection[Any]", course: Course) -> int:
    return int(await connection.fetchval(QUERIES["sum_checkpoints"], course.topic))


async def check(connection: "asyncpg.Connection[Any]", course: Course, name: str) -> None:
    """Raise WrongResultError unless rows and checkpoints are those that the course's messages come to."""
    checkpoints = {row["partition"]: row["next_offset"] for row in await connection.fetch(QUERIES["read_checkpoints"], course.topic)}
    require_equal(f"{name}'s checkpoints", checkpoints, {number: len(part) for number, part in enumerate(course.parts)})
    require_equal(f"{name}'s parked messages", await connection.fetchval(QUERIES["count_parked"]), 0)
    rows = {row["key"]: Total(row["n"], row["total"], row["last"]) for row in await connection.fetch(QUERIES["read_rows"])}
    require_equal(f"{name}'s sum", sum(row.total for row in rows.values()), sum(row.total for row in course.expected.values()))
    require_equal(f"{name}'s rows are the expected ones", rows == course.expected, True)
