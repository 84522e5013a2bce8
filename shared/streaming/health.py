"""Health of a worker over HTTP: /healthz says that it runs, /readyz that it consumes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiokafka.errors import KafkaError
from faust.exceptions import ConsumerNotStarted
from faust.types import TP

from shared.environment import Environment
from shared.errors import FatalError
from shared.health import serving_health
from shared.postgres import Pool, is_transient
from shared.streaming.queries import QUERIES

CHECK_SECONDS = 2.0
READY_GRACE = 15.0
STUCK_SECONDS = 300.0


class Health:
    """Compares checkpoints with the ends of the partitions that this process holds."""

    def __init__(self, app: Any, pool: Pool, environment: Environment) -> None:  # noqa: ANN401  Faust's types lack what we read
        self._app = app
        self._pool = pool
        self._environment = environment
        self._lag: dict[TP, int] = {}
        self._next: dict[TP, int] = {}
        self._moved_at: dict[TP, float] = {}
        self._checked_at = 0.0

    async def serve(self) -> None:
        """Serve until cancelled; raises FatalError when a partition stands still although the database answers."""
        async with serving_health(self._environment, self._readyz):
            while True:
                await self._check()
                await asyncio.sleep(CHECK_SECONDS)

    async def _check(self) -> None:
        try:
            await self._measure()
        except (KafkaError, ConsumerNotStarted):
            return
        except Exception as error:
            if is_transient(error):
                return  # the database is away: not this worker's standstill; /readyz says so by its age
            raise
        now = time.monotonic()
        stuck = [tp for tp, lag in self._lag.items() if lag and now - self._moved_at[tp] > STUCK_SECONDS]
        if stuck:
            where = f"{stuck[0].topic}/{stuck[0].partition}"
            raise FatalError(f"{where} has a lag and has stood still for {STUCK_SECONDS:.0f} s; the worker stops, to be started again")

    async def _measure(self) -> None:
        consumer: Any = self._app.consumer
        assigned = set(consumer.assignment())
        rows = await self._pool.fetch(QUERIES["sum_checkpoints"])
        ends = await consumer.highwaters(*assigned) if assigned else {}
        offsets = {TP(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        now = time.monotonic()
        paced = {tp for follower in self._app.runtime.followers for tp in follower.paced}
        for tp in assigned:
            if self._next.get(tp) != offsets.get(tp, 0) or not self._lag.get(tp) or tp in paced:
                self._moved_at[tp] = now
            self._next[tp] = offsets.get(tp, 0)
        # Markers of transactions count as offsets, and a checkpoint stays in front of those at a partition's end.
        self._lag = {tp: max(0, ends.get(tp, 0) - consumer.passed(tp, offsets.get(tp, 0))) for tp in assigned}
        self._checked_at = now

    async def _readyz(self, _request: web.Request) -> web.Response:
        """Answer 200 while checkpoints keep up with the topics or move, 503 otherwise."""
        now = time.monotonic()
        is_fresh = self._checked_at > 0 and now - self._checked_at < READY_GRACE
        is_flowing = all(not lag or now - self._moved_at[tp] < READY_GRACE for tp, lag in self._lag.items())
        is_ready = is_fresh and is_flowing and self._app.consumer.flow_active and bool(self._lag)
        body = {"status": "ready" if is_ready else "not ready", "lag": {f"{tp.topic}/{tp.partition}": lag for tp, lag in self._lag.items()}}
        return web.json_response(body, status=200 if is_ready else 503)


@asynccontextmanager
async def serve_idle(environment: Environment) -> AsyncIterator[None]:
    """Serve the health of a worker that has nothing to follow yet, and so is ready; raises FatalError where the port is in use."""

    async def ready(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ready", "lag": {}})

    async with serving_health(environment, ready):
        yield
