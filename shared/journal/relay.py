"""The relay: sends the journal's events to Kafka, in order, one relay a partition.

A partition's relay holds an advisory lock on a connection of its own; PostgreSQL ends that connection when the process stands still
(`idle_session_timeout`), so a stopped process does not hold up its partitions. Two relays may overlap for a moment: consumers apply
a position once. The topics of the worker's plan are relayed all the time; whatever else the journal holds events for (publishers' topics,
which come and go while the worker runs) is looked for, relayed while there is something to send, and left for later where Kafka has no such
topic yet. After any error the producer is thrown away and everything begins again from the marks, since a failed batch that
is followed by a good one would leave a hole.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.broker import new_producer
from shared.journal.queries import QUERIES
from shared.journal.tail import Target, last_positions, require_known
from shared.postgres import Pool, connect, is_transient

if TYPE_CHECKING:
    import asyncpg

logger = logging.getLogger(__name__)

BATCH = 1_000
POLL_SECONDS = 1.0
IDLE_LIMIT = "10s"
METADATA_SECONDS = 5.0
RETRY_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)

_Row = Any


class _Pace:
    """Says yes at most once in so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last = -seconds

    def __call__(self) -> bool:
        now = time.monotonic()
        is_due = now - self._last >= self._seconds
        if is_due:
            self._last = now
        return is_due


