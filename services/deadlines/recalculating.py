"""Amended calendars: each partition works through its own open deadlines, a few directives a turn.

A calendar has a key of its own, so the fact that amends it is registered in another partition than most directives that it touches. Its
days are in one table that all partitions read; beside it each partition keeps how far it has come with the calendar facts that count. Any
worker does any partition's turns: the partition's lock lets one at a time do so, and the next one goes on where that one ended.
"""

import asyncio
import logging

from services.deadlines.handlers import FACTS, work_through
from services.deadlines.projections import RuleBook
from services.deadlines.queries import QUERIES
from shared.clock import office_now
from shared.environment import ClockKind
from shared.journal.unit_of_work import Ledger
from shared.postgres import is_transient

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0


class Recalculation:
    """The work that amended calendars make, as one worker sees to it; `batch` is in directives."""

    def __init__(self, ledger: Ledger, book: RuleBook, clock: ClockKind, *, batch: int) -> None:
        self._ledger = ledger
        self._book = book
        self._clock = clock
        self._batch = batch

    async def run(self) -> None:
        """Work until cancelled; waits for a database that is away."""
        while True:
            try:
                await self.catch_up()
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("amended calendars wait for the database: %s", error or type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)

    async def catch_up(self) -> int:
        """Bring every partition up to the calendars that are registered now, and return how many turns that took."""
        rules = await self._book.current(self._ledger.pool)
        turns = 0
        for row in await self._ledger.pool.fetch(QUERIES["read_partitions_behind"], rules.calendars.token, FACTS):
            while not await self.work(row["partition"]):
                turns += 1
            turns += 1
        return turns

    async def work(self, partition: int) -> bool:
        """See to some more directives of a partition in a turn of its own; return whether none is left."""
        async with self._ledger.turn(partition) as work:
            rules = await self._book.current(work.connection)
            return await work_through(work, rules, await office_now(self._clock, work.connection), self._batch)
