"""How each kind of fault is done, and undone."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from deploy.chaos.disks import Disks
from deploy.chaos.office_clock import OfficeClock
from deploy.chaos.proxy import Proxy
from deploy.chaos.publisher import Publisher
from deploy.chaos.schedule import POSTGRES, Fault, Kind
from deploy.chaos.traffic import Traffic
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from deploy.local.stack import PROBE_SECONDS, ServiceProcess, Stack

JUMP = timedelta(days=1)
READY_SECONDS = 20.0
WATCH_SECONDS = 0.1

Target = ServiceProcess | Kafka | Postgres


@dataclass(frozen=True, slots=True)
class Struck:
    """When a fault began and when it had done its worst (monotonic seconds): only facts sent from then on prove a recovery."""

    began_at: float
    done_at: float


@dataclass(slots=True)
class Scene:
    """Everything that faults befall, and what is being started again meanwhile."""

    stack: Stack
    proxy: Proxy
    disks: Disks
    clock: OfficeClock
    traffic: Traffic
    repeater: Publisher | None = None
    starting: list[asyncio.Task[None]] = field(default_factory=list)

    def find(self, target: str) -> Target:
        """Return the process or server of that name."""
        return self.servers.get(target) or self.stack.processes[target]

    @property
    def servers(self) -> Mapping[str, Kafka | Postgres]:
        """Return the brokers and the database by name."""
        infrastructure = self.stack.infrastructure
        return {**{broker.process.name: broker for broker in infrastructure.brokers}, POSTGRES: infrastructure.postgres}

    def start(self, target: Target) -> None:
        """Begin to start a process again."""
        self.starting.append(asyncio.create_task(asyncio.to_thread(target.start)))

    async def until_started(self) -> None:
        """Return once everything that was being started runs."""
        await asyncio.gather(*self.starting)
        self.starting.clear()


async def inject(fault: Fault, scene: Scene) -> Struck:
    """Do what the fault says, undo it after its seconds, and return when it was."""
    await asyncio.sleep(fault.delay)
    return await _ACTIONS[fault.kind](fault, scene)


async def _kill(fault: Fault, scene: Scene) -> Struck:
    target, began_at = scene.find(fault.target), time.monotonic()
    await asyncio.to_thread(target.kill)
    scene.start(target)
    return Struck(began_at, time.monotonic())


async def _restart(fault: Fault, scene: Scene) -> Struck:
    target, began_at = scene.find(fault.target), time.monotonic()
    await asyncio.to_thread(target.stop)
    scene.start(target)
    return Struck(began_at, time.monotonic())


async def _pause(fault: Fault, scene: Scene) -> Struck:
    target = scene.find(fault.target)
    target.pause()
    try:
        await asyncio.sleep(fault.seconds)
    finally:
        target.resume()
    return _now()


async def _disturb(fault: Fault, scene: Scene) -> Struck:
    if fault.kind not in ("cut", "slowed", "half-open", "deaf"):
        raise ValueError(f"{fault.kind} is nothing that happens to a link")
    await asyncio.to_thread(scene.proxy.set, [fault.target], fault.kind)
    try:
        await asyncio.sleep(fault.seconds)
    finally:
        await asyncio.to_thread(scene.proxy.set, [fault.target], "open")
    return _now()


async def _kill_unmarked(fault: Fault, scene: Scene) -> Struck:
    """Kill a sender while its database answers slowly: most of its time then lies between what Kafka has and the mark that says so."""
    target = scene.find(fault.target)
    await asyncio.to_thread(scene.proxy.set, [POSTGRES], "slowed")
    try:
        await asyncio.sleep(fault.seconds)
        began_at = time.monotonic()
        await asyncio.to_thread(target.kill)
    finally:
        await asyncio.to_thread(scene.proxy.set, [POSTGRES], "open")
    scene.start(target)
    return Struck(began_at, time.monotonic())


async def _fill_disk(fault: Fault, scene: Scene) -> Struck:
    await asyncio.to_thread(scene.disks.fill, fault.target)
    try:
        await asyncio.sleep(fault.seconds)
    finally:
        await asyncio.to_thread(scene.disks.free, fault.target)
    return _now()


async def _jump(_fault: Fault, scene: Scene) -> Struck:
    await scene.clock.jump(JUMP)
    return _now()


async def _join_and_leave(fault: Fault, scene: Scene) -> Struck:
    """Have another instance take over some partitions and give them back; it is a dynamic member, since one that leaves says so."""
    joining = scene.stack.add(fault.target, f"{fault.target}-{fault.number}", DONDOC_INSTANCE="")
    joining.start()
    try:
        await until_ready(joining)
        await asyncio.sleep(fault.seconds)
    finally:
        del scene.stack.processes[joining.name]
        await asyncio.to_thread(joining.stop)
    return _now()


async def _repeat(_fault: Fault, scene: Scene) -> Struck:
    if scene.repeater is not None and scene.traffic.recent:
        await scene.repeater.send(list(scene.traffic.recent), is_repeat=True)
    return _now()


async def until_ready(process: ServiceProcess) -> bool:
    """Return whether a process says that it is ready within READY_SECONDS."""
    limit = time.monotonic() + READY_SECONDS
    with httpx.Client(timeout=PROBE_SECONDS) as client:
        while time.monotonic() < limit:
            if process.alive and await asyncio.to_thread(process.is_ready, client):
                return True
            await asyncio.sleep(WATCH_SECONDS)
    return False


def _now() -> Struck:
    return Struck(time.monotonic(), time.monotonic())


_ACTIONS: Mapping[Kind, Callable[[Fault, Scene], Awaitable[Struck]]] = {
    "kill": _kill,
    "restart": _restart,
    "pause": _pause,
    "cut": _disturb,
    "slowed": _disturb,
    "half-open": _disturb,
    "deaf": _disturb,
    "unmarked": _kill_unmarked,
    "full disk": _fill_disk,
    "clock": _jump,
    "rebalance": _join_and_leave,
    "redelivery": _repeat,
}
