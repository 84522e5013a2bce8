"""The facts of a short story: a directive or two with a task each, work for them (early, late, never), and now and then something wrong."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache, partial
from uuid import UUID, uuid5

from deploy.chaos.lives import BEGIN, ISSUED_ON, OFFICE_ZONE
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, DirectiveIssued, MetBy, TaskAssigned
from shared.contracts.types import Deliverable, PlanStage
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.envelope import Event, event_of
from shared.topics import partition_of

NAMESPACE = UUID("6d7f5a7e-52a0-5d0e-8f7a-1f6f6f0d2a55")
ISSUER, *UNITS = (uuid5(NAMESPACE, f"unit/{number}") for number in range(5))
SOURCE = "/simulation"
PARTITIONS = 2
_partition_of = lru_cache(partial(partition_of, count=PARTITIONS))
Dues = Mapping[tuple[str, str], datetime | None]


@dataclass(frozen=True, slots=True)
class Planned:
    """A fact of a story, and the ids of what has to be registered before it."""

    event: Event
    needs: frozenset[str] = frozenset()

    @property
    def partition(self) -> int:
        """Return the partition that the fact's key belongs to."""
        return _partition_of(self.event.partitionkey)

    @property
    def told(self) -> str:
        """Return the fact for people."""
        return f"{self.event.data.NAME} ({self.event.id})"


@dataclass(slots=True)
class Cast:
    """What a story is made from: chance, and the facts and instants so far."""

    chance: random.Random
    facts: list[Planned] = field(default_factory=list)
    dues: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    tasks: list[tuple[UUID, UUID, UUID]] = field(default_factory=list)

    def add(self, key: UUID, subject: UUID, data: Contract, *needs: UUID, of: str = "") -> None:
        """Add a fact; `of` names the id that it wrongly bears."""
        name = of or f"fact-{len(self.facts)}"
        event = event_of(data, id=name, source=SOURCE, subject=str(subject), key=str(key))
        self.facts.append(Planned(event, frozenset(map(str, needs))))


def write_facts(cast: Cast) -> None:
    """Write the facts of one or two directives."""
    for number in range(cast.chance.choice((1, 1, 1, 2))):
        _directive(cast, number)


def _directive(cast: Cast, number: int) -> None:
    key = uuid5(ISSUER, f"simulation {number}")
    issued = DirectiveIssued(
        key=f"simulation {number}", issuer=ISSUER, subject="V/v mô phỏng", document_type="CV", number=number + 1, symbol="UBND-TN",
        issued_on=ISSUED_ON, addressees=(UNITS[0],),
    )  # fmt: skip
    cast.add(key, key, issued)
    for task in range(cast.chance.choice((1, 1, 1, 2))):
        cast.chance.choice((_plan, _conference, _report))(cast, key, uuid5(key, f"task {task}"))
    if cast.chance.random() < 0.25:  # noqa: PLR2004  a fourth bring something wrong
        _wrong(cast, key, issued)


def _assign(cast: Cast, key: UUID, task: UUID, deliverable: Deliverable, *wanted: tuple[str, MetBy, PlanStage | None]) -> UUID:
    lead, other = cast.chance.sample(UNITS, 2)
    clauses = []
    for name, met_by, stage in wanted:
        phrase, due = cast.chance.choice(PHRASES)
        clauses.append(DeadlineClause(name=name, met_by=met_by, phrase=phrase, plan_stage=stage))
        cast.dues[str(task), name] = due
    assigned = TaskAssigned(
        number="1", content="Việc để thử", lead=lead, coordinating=cast.chance.choice(((), (other,))), deliverable=deliverable,
        deadlines=tuple(clauses),
    )  # fmt: skip
    cast.add(key, task, assigned, key)
    cast.tasks.append((key, task, lead))
    return lead


def _phrases() -> Iterator[tuple[str, datetime | None]]:
    for day in (3, 5, 8, 12, 16, 20):
        midnight = datetime(2021, 4, day, tzinfo=OFFICE_ZONE)
        yield f"trước ngày {day}/4/2021", midnight
        yield f"chậm nhất ngày {day}/4/2021", midnight + timedelta(days=1)
        yield f"trước 17 giờ 00 ngày {day}/4/2021", midnight + timedelta(hours=17)
    yield "đúng thời gian quy định", None


PHRASES: Sequence[tuple[str, datetime | None]] = tuple(_phrases())
"""Deadlines in words, and the instants that they mean."""
LAST_DAY = BEGIN + timedelta(days=22)
"""When every deadline of a story has passed."""


def _plan(cast: Cast, key: UUID, task: UUID) -> None:
    lead = _assign(cast, key, task, "plan", ("dự thảo", "plan-submitted", "draft"), ("kế hoạch", "plan-submitted", "final"))
    for stage in cast.chance.choice(STAGES):
        cast.add(key, uuid5(task, "plan"), PlanSubmitted(task=task, submitted_by=lead, stage=stage, title="Kế hoạch thử"), key, task)


STAGES: Sequence[tuple[PlanStage, ...]] = (("draft", "final"), ("final",), ("draft",), ())


def _conference(cast: Cast, key: UUID, task: UUID) -> None:
    lead = _assign(cast, key, task, "conference", ("lên lịch", "conference-scheduled", None), ("tổ chức", "conference-held", None))
    conference = uuid5(task, "conference")
    scheduled = ConferenceScheduled(
        tasks=(task,), scheduled_by=lead, title="Hội nghị thử", starts_at=BEGIN, place="Hội trường", participants=(UNITS[3],)
    )
    cast.add(key, conference, scheduled, key, task)
    if cast.chance.random() < 0.6:  # noqa: PLR2004  most conferences are held
        cast.add(key, conference, ConferenceHeld(held_at=BEGIN, reported_by=lead, attendance=30), key, conference)


def _report(cast: Cast, key: UUID, task: UUID) -> None:
    lead = _assign(cast, key, task, "report", ("báo cáo", "report-submitted", None))
    for number in range(cast.chance.choice((0, 1, 1, 2))):
        cast.add(key, uuid5(task, f"report {number}"), _reported(task, lead), key, task)


def _reported(task: UUID, unit: UUID) -> ReportSubmitted:
    return ReportSubmitted(task=task, submitted_by=unit, title="Báo cáo thử")


def _wrong(cast: Cast, key: UUID, issued: DirectiveIssued) -> None:
    nobody = uuid5(key, "nobody's task")
    kind = cast.chance.randrange(3)
    if kind == 0:
        cast.add(key, key, issued)
    elif kind == 1:
        cast.add(key, uuid5(key, "stray"), _reported(nobody, UNITS[0]), key, nobody)
    else:
        first = next(each for each in cast.facts if each.event.partitionkey == str(key))
        cast.add(key, uuid5(key, "stray"), _reported(nobody, UNITS[0]), key, nobody, of=first.event.id)
