"""How long the next facts take to come through after a fault: a probe for each partition, followed through the stages of the targets."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.chaos.database import QUERIES, Database
from deploy.chaos.evidence import EVENTS, Place
from deploy.chaos.schedule import LINKS, POSTGRES, Fault
from deploy.chaos.traffic import Answer, Traffic

WORKERS = ("registrar", "directives", "deadlines", "notifications")
FORWARDER = "forwarder"
STAGES: Mapping[str, Sequence[str]] = {
    **{worker: (worker,) for worker in WORKERS},
    **dict.fromkeys((*LINKS, POSTGRES), WORKERS),
}
"""Through which stages a fact must come before a target counts as recovered; for all others the answer of 202 is enough."""
FORWARDED = -1
"""Stands for a partition where a fact of an agency over Kafka has reached the inbox."""
SENDING = ("deadlines", "notifications")
"""Stages that answer a fact with events of their own."""
WATCH_SECONDS = 0.05
LIMIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Recovery:
    """A burst of faults as it went: seconds from its last kill, or from the end of what lasted, until a partition's next fact was through.

    `late` are the partitions whose fact was not through within LIMIT_SECONDS.
    """

    faults: Sequence[Fault]
    facts: int
    seconds: Mapping[int, float]
    late: Sequence[int] = ()

    @property
    def concerns_broker(self) -> bool:
        """Tell whether a broker was among what failed."""
        return any(fault.concerns_broker for fault in self.faults)

    def __str__(self) -> str:
        """Return the line that tells it."""
        told = [f"{each:.1f}" for each in sorted(self.seconds.values())] + [f"not within {LIMIT_SECONDS:.0f}"] * len(self.late)
        after = f"through again after {', '.join(told)} s" if told else "no fact came after it"
        numbers = "-".join(sorted({f"{self.faults[0].number}", f"{self.faults[-1].number}"}, key=int))
        return f"  fault {numbers:>7} after {self.facts:>6} facts: {', '.join(map(str, self.faults))}; {after}"


@dataclass(slots=True)
class Watch:
    """Follows the first fact of each partition that was sent once the faults had done their worst; seconds count from `began_at`.

    No more facts come before this is over than `last`. Of facts that agencies send over Kafka the first one is followed, into the inbox,
    where the forwarder has failed.
    """

    faults: Sequence[Fault]
    traffic: Traffic
    partitions: int
    began_at: float
    done_at: float
    known: int = 0
    known_own: int = 0
    last: int | None = None
    probes: dict[int, Place] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    written: dict[tuple[int, str], int] = field(default_factory=dict)
    own_probe: tuple[str, int, int] | None = None

    @property
    def stages(self) -> Sequence[str]:
        """Return the stages that facts must come through, those of all targets."""
        through = {stage for fault in self.faults for stage in STAGES.get(fault.target, ())}
        return [worker for worker in WORKERS if worker in through]

    @property
    def is_forwarder_concerned(self) -> bool:
        """Tell whether facts from agencies' own topics must come through too."""
        return any(fault.target in (FORWARDER, *LINKS) for fault in self.faults)

    async def follow(self, database: Database) -> None:
        """Return when every partition's probe is through, when no more facts come, or when the time is over."""
        while time.monotonic() - self.began_at < LIMIT_SECONDS:
            is_over = self.traffic.is_over or (self.last is not None and self.traffic.facts >= self.last)
            self._find_probes()
            await self._see_through(database)
            await self._see_forwarded(database)
            if len(self.seconds) == self._expected(is_over=is_over):
                return
            await asyncio.sleep(WATCH_SECONDS)

    @property
    def late(self) -> list[int]:
        """Return the partitions whose probe is not through."""
        forwarded = [FORWARDED] if self.own_probe and FORWARDED not in self.seconds else []
        return sorted([*forwarded, *(self.probes.keys() - self.seconds.keys())])

    def _expected(self, *, is_over: bool) -> int:
        if is_over:
            return len(self.probes) + (self.own_probe is not None)
        return self.partitions + self.is_forwarder_concerned

    def _find_probes(self) -> None:
        answers = self.traffic.answers[self.known :]
        self.known += len(answers)
        for answer in filter(self._is_probe, answers):
            partition = answer.accepted.place[0]
            if partition not in self.probes:
                self.probes[partition] = answer.accepted.place
                if not self.stages:
                    self.seconds[partition] = answer.answered_at - self.began_at
        if self.own_probe is None and self.is_forwarder_concerned:
            self._find_own_probe()

    def _find_own_probe(self) -> None:
        for answer in self.traffic.own_answers[self.known_own :]:
            if answer.sent_at >= self.done_at:
                topic, partition, offset = answer.accepted.origin.split("/")
                self.own_probe = topic, int(partition), int(offset)
                return

    def _is_probe(self, answer: Answer) -> bool:
        return answer.sent_at >= self.done_at and not answer.is_repeat and answer.accepted.expected == "registered"

    async def _see_through(self, database: Database) -> None:
        waiting = [place for partition, place in self.probes.items() if partition not in self.seconds]
        if not waiting:
            return
        partitions, offsets = [place[0] for place in waiting], [place[1] for place in waiting]
        for row in await database.fetch(QUERIES["read_stages"], partitions, offsets, EVENTS):
            if sum(self._is_through(row, stage) for stage in self.stages) == len(self.stages):
                self.seconds[row["partition"]] = time.monotonic() - self.began_at

    async def _see_forwarded(self, database: Database) -> None:
        if self.own_probe is None or FORWARDED in self.seconds:
            return
        topic, partition, offset = self.own_probe
        if any(row["next_offset"] > offset for row in await database.fetch(QUERIES["read_forwarded"], topic, partition)):
            self.seconds[FORWARDED] = time.monotonic() - self.began_at

    def _is_through(self, row: Mapping[str, Any], stage: str) -> bool:
        """Tell whether a stage has applied a probe and sent all that it had written when that was first seen."""
        if not row[stage] or stage not in SENDING:
            return bool(row[stage])
        written = self.written.setdefault((row["partition"], stage), row[f"{stage}_written"])
        return bool(row[f"{stage}_sent"] >= written)
