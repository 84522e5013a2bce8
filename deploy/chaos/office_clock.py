"""The hand that moves the office clock while facts flow: a month passes with the facts, whatever is down, and every move is noted."""

import asyncio
from datetime import datetime, timedelta

from deploy.chaos.database import Database
from deploy.chaos.evidence import Step
from deploy.chaos.lives import BEGIN
from deploy.chaos.traffic import Traffic
from deploy.chaos.workload import SPAN
from shared.clock import QUERIES, system_clock

STEP_SECONDS = 0.4


class OfficeClock:
    """The stepped clock of one run."""

    def __init__(self, dsn: str, database: Database | None = None) -> None:
        self.steps: list[Step] = []
        self._database = database or Database(dsn)

    async def begin(self) -> None:
        """Set the clock to the first instant."""
        await self.step(BEGIN)

    async def run(self, traffic: Traffic, facts: int) -> None:
        """Move the clock along with the share of the facts that were answered, until it is cancelled."""
        while True:
            await self.step(BEGIN + SPAN * min(1.0, traffic.facts / facts))
            await asyncio.sleep(STEP_SECONDS)

    async def step(self, instant: datetime) -> None:
        """Move the clock; it never goes back."""
        instant = max(instant, self.steps[-1].instant) if self.steps else instant
        # Noted before it is tried: a connection that breaks may break after the commit.
        self.steps.append(Step(await system_clock(), instant))
        await self._database.fetch(QUERIES["step_clock"], instant)

    async def jump(self, by: timedelta) -> None:
        """Move the clock ahead, at most to the end of its month; it stands there until the facts have caught up."""
        await self.step(min(self.steps[-1].instant + by, BEGIN + SPAN))

    async def close(self) -> None:
        """Drop the connection."""
        await self._database.close()
