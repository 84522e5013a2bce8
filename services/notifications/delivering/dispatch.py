"""The courier: looks for what is due, woken by Kafka's marks and by time, and tries it, so many at once for each server.

Several couriers may run. A server that is slow or away holds up its own lane: lanes with nothing under way come first, and each has few
places.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.notifications.delivering.channel import Channel, Message, Outcome
from services.notifications.delivering.claims import Claim, Lane, claim, find_lanes
from services.notifications.delivering.endings import Endings, Result
from services.notifications.domain.deliveries import Kind
from shared.errors import UnavailableError
from shared.postgres import Pool, connect, is_transient

if TYPE_CHECKING:
    import asyncpg

logger = logging.getLogger(__name__)

SCHEMA = "notifications"
POLL_SECONDS = 1.0
RETRY_SECONDS = 0.5
READY_SECONDS = 15.0
ROOMS: Mapping[Kind, int] = {"mail": 1, "webhook": 8}
"""How many deliveries to one server a courier tries at once."""
TOTALS: Mapping[Kind, int] = {"mail": 1, "webhook": 64}
"""How many of a channel it tries at once."""
FREED_EARLY: tuple[Kind, ...] = ("webhook",)
"""Whose place is free before what came of an attempt is written down. With mail the next one waits for that: should this process be killed,
one mail to a server may come again, not many; a webhook's receiver knows its id."""
HELD = 256
"""How many deliveries it holds in all: under way, or with what came of them still to be written down."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a lease and an attempt may last (real seconds), what the waits are stretched by, and how long a stop waits for attempts."""

    lease_seconds: float
    attempt_seconds: float
    scale: float
    stop_seconds: float = 20.0


class Courier:
    """Tries what is due on the channels that this process has; what belongs to others waits for a courier that has them."""

    def __init__(self, pool: Pool, endings: Endings, channels: Sequence[Channel], pace: Pace) -> None:
        self._pool = pool
        self._endings = endings
        self._channels = {channel.kind: channel for channel in channels}
        self._pace = pace
        self._woken = asyncio.Event()
        self._running: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: BaseException | None = None
        self._is_stopping = False
        self._looked_at = -READY_SECONDS

    @property
    def is_ready(self) -> bool:
        """Return whether the database was asked for what is due within the last seconds."""
        return time.monotonic() - self._looked_at < READY_SECONDS

    def stop(self) -> None:
        """Begin nothing more; `run` returns once what is under way is written down."""
        self._is_stopping = True
        self._woken.set()

    async def run(self, dsn: str) -> None:
        """Deliver until told to stop; waits for a database that is away. Raises what no waiting mends."""
        while not self._is_stopping:
            try:
                await self._watch_with(await connect(dsn, schema=SCHEMA))
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("the courier waits for the database: %s; again in %s s", error or type(error).__name__, RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)
        await self._end()

    async def _watch_with(self, connection: "asyncpg.Connection[Any]") -> None:
        """Look again and again as long as the connection lives on which the relay tells that Kafka has more."""
        try:
            connection.add_termination_listener(self._wake)
            await connection.add_listener("dondoc_deliveries", self._wake)
            await connection.add_listener("dondoc_sent", self._on_sent)
            while not self._is_stopping:
                if connection.is_closed():
                    raise UnavailableError("the connection that wakes the courier was closed")
                await self._look()
        finally:
            await connection.close(timeout=2)

    def _on_sent(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        if str(payload).startswith(f"{SCHEMA}/"):
            self._woken.set()

    def _wake(self, *_: object) -> None:
        self._woken.set()

    async def _look(self) -> None:
        """Begin what is due and has a place, and sleep until more may be."""
        self._woken.clear()
        if self._failed:
            raise self._failed
        lanes = [lane for lane in await find_lanes(self._pool) if lane.kind in self._channels]
        rooms = self._rooms([lane for lane in lanes if lane.seconds <= 0])
        claims = await claim(self._pool, rooms, self._pace.lease_seconds, self._pace.scale) if rooms else []
        self._looked_at = time.monotonic()
        for each in claims:
            self._begin(each)
        if not claims:
            await self._sleep([lane.seconds for lane in lanes if lane.seconds > 0])

    async def _sleep(self, ahead: Sequence[float]) -> None:
        try:
            async with asyncio.timeout(min([POLL_SECONDS, *ahead])):
                await self._woken.wait()
        except TimeoutError:
            return

    def _rooms(self, lanes: Sequence[Lane]) -> dict[str, int]:
        """Return how many deliveries each lane may begin now: the idlest lanes come first, and each gets one before any gets two."""
        free = HELD - len(self._tasks)
        left = {kind: total - self._under_way(kind) for kind, total in TOTALS.items()}
        rooms: dict[str, int] = {}
        for turn in range(max(ROOMS.values())):
            for lane in sorted(lanes, key=lambda each: self._running[each.name]):
                has_place = self._running[lane.name] + rooms.get(lane.name, 0) < ROOMS[lane.kind]
                if free > 0 and left[lane.kind] > 0 and has_place and rooms.get(lane.name, 0) == turn:
                    rooms[lane.name] = turn + 1
                    left[lane.kind] -= 1
                    free -= 1
        return rooms

    def _under_way(self, kind: Kind) -> int:
        return sum(count for name, count in self._running.items() if name.startswith(kind))

    def _begin(self, taken: Claim) -> None:
        self._running[taken.lane.name] += 1
        task = asyncio.create_task(self._see_to(taken))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _leave(self, lane: str) -> None:
        """Give a place in a lane to another delivery."""
        self._running[lane] -= 1
        if not self._running[lane]:
            del self._running[lane]
        self._woken.set()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self._failed = self._failed or task.exception()
        self._woken.set()

    async def _see_to(self, taken: Claim) -> None:
        outcome = await self._try(taken.message, self._channels[taken.lane.kind]) if taken.message else None
        if taken.lane.kind in FREED_EARLY:
            self._leave(taken.lane.name)
        if outcome and outcome.kind != "delivered":
            logger.info("delivery %s, attempt %s: %s (%s)", taken.delivery, taken.attempts, outcome.kind, outcome.code)
        await self._endings.write(Result(taken, outcome))
        if taken.lane.kind not in FREED_EARLY:
            self._leave(taken.lane.name)

    async def _try(self, message: Message, channel: Channel) -> Outcome:
        """Return what came of one attempt; an end that nobody can tell is unknown."""
        try:
            async with asyncio.timeout(self._pace.attempt_seconds):
                return await channel.attempt(message)
        except TimeoutError:
            return Outcome("unknown", "timeout", f"nothing came of it within {self._pace.attempt_seconds:g} s")
        except asyncio.CancelledError:
            return Outcome("unknown", "stopped", "the courier was stopped")
        except Exception as error:
            logger.exception("delivery %s", message.delivery)
            return Outcome("unknown", "error", type(error).__name__)

    async def _end(self) -> None:
        """Wait for what is under way; what takes too long is cut off, and written down as such."""
        for patience in (self._pace.stop_seconds, RETRY_SECONDS):
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=patience)
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._failed:
            raise self._failed
