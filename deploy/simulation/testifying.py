"""What a history left, as evidence for the chaos checker."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from deploy.chaos.evidence import INBOX, TOPICS, Accepted, Checkpoint, Evidence, Message, Outcome, Parked, Receipt
from deploy.simulation.database import Database
from deploy.simulation.expecting import expect
from deploy.simulation.facts import PARTITIONS, Dues
from deploy.simulation.log import LogRecord
from deploy.simulation.office import SCHEMAS, Office

Expected = Mapping[int, Sequence[Outcome]]
"""What should become of the facts of each partition, in the order of arrival."""


def evidence_of(office: Office, dues: Dues, expected: Expected | None = None) -> Evidence:
    """Return the evidence of an office that is at rest; what is expected follows from the order of arrival unless it is told."""
    evidence = Evidence(dues=dues, steps=office.clocks.steps, schemas=SCHEMAS)
    evidence.accepted = list(_accepted(office, expected or {each: expect(office.arrived(each)) for each in range(PARTITIONS)}))
    for topic in TOPICS:
        records = [record for partition in range(PARTITIONS) for record in office.log.records[topic, partition]]
        evidence.topics[topic] = [message_of(record) for record in records]
        for partition in range(PARTITIONS):
            evidence.ends[topic, partition] = _end(records, partition)
    for schema, db in office.databases.items():
        _add_tables(evidence, schema, db)
    for place, row in office.databases["registrar"]["receipt"].items():
        original = None if row["original_offset"] is None else (row["original_partition"], row["original_offset"])
        evidence.receipts[place] = Receipt(row["outcome"], original)
    evidence.tables["notice"] = list(_shown(office.databases["notifications"]))
    return evidence


def _end(records: Sequence[LogRecord], partition: int) -> int:
    """Return the offset after the last record; a marker that follows it is nothing to apply."""
    return max((record.offset + 1 for record in records if record.partition == partition), default=0)


def _add_tables(evidence: Evidence, schema: str, db: Database) -> None:
    for (topic, partition), (next_offset, last_position) in db["checkpoint"].items():
        evidence.checkpoints[schema, topic, partition] = Checkpoint(next_offset, last_position)
    for (topic, partition, position), row in db["journal"].items():
        evidence.journals.setdefault(topic, {})[partition, position] = row["value"]
    for (topic, partition, offset), row in db["parked"].items():
        evidence.parked.append(Parked(schema, f"{topic}/{partition}/{offset}", row["reason"]))


def _accepted(office: Office, expected: Expected) -> Iterator[Accepted]:
    offsets = {
        (partition, record.offset): number
        for partition in range(PARTITIONS)
        for number, record in enumerate(office.log.records[INBOX, partition])
    }
    for planned, partition, offset in office.answered:
        number = offsets.get((partition, offset))
        outcome = "registered" if number is None else expected[partition][number]
        first = _first(office, partition, planned.event.id)
        yield Accepted(planned.event.id, planned.event.partitionkey, first, (partition, offset), outcome)


def _first(office: Office, partition: int, fact: str) -> int:
    ids = [planned.event.id for planned in office.arrived(partition)]
    return ids.index(fact) if fact in ids else -1


def _shown(db: Database) -> Iterator[tuple[str, int, int]]:
    for row in db["notice"].values():
        sent = db["relay"].get(("notifications.events.v1", row["partition"]), (0, 0))[1]
        if row["channel"] == "inbox" and row["position"] <= sent:
            yield str(row["notice"]), row["partition"], row["position"]


def message_of(record: LogRecord) -> Message:
    """Return a record as evidence."""
    headers = {name: value.decode() for name, value in record.headers}
    value = record.value or b""
    return Message(
        record.topic, record.partition, record.offset, datetime.fromtimestamp(record.timestamp / 1000, UTC), value,
        msgspec.json.decode(value), int(headers.get("position", 0)), headers.get("cause", ""), headers.get("previoushash", ""),
        headers.get("hash", ""),
    )  # fmt: skip
