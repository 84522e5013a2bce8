"""Much is read by several processes, each with some of the partitions: one alone is busy decoding while PostgreSQL waits for it.

What they do is what one would: the shadow's checkpoints and the turns of its partitions say who is where. A process whose parent is gone
ends at its next word.
"""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess

import uvloop

from shared.environment import Environment
from shared.errors import DondocError, UnavailableError
from shared.journal.unit_of_work import Ledger
from shared.processes import collect_less_often
from shared.rebuild.followers import find_outputs, open_pool, open_reader
from shared.rebuild.plan import RebuildPlan
from shared.rebuild.reading import Note
from shared.rebuild.schemas import Offsets, Place

MakePlan = Callable[[Environment], RebuildPlan]
"""Return the plan, in any process: a function of a module."""


@dataclass(frozen=True)
class Part:
    """Some partitions that one process reads, each from its begin to its goal."""

    make_plan: MakePlan
    environment: Environment
    discarded: frozenset[Place]
    begins: Offsets
    goals: Offsets


@dataclass(frozen=True)
class Parts:
    """Shares out what is to be read."""

    make_plan: MakePlan
    environment: Environment
    discarded: frozenset[Place]
    note: Note

    async def read(self, begins: Offsets, goals: Offsets) -> None:
        """Apply each partition from its begin to its goal; raises what one of the processes raised, when all have ended."""
        context = multiprocessing.get_context("spawn")
        running: list[tuple[BaseProcess, Pipe]] = []
        try:
            for part in self._split(begins, goals):
                mine, theirs = context.Pipe(duplex=False)
                process: BaseProcess = context.Process(target=read_part, args=(part, theirs), daemon=True)
                process.start()
                theirs.close()
                running.append((process, mine))
            await asyncio.gather(*(self._follow(*each) for each in running))
        finally:
            for process, pipe in running:
                process.kill()
                process.join()
                pipe.close()

    def _split(self, begins: Offsets, goals: Offsets) -> Sequence[Part]:
        """Return a part for each CPU; what has one partition number stays together, since it is written in turns."""
        count = min(os.cpu_count() or 1, self.environment.partitions)
        groups = [{tp: goal for tp, goal in goals.items() if tp.partition % count == number} for number in range(count)]
        return [
            Part(self.make_plan, self.environment, self.discarded, {tp: begins[tp] for tp in group}, group) for group in groups if group
        ]

    async def _follow(self, process: BaseProcess, pipe: Pipe) -> None:
        loop = asyncio.get_running_loop()

        def note(records: int) -> None:
            loop.call_soon_threadsafe(self.note, records)

        await asyncio.to_thread(_listen, pipe, note)
        await asyncio.to_thread(process.join)
        if process.exitcode:
            raise UnavailableError(
                f"a process of the rebuild ended with {process.exitcode}: give the command again, it goes on where it was"
            )


def _listen(pipe: Pipe, note: Note) -> None:
    """Take note of what a process says until it is gone; raise what it could not go on for."""
    with suppress(EOFError):
        while True:
            said = pipe.recv()
            if isinstance(said, DondocError):
                raise said
            note(said)


def read_part(part: Part, pipe: Pipe) -> None:
    """Be one of the processes."""
    collect_less_often()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_read(part, pipe.send))
    except DondocError as error:
        pipe.send(error)


async def _read(part: Part, note: Note) -> None:
    plan = part.make_plan(part.environment)
    outputs = await find_outputs(plan, part.environment.bootstrap)
    async with (
        open_pool(plan, part.environment) as pool,
        open_reader(plan, part.environment, Ledger(pool), outputs, part.discarded, note) as reader,
    ):
        await reader.read(part.begins, part.goals)
