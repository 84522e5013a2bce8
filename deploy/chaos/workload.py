"""The facts of a run: units, then directives with tasks, plans, conferences and reports, spread over a month of the office clock."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from deploy.chaos.evidence import Outcome
from deploy.chaos.lives import BEGIN, Office, Planned, live
from shared.contracts.directives import TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ReportSubmitted
from shared.envelope import encode, event_of

NAMESPACE = UUID("0b8f8f0e-31c1-5b8f-9a3f-5d4f3b2b7c11")
UNITS = 24
ISSUERS = 4
SPAN = timedelta(days=28)
"""How much of the office's time passes while the facts are sent."""
END = BEGIN + timedelta(days=60)
"""When every deadline has passed, and the clock is left."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A fact as its publisher sends it: the bytes, and what should become of it."""

    fact: str
    key: str
    sequence: int
    body: bytes
    expected: Outcome


@dataclass(slots=True)
class Workload:
    """The units that come first, each publisher's facts in order, and the deadlines' instants as they were meant."""

    units: Sequence[Submission]
    scripts: Sequence[Sequence[Submission]]
    dues: Mapping[tuple[str, str], datetime | None]

    @property
    def facts(self) -> int:
        """Return how many facts the publishers send."""
        return sum(map(len, self.scripts))


@dataclass(slots=True)
class _Writer:
    seed: int
    sequences: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def write(self, planned: Planned, source: str) -> Submission:
        key = str(planned.key)
        number = 0 if planned.has_first_id else self.sequences[key]
        fact = str(uuid5(NAMESPACE, f"{self.seed}/{key}/{number}"))
        event = event_of(planned.data, id=fact, source=source, subject=str(planned.subject), key=key)
        self.sequences[key] += 1
        return Submission(fact, key, self.sequences[key], encode(event), planned.expected)


def make_workload(seed: int, facts: int, publishers: int) -> Workload:
    """Return so many facts for so many publishers, the same for the same numbers."""
    units = [uuid5(NAMESPACE, f"{seed}/unit/{number}") for number in range(UNITS)]
    writer = _Writer(seed)
    first = [writer.write(_unit(unit, number), "/chaos/registry") for number, unit in enumerate(units)]
    office = Office(units[:ISSUERS], units[ISSUERS:], SPAN)
    shares = [facts // publishers + (number < facts % publishers) for number in range(publishers)]
    scripts = []
    for number, share in enumerate(shares):
        chance = random.Random(f"facts {seed}/{number}")  # noqa: S311  repeatable, not secret
        planned = sorted(_lives(office, chance, number, share), key=lambda each: each.at)
        scripts.append([writer.write(each, f"/chaos/publisher-{number}") for each in planned])
    return Workload(first, scripts, office.dues)


def _unit(unit: UUID, number: int) -> Planned:
    return Planned(0.0, unit, unit, UnitRegistered(code=f"H99.{number}", name=f"Phòng số {number}"))


def _lives(office: Office, chance: random.Random, publisher: int, share: int) -> Iterator[Planned]:
    """Yield facts of directives until the publisher has its share; the last directive's life is cut short."""
    number = 0
    while share > 0:
        life = sorted(live(office, chance, f"{publisher}-{number}"), key=lambda each: each.at)[:share]
        yield from _in_vain(life)
        share -= len(life)
        number += 1


def _in_vain(life: Sequence[Planned]) -> Iterator[Planned]:
    """Yield a life's facts; of those that wait, the ones whose task was cut off are refused in the end."""
    assigned = {each.subject for each in life if isinstance(each.data, TaskAssigned)}
    for each in life:
        is_in_vain = each.expected == "released" and isinstance(each.data, ReportSubmitted) and each.data.task not in assigned
        yield replace(each, expected="refused") if is_in_vain else each
