"""The registrar's own process on a Kafka and a PostgreSQL of its own: facts that wait over kills, and a publisher's verdicts."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from msgspec.structs import replace

from deploy.local.infrastructure import Infrastructure
from services.directives.registering import INBOX
from services.schemas import sources_of
from shared.broker import client_options, new_producer
from shared.envelope import Event, decode, encode
from shared.migrations import migrate
from shared.postgres import connect
from shared.topics import Topic, create_topics, load_topics, partition_of
from tests.support import facts
from tests.support.facts import AGENCY, AGENCY_KEY, COMMITTEE, DIRECTIVE, HOME_AFFAIRS, OFFICE, PLAN, TASK, event
from tests.support.registry import QUERIES, sent_by
from tests.support.waiting import eventually

PARTITIONS = 4
UNITS = [
    event(facts.unit(code=code), id=f"unit {code}", subject=unit, key=unit)
    for unit, code in ((COMMITTEE, "H10"), (HOME_AFFAIRS, "H10.1"), (OFFICE, "H10.2"))
]
RIGHTS = event(
    replace(facts.authorised("task-assigned", "plan-submitted", all_units=True), has_topic=True),
    id="rights", subject=AGENCY_KEY, key=AGENCY_KEY,
)  # fmt: skip
ISSUED = event(facts.directive(), id="issued", subject=DIRECTIVE)
ASSIGNED = sent_by(AGENCY, event(facts.task(), id="assigned", subject=TASK, source="/phan-mem-huyen"))
DRAFT = sent_by(AGENCY, event(facts.plan(), id="draft", subject=PLAN, source="/phan-mem-huyen"))
LOST = sent_by(AGENCY, event(facts.plan(of=facts.OTHER_TASK), id="lost", subject=facts.REPORT, source="/phan-mem-huyen"))
OWN = Topic(f"publishers.{AGENCY}.verdicts.v1", owner="directives", key="", holds="", config={})


@pytest.fixture(scope="module")
def alone() -> Iterator[Infrastructure]:
    with Infrastructure() as running:
        yield running


@dataclass
class Office:
    """The registrar's process with its stores."""

    bootstrap: str
    dsn: str
    producer: AIOKafkaProducer
    connection: Any
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    @asynccontextmanager
    async def registrar(self, **settings: str) -> AsyncIterator[Process]:
        """Run the process for the block; it is killed at its end, without any chance to tidy up."""
        known = {
            "DONDOC_KAFKA_BOOTSTRAP": self.bootstrap, "DONDOC_POSTGRES_DSN": self.dsn, "DONDOC_PARTITIONS": str(PARTITIONS),
            "DONDOC_HEALTH_PORT": "0",
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.directives.registrar", env=os.environ | known | settings
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def send(self, *events: Event) -> None:
        """Put facts into the inbox."""
        for each in events:
            key = each.partitionkey.encode()
            sent = await self.producer.send_and_wait(INBOX, encode(each), key, partition_of(key, PARTITIONS))
            self.places[each.id] = (sent.partition, sent.offset)

    def ended(self, outcome: str, *names: str) -> Callable[[], Awaitable[bool]]:
        """Return what tells whether facts have this outcome."""

        async def look() -> bool:
            rows = [await self.connection.fetchrow(QUERIES["read_receipt"], *self.places[name]) for name in names]
            return all(row is not None and row["outcome"] == outcome for row in rows)

        return look

    def told(self, *expected: str) -> Callable[[], Awaitable[bool]]:
        """Return what tells whether the publisher's own topic says exactly this, in the order of the directive's partition."""

        async def look() -> bool:
            return await self.read_own() == list(expected)

        return look

    async def read_own(self) -> list[str]:
        """Return what the publisher's own topic says."""
        consumer = AIOKafkaConsumer(OWN.name, **client_options(self.bootstrap), auto_offset_reset="earliest", enable_auto_commit=False)
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            found: list[str] = []
            while len(found) < sum(ends.values()):
                for records in (await consumer.getmany(timeout_ms=1_000)).values():
                    said = [decode(record.value) for record in records]
                    found += [f"{each.type.split('.')[2]} {each.data.fact_id}" for each in said]
            return found
        finally:
            await consumer.stop()


@pytest.fixture
async def office(alone: Infrastructure) -> AsyncIterator[Office]:
    alone.postgres.create_database("process")
    dsn, bootstrap = alone.postgres.dsn("process"), alone.kafka.bootstrap
    create_topics(bootstrap, PARTITIONS, 1, load_topics())
    connection = await connect(dsn, schema="registrar")
    await migrate(connection, "registrar", sources_of("registrar"))
    producer = new_producer(bootstrap)
    await producer.start()
    yield Office(bootstrap, dsn, producer, connection)
    await producer.stop()
    await connection.close()


async def test_facts_wait_over_kills_until_they_are_released_or_expire_and_their_publisher_is_told(office: Office) -> None:
    async with office.registrar():
        await office.send(*UNITS)
        await eventually(office.ended("registered", *(each.id for each in UNITS)))
        await office.send(RIGHTS)
        await eventually(office.ended("registered", "rights"))
        await office.send(DRAFT, ASSIGNED)
        await eventually(office.ended("waiting", "draft", "assigned"))
    async with office.registrar():
        await office.send(ISSUED, LOST)
        await eventually(office.ended("registered", "issued", "assigned", "draft"))
        await eventually(office.ended("waiting", "lost"))
        create_topics(office.bootstrap, PARTITIONS, 1, [OWN])  # its topic comes only now: what was said before is there all the same
        early = ["fact-waiting draft", "fact-waiting assigned", "fact-waiting draft"]
        released = ["fact-released assigned", "fact-registered assigned", "fact-released draft", "fact-registered draft"]
        await eventually(office.told(*early, *released, "fact-waiting lost"))
    async with office.registrar(DONDOC_WAITING_DAYS="0"):
        hasty = sent_by(AGENCY, replace(LOST, id="hasty", subject=str(facts.INDEX)))
        await office.send(hasty)
        await eventually(office.ended("refused", "hasty"))
        await eventually(office.told(*early, *released, "fact-waiting lost", "fact-waiting hasty", "fact-expired hasty"))
