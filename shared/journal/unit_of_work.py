"""One writer's turn at a partition: one transaction under the partition's lock.

Agents, timers and web commands all write through `Ledger.turn`. What a turn changes, the checkpoint that it moves and the events
that it publishes commit together or not at all. Positions are handed out under the lock, so they are gap-free and in commit order.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from shared.journal.queries import QUERIES
from shared.postgres import Connection, Pool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event to publish; `cause` names what it follows from (topic/partition/offset, or a timer's or command's id)."""

    key: bytes
    value: bytes
    cause: str
    previous_hash: bytes | None = None
    hash: bytes | None = None


@dataclass(slots=True)
class UnitOfWork:
    """The open transaction of one turn.

    `memory` is what this process remembers of the partition from its last turn; it is empty when anybody else wrote since.
    """

    connection: Connection
    partition: int
    memory: dict[str, Any]
    published: set[str] = field(default_factory=set)

    async def publish(self, topic: str, events: Sequence[Outgoing]) -> int:
        """Write events to the journal for `topic` and return the position of the first one."""
        return (await self.publish_all({topic: events}))[topic]

    async def publish_all(self, events: Mapping[str, Sequence[Outgoing]]) -> dict[str, int]:
        """Write events to the journal for some topics, each topic's in order, and return the position of the first one of each topic."""
        if not events:
            return {}
        topics = [*events]
        counts = [len(events[topic]) for topic in topics]
        rows = await self.connection.fetch(QUERIES["take_positions"], self.partition, topics, counts)
        first = {row["topic"]: row["last_position"] - len(events[row["topic"]]) + 1 for row in rows}
        written = [event for topic in topics for event in events[topic]]
        if written:
            await self.connection.execute(
                QUERIES["write_journal"], self.partition, topics,
                [number for number, count in enumerate(counts, 1) for _ in range(count)],
                [position for topic, count in zip(topics, counts, strict=True) for position in range(first[topic], first[topic] + count)],
                [event.key for event in written], [event.value for event in written], [event.cause for event in written],
                [event.previous_hash for event in written], [event.hash for event in written],
            )  # fmt: skip
            self.published.update(topic for topic in topics if events[topic])
        return first


@dataclass(slots=True)
class _Memory:
    turn: int
    content: dict[str, Any]


class Ledger:
    """Hands out turns at the partitions of one schema, one writer at a time for each partition."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._memories: dict[int, _Memory] = {}

    @asynccontextmanager
    async def turn(self, partition: int) -> AsyncIterator[UnitOfWork]:
        """Open a turn; it commits when the block ends, and rolls back (and forgets) when the block raises."""
        async with self.pool.acquire(timeout=5) as connection:
            async with connection.transaction():
                turn = await self._lock(connection, partition)
                memory = self._recall(partition, turn)
                work = UnitOfWork(connection, partition, memory)
                yield work
                await connection.execute(QUERIES["end_turn"], partition, sorted(work.published))
            self._memories[partition] = _Memory(turn + 1, memory)

    async def _lock(self, connection: Connection, partition: int) -> int:
        turn = await connection.fetchval(QUERIES["lock_partition"], partition)
        if turn is None:
            await connection.execute(QUERIES["add_partition"], partition)
            turn = await connection.fetchval(QUERIES["lock_partition"], partition)
        return cast("int", turn)

    def _recall(self, partition: int, turn: int) -> dict[str, Any]:
        """Return what this process remembers, if nobody wrote to the partition since; it is kept again only after a commit."""
        memory = self._memories.pop(partition, None)
        return memory.content if memory is not None and memory.turn == turn else {}
