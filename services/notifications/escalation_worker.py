"""What the worker runs for escalation: the handler that also follows what was missed, and the timers.

A timer fires only once the worker has applied all that Kafka held of the deadlines when it came due: after downtime the report that ends an
escalation may be there, unread.
"""

import os
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime

from services.notifications.domain.deliveries import Kind
from services.notifications.escalation import Days, fire_escalations, follow_overdue
from services.notifications.escalation_rows import QUERIES
from services.notifications.handlers import DEADLINES, follow_deadlines
from shared.environment import ClockKind
from shared.errors import ConfigurationError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.streaming.app import Background, Runtime
from shared.streaming.ends import Ends
from shared.streaming.follower import Handler
from shared.streaming.queries import QUERIES as CHECKPOINTS
from shared.streaming.runs import Record
from shared.streaming.timers import DurableTimers

DEFAULT_DAYS = "1,3"
LEVELS = 2
BATCH = 200
"""Deadlines that are escalated in one transaction."""

ReadEnd = Callable[[str, int], Awaitable[int]]
"""Return where a topic's partition ends."""


def read_days(environ: Mapping[str, str] = os.environ) -> Days:
    """Read after how many days each level is told, or raise ConfigurationError; with one number there is one level."""
    text = environ.get("DONDOC_ESCALATION_DAYS", "") or DEFAULT_DAYS
    parts = text.split(",")
    days = tuple(int(part) for part in parts if part.isdecimal())
    if len(days) != len(parts) or not 1 <= len(days) <= LEVELS or days[0] < 1 or sorted(set(days)) != list(days):
        raise ConfigurationError(f"DONDOC_ESCALATION_DAYS should be days such as 1,3, the later level later, not {text!r}")
    return days


def following(channels: Collection[Kind], days: Days) -> Handler:
    """Return the handler of deadlines.events.v1: notices first, then what they may escalate to."""

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        await follow_deadlines(work, records, channels)
        await follow_overdue(work, records, days)

    return handle


def keeping(channels: Collection[Kind], days: Days) -> Background:
    """Return the task that keeps the timers of escalation."""

    async def keep(runtime: Runtime) -> None:
        environment = runtime.environment
        async with Ends(environment.bootstrap).opened() as ends:
            timers = EscalationTimers(runtime.ledger, environment.clock, days, channels, ends.read)
            await timers.run(environment.dsn, runtime.plan.schema)

    return keep


class EscalationTimers(DurableTimers):
    """Tells the next level of what was missed and is still open."""

    def __init__(
        self, ledger: Ledger, clock: ClockKind, days: Days, channels: Collection[Kind], read_end: ReadEnd, *, batch: int = BATCH
    ) -> None:  # fmt: skip
        super().__init__(ledger, clock, QUERIES["read_next_escalations"], batch=batch)
        self._days = days
        self._channels = channels
        self._read_end = read_end

    async def may_fire(self, partition: int) -> bool:
        """Tell whether all that Kafka holds of the partition's deadlines was applied."""
        end = await self._read_end(DEADLINES, partition)
        row = await self._ledger.pool.fetchrow(CHECKPOINTS["read_checkpoint"], DEADLINES, partition)
        return (row["next_offset"] if row else 0) >= end

    async def see_to(self, work: UnitOfWork, now: datetime, limit: int) -> int:
        """Tell the levels that are due in the turn's partition."""
        return await fire_escalations(work, self._days, self._channels, now, limit)
