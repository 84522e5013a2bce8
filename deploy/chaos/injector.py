"""Works off the schedule: each burst of faults is done, undone, and its recovery measured."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from deploy.chaos.database import Database
from deploy.chaos.faults import Scene, inject, until_ready
from deploy.chaos.recovery import WATCH_SECONDS, Recovery, Watch
from deploy.chaos.schedule import Fault, in_bursts
from deploy.chaos.traffic import Pace
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from shared.errors import UnavailableError

SUPERVISE_SECONDS = 0.5
COURIER = "courier"

Say = Callable[[str], None]


@dataclass(slots=True)
class Injector:
    """Works off the schedule; `exits` notes processes that ended by themselves, which are started again as Compose would."""

    scene: Scene
    partitions: int
    pace: Pace
    say: Say
    recoveries: list[Recovery] = field(default_factory=list)
    exits: list[str] = field(default_factory=list)

    async def run(self, faults: Sequence[Fault], facts: int) -> None:
        """Inject all faults, each burst when its number of facts was answered and the one before it has been recovered from."""
        database = Database(self.scene.stack.dsn)
        bursts = in_bursts(faults)
        try:
            for burst, following in zip(bursts, [*(each[0].after for each in bursts[1:]), facts], strict=True):
                await self._wait_for(burst[0].after)
                await self._strike(burst, following, database)
            self.pace.ceiling = facts
        finally:
            await database.close()

    async def _wait_for(self, facts: int) -> None:
        traffic = self.scene.traffic
        while True:
            if traffic.facts >= facts or traffic.is_over:
                return
            await asyncio.sleep(WATCH_SECONDS)

    async def _strike(self, burst: Sequence[Fault], following: int, database: Database) -> None:
        traffic = self.scene.traffic
        facts, known, known_own = traffic.facts, len(traffic.answers), len(traffic.own_answers)
        # Half of the facts until the next burst may come while the faults last: the others are to prove that all is well again.
        self.pace.ceiling = (burst[0].after + following) // 2
        async with asyncio.TaskGroup() as tasks:
            injecting = [tasks.create_task(inject(fault, self.scene)) for fault in burst]
        self.pace.ceiling = following
        struck = [each.result() for each in injecting]
        # Recovery counts from the fault that came last: until then the ones before it were not to be recovered from.
        began_at, done_at = max(each.began_at for each in struck), max(each.done_at for each in struck)
        watch = Watch(burst, traffic, self.partitions, began_at, done_at, known, known_own, following)
        await watch.follow(database)
        await self._see_courier(burst, watch)
        await self.scene.until_started()
        self.recoveries.append(Recovery(burst, facts, watch.seconds, watch.late))
        self.say(str(self.recoveries[-1]))

    async def _see_courier(self, burst: Sequence[Fault], watch: Watch) -> None:
        """Have the courier, through which no fact passes, say that it is ready."""
        if any(fault.target == COURIER for fault in burst):
            if not await until_ready(self.scene.stack.processes[COURIER]):
                raise UnavailableError(f"the courier is not ready again after {burst[0]}")
            if not watch.stages:
                watch.seconds[0] = time.monotonic() - watch.began_at

    async def supervise(self) -> None:
        """Start again what ended by itself, as `restart: unless-stopped` does, and note it; until cancelled."""
        while True:
            for process in list(self.scene.stack.processes.values()):
                if process.returncode not in (None, -signal.SIGKILL):
                    self.exits.append(f"{process.name} ended by itself with {process.returncode}: {process.log_tail(1)}")
                    self.say(f"  {self.exits[-1]}")
                    process.start()
            for server in self.scene.servers.values():
                await self._revive(server)
            await asyncio.sleep(SUPERVISE_SECONDS)

    async def _revive(self, server: Kafka | Postgres) -> None:
        """Start a server that ended since its disk is full; as long as that is so it may end again."""
        if server.process.returncode not in (None, 0, -signal.SIGKILL):
            self.say(f"  {server.process.name} ended by itself with {server.process.returncode}; starting it")
            with suppress(UnavailableError):
                await asyncio.to_thread(server.start)
