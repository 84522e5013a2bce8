"""The schedule of faults: what befalls whom, after how many facts, and for how long; the same seed makes the same schedule."""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal[
    "kill", "pause", "restart", "cut", "slowed", "half-open", "deaf", "unmarked", "full disk", "clock", "rebalance", "redelivery"
]
"""SIGKILL, SIGSTOP and SIGCONT, a stop in order; four ways in which a network fails; SIGKILL of a sender while the way to its database is
slow, most likely between sending and marking; no space left; the office clock jumps; one more instance joins and leaves; what was answered
is sent again."""

PROCESSES = ("gateway", "registrar", "forwarder", "directives", "deadlines", "notifications", "courier")
"""Every process of ours; a test holds this against `docker-compose.yml`."""
BROKERS = ("kafka-1", "kafka-2", "kafka-3")
POSTGRES = "postgres"
SERVERS = (*BROKERS, POSTGRES)
SENDERS = ("registrar", "forwarder", "deadlines", "notifications")
"""Processes that note, after Kafka's acknowledgement, how far they have sent."""
FOLLOWERS = ("registrar", "forwarder", "directives", "deadlines", "notifications")
"""Processes that share their partitions with further instances of themselves."""
LINKS = (*BROKERS, "kafka", POSTGRES)
"""What the fault proxy stands before: one broker, all of them (`kafka`), the database."""
DISK: Literal["full disk"] = "full disk"

TARGETS: Mapping[Kind, Sequence[str]] = {
    "kill": (*PROCESSES, *SERVERS),
    "pause": (*PROCESSES, *SERVERS),
    "restart": (POSTGRES,),
    "cut": LINKS,
    "slowed": LINKS,
    "half-open": LINKS,
    "deaf": LINKS,
    "unmarked": SENDERS,
    DISK: SERVERS,
    "clock": ("office",),
    "rebalance": FOLLOWERS,
    "redelivery": ("publishers",),
}
WEIGHTS: Mapping[Kind, int] = {"kill": 4, "pause": 3}
"""How many faults of a kind there are in a round; of the others there is one."""
SECONDS: Mapping[Kind, tuple[float, float]] = {
    "pause": (1.0, 6.0),
    "cut": (0.5, 4.0),
    "slowed": (2.0, 5.0),
    "half-open": (1.0, 4.0),
    "deaf": (0.5, 3.0),
    "unmarked": (1.0, 2.5),
    DISK: (1.0, 4.0),
    "rebalance": (0.5, 3.0),
}
"""For how long, at least and at most."""
JITTER = 0.35
"""How far a fault lies from the even beat, as a share of the beat."""
OVERLAPPING = 0.25
"""How often a fault begins before the one before it is over."""
LARGEST_DELAY = 2.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something of a kind befalls the target for some seconds once `after` facts were answered, and `delay` seconds more have passed."""

    number: int
    kind: Kind
    target: str
    after: int
    seconds: float = 0.0
    delay: float = 0.0

    def __str__(self) -> str:
        """Return what happens, in words."""
        return f"{self.kind} {self.target}" + (f" for {self.seconds:.1f} s" if self.seconds else "")

    @property
    def concerns_broker(self) -> bool:
        """Tell whether a broker, or the way to one, fails."""
        return self.target.startswith("kafka")

    @property
    def touched(self) -> Collection[str]:
        """Return what fails or is disturbed, all brokers as one."""
        target = "kafka" if self.concerns_broker else self.target
        return {target, POSTGRES} if self.kind == "unmarked" else {target}


def plan_faults(seed: int, count: int, facts: int, without: Collection[Kind] = ()) -> Sequence[Fault]:
    """Return the faults of a run over so many facts, of all kinds in turn but those to be left out, at uneven moments."""
    chance = random.Random(f"faults {seed}")  # noqa: S311  repeatable, not secret
    chosen = _choose(chance, without)
    beat = facts / (count + 1)
    faults: list[Fault] = []
    for number in range(1, count + 1):
        kind, target = next(chosen)
        burst = [fault for fault in faults if fault.after == faults[-1].after]
        is_overlapping = bool(burst) and chance.random() < OVERLAPPING and _may_join(burst, kind, target)
        after = faults[-1].after if is_overlapping else int(beat * (number + chance.uniform(-JITTER, JITTER)))
        delay = faults[-1].delay + chance.uniform(0, LARGEST_DELAY) if is_overlapping else 0.0
        seconds = chance.uniform(*SECONDS[kind]) if kind in SECONDS else 0.0
        faults.append(Fault(number, kind, target, after, round(seconds, 2), round(delay, 2)))
    return faults


def _choose(chance: random.Random, without: Collection[Kind]) -> Iterator[tuple[Kind, str]]:
    """Yield kinds and targets for ever: each kind in turn, in a new order each round, and of each kind each target in turn."""
    queues: dict[Kind, list[str]] = {kind: [] for kind in TARGETS if kind not in without}
    while True:
        kinds = [kind for kind in queues for _ in range(WEIGHTS.get(kind, 1))]
        for kind in chance.sample(kinds, len(kinds)):
            queues[kind] = queues[kind] or chance.sample(TARGETS[kind], len(TARGETS[kind]))
            yield kind, queues[kind].pop()


def _may_join(burst: Sequence[Fault], kind: Kind, target: str) -> bool:
    """Tell whether a fault may overlap others: not on one target, and not on two brokers, since of three replicas two must live."""
    touched = set(Fault(0, kind, target, 0).touched)
    return all(touched.isdisjoint(fault.touched) for fault in burst)


def in_bursts(faults: Sequence[Fault]) -> Sequence[Sequence[Fault]]:
    """Return the faults, those together that overlap."""
    return [list(group) for _, group in groupby(faults, key=lambda fault: fault.after)]
