"""The topic beside the journal, record by record; pure.

A relay that lost its mark or its twin may send a position again: the same bytes under the same position, which every consumer applies
once. Such repeats are counted, and are findings only where that is asked for.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.auditing.chain import Chain, Row, name_of, version_of
from services.auditing.findings import Findings
from shared.envelope import header

MOST_MISSING = 100_000
"""How many positions are remembered that the topic has not held yet."""

MAX_DIGITS = 19
"""As many as a bigint has; whoever forges a header may write more than Python reads."""


class TopicRecord(Protocol):
    """A record of the topic."""

    @property
    def offset(self) -> int:
        """Return its place in the partition."""

    @property
    def key(self) -> bytes | None:
        """Return its key."""

    @property
    def value(self) -> bytes | None:
        """Return its bytes."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Return its headers."""


@dataclass
class Comparison:
    """Takes the journal and the topic of one partition as they come; what the topic lacks is known at the end."""

    chain: Chain
    findings: Findings
    is_strict: bool = False
    records: int = 0
    repeats: int = 0
    rows: deque[Row] = field(default_factory=deque)
    sent: deque[TopicRecord] = field(default_factory=deque)
    late: list[tuple[int, TopicRecord]] = field(default_factory=list)
    is_journal_read: bool = False
    _missing: dict[int, tuple[bytes, int | None]] = field(default_factory=dict)

    def take(self) -> None:
        """Go on as far as what was read allows: until the journal's next event or the topic's next record is not there yet."""
        while self.sent:
            record = self.sent[0]
            position = _position(record)
            if position is None:
                self.findings.add(self._place(record), "has no position: not sent by the registrar", name_of(record.key or b""))
            elif position <= self.chain.position:
                self.late.append((position, record))
            elif not self._reach(position, record):
                return
            self.sent.popleft()
            self.records += 1

    def _reach(self, position: int, record: TopicRecord) -> bool:
        """Follow the journal up to a record's position; return False where that is not read yet."""
        while self.rows and self.rows[0].position < position:
            self.pass_over(self.rows.popleft())
        if self.rows and self.rows[0].position == position:
            row = self.rows.popleft()
            self.chain.follow(row)
            self._compare(row, record)
            return True
        if self.rows or self.is_journal_read:
            version = version_of(record.value)
            told = f"position {position} is not in the journal: appended, or taken out there"
            self.findings.add(self._place(record), told, name_of(record.key or b""), version)
            return True
        return False

    def pass_over(self, row: Row) -> None:
        """Follow an event of the journal that the topic has not held yet."""
        self.chain.follow(row)
        if len(self._missing) < MOST_MISSING:
            self._missing[row.position] = row.key, version_of(row.value)

    def judge_late(self, events: Mapping[int, Row]) -> None:
        """Judge records whose position was passed already, with those events of the journal, and forget them."""
        for position, record in self.late:
            row = events.get(position)
            if row is None:
                told = f"position {position} is not in the journal: appended, or taken out there"
                self.findings.add(self._place(record), told, name_of(record.key or b""), version_of(record.value))
            elif position in self._missing:
                del self._missing[position]
                told = f"position {position} comes after higher ones: out of order"
                self.findings.add(self._place(record), told, name_of(row.key), version_of(row.value))
            elif self._compare(row, record):
                self._repeat(record)
        self.late.clear()

    def _repeat(self, record: TopicRecord) -> None:
        self.repeats += 1
        if self.is_strict:
            self.findings.add(self._place(record), "was sent before: doubled", name_of(record.key or b""), version_of(record.value))

    def _compare(self, row: Row, record: TopicRecord) -> bool:
        wrong = _differences(row, record)
        if wrong:
            told = f"{' and '.join(wrong)} not those of the journal at position {row.position}"
            self.findings.add(self._place(record), told, name_of(row.key), version_of(row.value))
        return not wrong

    def finish(self, sent_position: int) -> None:
        """Judge what the topic never held, of all that Kafka had acknowledged."""
        for position, (key, version) in sorted(self._missing.items()):
            if position <= sent_position:
                told = f"position {position} was sent and is missing: removed, or the tail is cut"
                self.findings.add(f"topic {self.chain.partition}", told, name_of(key), version)

    def _place(self, record: TopicRecord) -> str:
        return f"topic {self.chain.partition}@{record.offset}"


def _position(record: TopicRecord) -> int | None:
    text = header(record.headers, "position")
    return int(text) if text is not None and text.isdigit() and len(text) <= MAX_DIGITS else None


def _differences(row: Row, record: TopicRecord) -> list[str]:
    pairs: Iterable[tuple[str, bool]] = (
        ("key", record.key == row.key),
        ("bytes", record.value == row.value),
        ("headers", tuple(record.headers) == headers_of(row)),
    )
    return [name for name, is_equal in pairs if not is_equal]


def headers_of(row: Row) -> tuple[tuple[str, bytes], ...]:
    """Return the headers that an event is sent with; said here again, so that the audit does not trust the relay."""
    told = (("position", str(row.position).encode()), ("cause", row.cause.encode()))
    if row.hash is None or row.previous_hash is None:
        return told
    return (*told, ("previoushash", row.previous_hash.hex().encode()), ("hash", row.hash.hex().encode()))
