"""Fills a shadow: what the service has said itself is folded first, then what it follows is learned, as far as it was answered."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field

from faust.types import TP

from shared.environment import Environment
from shared.journal.tail import last_positions
from shared.journal.unit_of_work import Ledger
from shared.rebuild.plan import Output, RebuildPlan
from shared.rebuild.reading import Reader
from shared.rebuild.schemas import Mark, Offsets
from shared.streaming.checkpoints import Checkpoints
from shared.streaming.queries import QUERIES as CHECKPOINTS
from shared.topics import end_offsets

TELL_SECONDS = 2.0
READ_ALONE = 50_000
"""How many records are read by one process alone: others would take longer to start."""

Say = Callable[[str], None]
ReadMuch = Callable[[Offsets, Offsets], Awaitable[None]]
"""Apply each partition from its begin to its goal, in processes of its own."""


@dataclass(slots=True)
class Progress:
    """Counts records, and says now and then how fast it goes and how long it will take."""

    say: Say
    total: int = 0
    done: int = 0
    _begun_at: float = field(default_factory=time.monotonic)
    _told_at: float = field(default_factory=time.monotonic)

    def expect(self, records: int) -> None:
        """Take note of how many records are to come."""
        self.total = self.done + records

    def note(self, records: int) -> None:
        """Count records that were applied."""
        self.done += records
        now = time.monotonic()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            rate = self.done / (now - self._begun_at)
            left = max(self.total - self.done, 0) / rate
            self.say(f"{self.done:,} of {self.total:,} records, {rate:,.0f} a second, {left:.0f} s left")


class Filling:
    """The shadow of one rebuild while it is filled; `outputs` are the service's own topics that Kafka has."""

    def __init__(
        self, plan: RebuildPlan, environment: Environment, ledger: Ledger, outputs: Mapping[str, Output], reader: Reader,
        read_much: ReadMuch, progress: Progress,
    ) -> None:  # fmt: skip
        self.outputs = outputs
        self._reader = reader
        self._read_much = read_much
        self._ledger = ledger
        self._plan = plan
        self._environment = environment
        self._pool = ledger.pool
        self._progress = progress
        self._checkpoints = Checkpoints(ledger.pool, environment.bootstrap, plan.shadow)

    async def read_to(self, mark: Mark) -> None:
        """Read just as far as a live schema is."""
        places = {tp: position for tp, position in mark.positions.items() if position}
        begins = await self._checkpoints.start_offsets(set(places))
        last = await self._last_positions()
        goals = {tp: (last.get(tp, 0), position) for tp, position in places.items() if position > last.get(tp, 0)}
        self._progress.expect(sum(goal - begin for begin, goal in goals.values()))
        if goals:
            await self._reader.read_positions(begins, goals)
            await self._settle()
        await self._read(self._plan.topics, mark.offsets)

    async def read_outputs(self) -> None:
        """Read all that Kafka holds of what the service said itself."""
        await self._read(self.outputs, await self._ends(self.outputs))
        await self._settle()

    async def read_all(self) -> None:
        """Read all that Kafka holds of what the service said itself, and what it follows as far as that was answered."""
        await self.read_outputs()
        await self._read(self._plan.topics, await self._answered())
        for partition in range(self._environment.partitions) if self._plan.outputs else ():
            async with self._ledger.turn(partition) as work:
                await self._plan.mend(work)

    async def _settle(self) -> None:
        async with self._pool.acquire() as connection:
            await self._plan.settle(connection)

    async def _answered(self) -> Offsets:
        ends = await self.ends()
        if self._plan.answered is None:
            return ends
        async with self._pool.acquire() as connection:
            answered = await self._plan.answered(connection)
        return {tp: min(answered.get((tp.topic, tp.partition), 0), end) for tp, end in ends.items()}

    async def _read(self, topics: Collection[str], goals: Offsets) -> None:
        """Read topics to some offsets; raises FatalError where one was deleted and made again since the shadow was begun."""
        if not topics:
            return
        places = {TP(topic, partition) for topic in topics for partition in range(self._environment.partitions)}
        begins = await self._checkpoints.start_offsets(places)
        wanted = {tp: goal for tp, goal in goals.items() if goal > begins[tp]}
        records = sum(goal - begins[tp] for tp, goal in wanted.items())
        self._progress.expect(records)
        if wanted:
            await (self._read_much if records > READ_ALONE else self._reader.read)(begins, wanted)

    async def _last_positions(self) -> Mapping[TP, int]:
        rows = await self._pool.fetch(CHECKPOINTS["read_checkpoints"], [*self.outputs])
        return {TP(row["topic"], row["partition"]): row["last_position"] for row in rows}

    async def ends(self) -> Offsets:
        """Return where the topics end that the service follows."""
        return await self._ends(self._plan.topics)

    async def _ends(self, topics: Collection[str]) -> Offsets:
        ends = await asyncio.to_thread(end_offsets, self._environment.bootstrap, topics)
        return {TP(*place): offset for place, offset in ends.items()}

    async def told(self) -> Mapping[TP, int]:
        """Return the last positions that Kafka holds of what the service sends."""
        targets = [(topic, partition) for topic in self.outputs for partition in range(self._environment.partitions)]
        found = await last_positions(self._environment.bootstrap, targets)
        return {TP(*place): position for place, position in found.items()}
