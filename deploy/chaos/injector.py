"""Kills what the schedule names, starts it again at once, and lets the recovery be measured."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from deploy.chaos.database import Database
from deploy.chaos.recovery import WATCH_SECONDS, Recovery, Watch
from deploy.chaos.schedule import Fault
from deploy.chaos.traffic import Pace, Traffic
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from deploy.local.processes import Process
from deploy.local.stack import Stack

SUPERVISE_SECONDS = 0.5

Say = Callable[[str], None]


@dataclass(slots=True)
class Injector:
    """Works off the schedule; `exits` notes processes that ended by themselves, which are started again as Compose would."""

    stack: Stack
    partitions: int
    traffic: Traffic
    pace: Pace
    say: Say
    recoveries: list[Recovery] = field(default_factory=list)
    exits: list[str] = field(default_factory=list)

    async def run(self, faults: Sequence[Fault], facts: int) -> None:
        """Inject all faults, each when its number of facts was answered and the one before it has been recovered from."""
        database = Database(self.stack.dsn)
        try:
            for fault, following in zip(faults, [*(each.after for each in faults[1:]), facts], strict=True):
                await self._wait_for(fault.after)
                self.pace.ceiling = following
                await self._inject(fault, database)
            self.pace.ceiling = facts
        finally:
            await database.close()

    async def _wait_for(self, facts: int) -> None:
        while True:
            if self.traffic.facts >= facts or self.traffic.is_over:
                return
            await asyncio.sleep(WATCH_SECONDS)

    async def _inject(self, fault: Fault, database: Database) -> None:
        target, facts, known, killed_at = self._find(fault.target), self.traffic.facts, len(self.traffic.answers), time.monotonic()
        await asyncio.to_thread(target.kill)
        watch = Watch(fault, self.traffic, self.partitions, killed_at, time.monotonic(), known)
        starting = asyncio.create_task(asyncio.to_thread(target.start))
        await watch.follow(database)
        await starting
        self.recoveries.append(Recovery(fault, facts, watch.seconds, watch.late))
        self.say(str(self.recoveries[-1]))

    def _find(self, target: str) -> Process | Kafka | Postgres:
        infrastructure = self.stack.infrastructure
        servers: dict[str, Kafka | Postgres] = {"kafka": infrastructure.kafka, "postgres": infrastructure.postgres}
        return servers.get(target) or self.stack.processes[target]

    async def supervise(self) -> None:
        """Start again what ended by itself, as `restart: unless-stopped` does, and note it; until cancelled."""
        while True:
            for process in self.stack.processes.values():
                if process.returncode not in (None, -signal.SIGKILL):
                    self.exits.append(f"{process.name} ended by itself with {process.returncode}: {process.log_tail(1)}")
                    self.say(f"  {self.exits[-1]}")
                    process.start()
            await asyncio.sleep(SUPERVISE_SECONDS)
