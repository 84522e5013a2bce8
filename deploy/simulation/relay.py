"""The relay: sends a schema's journal to the log in order, batch by batch, and moves its mark; it may die on either side of the send."""

from collections.abc import Sequence
from typing import Any, Literal, cast

from deploy.simulation.database import CrashError, Database, finish
from deploy.simulation.log import Log, Outgo
from shared.envelope import header
from shared.journal.queries import QUERIES
from shared.journal.relay import headers_of
from shared.journal.tail import LOOK_BACK, require_known

Trouble = Literal["", "killed before the send", "killed before the mark", "while another one does"]
"""What befalls the relay: its process ends, or two of them overlap."""


class Relay:
    """The relay of one process; what it has sent it remembers until it ends."""

    def __init__(self, db: Database, log: Log) -> None:
        self.db = db
        self.log = log
        self._sent: dict[tuple[str, int], int] = {}

    def is_behind(self, topic: str, partition: int) -> bool:
        """Tell whether there may be something to send."""
        marks = self.db["relay"].get((topic, partition))
        return marks is not None and self._sent.get((topic, partition)) != marks[0]

    def send(self, topic: str, partition: int, size: int, trouble: Trouble = "") -> int:
        """Send the next events of a partition, and return how many there were."""
        rows = self.read(topic, partition, size)
        if trouble == "killed before the send":
            raise CrashError
        if rows:
            self.append(topic, partition, rows)
            if trouble == "while another one does":
                self.append(topic, partition, rows)
            if trouble == "killed before the mark":
                raise CrashError
            self.mark(topic, partition, rows[-1]["position"])
        return len(rows)

    def read(self, topic: str, partition: int, size: int) -> Sequence[Any]:
        """Return what is to be sent next."""
        target = topic, partition
        if target not in self._sent:
            self._sent[target] = self._start(topic, partition)
        return finish(self.db.fetch(QUERIES["read_journal"], topic, partition, self._sent[target], size))

    def append(self, topic: str, partition: int, rows: Sequence[Any]) -> None:
        """Append a batch to the log."""
        self.log.append(topic, partition, [Outgo(row["key"], row["value"], headers_of(row)) for row in rows])

    def mark(self, topic: str, partition: int, position: int) -> None:
        """Note that everything up to a position is in the log."""
        self._sent[topic, partition] = position
        finish(self.db.execute(QUERIES["mark_sent"], topic, partition, position))

    def _start(self, topic: str, partition: int) -> int:
        """Return the position to go on after: the higher one of the mark and of what the log's end holds."""
        last, sent = cast("tuple[int, int]", self.db["relay"].get((topic, partition), (0, 0)))
        told = self.last_position(topic, partition)
        require_known(self.db.schema, topic, partition, told, last)
        if told > sent:
            self.mark(topic, partition, told)
        return max(sent, told)

    def last_position(self, topic: str, partition: int) -> int:
        """Return the highest position among a partition's last records."""
        tail = self.log.records[topic, partition][-LOOK_BACK:]
        return max((int(header(each.headers, "position") or 0) for each in tail), default=0)
