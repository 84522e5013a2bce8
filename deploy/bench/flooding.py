"""How long a publisher's facts wait for their verdicts while another one floods its own topic with junk, as fast as its quota lets it."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.bench.facts import issued, units
from deploy.bench.machine import until
from deploy.local.processes import Launch, Process
from deploy.local.requirements import root
from deploy.local.stack import Stack
from services.publishers_command import TYPES
from services.publishing import Office, Wanted
from shared.broker import client_options, sign_in_at
from shared.envelope import Event, encode
from shared.environment import Environment
from shared.kafka_access import topic_of, verdict_topic_of
from shared.topics import end_offsets

QUIET, LOUD = "so-lang-le", "so-on-ao"
PARTITIONS = 4
PER_SECOND = 10.0
WARM_SECONDS = 3.0
SETTLE_SECONDS = 3.0
"""How long the flood runs before anything is measured: bursts that quotas let through have passed into the inbox by then, or lie in it."""


@dataclass(frozen=True)
class Delays:
    """Seconds from a fact's being sent until its verdict was read, without a flood and during one; junk records written and refused."""

    without: list[float]
    during: list[float]
    written: int
    refused: int


@dataclass
class Agency:
    """A publisher that notes when it sent each fact and when it read the verdict."""

    producer: AIOKafkaProducer
    consumer: AIOKafkaConsumer
    sent: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    async def send(self, event: Event) -> None:
        """Send a fact; it counts from now."""
        self.sent[event.id] = time.perf_counter()
        await self.producer.send_and_wait(topic_of(QUIET), encode(event), key=event.partitionkey.encode())

    async def read(self) -> None:
        """Read verdicts until cancelled."""
        async for record in self.consumer:
            fact = json.loads(record.value)["data"]["fact_id"]
            if fact in self.sent:
                self.seconds.append(time.perf_counter() - self.sent.pop(fact))

    async def finish(self) -> None:
        """Return once every fact has its verdict; raises UnavailableError after a time."""

        async def has_all() -> bool:
            return not self.sent

        await until(has_all, "the verdicts on all facts")

    async def send_steadily(self, first: int, seconds: float) -> list[float]:
        """Send facts at a steady pace and return how long each waited for its verdict."""
        self.seconds = []
        began = time.perf_counter()
        for number in range(round(seconds * PER_SECOND)):
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
            await self.send(issued(first + number))
        await self.finish()
        return self.seconds


async def run(stack: Stack, seconds: float) -> Delays:
    """Return the delays of a quiet publisher's facts, without a flood and during one, each measured for the seconds."""
    passwords = await _authorise(stack)
    servers = stack.infrastructure.kafka.agencies
    async with _agency(sign_in_at(servers, QUIET, passwords[QUIET], kind="scram")) as agency:
        for unit in units():
            await agency.send(unit)
        await agency.finish()
        await agency.send_steadily(0, WARM_SECONDS)
        without = await agency.send_steadily(1_000, seconds)
        loud = _flooder(stack, sign_in_at(servers, LOUD, passwords[LOUD], kind="scram"))
        loud.start()
        try:
            await agency.send_steadily(2_000, SETTLE_SECONDS)
            during = await agency.send_steadily(3_000, seconds)
            loud.require_alive()
        finally:
            loud.kill()
    return Delays(without, during, *_counted(stack))


def _counted(stack: Stack) -> tuple[int, int]:
    """Return how many junk records were written, and on how many of them there is a verdict."""
    ends = end_offsets(stack.bootstrap, [topic_of(LOUD), verdict_topic_of(LOUD)])
    written = sum(end for (topic, _), end in ends.items() if topic == topic_of(LOUD))
    return written, sum(end for (topic, _), end in ends.items() if topic == verdict_topic_of(LOUD))


async def _authorise(stack: Stack) -> dict[str, str]:
    """Give both publishers every right and access to Kafka; return their passwords."""
    environment = Environment.read(stack.processes["registrar"].launch.environment or {})
    async with Office.opened(environment, 1) as office:
        passwords = {}
        for slug in (QUIET, LOUD):
            await office.make_topics(slug)
            await office.authorise(
                Wanted(slug, slug, (), all_units=True, types=tuple(TYPES), valid_from=None, valid_until=None), over_kafka=True
            )
            passwords[slug] = await office.grant(slug)
    return passwords


@asynccontextmanager
async def _agency(address: str) -> AsyncIterator[Agency]:
    producer = AIOKafkaProducer(**client_options(address), acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(**client_options(address), auto_offset_reset="earliest", enable_auto_commit=False, fetch_max_wait_ms=50)
    await producer.start()
    await consumer.start()
    consumer.assign([TopicPartition(verdict_topic_of(QUIET), partition) for partition in range(PARTITIONS)])
    agency = Agency(producer, consumer)
    reading = asyncio.create_task(agency.read())
    try:
        yield agency
    finally:
        reading.cancel()
        await asyncio.wait([reading])
        await consumer.stop()
        await producer.stop()


def _flooder(stack: Stack, address: str) -> Process:
    """Return the process that floods; it is nice, since an agency's own machine would be another one."""
    environment = {**(stack.processes["registrar"].launch.environment or {}), "FLOOD_ADDRESS": address, "FLOOD_TOPIC": topic_of(LOUD)}
    command = ["nice", "-n", "10", sys.executable, "-m", "deploy.bench.flooder"]
    return Process("flooder", command, stack.logs / "flooder.log", Launch(environment=environment, directory=root()))
