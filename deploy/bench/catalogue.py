"""Directives over the whole catalogue, as they come from the systems of several agencies: some facts too early, wrong, or twice."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import chain, zip_longest
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from msgspec.structs import replace

from deploy.bench.facts import BEGIN, SPACE, TOGETHER, UNITS, assigned, directive_id, issued, units
from shared.contracts import FACTS, Contract
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRequested
from shared.contracts.registry import PublisherAuthorised, publisher_key
from shared.contracts.tasks import (
    ProgressReported,
    TaskAccepted,
    TaskCompleted,
    TaskConfirmed,
    TaskReceived,
    TaskResumed,
    TaskSuspended,
)
from shared.contracts.voiding import FactVoided
from shared.contracts.work import (
    ConferenceHeld,
    ConferenceRescheduled,
    ConferenceScheduled,
    PlanApproved,
    PlanReturned,
    PlanSubmitted,
    ReportSubmitted,
)
from shared.envelope import Event, event_of

AGENCIES = 8
WITH_TOPIC = 3
"""How many agencies' systems publish, and how many of them read their verdicts in Kafka."""
VOID_EVERY = 20
"""In each so manieth directive a report is voided."""

Outcome = Literal["registered", "refused", "duplicate"]
_TYPES = tuple(contract.NAME for contract in FACTS if contract is not PublisherAuthorised)
_UNIT_IDS = tuple(UUID(event.subject) for event in units())


class Sent(NamedTuple):
    """A fact as an agency sends it, and what becomes of it in the end."""

    event: Event
    outcome: Outcome = "registered"


def agency(number: int) -> str:
    """Return the slug of an agency's system."""
    return f"phan-mem-{number}"


def has_topic(number: int) -> bool:
    """Tell whether an agency reads its verdicts in Kafka."""
    return number < WITH_TOPIC


def rights() -> list[Event]:
    """Return the rights of the agencies, each for its share of the units; the units are registered before."""
    return [_authorised(number) for number in range(AGENCIES)]


def _authorised(number: int) -> Event:
    key = publisher_key(agency(number))
    data = PublisherAuthorised(
        publisher=agency(number), name=f"Phần mềm quản lý văn bản số {number}", units=_UNIT_IDS[number::AGENCIES], types=_TYPES,
        valid_from=datetime(2020, 1, 1, tzinfo=UTC), has_topic=has_topic(number),
    )  # fmt: skip
    sent = event_of(data, id=f"rights-{number}", source="/bench/office", subject=str(key), key=str(key), time=BEGIN)
    return replace(sent, publisher="office")


def lives(first: int, directives: int) -> Iterator[Sent]:
    """Return the facts of some directives: in order for each, mixed with those of the others."""
    for begin in range(first, first + directives, TOGETHER):
        mixed = zip_longest(*(_life(number) for number in range(begin, min(begin + TOGETHER, first + directives))))
        yield from (sent for sent in chain.from_iterable(mixed) if sent is not None)


def outcomes(sent: Iterable[Sent]) -> Mapping[str, int]:
    """Return how many facts end how."""
    return Counter(each.outcome for each in sent)


class _Life:
    """One directive: its ids, who speaks in it, and the facts as they are sent."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.key = directive_id(number)
        self.issuer, self.lead, self.other = number * 7, number + 1, number + 4
        self.tasks = tuple(UUID(assigned(number, duty).subject) for duty in range(4))

    def id_of(self, kind: str) -> UUID:
        """Return the id of one of the directive's things."""
        return uuid5(SPACE, f"{kind} {self.number}")

    def sent(self, speaker: int, name: str, subject: UUID, data: Contract, outcome: Outcome = "registered") -> Sent:
        """Return a fact that the system of the speaking unit sends."""
        event = event_of(data, id=f"{name}-{self.number}", source="", subject=str(subject), key=str(self.key), time=BEGIN)
        return _by(speaker, event, outcome)


def _by(speaker: int, event: Event, outcome: Outcome = "registered") -> Sent:
    publisher = agency(speaker % UNITS % AGENCIES)
    return Sent(replace(event, source=f"/bench/{publisher}", publisher=publisher), outcome)


def _unit(number: int) -> UUID:
    return _UNIT_IDS[number % UNITS]


