"""Durable timers: wakes, asks PostgreSQL by the office clock what is due, and sees to it in small turns, fairly over partitions.

Any worker sees to any partition's timers: the partition's lock lets one at a time do so, and the next one finds nothing due. A turn reads
the office clock after it has the lock, so nothing is fired before its instant by that clock.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from shared.clock import office_now
from shared.environment import ClockKind
from shared.errors import UnavailableError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.postgres import connect, is_transient

if TYPE_CHECKING:
    import asyncpg

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
RETRY_SECONDS = 0.5
AT_ONCE = 4
"""Turns that one worker holds at the same time; each is one batch, and partitions take them in rotation."""


class DurableTimers(ABC):
    """The timers of all partitions of a schema, as one worker sees to them.

    `read_next` is a query without parameters for (partition, fire_at): when the next timer of each partition fires.
    """

    def __init__(self, ledger: Ledger, clock: ClockKind, read_next: str, *, batch: int) -> None:
        self._ledger = ledger
        self._clock = clock
        self._read_next = read_next
        self._batch = batch
        self._woken = asyncio.Event()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._busy: set[int] = set()

    @abstractmethod
    async def see_to(self, work: UnitOfWork, now: datetime, limit: int) -> int:
        """See to what is due in the turn's partition, up to a limit, and return to how many timers."""

    async def may_fire(self, partition: int) -> bool:  # noqa: ARG002  for those who have to wait for something
        """Tell whether enough is known of a partition to fire there; called after a timer of it came due, before its turn."""
        return True

    async def run(self, dsn: str, schema: str) -> None:
        """Fire what becomes due until cancelled; waits for a database that is away."""
        while True:
            try:
                await self._watch_with(await connect(dsn, schema=schema))
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("timers wait for the database: %s; again in %s s", error or type(error).__name__, RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)

    async def _watch_with(self, connection: "asyncpg.Connection[Any]") -> None:
        """Watch as long as the connection lives on which others wake us: a clock that was stepped, a timer that was set."""
        try:
            connection.add_termination_listener(self._wake)
            for channel in ("dondoc_clock", "dondoc_timers"):
                await connection.add_listener(channel, self._wake)
            async with asyncio.TaskGroup() as tasks:
                while not connection.is_closed():
                    await self._watch_once(tasks)
                raise UnavailableError("the connection that wakes the timers was closed")
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        finally:
            await connection.close(timeout=2)

    def _wake(self, *_: object) -> None:
        self._woken.set()

    async def _watch_once(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to fire in partitions where something is due, and sleep until more may be."""
        self._woken.clear()
        now = await office_now(self._clock, self._ledger.pool)
        rows = await self._ledger.pool.fetch(self._read_next)
        idle = [(row["partition"], row["fire_at"]) for row in rows if row["partition"] not in self._busy]
        for partition, fire_at in idle:
            if fire_at <= now:
                self._busy.add(partition)
                # By a callback: a task that is cancelled before it began never comes to a `finally` of its own.
                tasks.create_task(self._drain(partition)).add_done_callback(partial(self._finish, partition))
        await self._sleep(now, [fire_at for _, fire_at in idle if fire_at > now])

    async def _sleep(self, now: datetime, ahead: Sequence[datetime]) -> None:
        # A stepped clock tells when it moves; polling is for the notification that was lost.
        seconds = POLL_SECONDS
        if ahead and self._clock == "system":
            seconds = min(seconds, (min(ahead) - now).total_seconds())
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _drain(self, partition: int) -> None:
        """Fire all that is due in a partition, one batch a turn; a turn that fails for a while is tried again by the next watch."""
        try:
            if not await self.may_fire(partition):
                await asyncio.sleep(RETRY_SECONDS)
                return
            while await self.fire(partition) == self._batch:
                continue
        except Exception as error:
            if not is_transient(error):
                raise
            logger.warning("timers of partition %s: %s", partition, error or type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    def _finish(self, partition: int, _task: "asyncio.Task[None]") -> None:
        self._busy.discard(partition)
        self._woken.set()

    async def fire(self, partition: int) -> int:
        """Fire one batch of a partition's timers in a turn of its own, and return how many were seen to."""
        async with self._turns, self._ledger.turn(partition) as work:
            return await self.see_to(work, await office_now(self._clock, work.connection), self._batch)
