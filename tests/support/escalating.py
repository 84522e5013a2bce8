"""Timers of escalation as a process of their own, to be killed: `python -m tests.support.escalating DSN`; Kafka holds nothing unread."""

import asyncio
import sys

from services.notifications.domain.deliveries import Kind
from services.notifications.escalation_worker import EscalationTimers
from shared.journal.unit_of_work import Ledger
from shared.postgres import create_pool

SCHEMA = "notifications"
DAYS = (1, 3)
WEBHOOK: tuple[Kind, ...] = ("webhook",)


async def nothing_unread(_topic: str, _partition: int) -> int:
    """Return the end of a topic that holds nothing."""
    return 0


async def keep_timers(dsn: str, batch: int) -> None:
    """Tell what is due until the process ends."""
    pool = await create_pool(dsn, schema=SCHEMA)
    await EscalationTimers(Ledger(pool), "stepped", DAYS, WEBHOOK, nothing_unread, batch=batch).run(dsn, SCHEMA)


if __name__ == "__main__":
    asyncio.run(keep_timers(sys.argv[1], 7))