def _life(number: int) -> Iterator[Sent]:
    """Yield the facts of one directive; the first comes before what it needs."""
    life = _Life(number)
    plan, lead = life.id_of("plan"), _unit(life.lead)
    yield life.sent(life.lead, "draft", plan, PlanSubmitted(task=life.tasks[0], submitted_by=lead, stage="draft", title="Dự thảo kế hoạch"))
    yield _by(life.issuer, issued(number))
    for duty in range(4):
        yield _by(life.issuer, assigned(number, duty))
    yield from _answers(life, lead)
    yield from _plans(life, plan, lead)
    yield from _conference(life, lead)
    yield from _reports(life, lead)
    yield from _end(life, lead)


def _answers(life: _Life, lead: UUID) -> Iterator[Sent]:
    task, request = life.tasks[0], life.id_of("extension")
    progress = ProgressReported(reported_by=lead, content="Đã rà soát các tiêu chí bị điểm thấp, đang tổng hợp ý kiến", percent=40)
    wanted = ExtensionRequested(
        task=life.tasks[1], name="Ban hành kế hoạch", requested_by=lead, requested_day=date(2021, 5, 14), reasons="Chờ số liệu của tỉnh"
    )
    yield life.sent(life.lead, "received", task, TaskReceived(received_by=lead))
    yield life.sent(life.lead, "accepted", task, TaskAccepted(accepted_by=lead))
    yield life.sent(life.lead, "progress", task, progress)
    yield life.sent(life.lead, "extension", request, wanted)
    yield life.sent(life.issuer, "granted", request, ExtensionGranted(last_good_day=date(2021, 5, 14)))
    yield life.sent(life.issuer, "clarified", life.tasks[3], DeadlineClarified(name="Báo cáo", phrase="đến hết ngày 15/7/2021"))


def _plans(life: _Life, plan: UUID, lead: UUID) -> Iterator[Sent]:
    final = PlanSubmitted(task=life.tasks[0], submitted_by=lead, stage="final", title="Kế hoạch nâng cao Chỉ số")
    yield life.sent(life.lead, "final", plan, final)
    yield life.sent(life.issuer, "returned", plan, PlanReturned(reasons="Chưa nêu thời gian hoàn thành của từng tiêu chí"))
    yield life.sent(life.lead, "mended", plan, final)
    yield life.sent(life.issuer, "approved", plan, PlanApproved())


def _conference(life: _Life, lead: UUID) -> Iterator[Sent]:
    conference, planned = life.id_of("conference"), BEGIN - timedelta(minutes=50)  # on the day of issue, and over when it is received
    scheduled = ConferenceScheduled(
        tasks=(life.tasks[2],), scheduled_by=lead, title="Hội nghị công bố Chỉ số", starts_at=planned, place="Hội trường tỉnh"
    )
    moved = ConferenceRescheduled(rescheduled_by=lead, starts_at=BEGIN - timedelta(minutes=40))
    held = ConferenceHeld(held_at=BEGIN - timedelta(minutes=30), reported_by=lead)
    yield life.sent(life.lead, "scheduled", conference, scheduled)
    yield life.sent(life.lead, "rescheduled", conference, moved)
    yield life.sent(life.lead, "held", conference, held)


def _reports(life: _Life, lead: UUID) -> Iterator[Sent]:
    report = life.sent(
        life.lead, "report", life.id_of("report"), ReportSubmitted(task=life.tasks[3], submitted_by=lead, title="Báo cáo quý")
    )
    stranger = ReportSubmitted(task=life.tasks[3], submitted_by=_unit(life.other), title="Báo cáo của đơn vị không có nhiệm vụ")
    yield report
    yield report._replace(outcome="duplicate")
    yield life.sent(life.other, "foreign", life.id_of("foreign"), stranger, "refused")
    if life.number % VOID_EVERY == 0:
        yield life.sent(life.lead, "voided", life.key, FactVoided(version=20, reason="Gửi nhầm báo cáo của quý trước"))


def _end(life: _Life, lead: UUID) -> Iterator[Sent]:
    task = life.tasks[3]
    yield life.sent(life.issuer, "suspended", task, TaskSuspended(reason="Chờ hướng dẫn của Bộ"))
    yield life.sent(life.issuer, "resumed", task, TaskResumed())
    yield life.sent(life.lead, "completed", task, TaskCompleted(completed_by=lead, summary="Đã hoàn thành báo cáo"))
    yield life.sent(life.issuer, "confirmed", task, TaskConfirmed())
