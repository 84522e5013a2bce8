"""The timers of deadlines: reminders, what is missed, and the next occurrence of what comes back."""

from datetime import datetime

from services.deadlines.handlers import fire_stages, open_occurrences
from services.deadlines.projections import RuleBook
from services.deadlines.queries import QUERIES
from shared.environment import ClockKind
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.streaming.timers import DurableTimers


class Timers(DurableTimers):
    """Fires the stages of deadlines, and sets occurrences, by the rules in force."""

    def __init__(self, ledger: Ledger, book: RuleBook, clock: ClockKind, *, batch: int) -> None:
        super().__init__(ledger, clock, QUERIES["read_next_timers"], batch=batch)
        self._book = book

    async def see_to(self, work: UnitOfWork, now: datetime, limit: int) -> int:
        """Fire what is due in the turn's partition."""
        rules = await self._book.current(work.connection)
        return max(await fire_stages(work, rules, now, limit), await open_occurrences(work, rules, now, limit))
