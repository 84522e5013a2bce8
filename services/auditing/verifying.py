"""The whole audit: each partition's journal against its chains, its topic, the registrar's heads and those that were exported.

Order matters on a running system: first the marks (what Kafka has acknowledged must be in the topic), then the topic's ends, then the
journal as of a later moment (what the topic holds must be in it).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.auditing.chain import Chain
from services.auditing.comparing import Comparison
from services.auditing.findings import Findings
from services.auditing.heads import Heads
from services.auditing.queries import QUERIES
from services.auditing.reading import JournalPart, TopicPart, TopicReader, open_part, open_topic
from shared.clock import system_clock
from shared.postgres import connect

if TYPE_CHECKING:
    import asyncpg

SCHEMA = "registrar"
EVENTS = "directives.events.v1"
MOST_LATE = 1_000


@dataclass
class Report:
    """What an audit came to: how much it read, and what it found."""

    partitions: int = 0
    events: int = 0
    records: int = 0
    keys: int = 0
    repeats: int = 0
    findings: Findings = field(default_factory=Findings)

    def count(self, chain: Chain) -> None:
        """Count a partition that was followed to its end."""
        self.partitions += 1
        self.events += chain.events
        self.keys += len(chain.heads)


@dataclass(frozen=True)
class Place:
    """Where to audit: the database, Kafka, how many partitions, and which topic of the registrar's journal."""

    dsn: str
    bootstrap: str
    partitions: int
    topic: str = EVENTS


async def verify(place: Place, *, heads: Heads | None = None, is_strict: bool = False) -> Report:
    """Return what is wrong with everything that was registered; `is_strict` counts what a relay sent twice as wrong, too."""
    report = Report()
    connection = await connect(place.dsn, schema=SCHEMA)
    try:
        marks = await _read_marks(connection, place)
        async with open_topic(place.bootstrap, place.topic) as topic:
            for partition in sorted(marks.keys() | topic.partitions | set(heads.partitions if heads else ())):
                await _Part(report, place, partition, is_strict, heads).audit(connection, topic, marks.get(partition, 0))
    finally:
        await connection.close()
    return report


async def export_heads(place: Place) -> tuple[Heads, Report]:
    """Return the heads of what is in Kafka now, and what is wrong with the journal up to there: such heads are not worth keeping."""
    report = Report()
    heads = Heads(place.topic, await system_clock(), {})
    connection = await connect(place.dsn, schema=SCHEMA)
    try:
        for partition, sent in (await _read_marks(connection, place)).items():
            chain = Chain(partition, place.partitions, report.findings)
            async with open_part(connection, place.topic, partition, sent) as part:
                while rows := await part.read_step():
                    for row in rows:
                        chain.follow(row)
            chain.finish(sent)
            report.count(chain)
            heads.partitions[partition] = chain.export()
    finally:
        await connection.close()
    return heads, report


async def _read_marks(connection: "asyncpg.Connection[Any]", place: Place) -> Mapping[int, int]:
    """Return what Kafka has acknowledged of each partition that there is, or that the registrar knows anything of."""
    found = [row["partition"] for row in await connection.fetch(QUERIES["audit_partitions"], place.topic)]
    known = dict.fromkeys((*range(place.partitions), *found), 0)
    return known | {row["partition"]: row["sent_position"] for row in await connection.fetch(QUERIES["audit_marks"], place.topic)}


@dataclass
class _Part:
    report: Report
    place: Place
    partition: int
    is_strict: bool
    heads: Heads | None

    async def audit(self, connection: "asyncpg.Connection[Any]", topic: TopicReader, sent: int) -> None:
        exported = self.heads.partitions.get(self.partition) if self.heads else None
        chain = Chain(self.partition, self.place.partitions, self.report.findings, exported)
        comparison = Comparison(chain, self.report.findings, self.is_strict)
        async with open_part(connection, self.place.topic, self.partition) as journal:
            if self.partition in topic.partitions:
                await _compare(comparison, journal, topic.open_part(self.partition))
            else:
                self.report.findings.add(f"topic {self.partition}", "the topic has no such partition")
            await _finish_journal(comparison, journal)
            chain.finish(await journal.last_given())
            async for key, version, digest in journal.streams():
                chain.compare_stream(key, version, digest)
            chain.finish_streams()
        comparison.finish(max(sent, exported.position if exported else 0))
        self.report.count(chain)
        self.report.records += comparison.records
        self.report.repeats += comparison.repeats


async def _compare(comparison: Comparison, journal: JournalPart, topic: TopicPart) -> None:
    """Go through the topic to its end, with the journal beside it."""
    while records := await topic.read_step():
        comparison.sent.extend(records)
        comparison.take()
        while comparison.sent:
            await _read_rows(comparison, journal)
            comparison.take()
        if len(comparison.late) > MOST_LATE:
            await _judge_late(comparison, journal)
    await _judge_late(comparison, journal)


async def _judge_late(comparison: Comparison, journal: JournalPart) -> None:
    positions = sorted({position for position, _ in comparison.late})
    comparison.judge_late(await journal.read_events(positions))


async def _finish_journal(comparison: Comparison, journal: JournalPart) -> None:
    """Go through what the journal holds beyond the topic's end."""
    while comparison.rows or not comparison.is_journal_read:
        while comparison.rows:
            comparison.pass_over(comparison.rows.popleft())
        await _read_rows(comparison, journal)


async def _read_rows(comparison: Comparison, journal: JournalPart) -> None:
    rows = await journal.read_step()
    comparison.rows.extend(rows)
    comparison.is_journal_read = not rows
