"""The life of one directive: what is issued, assigned, handed in (on time, late, never) and refused, at which part of the run."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from uuid import UUID, uuid5

from deploy.chaos.evidence import Outcome
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, DirectiveIssued, MetBy, TaskAssigned
from shared.contracts.types import Deliverable, PlanStage
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanItem, PlanSubmitted, ReportSubmitted

OFFICE_ZONE = timezone(timedelta(hours=7))
BEGIN = datetime(2021, 4, 1, 8, 0, tzinfo=OFFICE_ZONE)
ISSUED_ON = date(2021, 3, 31)
AN_INSTANT = 1e-4
"""The least distance of two facts of one directive, as a part of the run."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A fact at a part (0 to 1) of the run; `has_first_id` where it wrongly bears the id of its key's first fact."""

    at: float
    key: UUID
    subject: UUID
    data: Contract
    expected: Outcome = "registered"
    has_first_id: bool = False


@dataclass(slots=True)
class Office:
    """Who takes part, and the instants of the deadlines that were given so far."""

    issuers: Sequence[UUID]
    units: Sequence[UUID]
    span: timedelta
    dues: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    number: int = 0

    def part_of(self, instant: datetime) -> float:
        """Return the part of the run at which the clock shows an instant."""
        return (instant - BEGIN) / self.span


@dataclass(slots=True)
class _Life:
    office: Office
    chance: random.Random
    id: UUID
    issuer: UUID
    units: Sequence[UUID]
    begin: float

    def name(self, *parts: object) -> UUID:
        return uuid5(self.id, "/".join(map(str, parts)))


@dataclass(frozen=True, slots=True)
class _Job:
    id: UUID
    lead: UUID
    coordinating: tuple[UUID, ...]
    at: float


def live(office: Office, chance: random.Random, key: str) -> Iterator[Planned]:
    """Yield the facts of a new directive, those of one subject in their order."""
    issuer = chance.choice(office.issuers)
    directive = uuid5(issuer, key)
    life = _Life(office, chance, directive, issuer, chance.sample(office.units, 4), chance.uniform(0, 0.85))
    office.number += 1
    issued = DirectiveIssued(
        key=key, issuer=issuer, subject=f"V/v thử sức chịu đựng của hệ thống, lần {key}", document_type="CV", number=office.number,
        symbol="UBND-TN", issued_on=ISSUED_ON, addressees=tuple(life.units),
    )  # fmt: skip
    yield Planned(life.begin, directive, directive, issued)
    for number in range(1, chance.randint(3, 6)):
        yield from chance.choice((_plan, _conference, _report, _opinion))(life, number)
    yield from _refusable(life, issued)


def _assign(
    life: _Life, number: int, deliverable: Deliverable, *wanted: tuple[str, MetBy, PlanStage | None]
) -> tuple[_Job, list[float], Planned]:
    """Assign a task with a deadline for each wanted event; the parts of the run at which they fall are returned."""
    lead, *others = life.chance.sample(life.units, life.chance.randint(1, 3))
    job = _Job(life.name("task", number), lead, tuple(others), life.begin + AN_INSTANT * (1 + number))
    clauses, dues = [], []
    for name, met_by, stage in wanted:
        phrase, due = _phrase(life.chance, BEGIN + job.at * life.office.span)
        clauses.append(DeadlineClause(name=name, met_by=met_by, phrase=phrase, plan_stage=stage))
        dues.append(life.office.part_of(due) if due else job.at + 0.1)
        life.office.dues[str(job.id), name] = due
    assigned = TaskAssigned(
        number=str(number),
        content="Việc để thử",
        lead=lead,
        coordinating=job.coordinating,
        deliverable=deliverable,
        deadlines=tuple(clauses),
    )
    return job, dues, Planned(job.at, life.id, job.id, assigned)


def _phrase(chance: random.Random, now: datetime) -> tuple[str, datetime | None]:
    """Return a deadline in words, some days from now, and the instant that it means."""
    day = (now + timedelta(days=chance.choice((1, 1, 2, 3, 4, 5, 7, 9)))).date()
    text = f"{day.day}/{day.month}/{day.year}"
    begins = datetime(day.year, day.month, day.day, tzinfo=OFFICE_ZONE)
    ends = begins + timedelta(days=1)
    choices: tuple[tuple[str, datetime | None], ...] = (
        (f"trước ngày {text}", begins),
        (f"chậm nhất ngày {text}", ends),
        (f"đến hết ngày {text}", ends),
        (f"trước 17 giờ 00 ngày {text}", begins + timedelta(hours=17)),
        ("trong tháng 4 năm 2021", datetime(2021, 5, 1, tzinfo=OFFICE_ZONE)),
        ("đúng thời gian quy định", None),
    )
    return chance.choices(choices, (5, 4, 3, 4, 1, 1))[0]


