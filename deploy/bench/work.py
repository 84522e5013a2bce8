"""The simple work that every contender does: decode, fold per key, upsert and checkpoint in one transaction.

Only what both environments hold is imported here: contenders run under `.venv-peers`, ours under `.venv`.
"""

import gc
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import asyncpg
import msgspec
import uvloop

from shared.sql import Queries

SCHEMA = "bench"
QUERIES = Queries("deploy.bench", "work.sql")
FETCH_BYTES = 4 * 1_048_576
"""How much a reader may fetch of one partition at once: the default of 1 MiB holds 2,100 of our messages, less than a batch."""

Columns = tuple[list[str], list[int], list[int], list[str]]


class Data(msgspec.Struct):
    """What a message says."""

    number: int
    title: str
    content: str


class Message(msgspec.Struct):
    """A CloudEvent, as far as the work reads it; the decoder checks every type."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    partitionkey: str
    data: Data


class Total(NamedTuple):
    """What a key's messages come to."""

    n: int
    total: int
    last: str


_decode = msgspec.json.Decoder(Message).decode


def fold(values: Iterable[bytes]) -> dict[str, Total]:
    """Return what the messages of each key come to."""
    totals: dict[str, Total] = {}
    for value in values:
        message = _decode(value)
        n, total, _ = totals.get(message.partitionkey) or (0, 0, "")
        totals[message.partitionkey] = Total(n + 1, total + message.data.number, message.data.title)
    return totals


def columns(totals: Mapping[str, Total]) -> Columns:
    """Return the arrays that the upsert takes."""
    rows = totals.values()
    return list(totals), [row.n for row in rows], [row.total for row in rows], [row.last for row in rows]


@dataclass(frozen=True)
class Task:
    """What a contender is told in its environment."""

    bootstrap: str
    dsn: str
    topic: str
    group: str
    batch: int
    messages: int
    partitions: int

    @classmethod
    def read(cls) -> "Task":
        """Read the environment; raises KeyError where something is missing."""
        return cls(
            bootstrap=os.environ["DONDOC_KAFKA_BOOTSTRAP"],
            dsn=os.environ["DONDOC_POSTGRES_DSN"],
            topic=os.environ["BENCH_TOPIC"],
            group=os.environ["BENCH_GROUP"],
            batch=int(os.environ["BENCH_BATCH"]),
            messages=int(os.environ["BENCH_MESSAGES"]),
            partitions=int(os.environ["DONDOC_PARTITIONS"]),
        )


if TYPE_CHECKING:
    Connection = asyncpg.Connection[Any]
else:
    Connection = asyncpg.Connection


class Table:
    """The table and checkpoints, as a contender without our follower writes them."""

    def __init__(self, connection: Connection, topic: str) -> None:
        self._connection = connection
        self._topic = topic

    @classmethod
    async def open(cls, task: Task) -> "Table":
        """Connect to the database."""
        return cls(await asyncpg.connect(task.dsn, server_settings={"search_path": SCHEMA}), task.topic)

    async def apply(self, values: Iterable[bytes], ends: Mapping[int, int]) -> None:
        """Apply a batch and move the checkpoints to the next offset of each partition, in one transaction."""
        rows = columns(fold(values))
        async with self._connection.transaction():
            await self._connection.execute(QUERIES["upsert"], *rows)
            await self._connection.execute(QUERIES["move_checkpoints"], self._topic, list(ends), list(ends.values()))

    async def apply_records(self, records: Sequence[Any]) -> None:
        """Apply aiokafka's records, of one partition or several, each partition's in order."""
        ends = {record.partition: record.offset + 1 for record in records}
        await self.apply([record.value for record in records], ends)


def settle() -> None:
    """Give the process what speeds up every contender: uvloop, and a collector that runs less often than batches are dropped."""
    uvloop.install()
    gc.set_threshold(50_000, 20, 50)
