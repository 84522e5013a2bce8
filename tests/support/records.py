"""Kafka records as a handler sees them, without Kafka."""

from dataclasses import dataclass

from shared.envelope import Event, encode


@dataclass(frozen=True, slots=True)
class FakeRecord:
    """A record of one of our topics; `headers` stays empty, since handlers don't read them."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


def record(topic: str, partition: int, offset: int, event: Event) -> FakeRecord:
    """Return the record of an event, keyed as our relay keys it."""
    return FakeRecord(topic, partition, offset, 0, event.partitionkey.encode(), encode(event))
