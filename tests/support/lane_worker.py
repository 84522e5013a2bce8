"""A worker for the tests of the streaming core: it counts, logs what it applied, publishes, and fails where it is told to.

Run as a process of its own (`python -m tests.support.lane_worker`), told by LANE_* variables.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from faust.types import TP

from shared.environment import Environment
from shared.errors import InvalidMessageError
from shared.journal import relay as relay_module
from shared.journal.unit_of_work import Ledger, Outgoing, UnitOfWork
from shared.processes import run_main, set_up_logs
from shared.sql import Queries
from shared.streaming import app as app_module
from shared.streaming import transport
from shared.streaming.app import Subscription, WorkerPlan, run_worker
from shared.streaming.runs import Record

QUERIES = Queries("tests.support", "lane_worker.sql")
SCHEMA = "lane"


def _env(name: str, default: str = "") -> str:
    return os.environ.get(f"LANE_{name}", default)


class _Trap:
    """Kills or stops this process the nth time that it passes a named place."""

    def __init__(self) -> None:
        self.place, _, count = _env("TRAP").partition(":")
        self.left = int(count or 1)
        self.signal = getattr(signal, _env("TRAP_SIGNAL", "SIGKILL"))

    def passing(self, place: str) -> None:
        if place == self.place:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), self.signal)


TRAP = _Trap()


async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
    for record in records:
        if record.value == b"poison":
            raise InvalidMessageError("poison")
        if record.value == b"bug":
            raise ZeroDivisionError("a bug in the handler")
    if delay := float(_env("SLOW_SECONDS", "0")):
        await work.connection.execute(QUERIES["sleep"], delay)
    counts = Counter(record.key for record in records)
    await work.connection.execute(QUERIES["count"], list(counts), list(counts.values()))
    await work.connection.execute(
        QUERIES["log"], work.partition, [record.offset for record in records], [record.topic for record in records], os.getpid()
    )
    if out := _env("OUT"):
        await work.publish(out, [Outgoing(r.key or b"", r.value or b"", f"{r.topic}/{r.partition}/{r.offset}") for r in records])
    TRAP.passing("before-commit")


class _TrappedLedger(Ledger):
    @asynccontextmanager
    async def turn(self, partition: int) -> AsyncIterator[UnitOfWork]:
        async with super().turn(partition) as work:
            yield work
        TRAP.passing("after-commit")


class _TrappedRelay(relay_module.Relay):
    async def _send(self, *args: Any, **kwargs: Any) -> int:
        TRAP.passing("before-send")
        last = await super()._send(*args, **kwargs)
        TRAP.passing("after-send")
        return last


class _TestConsumer(transport.RunConsumer):
    """Drops the nth run that is fetched, as Faust may do, so that a hole is left with runs queued behind it.

    It also takes its time between reading checkpoints and seeking, so that a rebalance may come between.
    """

    left_to_drop = int(_env("DROP_RUN", "0"))

    async def seek_to_committed(self) -> Mapping[TP, int]:
        read = self.checkpoints

        async def read_and_wait(tps: set[TP]) -> Mapping[TP, int]:
            start = await read(tps)
            await asyncio.sleep(float(_env("SEEK_DELAY", "0")))
            return start

        self.checkpoints = read_and_wait
        try:
            return await super().seek_to_committed()
        finally:
            self.checkpoints = read

    async def _fetch_runs(self, *args: Any, **kwargs: Any) -> Any:
        runs = await super()._fetch_runs(*args, **kwargs)
        kept = []
        for run in runs:
            self.left_to_drop -= 1
            if self.left_to_drop == 0:
                continue
            kept.append(run)
        return kept


async def _count_backends(runtime: app_module.Runtime) -> None:
    """Show that a background task runs beside the agents."""
    await runtime.pool.fetchval(QUERIES["ping"])
    await asyncio.Event().wait()


def main() -> None:
    set_up_logs()
    vars(app_module).update(Ledger=_TrappedLedger, Relay=_TrappedRelay)
    transport.RunTransport.Consumer = _TestConsumer
    transport.SEEK_LIMIT = float(_env("SEEK_LIMIT", "60"))
    out = _env("OUT")
    plan = WorkerPlan(
        schema=SCHEMA,
        group=_env("GROUP") or None,
        subscriptions=[Subscription(topic, handle, has_positions=_env("POSITIONS") == "1") for topic in _env("TOPICS").split(",")],
        publishes=[out] if out else [],
        background=[_count_backends],
        max_run=int(_env("MAX_RUN", "5000")),
    )
    run_worker(plan, Environment.read())


if __name__ == "__main__":
    run_main(main)
