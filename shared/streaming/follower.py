"""The follower: applies runs exactly once, waits for a database that is away, parks what can never be applied.

A run, its effects, its outgoing events and its checkpoint are one transaction under the partition's lock. No exception leaves it
but FatalError.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from traceback import walk_tb
from typing import Protocol

from faust.types import TP

from shared.envelope import header
from shared.errors import FatalError, InvalidMessageError, StaleError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.postgres import is_transient
from shared.streaming.parking import Parking
from shared.streaming.queries import QUERIES
from shared.streaming.runs import Record, Run

logger = logging.getLogger(__name__)

BACKOFF_SECONDS = (0.05, 0.2, 0.5, 1.0, 2.0)
PACE_SECONDS = 0.5
_OURS = ("services.", "shared.")
_AROUND = ("shared.streaming.", "shared.journal.unit_of_work")
"""What stands around every handler says nothing of what went wrong in it."""

Handler = Callable[[UnitOfWork, Sequence[Record]], Awaitable[None]]
"""Apply records of one partition, in order, within the turn; raises InvalidMessageError (or any lasting error) for a bad one."""

Pace = Callable[[str, int], float]
"""Let records of a topic pass and return 0, or return in how many seconds to ask again."""


class Source(Protocol):
    """What the follower asks of the consumer that its runs come from."""

    def epoch(self, tp: TP) -> int:
        """Return how often the partition was sought."""

    async def rewind(self, tp: TP, offset: int) -> None:
        """Read the partition again from `offset`."""


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    next_offset: int
    last_position: int


class _HoleError(Exception):
    """The run begins above the checkpoint: something between was fetched and dropped."""

    def __init__(self, next_offset: int) -> None:
        super().__init__(next_offset)
        self.next_offset = next_offset


class Follower:
    """Applies the runs of one topic through a handler; `paced` are the partitions that wait because they are too fast."""

    def __init__(self, ledger: Ledger, handler: Handler, *, has_positions: bool, pace: Pace | None = None) -> None:
        self._ledger = ledger
        self._pace = pace
        self._handler = handler
        self._has_positions = has_positions
        self._parking = Parking()
        self.paced: set[TP] = set()

    async def take(self, run: Run, source: Source, is_stopping: Callable[[], bool]) -> None:
        """Apply a run, or drop it when it is stale; returns only when it is committed, parked or dropped.

        Raises FatalError when going on would lose or double events.
        """
        pause = 0

        def is_stale() -> bool:
            return run.epoch != source.epoch(run.tp) or is_stopping()

        await self._keep_pace(run, is_stale)
        while not is_stale():
            try:
                return await self._apply_or_bisect(run, 0, len(run.records))
            except _HoleError as hole:
                logger.info("%s/%s: run begins at %s, checkpoint at %s; reading again", *run.tp, run.records[0].offset, hole.next_offset)
                return await source.rewind(run.tp, hole.next_offset)
            except StaleError as error:
                logger.info("%s/%s: %s", *run.tp, error)
                return None
            except Exception as error:
                if not is_transient(error):
                    raise
                delay = BACKOFF_SECONDS[min(pause, len(BACKOFF_SECONDS) - 1)]
                pause += 1
                logger.warning("%s/%s waits: %s; again in %s s", *run.tp, error or type(error).__name__, delay)
                await asyncio.sleep(delay)
        return None

    async def _keep_pace(self, run: Run, is_stale: Callable[[], bool]) -> None:
        """Wait until the run may pass, outside any turn, so that nobody waits for this topic but itself."""
        seconds = self._pace(run.tp.topic, len(run.records)) if self._pace else 0
        try:
            while self._pace and seconds and not is_stale():
                self.paced.add(run.tp)
                await asyncio.sleep(min(seconds, PACE_SECONDS))
                seconds = self._pace(run.tp.topic, len(run.records))
        finally:
            self.paced.discard(run.tp)

    async def _apply_or_bisect(self, run: Run, start: int, stop: int) -> None:
        """Apply a part of a run in one transaction; if one of its records is bad, halve until it stands alone, and park it."""
        try:
            return await self._apply(run, start, stop)
        except (_HoleError, StaleError, FatalError):
            raise
        except Exception as error:
            if is_transient(error):
                raise
            if stop - start == 1:
                return await self._park(run, start, error)
        middle = (start + stop) // 2
        await self._apply_or_bisect(run, start, middle)
        return await self._apply_or_bisect(run, middle, stop)

    async def _apply(self, run: Run, start: int, stop: int) -> None:
        async with self._ledger.turn(run.tp.partition) as work:
            new, checkpoint = self._select_new(run, start, stop, await self._read_checkpoint(work, run))
            ready = await self._parking.hold_back(work, run.tp, new)
            if ready:
                await self._handler(work, ready)
            await self._move_checkpoint(work, run.tp, checkpoint)

    async def _park(self, run: Run, index: int, error: Exception) -> None:
        record = run.records[index]
        reason = reason_of(error)
        logger.error("%s/%s: parking offset %s (key %r): %r", *run.tp, record.offset, record.key, reason)
        async with self._ledger.turn(run.tp.partition) as work:
            new, checkpoint = self._select_new(run, index, index + 1, await self._read_checkpoint(work, run))
            for each in new:
                await self._parking.park(work, run.tp, each, reason)
            await self._move_checkpoint(work, run.tp, checkpoint)

    async def _read_checkpoint(self, work: UnitOfWork, run: Run) -> _Checkpoint:
        row = await work.connection.fetchrow(QUERIES["read_checkpoint"], *run.tp)
        if row is None:
            message = "the checkpoint is gone (a rebuild?)"
            raise StaleError(message)
        return _Checkpoint(row["next_offset"], row["last_position"])

    async def _move_checkpoint(self, work: UnitOfWork, tp: TP, to: _Checkpoint) -> None:
        await work.connection.execute(QUERIES["move_checkpoint"], *tp, to.next_offset, to.last_position)

    def _select_new(self, run: Run, start: int, stop: int, at: _Checkpoint) -> tuple[list[Record], _Checkpoint]:
        """Return the records of a part that were not applied yet, and the checkpoint behind them.

        A gap in front is Kafka's own where the checkpoint is what was sought, or ends the record before in the same fetch.
        Raises _HoleError for any other gap, FatalError when positions are missing.
        """
        records = run.records[start:stop]
        known = run.sought if start == 0 else run.records[start - 1].offset + 1
        if records[0].offset > at.next_offset != known:
            raise _HoleError(at.next_offset)
        new = [record for record in records if record.offset >= at.next_offset]
        if not new:
            return [], at
        end = new[-1].offset + 1
        if not self._has_positions:
            return new, _Checkpoint(end, at.last_position)
        return self._by_position(run.tp, new, _Checkpoint(end, at.last_position))

    def _by_position(self, tp: TP, records: Sequence[Record], at: _Checkpoint) -> tuple[list[Record], _Checkpoint]:
        """Drop what the sender's relay sent twice; a position above the next one means that events are missing."""
        kept, last = [], at.last_position
        for record in records:
            position = int(header(record.headers, "position") or 0)
            if position > last + 1:
                message = (
                    f"{tp.topic}/{tp.partition} offset {record.offset} has position {position}, but {last} was the last one applied: "
                    "events are missing from the topic; remedy: restore it, then start the worker again"
                )
                raise FatalError(message)
            if position == last + 1:
                kept.append(record)
                last = position
        return kept, _Checkpoint(at.next_offset, last)


def reason_of(error: Exception) -> str:
    """Return why a record cannot be applied, as an operator reads it: of what nobody foresaw also the place in our code."""
    if isinstance(error, InvalidMessageError):
        return str(error)
    modules = ((frame.f_globals.get("__name__", ""), frame.f_code.co_qualname) for frame, _ in walk_tb(error.__traceback__))
    ours = [f" [{module}.{name}]" for module, name in modules if module.startswith(_OURS) and not module.startswith(_AROUND)]
    return f"{type(error).__name__}: {error}{ours[-1] if ours else ''}"
