"""A run: the records of one partition that one fetch brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from faust.types import TP

Headers = Sequence[tuple[str, bytes]]


class Record(Protocol):
    """What we use of a Kafka record (aiokafka's ConsumerRecord)."""

    @property
    def topic(self) -> str:
        """Return the topic."""

    @property
    def partition(self) -> int:
        """Return the partition number."""

    @property
    def offset(self) -> int:
        """Return the offset in the partition."""

    @property
    def timestamp(self) -> int:
        """Return milliseconds since 1970."""

    @property
    def key(self) -> bytes | None:
        """Return the key."""

    @property
    def value(self) -> bytes | None:
        """Return the value."""

    @property
    def headers(self) -> Headers:
        """Return the headers."""


@dataclass(frozen=True, slots=True)
class Run:
    """Records of one partition, in order; `epoch` counts the seeks of that partition in this process.

    `sought` is, for the first run after a seek, the offset that was sought: a gap between it and the run is Kafka's own (transaction
    markers, aborted records).
    """

    tp: TP
    records: Sequence[Record]
    epoch: int
    sought: int | None = None
