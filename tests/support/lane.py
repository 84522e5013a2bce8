"""Drives the test worker of the streaming core on a real broker and database."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

from shared.broker import client_options, new_producer
from shared.envelope import header
from shared.migrations import SHARED, migrate, migration_files
from shared.postgres import connect
from tests.support.lane_worker import QUERIES, SCHEMA
from tests.support.waiting import eventually

if TYPE_CHECKING:
    import asyncpg

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class WorkerProcess:
    """One process of the test worker."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        self.health_port = int(environment["DONDOC_HEALTH_PORT"])
        self._out = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.lane_worker"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=self._out,
            stderr=self._out,
        )

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self, limit: float = 30.0) -> int:
        """Wait until the process has ended and return its exit code."""

        async def has_ended() -> bool:
            return self.process.poll() is not None

        await eventually(has_ended, limit)
        return int(self.process.returncode)

    def close(self) -> None:
        """End the process, even a stopped one."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)
        self._out.close()

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


class Lane:
    """A topic, a schema, and workers that follow the one into the other."""

    def __init__(self, bootstrap: str, dsn: str, topic: str, folder: Path, partitions: int = 4) -> None:
        self.bootstrap, self.dsn, self.topic, self.folder, self.partitions = bootstrap, dsn, topic, folder, partitions
        self.workers: list[WorkerProcess] = []
        self.sent = 0
        self.connection: asyncpg.Connection[Any]

    async def open(self) -> None:
        self.connection = await connect(self.dsn, schema=SCHEMA)
        shared = [source for package in SHARED for source in migration_files(package)]
        await migrate(self.connection, SCHEMA, [*shared, ("test", QUERIES["create"])])

    async def close(self) -> None:
        for worker in self.workers:
            worker.close()
        await self.connection.close(timeout=5)

    async def reconnect(self) -> None:
        self.connection = await connect(self.dsn, schema=SCHEMA)

    def start(self, **options: str) -> WorkerProcess:
        """Start a worker; options become LANE_* variables, those that begin with DONDOC_ are passed as they are."""
        environment = {
            "DONDOC_KAFKA_BOOTSTRAP": self.bootstrap, "DONDOC_POSTGRES_DSN": self.dsn, "DONDOC_PARTITIONS": str(self.partitions),
            "DONDOC_HEALTH_PORT": str(free_port()), "LANE_TOPICS": self.topic, "LANE_GROUP": f"g-{self.topic}",
        }  # fmt: skip
        environment |= {name if name.startswith("DONDOC_") else f"LANE_{name}": value for name, value in options.items()}
        worker = WorkerProcess(environment, self.folder / f"worker-{len(self.workers)}.log")
        self.workers.append(worker)
        return worker

    async def send(self, count: int, *, keys: int = 20, partition: int | None = None, value: bytes = b"x") -> None:
        """Send records, spread over the partitions by their key, or to one partition."""
        producer = new_producer(self.bootstrap, linger_ms=5)
        await producer.start()
        try:
            futures = []
            for n in range(count):
                to = partition if partition is not None else n % self.partitions
                futures.append(await producer.send(self.topic, value, key=b"key-%d" % (n % keys), partition=to))
            await asyncio.gather(*futures)
        finally:
            await producer.stop()
        self.sent += count

    async def applied(self) -> int:
        return int(await self.connection.fetchval("SELECT coalesce(sum(n), 0) FROM applied"))

    async def log(self) -> list[tuple[int, int]]:
        """Return (partition, offset) of all that was applied, in the order of its application."""
        rows = await self.connection.fetch("SELECT partition, kafka_offset FROM applied_log ORDER BY seq")
        return [(row[0], row[1]) for row in rows]

    async def all_applied(self, limit: float = 60.0) -> None:
        """Wait until everything sent was applied, then check that it was once, in order, without a hole."""

        async def is_done() -> bool:
            return await self.applied() >= self.sent

        await eventually(is_done, limit)
        assert await self.applied() == self.sent
        log = await self.log()
        assert len(log) == self.sent
        for partition in range(self.partitions):
            offsets = [offset for p, offset in log if p == partition]
            assert offsets == sorted(offsets), f"partition {partition} was applied out of order"
            assert len(set(offsets)) == len(offsets)

    async def send_keyed(self, key: bytes, value: bytes, *, partition: int) -> None:
        """Send one record."""
        producer = new_producer(self.bootstrap)
        await producer.start()
        try:
            await producer.send_and_wait(self.topic, value, key=key, partition=partition)
        finally:
            await producer.stop()

    async def send_with_headers(self, headers: list[list[tuple[str, bytes]]]) -> None:
        """Send one record for each list of headers to partition 0, in order."""
        producer = new_producer(self.bootstrap)
        await producer.start()
        try:
            for each in headers:
                await producer.send_and_wait(self.topic, b"x", key=b"key", partition=0, headers=each)
        finally:
            await producer.stop()

    async def send_transactions(self, ends: list[str], *, each: int) -> None:
        """Send transactions of `each` records to partition 0, ended by commit or abort."""
        producer = AIOKafkaProducer(**client_options(self.bootstrap), transactional_id=f"t-{self.topic}")
        await producer.start()
        try:
            for end in ends:
                await producer.begin_transaction()
                for _ in range(each):
                    await producer.send_and_wait(self.topic, b"x", key=b"key", partition=0)
                await (producer.commit_transaction() if end == "commit" else producer.abort_transaction())
        finally:
            await producer.stop()

    async def committed(self) -> dict[Any, int]:
        """Return the offsets that Kafka has for the workers' group."""
        admin = AIOKafkaAdminClient(**client_options(self.bootstrap))
        await admin.start()
        try:
            offsets = await admin.list_consumer_group_offsets(f"g-{self.topic}")
            return {tuple(tp): entry.offset for tp, entry in offsets.items()}
        finally:
            await admin.close()

    async def force_rebalance(self) -> None:
        """Let another member join the workers' group for a moment."""
        consumer = AIOKafkaConsumer(
            self.topic, **client_options(self.bootstrap), group_id=f"g-{self.topic}",
            partition_assignment_strategy=[RoundRobinPartitionAssignor], enable_auto_commit=False,
        )  # fmt: skip
        await consumer.start()
        await consumer.stop()

    async def restore_older_backup(self) -> None:
        """Make the database what it was before anything was applied, as an old backup would."""
        await self.connection.execute("TRUNCATE applied, applied_log, journal, relay")
        await self.connection.execute("UPDATE checkpoint SET next_offset = 0, last_position = 0")

    async def readiness(self, worker: WorkerProcess) -> dict[str, Any]:
        """Return what /readyz says, or {} while nobody answers."""
        try:
            async with httpx.AsyncClient() as client:
                response = await client.get(f"http://127.0.0.1:{worker.health_port}/readyz")
                return dict(response.json()) if response.status_code == 200 else {}
        except httpx.TransportError:
            return {}

    async def ready(self, worker: WorkerProcess) -> None:
        """Wait until a worker says that it is ready."""

        async def is_ready() -> bool:
            return bool(await self.readiness(worker))

        await eventually(is_ready)

    async def read(self, topic: str) -> dict[int, list[Any]]:
        """Return all records of a topic by partition."""
        consumer = AIOKafkaConsumer(**client_options(self.bootstrap), auto_offset_reset="earliest", enable_auto_commit=False)
        await consumer.start()
        try:
            tps = [TopicPartition(topic, p) for p in range(self.partitions)]
            consumer.assign(tps)
            ends = await consumer.end_offsets(tps)
            found: dict[int, list[Any]] = {p: [] for p in range(self.partitions)}
            while [tp for tp in tps if (await consumer.position(tp)) < ends[tp]]:
                for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                    found[tp.partition] += records
            return found
        finally:
            await consumer.stop()

    async def published_once_in_order(self, out: str) -> None:
        """Wait until the relay has sent everything; then every position from 1 is in the topic, first occurrences in order."""

        async def is_sent() -> bool:
            query = "SELECT coalesce(sum(sent_position), 0) = $1 FROM relay WHERE topic = $2"
            return bool(await self.connection.fetchval(query, self.sent, out))

        await eventually(is_sent, 60)
        for partition, records in (await self.read(out)).items():
            positions = [int(header(record.headers, "position") or 0) for record in records]
            first = list(dict.fromkeys(positions))
            count = await self.connection.fetchval("SELECT last_position FROM relay WHERE topic = $1 AND partition = $2", out, partition)
            assert first == list(range(1, (count or 0) + 1))
