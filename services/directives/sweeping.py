"""The sweeper: refuses facts whose time to wait is up, by the office clock, whether or not anything more comes for their keys.

Any registrar sweeps any partition: the partition's lock lets one at a time do so, and the next one finds nothing left. A turn reads the
office clock after it has the lock.
"""

import asyncio
import logging
from datetime import datetime

from services.directives.registering import Now, Registrar
from services.directives.repository import QUERIES
from shared.journal.unit_of_work import Ledger
from shared.postgres import is_transient

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
BATCH = 500
"""How many facts one turn refuses."""


class Sweeper:
    """Looks now and then for facts that have waited too long, in all partitions."""

    def __init__(self, ledger: Ledger, registrar: Registrar, now: Now) -> None:
        self._ledger = ledger
        self._registrar = registrar
        self._now = now

    async def run(self) -> None:
        """Sweep until cancelled; a database that is away is waited for."""
        while True:
            try:
                await self.sweep()
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("what waits is not looked through: %s", error or type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)

    async def sweep(self) -> int:
        """Refuse all that has waited too long by now, and return how many facts those were."""
        now = await self._read_clock()
        rows = await self._ledger.pool.fetch(QUERIES["find_expired"], now)
        return sum([await self._sweep_partition(row[0]) for row in rows])

    async def _read_clock(self) -> datetime:
        async with self._ledger.pool.acquire(timeout=5) as connection:
            return await self._now(connection)

    async def _sweep_partition(self, partition: int) -> int:
        total = 0
        while True:
            async with self._ledger.turn(partition) as work:
                expired = await self._registrar.expire(work, BATCH)
            total += expired
            if expired < BATCH:
                return total
