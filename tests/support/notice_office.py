"""An office at work on notifications: its worker's handlers over real tables, and its relay's marks moved by hand."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.notifications.domain.deliveries import Kind
from services.notifications.handlers import DEADLINES, DIRECTIVES, follow_deadlines, follow_directives
from services.notifications.issuing import NOTIFICATIONS
from shared.envelope import Event, decode
from shared.journal.queries import QUERIES as JOURNAL
from shared.journal.unit_of_work import Ledger
from shared.sql import Queries
from tests.support.records import record

API_KEY = "a-key-for-tests"
QUERIES = Queries("tests.support", "notice_office.sql")
HANDLERS = {DIRECTIVES: follow_directives, DEADLINES: follow_deadlines}


@dataclass
class Office:
    """Follows events, a batch a turn, and sends what was published when told to; it issues on some channels beside the inbox."""

    ledger: Ledger
    channels: Collection[Kind] = ()
    _offsets: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    async def follow(self, topic: str, *events: Event, partition: int = 0, offsets: Sequence[int] | None = None) -> None:
        """Apply events as one batch; they get the next offsets unless others are given (for what is read again)."""
        first = self._offsets[topic, partition]
        numbers = range(first, first + len(events)) if offsets is None else offsets
        records = [record(topic, partition, number, event) for number, event in zip(numbers, events, strict=True)]
        self._offsets[topic, partition] = max(first, *numbers) + 1
        async with self.ledger.turn(partition) as work:
            await HANDLERS[topic](work, records, self.channels)

    async def send(self, partition: int = 0, upto: int | None = None) -> int:
        """Do the relay's part: move the mark to a position (the last one unless told) and wake who waits; return it."""
        position = upto if upto is not None else await self.last_position(partition)
        await self.ledger.pool.execute(JOURNAL["mark_sent"], NOTIFICATIONS, partition, position)
        return position

    async def last_position(self, partition: int = 0) -> int:
        """Return the last position that was given out."""
        row = await self.ledger.pool.fetchrow(JOURNAL["read_relay"], NOTIFICATIONS, partition)
        return row["last_position"] if row else 0

    async def published(self, partition: int = 0) -> list[tuple[Any, str]]:
        """Return (data, cause) of what was published, in order."""
        rows = await self.ledger.pool.fetch(JOURNAL["read_journal"], NOTIFICATIONS, partition, 0, 100_000)
        return [(decode(row["value"]).data, row["cause"]) for row in rows]
