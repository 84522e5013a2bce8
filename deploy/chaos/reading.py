"""Reads what Kafka and PostgreSQL hold into evidence, and waits until everything has come to rest."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.chaos.database import QUERIES, Database
from deploy.chaos.evidence import FOLLOWS, OWN_VERDICTS, TOPICS, Checkpoint, Evidence, Message, Parked, Receipt
from shared.broker import client_options
from shared.kafka_access import topic_of, verdict_topic_of
from shared.topics import end_offsets

DRAIN_SECONDS = 90.0
PAUSE_SECONDS = 0.3
FETCH_MS = 1_000
TABLES = {
    "fact": "read_fact",
    "deadline_event": "read_deadline_event",
    "task": "read_task",
    "task_deadline": "read_task_deadline",
    "unit": "read_unit",
    "directive": "read_directive",
    "plan": "read_plan",
    "conference": "read_conference",
    "report": "read_report",
    "notice": "read_notice",
}
"""The tables that are compared with the topics, each with its query."""

Ends = Mapping[tuple[str, int], int]


class Reader:
    """Reads a run's stores; nothing may be killed meanwhile. `agencies` are the publishers with topics of their own."""

    def __init__(self, bootstrap: str, dsn: str, agencies: Sequence[str] = ()) -> None:
        self._bootstrap = bootstrap
        self._own = [topic_of(agency) for agency in agencies]
        self._topics = (*TOPICS, *map(verdict_topic_of, agencies))
        self._forwarder = Database(dsn, "forwarder")
        self._schemas = {schema: Database(dsn, schema) for schema in FOLLOWS}

    async def close(self) -> None:
        """Drop the connections."""
        for database in (*self._schemas.values(), self._forwarder):
            await database.close()

    async def drain(self, instant: datetime, seconds: float = DRAIN_SECONDS) -> str:
        """Wait until nothing is on its way and no timer is due at the instant; return what still was when the time ran out, or ""."""
        limit = time.monotonic() + seconds
        quiet = 0
        remains = "something"
        while time.monotonic() < limit:
            remains = await self._remains(instant)
            quiet = 0 if remains else quiet + 1
            if quiet == 2:  # noqa: PLR2004  twice: what was seen first may have moved something that was looked at before
                return ""
            await asyncio.sleep(PAUSE_SECONDS)
        return remains

    async def _remains(self, instant: datetime) -> str:
        due = await self._schemas["deadlines"].fetch_value(QUERIES["count_due"], instant)
        unsent = {schema: await database.fetch_value(QUERIES["count_unsent"]) for schema, database in self._schemas.items()}
        ends = await self._ends()
        checkpoints = await self._checkpoints()
        behind = [
            f"{schema} {topic}/{partition} at {at.next_offset if at else None} of {end}"
            for schema, topics in FOLLOWS.items()
            for (topic, partition), end in ends.items()
            if topic in topics and ((at := checkpoints.get((schema, topic, partition))) is None or at.next_offset != end)
        ]
        expired = await self._schemas["registrar"].fetch_value(QUERIES["count_expired"], instant)
        waiting = [f"{count} {what}" for count, what in ((due, "timers"), (expired, "facts that waited too long")) if count]
        unsent_of = [f"{count} unsent of {schema}" for schema, count in unsent.items() if count]
        return ", ".join([*waiting, *unsent_of, *await self._not_forwarded(), *behind])

    async def _not_forwarded(self) -> list[str]:
        if not self._own:
            return []
        ends = await asyncio.to_thread(end_offsets, self._bootstrap, self._own)
        rows = await self._forwarder.fetch(QUERIES["read_checkpoints"])
        forwarded = {(row[0], row[1]): row[2] for row in rows}
        return [f"forwarder {place} at {forwarded.get(place)} of {end}" for place, end in ends.items() if forwarded.get(place, 0) != end]

    async def _ends(self) -> Ends:
        return await asyncio.to_thread(end_offsets, self._bootstrap, self._topics)

    async def read(self, evidence: Evidence) -> None:
        """Add everything that Kafka and PostgreSQL hold to the evidence."""
        evidence.ends = dict(await self._ends())
        evidence.topics = await self._read_topics(evidence.ends)
        evidence.checkpoints = await self._checkpoints()
        await self._read_journals(evidence)
        for row in await self._schemas["registrar"].fetch(QUERIES["read_receipts"]):
            original = None if row[3] is None else (row[3], row[4])
            evidence.receipts[row[0], row[1]] = Receipt(row[2], original)
        for table, query in TABLES.items():
            evidence.tables[table] = [tuple(row) for row in await self._schemas["directives"].fetch(QUERIES[query])]

    async def _checkpoints(self) -> dict[tuple[str, str, int], Checkpoint]:
        return {
            (schema, row[0], row[1]): Checkpoint(row[2], row[3])
            for schema, database in self._schemas.items()
            for row in await database.fetch(QUERIES["read_checkpoints"])
        }

    async def _read_journals(self, evidence: Evidence) -> None:
        for schema, database in self._schemas.items():
            for topic, partition, position, value in await database.fetch(QUERIES["read_journal"]):
                evidence.journals.setdefault(topic, {})[partition, position] = value
            for topic, partition, offset, reason in await database.fetch(QUERIES["read_parked"]):
                evidence.parked.append(Parked(schema, f"{topic}/{partition}/{offset}", reason))

    async def _read_topics(self, ends: Ends) -> dict[str, list[Message]]:
        consumer = AIOKafkaConsumer(**client_options(self._bootstrap), enable_auto_commit=False, auto_offset_reset="earliest")
        await consumer.start()
        try:
            partitions = {TopicPartition(topic, number): end for (topic, number), end in ends.items() if end}
            consumer.assign(list(partitions))
            await consumer.seek_to_beginning()
            return await _read_to(consumer, partitions)
        finally:
            await consumer.stop()


async def _read_to(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> dict[str, list[Message]]:
    topics: dict[str, list[Message]] = {topic: [] for topic in TOPICS}
    topics |= {place.topic: [] for place in ends if place.topic.startswith(OWN_VERDICTS)}
    ahead = set(ends)
    while ahead:
        for place, records in (await consumer.getmany(timeout_ms=FETCH_MS)).items():
            topics[place.topic] += [message_of(record) for record in records if record.offset < ends[place]]
        ahead = {place for place in ahead if await consumer.position(place) < ends[place]}
    return topics


def message_of(record: Any) -> Message:  # noqa: ANN401  aiokafka's ConsumerRecord
    """Return a record as evidence."""
    headers = {name: value.decode() for name, value in record.headers}
    value = record.value or b""
    return Message(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        stamped_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        value=value,
        event=msgspec.json.decode(value),
        position=int(headers.get("position", 0)),
        cause=headers.get("cause", ""),
        previous_hash=headers.get("previoushash", ""),
        hash=headers.get("hash", ""),
        origin=headers.get("origin", ""),
    )
