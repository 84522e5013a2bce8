"""The rebuild: `dondoc rebuild directives` over all that its topics hold, as a process of its own."""

import asyncio
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain as joined
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from aiokafka import AIOKafkaProducer
from msgspec.structs import replace

from deploy.bench.facts import BEGIN, FACTS_PER_DIRECTIVE, SPACE, facts, units
from deploy.bench.machine import WrongResultError, connect
from deploy.local.infrastructure import Infrastructure
from shared.broker import new_producer
from shared.contracts.deadlines import DeadlineSet, Proof
from shared.contracts.directives import TaskAssigned
from shared.envelope import NO_HASH, Event, chain, encode, event_of
from shared.topics import create_topics, partition_of

EVENTS, DEADLINES = "directives.events.v1", "deadlines.events.v1"
PARTITIONS = 4
DEADLINES_PER_DIRECTIVE = 5
EVENTS_PER_DIRECTIVE = FACTS_PER_DIRECTIVE + DEADLINES_PER_DIRECTIVE
DONDOC = Path(sys.executable).with_name("dondoc")

Headers = list[tuple[str, bytes]]


class Rebuilt(NamedTuple):
    """How long a rebuild took, by the clock and of processor time of the command alone, and the most memory that it used."""

    seconds: float
    processor_seconds: float
    mebibytes: float


@dataclass
class Log:
    """Writes events into two topics as the relays do: versions and hashes by key, positions by partition."""

    producer: AIOKafkaProducer
    events: str = EVENTS
    deadlines: str = DEADLINES
    count: int = 0
    positions: dict[tuple[str, int], int] = field(default_factory=dict)
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    _batches: dict[tuple[str, int], Any] = field(default_factory=dict)

    async def write(self, published: Iterable[Event]) -> None:
        """Register facts, and set the deadlines of tasks."""
        for event in published:
            version, head = self.heads.get(event.partitionkey, (0, NO_HASH))
            value = encode(replace(event, receivedtime=BEGIN, registeredtime=BEGIN, version=version + 1, publisher="api"))
            self.heads[event.partitionkey] = (version + 1, chain(head, value))
            hashes = [("previoushash", head.hex().encode()), ("hash", chain(head, value).hex().encode())]
            await self.append(self.events, event.partitionkey, value, hashes)
            for said in deadlines_of(event):
                await self.append(self.deadlines, said.partitionkey, encode(said), [])
        for place in list(self._batches):
            await self._send(place)

    async def append(self, topic: str, key: str, value: bytes, more: Headers) -> None:
        """Write one event, which goes out with those that follow."""
        place = topic, partition_of(key, PARTITIONS)
        position = self.positions[place] = self.positions.get(place, 0) + 1
        headers = [("position", str(position).encode()), ("cause", f"inbox/{place[1]}/{position}".encode()), *more]
        self.count += 1
        while self._batch(place).append(timestamp=None, key=key.encode(), value=value, headers=headers) is None:
            await self._send(place)

    def _batch(self, place: tuple[str, int]) -> Any:  # noqa: ANN401  aiokafka is not typed
        if place not in self._batches:
            self._batches[place] = self.producer.create_batch()
        return self._batches[place]

    async def _send(self, place: tuple[str, int]) -> None:
        batch = self._batches.pop(place)
        batch.close()
        await (await self.producer.send_batch(batch, place[0], partition=place[1]))


def deadlines_of(event: Event) -> Iterator[Event]:
    """Return what the deadlines service says when a task is assigned."""
    if not isinstance(event.data, TaskAssigned):
        return
    for clause in event.data.deadlines:
        deadline = uuid5(SPACE, f"{event.subject} {clause.name}")
        proof = Proof(phrase=clause.phrase, rule="fixed-date", ground="policy", calendar_version="2021")
        data = DeadlineSet(
            deadline=deadline, task=UUID(event.subject), directive=UUID(event.partitionkey), task_number=event.data.number,
            content=event.data.content, lead=event.data.lead, coordinating=event.data.coordinating, name=clause.name,
            met_by=clause.met_by, plan_stage=clause.plan_stage, due=BEGIN, kind="fixed", proof=proof,
        )  # fmt: skip
        made = event_of(data, id=f"set-{deadline}", source="/services/deadlines", subject=str(deadline), key=event.partitionkey, time=BEGIN)
        yield replace(made, registeredtime=BEGIN)


async def prepare(infrastructure: Infrastructure, events: int) -> int:
    """Fill the topics with at least so many events, and return how many they hold."""
    create_topics(infrastructure.kafka.bootstrap, PARTITIONS, 1)
    producer = new_producer(infrastructure.kafka.bootstrap)
    await producer.start()
    try:
        log = Log(producer)
        await log.write(joined(units(), facts(0, -(-events // EVENTS_PER_DIRECTIVE))))
        return log.count
    finally:
        await producer.stop()


async def rest(infrastructure: Infrastructure) -> None:
    """Bring the live tables into the state that they have when they have been there for a while, so that no vacuum runs beside."""
    connection = await connect(infrastructure.postgres.dsn(), "directives")
    try:
        await connection.execute("VACUUM (ANALYZE)", timeout=300)
        await connection.execute("CHECKPOINT", timeout=60)
    finally:
        await connection.close()


async def run(infrastructure: Infrastructure, events: int) -> Rebuilt:
    """Rebuild, and return what that took; raises WrongResultError unless all was read and no digest differs."""
    environment = {
        "DONDOC_KAFKA_BOOTSTRAP": infrastructure.kafka.bootstrap,
        "DONDOC_POSTGRES_DSN": infrastructure.postgres.dsn(),
        "DONDOC_PARTITIONS": str(PARTITIONS),
    }
    began = time.monotonic()
    text, usage = await asyncio.to_thread(_rebuild, environment)
    seconds = time.monotonic() - began
    if not re.search(rf"^directives: {events:,} records in .*; the rebuilt tables are in place$", text, re.MULTILINE):
        raise WrongResultError(f"the rebuild read something else than {events:,} events: {text[-500:]}")
    return Rebuilt(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1_024)


def _rebuild(environment: dict[str, str]) -> tuple[str, resource.struct_rusage]:
    """Return what the command said, and what it used."""
    command = [str(DONDOC), "rebuild", "directives"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        text = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise WrongResultError(f"dondoc rebuild ended with {process.returncode}: {text[-500:]}")
    return text, usage