def _moment(life: _Life, due: float, after: float) -> float | None:
    """Return when work for a deadline is handed in: well ahead, close to it on either side, late, or never (None)."""
    chance = life.chance
    offset = chance.choices((chance.uniform(-0.08, 0), chance.uniform(-0.004, 0.004), chance.uniform(0, 0.06), None), (4, 4, 2, 2))[0]
    if offset is None:
        return None
    at = max(due + offset, after + AN_INSTANT)
    return at if at < 1 else None


def _plan(life: _Life, number: int) -> Iterator[Planned]:
    job, (draft_due, final_due), assigned = _assign(
        life, number, "plan", ("dự thảo", "plan-submitted", "draft"), ("kế hoạch", "plan-submitted", "final")
    )
    yield assigned
    if life.chance.random() < 0.2:  # noqa: PLR2004  a fifth of these tasks get a report before they are assigned
        early = life.chance.choice((life.begin - AN_INSTANT, life.begin + AN_INSTANT / 2))
        yield Planned(max(early, 0.0), life.id, life.name("early report", number), _reported(job), "released")
    plan = life.name("plan", number)
    draft = _moment(life, draft_due, job.at)
    if draft is not None:
        yield Planned(draft, life.id, plan, _submitted(job, "draft"))
    final = _moment(life, final_due, draft or job.at)
    if final is not None:
        yield Planned(final, life.id, plan, _submitted(job, "final"))


def _submitted(job: _Job, stage: PlanStage) -> PlanSubmitted:
    items = (PlanItem(area="Cải cách thể chế", shortcoming="chậm", cause="thiếu người", solution="bố trí", time="quý II"),)
    return PlanSubmitted(task=job.id, submitted_by=job.lead, stage=stage, title="Kế hoạch thử", items=items)


def _conference(life: _Life, number: int) -> Iterator[Planned]:
    job, (scheduled_due, held_due), assigned = _assign(
        life, number, "conference", ("lên lịch", "conference-scheduled", None), ("tổ chức", "conference-held", None)
    )
    yield assigned
    conference = life.name("conference", number)
    scheduled = _moment(life, scheduled_due, job.at)
    if scheduled is None:
        return
    data = ConferenceScheduled(
        tasks=(job.id,),
        scheduled_by=job.lead,
        title="Hội nghị thử",
        starts_at=BEGIN,
        place="Hội trường",
        participants=tuple(life.units[:2]),
    )
    yield Planned(scheduled, life.id, conference, data)
    held = _moment(life, held_due, scheduled)
    if held is not None:
        yield Planned(held, life.id, conference, ConferenceHeld(held_at=BEGIN, reported_by=job.lead, attendance=30))


def _report(life: _Life, number: int) -> Iterator[Planned]:
    job, (due,), assigned = _assign(life, number, "report", ("báo cáo", "report-submitted", None))
    yield assigned
    first = _moment(life, due, job.at)
    if first is not None:
        yield Planned(first, life.id, life.name("report", number), _reported(job))
        if first < 1 - 2 * AN_INSTANT and life.chance.random() < 0.2:  # noqa: PLR2004  a fifth of the reports come with an addition
            yield Planned(first + AN_INSTANT, life.id, life.name("report", number, "again"), _reported(job))


def _reported(job: _Job) -> ReportSubmitted:
    return ReportSubmitted(task=job.id, submitted_by=(job.coordinating or (job.lead,))[0], title="Báo cáo thử", period="tháng 4")


def _opinion(life: _Life, number: int) -> Iterator[Planned]:
    job, (due,), assigned = _assign(life, number, "opinion", ("ý kiến", "report-submitted", None))
    yield assigned
    at = _moment(life, due, job.at)
    if at is not None:
        yield Planned(at, life.id, life.name("opinion", number), _reported(job))


def _refusable(life: _Life, issued: DirectiveIssued) -> Iterator[Planned]:
    """Yield, now and then, a fact that the registrar must refuse: at once, or once it has waited in vain."""
    chance = life.chance
    if chance.random() > 0.25:  # noqa: PLR2004  one directive in four brings one
        return
    at = chance.uniform(life.begin + 10 * AN_INSTANT, 0.99)
    nobody = life.name("nobody's task")
    report = ReportSubmitted(task=nobody, submitted_by=life.units[0], title="Báo cáo lạc")
    if chance.random() < 0.2:  # noqa: PLR2004  a fifth of them say something else under an id that was used
        yield Planned(at, life.id, life.name("stray report"), report, "refused", has_first_id=True)
        return
    refused: tuple[tuple[UUID, Contract], ...] = (
        (life.id, issued),
        (life.name("stray report"), report),
        (life.name("stray conference"), ConferenceHeld(held_at=BEGIN, reported_by=life.issuer)),
        (life.name("stray plan"), PlanSubmitted(task=nobody, submitted_by=life.units[1], stage="final", title="Kế hoạch lạc")),
    )
    subject, data = chance.choice(refused)
    yield Planned(at, life.id, subject, data, "refused")