class _Others:
    """What one connection of the relay knows of topics beyond the plan: what is under way, what was sent, and which topics Kafka has."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.running: set[Target] = set()
        self.sent: dict[Target, int] = {}
        self.partitions: dict[str, int] = {}
        self.missing: set[str] = set()


class Relay:
    """Sends what one schema's journal holds for some topics, until it is stopped."""

    def __init__(self, dsn: str, schema: str, pool: Pool, bootstrap: str, topics: Sequence[str], partitions: int) -> None:
        self._dsn = dsn
        self._schema = schema
        self._pool = pool
        self._bootstrap = bootstrap
        self._topics = tuple(topics)
        self._partitions = partitions
        self._woken: dict[Target, asyncio.Event] = defaultdict(asyncio.Event)
        self._others = _Others()

    async def run(self) -> None:
        """Relay until cancelled; waits for a broker or database that is away; raises FatalError when a topic is ahead of the journal."""
        attempt = 0
        while True:
            try:
                await self._relay_once()
            except Exception as error:
                if not isinstance(error, KafkaError) and not is_transient(error):
                    raise
                delay = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
                logger.warning("relay %s: %s; again in %s s", self._schema, error or type(error).__name__, delay)
                await asyncio.sleep(delay)
                attempt += 1

    async def _relay_once(self) -> None:
        connection = await connect(self._dsn, schema=self._schema, idle_session_timeout=IDLE_LIMIT)
        try:
            producer = new_producer(self._bootstrap)
            await producer.start()
            try:
                await self._hold_partitions(connection, producer)
            finally:
                await producer.stop()
        finally:
            await connection.close(timeout=2)

    async def _hold_partitions(self, connection: "asyncpg.Connection[Any]", producer: AIOKafkaProducer) -> None:
        """Claim free partitions again and again, and relay the claimed ones; the first error ends them all."""
        await connection.add_listener("dondoc_journal", self._on_notify)
        self._others = _Others()
        try:
            async with asyncio.TaskGroup() as tasks:
                unclaimed = set(range(self._partitions))
                may_claim, may_look = _Pace(POLL_SECONDS), _Pace(POLL_SECONDS)
                while True:
                    if unclaimed and may_claim():
                        await self._claim(connection, unclaimed, producer, tasks)
                    self._others.asked.clear()
                    behind = await self._find_behind(connection, unclaimed)
                    if behind - self._known_targets(behind) and may_look():
                        await self._look_for_topics(producer, behind)
                    for target in self._known_targets(behind) - self._others.running:
                        self._others.running.add(target)
                        tasks.create_task(self._drain_topic(*target, producer))
                    await _wait(self._others.asked, POLL_SECONDS)
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def _claim(
        self, connection: "asyncpg.Connection[Any]", unclaimed: set[int], producer: AIOKafkaProducer, tasks: asyncio.TaskGroup
    ) -> None:
        """Become the relay of partitions that nobody relays, and begin with the plan's topics."""
        for partition in sorted(unclaimed):
            if await connection.fetchval(QUERIES["claim_partition"], partition):
                unclaimed.discard(partition)
                for topic in self._topics:
                    tasks.create_task(self._relay_topic(topic, partition, producer))

    async def _find_behind(self, connection: "asyncpg.Connection[Any]", unclaimed: set[int]) -> set[Target]:
        """Return where something is to be sent to other topics than the plan's; asking also shows PostgreSQL that this process runs."""
        rows = await connection.fetch(QUERIES["list_behind"], self._topics)
        return {(row["topic"], row["partition"]) for row in rows if row["partition"] not in unclaimed}

    def _known_targets(self, behind: set[Target]) -> set[Target]:
        return {(topic, partition) for topic, partition in behind if partition < self._others.partitions.get(topic, 0)}

    async def _look_for_topics(self, producer: AIOKafkaProducer, behind: set[Target]) -> None:
        """Ask Kafka which topics it has; those that it lacks wait in the journal, and hold up nothing else."""
        async with asyncio.timeout(METADATA_SECONDS):
            metadata = await producer.client.fetch_all_metadata()
        self._others.partitions = {topic: len(metadata.partitions_for_topic(topic) or ()) for topic in metadata.topics()}
        missing = {topic for topic, _ in behind - self._known_targets(behind)}
        for topic in sorted(missing - self._others.missing):
            logger.warning("relay %s: Kafka has no topic %s (or too few partitions of it); what is meant for it waits", self._schema, topic)
        self._others.missing = missing

    def _on_notify(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:  # noqa: ANN401  asyncpg's callback
        schema, partition, topic = str(payload).split("/", 2)
        if schema != self._schema:
            return
        self._woken[topic, int(partition)].set()
        if topic not in self._topics:
            self._others.asked.set()

    async def _relay_topic(self, topic: str, partition: int, producer: AIOKafkaProducer) -> None:
        """Send a topic's events of one partition: one batch in flight, the mark moved after each.

        What was committed since everything was read has rung, or rings.
        """
        sent = await self._start_position(topic, partition)
        woken = self._woken[topic, partition]
        while True:
            woken.clear()
            sent, is_all = await self._send_next(topic, partition, sent, producer)
            if is_all:
                await _wait(woken, POLL_SECONDS)

    async def _drain_topic(self, topic: str, partition: int, producer: AIOKafkaProducer) -> None:
        """Send what there is for a topic that is not always relayed, and end."""
        target = topic, partition
        sent = self._others.sent.get(target)
        sent = await self._start_position(topic, partition) if sent is None else sent
        woken = self._woken[target]
        is_done = False
        while not is_done:
            woken.clear()
            sent, is_all = await self._send_next(topic, partition, sent, producer)
            is_done = is_all and not woken.is_set()
            self._others.sent[target] = sent
        self._others.running.discard(target)

    async def _send_next(self, topic: str, partition: int, sent: int, producer: AIOKafkaProducer) -> tuple[int, bool]:
        """Send the next events, where there are any; return the last position that was sent, and whether that was all when it was read."""
        rows = await self._pool.fetch(QUERIES["read_journal"], topic, partition, sent, BATCH)
        if rows:
            sent = await self._send(topic, partition, rows, producer)
            await self._pool.execute(QUERIES["mark_sent"], topic, partition, sent)
        return sent, len(rows) < BATCH and (not rows or sent == rows[-1]["position"])

    async def _start_position(self, topic: str, partition: int) -> int:
        """Return the position to go on after, or raise FatalError when the topic is ahead of the journal."""
        row = await self._pool.fetchrow(QUERIES["read_relay"], topic, partition)
        last, sent = (row["last_position"], row["sent_position"]) if row else (0, 0)
        told = (await last_positions(self._bootstrap, [(topic, partition)]))[topic, partition]
        require_known(self._schema, topic, partition, told, last)
        if told > sent:  # the mark was lost in a crash: whoever waits for the event to be in Kafka waits for the mark
            await self._pool.execute(QUERIES["mark_sent"], topic, partition, told)
        return max(sent, told)

    async def _send(self, topic: str, partition: int, rows: Sequence[_Row], producer: AIOKafkaProducer) -> int:
        """Send as many rows as one batch takes and return the last position that Kafka acknowledged."""
        batch = producer.create_batch()
        last = 0
        for row in rows:
            if batch.append(timestamp=None, key=row["key"], value=row["value"], headers=headers_of(row)) is None:
                break
            last = row["position"]
        batch.close()
        await (await producer.send_batch(batch, topic, partition=partition))
        return last


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def headers_of(row: _Row) -> list[tuple[str, bytes]]:
    """Return what a row of the journal is sent with, beside its key and value."""
    headers = [("position", str(row["position"]).encode()), ("cause", row["cause"].encode())]
    if row["hash"] is not None:
        headers += [("previoushash", row["previous_hash"].hex().encode()), ("hash", row["hash"].hex().encode())]
    return headers
