"""The timers of deadlines: reminders, and what is missed."""

from datetime import datetime

from services.deadlines.handlers import fire_stages
from services.deadlines.projections import RuleBook
from services.deadlines.queries import QUERIES
from shared.environment import ClockKind
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.streaming.timers import DurableTimers


class Timers(DurableTimers):
    """Fires the stages of deadlines by the rules in force."""

    def __init__(self, ledger: Ledger, book: RuleBook, clock: ClockKind, *, batch: int) -> None:
        super().__init__(ledger, clock, QUERIES["read_next_timers"], batch=batch)
        self._book = book

    async def see_to(self, work: UnitOfWork, now: datetime, limit: int) -> int:
        """Fire what is due in the turn's partition."""
        return await fire_stages(work, await self._book.current(work.connection), now, limit)
