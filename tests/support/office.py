"""An office at work on notifications: its worker's handlers over real tables, and its relay's marks moved by hand."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from services.notifications.handlers import DEADLINES, DIRECTIVES, NOTIFICATIONS, follow_deadlines, follow_directives
from shared.envelope import Event, decode
from shared.journal.queries import QUERIES as JOURNAL
from shared.journal.unit_of_work import Ledger
from shared.sql import Queries
from tests.support.records import record

QUERIES = Queries("tests.support", "office.sql")
HANDLERS = {DIRECTIVES: follow_directives, DEADLINES: follow_deadlines}


@dataclass
class Office:
    """Follows events, a batch a turn, and sends what was published when told to."""

    ledger: Ledger
    _offsets: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    async def follow(self, topic: str, *events: Event, partition: int = 0, offset: int | None = None) -> None:
        """Apply events as one batch; they get the next offsets unless one is given (for what is read again)."""
        first = self._offsets[topic, partition] if offset is None else offset
        records = [record(topic, partition, first + index, event) for index, event in enumerate(events)]
        self._offsets[topic, partition] = max(self._offsets[topic, partition], first + len(events))
        async with self.ledger.turn(partition) as work:
            await HANDLERS[topic](work, records)

    async def send(self, partition: int = 0, upto: int | None = None) -> int:
        """Do the relay's part: move the mark to a position (the last one unless told) and wake who waits; return it."""
        row = await self.ledger.pool.fetchrow(JOURNAL["read_relay"], NOTIFICATIONS, partition)
        position = upto if upto is not None else row["last_position"] if row else 0
        await self.ledger.pool.execute(JOURNAL["mark_sent"], NOTIFICATIONS, partition, position)
        await self.ledger.pool.execute(JOURNAL["tell_sent"], NOTIFICATIONS, str(partition), str(position))
        return int(position)

    async def published(self, partition: int = 0) -> list[tuple[Any, str]]:
        """Return (data, cause) of what was published, in order."""
        rows = await self.ledger.pool.fetch(JOURNAL["read_journal"], NOTIFICATIONS, partition, 0, 100_000)
        return [(decode(row["value"]).data, row["cause"]) for row in rows]
