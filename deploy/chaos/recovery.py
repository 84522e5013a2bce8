"""How long the next facts take to come through after a kill: a probe for each partition, followed through the stages of the target."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.chaos.database import QUERIES, Database
from deploy.chaos.evidence import EVENTS, Place
from deploy.chaos.schedule import Fault
from deploy.chaos.traffic import Answer, Traffic

WORKERS = ("registrar", "directives", "deadlines", "notifications")
STAGES: Mapping[str, Sequence[str]] = {
    "gateway": (),
    **{worker: (worker,) for worker in WORKERS},
    "kafka": WORKERS,
    "postgres": WORKERS,
}
"""Through which stages a fact must come before a target counts as recovered; for the gateway the answer of 202 is enough."""
SENDING = ("deadlines", "notifications")
"""Stages that answer a fact with events of their own."""
WATCH_SECONDS = 0.05
LIMIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Recovery:
    """A fault as it went: seconds from the kill until a partition's next fact was through, for each partition that had one.

    `late` are the partitions whose fact was not through within LIMIT_SECONDS.
    """

    fault: Fault
    facts: int
    seconds: Mapping[int, float]
    late: Sequence[int] = ()

    def __str__(self) -> str:
        """Return the line that tells it."""
        told = [f"{each:.1f}" for each in sorted(self.seconds.values())] + [f"not within {LIMIT_SECONDS:.0f}"] * len(self.late)
        after = f"through again after {', '.join(told)} s" if told else "no fact came after it"
        return f"  fault {self.fault.number:>3}: {self.fault.target:<13} killed after {self.facts:>6} facts; {after}"


@dataclass(slots=True)
class Watch:
    """Follows the first fact of each partition that was sent when the target was dead; seconds count from `killed_at`."""

    fault: Fault
    traffic: Traffic
    partitions: int
    killed_at: float
    dead_at: float
    known: int
    probes: dict[int, Place] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    written: dict[tuple[int, str], int] = field(default_factory=dict)

    async def follow(self, database: Database) -> None:
        """Return when every partition's probe is through, when no more facts come, or when the time is over."""
        while time.monotonic() - self.killed_at < LIMIT_SECONDS:
            is_over = self.traffic.is_over
            self._find_probes()
            await self._see_through(database)
            if len(self.seconds) == (len(self.probes) if is_over else self.partitions):
                return
            await asyncio.sleep(WATCH_SECONDS)

    @property
    def late(self) -> list[int]:
        """Return the partitions whose probe is not through."""
        return sorted(self.probes.keys() - self.seconds.keys())

    def _find_probes(self) -> None:
        answers = self.traffic.answers[self.known :]
        self.known += len(answers)
        for answer in filter(self._is_probe, answers):
            partition = answer.accepted.place[0]
            if partition not in self.probes:
                self.probes[partition] = answer.accepted.place
                if not STAGES[self.fault.target]:
                    self.seconds[partition] = answer.answered_at - self.killed_at

    def _is_probe(self, answer: Answer) -> bool:
        return answer.sent_at >= self.dead_at and not answer.is_repeat and answer.accepted.expected == "registered"

    async def _see_through(self, database: Database) -> None:
        waiting = [place for partition, place in self.probes.items() if partition not in self.seconds]
        if not waiting:
            return
        partitions, offsets = [place[0] for place in waiting], [place[1] for place in waiting]
        for row in await database.fetch(QUERIES["read_stages"], partitions, offsets, EVENTS):
            stages = STAGES[self.fault.target]
            if sum(self._is_through(row, stage) for stage in stages) == len(stages):
                self.seconds[row["partition"]] = time.monotonic() - self.killed_at

    def _is_through(self, row: Mapping[str, Any], stage: str) -> bool:
        """Tell whether a stage has applied a probe and sent all that it had written when that was first seen."""
        if not row[stage] or stage not in SENDING:
            return bool(row[stage])
        written = self.written.setdefault((row["partition"], stage), row[f"{stage}_written"])
        return bool(row[f"{stage}_sent"] >= written)
