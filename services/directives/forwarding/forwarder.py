"""The handler of the publishers' topics: a run goes into the inbox within the turn that moves its checkpoint."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.directives.forwarding.reading import forward
from services.directives.forwarding.sending import InboxWriter
from shared.clock import office_now
from shared.environment import ClockKind
from shared.journal.unit_of_work import UnitOfWork
from shared.streaming.runs import Record


class Forwarder:
    """Forwards runs, in order, and returns once they are acknowledged: a process killed in between sends a run again, never drops one.

    Receipt is when the broker appended the record; where the office clock is stepped, what that clock says.
    """

    def __init__(self, writer: InboxWriter, partitions: int, clock: ClockKind) -> None:
        self._writer = writer
        self._partitions = partitions
        self._clock = clock

    async def handle(self, work: UnitOfWork, records: Sequence[Record]) -> None:
        """Send a run of one publisher's partition; raises UnavailableError while Kafka is away, and nothing else."""
        now = await office_now(self._clock, work.connection) if self._clock == "stepped" else None
        await self._writer.write([forward(record, now or _appended_at(record), self._partitions) for record in records])


def _appended_at(record: Record) -> datetime:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)
