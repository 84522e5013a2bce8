"""Hands runs to one task a partition, so that partitions do not wait for each other's transactions."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from faust.types import TP, EventT

from shared.journal.unit_of_work import Ledger
from shared.processes import stop_process
from shared.streaming.follower import Follower, Source
from shared.streaming.runs import Run

_Item = tuple[EventT[Any], Follower]


class RunSource(Source, Protocol):
    """The consumer that runs come from."""

    def finish(self, run: Run) -> None:
        """Make room for another run of the partition."""


class Dispatcher:
    """Keeps a queue and a task for each partition; acknowledges a run to Faust once it is committed, parked or dropped."""

    ledger: Ledger
    _source: RunSource
    _is_stopping: Callable[[], bool]

    def __init__(self) -> None:
        self._queues: dict[TP, asyncio.Queue[_Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, ledger: Ledger, source: RunSource, is_stopping: Callable[[], bool]) -> None:
        """Tell the dispatcher what it works with."""
        self.ledger, self._source, self._is_stopping = ledger, source, is_stopping

    def accept(self, event: EventT[Any], follower: Follower) -> None:
        """Queue a run behind the others of its partition."""
        run: Any = event.value
        tp = run.tp
        if tp not in self._queues:
            self._queues[tp] = asyncio.Queue()
            self._tasks.add(asyncio.create_task(self._work(self._queues[tp])))
        self._queues[tp].put_nowait((event, follower))

    async def _work(self, queue: asyncio.Queue[_Item]) -> None:
        while True:
            event, follower = await queue.get()
            run: Any = event.value
            try:
                await follower.take(run, self._source, self._is_stopping)
            except Exception as error:  # noqa: BLE001  an exception in an agent would acknowledge what was not applied
                stop_process(error)
            self._source.finish(run)
            event.ack()
