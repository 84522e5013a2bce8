"""The simulated log: topics with partitions, records with offsets, and now and then an offset that is Kafka's own."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from deploy.simulation.clock import Clocks
from shared.streaming.runs import Headers


class LogRecord(NamedTuple):
    """A record as consumers get it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Outgo(NamedTuple):
    """A record to append."""

    key: bytes
    value: bytes
    headers: Headers = ()


class Log:
    """All topics; what is appended stays."""

    def __init__(self, clocks: Clocks) -> None:
        self.records: dict[tuple[str, int], list[LogRecord]] = defaultdict(list)
        self.ends: dict[tuple[str, int], int] = defaultdict(int)
        self._clocks = clocks

    def append(self, topic: str, partition: int, records: Sequence[Outgo]) -> int:
        """Append a batch, whole, and return the offset of its last record."""
        place = topic, partition
        stamp = round(self._clocks.tick().timestamp() * 1000)
        for each in records:
            self.records[place].append(LogRecord(topic, partition, self.ends[place], stamp, *each))
            self.ends[place] += 1
        return self.ends[place] - 1

    def skip(self, topic: str, partition: int) -> None:
        """Use up an offset, as a transaction's marker does."""
        self.ends[topic, partition] += 1

    def read(self, topic: str, partition: int, offset: int, size: int) -> Sequence[LogRecord]:
        """Return records of a partition from an offset on."""
        records = self.records[topic, partition]
        start = bisect_left(records, offset, key=lambda each: each.offset)
        return records[start : start + size]
