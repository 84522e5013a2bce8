"""April 2021 in a town: a letter, its tasks and what became of them, as registered facts and deadline events."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import msgspec

from shared.contracts import Contract
from shared.contracts.deadlines import (
    DeadlineApproaching,
    DeadlineAtRisk,
    DeadlineEvent,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    Proof,
    RiskReason,
)
from shared.contracts.directives import Basis, DeadlineClause, DirectiveIssued, Signer, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.types import PlanStage
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanItem, PlanSubmitted, ReportSubmitted
from shared.envelope import NO_HASH, chain, encode, event_of
from tests.support.records import FakeRecord

SPACE = UUID("0f7e2a52-52a3-5b0c-8a9f-3b6d4c1e7a11")
FACTS = "directives.events.v1"
DEADLINES = "deadlines.events.v1"


def named(name: str) -> UUID:
    """Return the id of something in this story."""
    return uuid5(SPACE, name)


def hanoi(day: int, hour: int = 9, month: int = 4) -> datetime:
    """Return an hour of a day of 2021 in Vietnam, in UTC."""
    return datetime(2021, month, day, hour, tzinfo=UTC) - timedelta(hours=7)


COMMITTEE, HOME_AFFAIRS, OFFICE = named("committee"), named("home affairs"), named("office")
DIRECTIVE = named("directive")
PLAN_TASK, CONFERENCE_TASK, CALENDAR_TASK, REPORT_TASK = (named(f"task {number}") for number in ("1.a", "1.b", "2", "3"))
PLAN, CONFERENCE, REPORT = named("plan"), named("conference"), named("report")
DRAFT_DUE, HELD_DUE, CALENDAR_DUE = hanoi(16, 0), hanoi(1, 0, month=5), hanoi(30, 0)

UNITS = (
    (COMMITTEE, UnitRegistered(code="H10.21", name="Ủy ban nhân dân thị xã Phước Long", short_name="UBND thị xã")),
    (HOME_AFFAIRS, UnitRegistered(code="H10.21.3", name="Phòng Nội vụ, Lao động, Thương binh và Xã hội", short_name="Phòng Nội vụ")),
    (OFFICE, UnitRegistered(code="H10.21.1", name="Văn phòng Cấp ủy, Hội đồng nhân dân và Ủy ban nhân dân")),
)
ISSUED = DirectiveIssued(
    key="nc-2021-04", issuer=COMMITTEE, subject="Nâng cao Chỉ số cải cách hành chính năm 2021 của thị xã Phước Long", document_type="CV",
    number=412, symbol="UBND-NC", issued_on=date(2021, 4, 5), place="Phước Long", addressees=(HOME_AFFAIRS, OFFICE),
    based_on=(Basis(title="Công bố Chỉ số cải cách hành chính năm 2020", number="834/QĐ-UBND", issued_on=date(2021, 3, 30)),),
    signer=Signer(name="Trần Thị Mẫu", position="Chủ tịch", capacity="TM."),
)  # fmt: skip
DRAFT = DeadlineClause(name="Gửi dự thảo", met_by="plan-submitted", plan_stage="draft", phrase="trước ngày 16/4/2021")
HOLD = DeadlineClause(name="Tổ chức hội nghị", met_by="conference-held", phrase="trong tháng 4 năm 2021")
CALENDAR = DeadlineClause(name="Đưa vào lịch", met_by="conference-scheduled", phrase="trước ngày 30/4/2021")
BY_REFERENCE = DeadlineClause(name="Báo cáo", met_by="report-submitted", phrase="đúng thời gian quy định")
TASKS = {
    PLAN_TASK: TaskAssigned(
        number="1.a", content="Lập kế hoạch nâng cao Chỉ số cải cách hành chính, nêu rõ hạn chế, nguyên nhân và giải pháp.",
        lead=HOME_AFFAIRS, coordinating=(OFFICE,), deliverable="plan", deadlines=(DRAFT,),
    ),
    CONFERENCE_TASK: TaskAssigned(
        number="1.b", content="Chuẩn bị và tổ chức hội nghị công bố Chỉ số năm 2020.", lead=HOME_AFFAIRS, deliverable="conference",
        deadlines=(HOLD,),
    ),
    CALENDAR_TASK: TaskAssigned(
        number="2", content="Bố trí lịch và địa điểm tổ chức hội nghị.", lead=OFFICE, deliverable="other", deadlines=(CALENDAR,),
    ),
    REPORT_TASK: TaskAssigned(
        number="3", content="Báo cáo Ủy ban nhân dân thị xã kết quả thực hiện.", lead=HOME_AFFAIRS, deliverable="report",
        deadlines=(BY_REFERENCE,),
    ),
}  # fmt: skip
ITEM = PlanItem(
    area="Thủ tục hành chính", criterion="Giải quyết hồ sơ", component="Hồ sơ đúng hạn", shortcoming="Còn hồ sơ trễ hạn",
    cause="Thiếu phối hợp", solution="Rà soát hằng tuần", time="Quý II", responsible_head="Trưởng phòng Nội vụ",
)  # fmt: skip


def draft(stage: PlanStage = "draft") -> PlanSubmitted:
    """Return the submission of the plan."""
    return PlanSubmitted(task=PLAN_TASK, submitted_by=HOME_AFFAIRS, stage=stage, title="Kế hoạch nâng cao Chỉ số", items=(ITEM,))


def scheduled() -> ConferenceScheduled:
    """Return the conference's place on the calendar."""
    return ConferenceScheduled(
        tasks=(CONFERENCE_TASK, CALENDAR_TASK), scheduled_by=OFFICE, title="Hội nghị công bố Chỉ số cải cách hành chính",
        starts_at=hanoi(27, 8), place="Hội trường thị xã", participants=(HOME_AFFAIRS,),
    )  # fmt: skip


def held() -> ConferenceHeld:
    """Return the conference's taking place."""
    return ConferenceHeld(held_at=hanoi(27, 8), reported_by=HOME_AFFAIRS, attendance=80)


def report() -> ReportSubmitted:
    """Return the submission of the report."""
    return ReportSubmitted(task=REPORT_TASK, submitted_by=HOME_AFFAIRS, title="Báo cáo kết quả thực hiện")


@dataclass
class Journal:
    """Registers facts one after another, as the registrar does, and keeps the records; one partition holds all keys."""

    partition: int = 0
    records: list[FakeRecord] = field(default_factory=list)
    deadlines: list[FakeRecord] = field(default_factory=list)
    _versions: dict[UUID, int] = field(default_factory=dict)
    _heads: dict[UUID, bytes] = field(default_factory=dict)

    def register(self, subject: UUID, data: Contract, at: datetime, key: UUID = DIRECTIVE) -> FakeRecord:
        """Register a fact that was received at an instant and registered a second later."""
        version = self._versions[key] = self._versions.get(key, 0) + 1
        event = msgspec.structs.replace(
            event_of(data, id=f"fact-{len(self.records) + 1}", source="/offices/h10.21", subject=str(subject), key=str(key), time=at),
            receivedtime=at, registeredtime=at + timedelta(seconds=1), version=version, publisher="h10.21",
        )  # fmt: skip
        previous, value = self._heads.get(key, NO_HASH), encode(event)
        self._heads[key] = chain(previous, value)
        number = len(self.records)
        headers = (
            ("position", str(number + 1).encode()),
            ("cause", f"directives.inbox.v1/{self.partition}/{number}".encode()),
            ("previoushash", previous.hex().encode()),
            ("hash", self._heads[key].hex().encode()),
        )
        made = FakeRecord(FACTS, self.partition, number, 0, str(key).encode(), value, headers)
        self.records.append(made)
        return made

    def say(self, data: DeadlineEvent, at: datetime) -> FakeRecord:
        """Say what the deadlines service says at an instant."""
        number = len(self.deadlines)
        event = event_of(
            data, id=f"said-{number + 1}", source="/services/deadlines", subject=str(data.deadline), key=str(data.directive), time=at
        )
        headers = (("position", str(number + 1).encode()), ("cause", f"{FACTS}/{self.partition}/{number}".encode()))
        value = encode(msgspec.structs.replace(event, registeredtime=at))
        made = FakeRecord(DEADLINES, self.partition, number, 0, event.partitionkey.encode(), value, headers)
        self.deadlines.append(made)
        return made

    def open_office(self, at: datetime) -> None:
        """Register the units."""
        for unit, data in UNITS:
            self.register(unit, data, at, key=unit)

    def issue(self, at: datetime) -> None:
        """Register the letter and its tasks, and set their deadlines."""
        self.register(DIRECTIVE, ISSUED, at)
        for task, data in TASKS.items():
            self.register(task, data, at)
            for clause in data.deadlines:
                self.say(deadline_set(task, clause), at + timedelta(seconds=2))


def dues(clause: DeadlineClause) -> datetime | None:
    """Return when a clause of this story falls due."""
    return {DRAFT.name: DRAFT_DUE, HOLD.name: HELD_DUE, CALENDAR.name: CALENDAR_DUE}.get(clause.name)


def _terms(task: UUID, clause: DeadlineClause) -> dict[str, object]:
    data = TASKS[task]
    return {
        "deadline": named(f"deadline {task} {clause.name}"), "task": task, "directive": DIRECTIVE, "task_number": data.number,
        "content": data.content, "lead": data.lead, "coordinating": data.coordinating, "name": clause.name, "met_by": clause.met_by,
        "plan_stage": clause.plan_stage, "due": dues(clause),
    }  # fmt: skip


def deadline_set(task: UUID, clause: DeadlineClause) -> DeadlineSet:
    """Return that a deadline was set."""
    due = dues(clause)
    proof = Proof(phrase=clause.phrase, rule="fixed-date", ground="policy", calendar_version="2021")
    return msgspec.convert({**_terms(task, clause), "kind": "fixed" if due else "unresolved", "proof": proof}, DeadlineSet)


def approaching(task: UUID, clause: DeadlineClause, stage_at: datetime, left: int = 3) -> DeadlineApproaching:
    """Return that a deadline is near."""
    return msgspec.convert({**_terms(task, clause), "working_days_left": left, "stage_at": stage_at}, DeadlineApproaching)


def missed(task: UUID, clause: DeadlineClause) -> DeadlineMissed:
    """Return that a deadline passed."""
    return msgspec.convert({**_terms(task, clause), "stage_at": dues(clause)}, DeadlineMissed)


def met(task: UUID, clause: DeadlineClause, met_at: datetime, *, on_time: bool) -> DeadlineMet:
    """Return that a deadline was met."""
    return msgspec.convert({**_terms(task, clause), "met_at": met_at, "on_time": on_time, "fact": "fact"}, DeadlineMet)


def at_risk(task: UUID, clause: DeadlineClause, why: RiskReason, planned_at: datetime) -> DeadlineAtRisk:
    """Return that a deadline will not be kept as it looks."""
    return msgspec.convert({**_terms(task, clause), "why": why, "fact": "fact", "planned_at": planned_at}, DeadlineAtRisk)


def play(journal: Journal) -> Sequence[datetime]:
    """Play the month: the draft in time, the conference on the calendar but held late; return instants worth looking at."""
    journal.open_office(hanoi(1))
    journal.issue(hanoi(5))
    journal.say(approaching(PLAN_TASK, DRAFT, hanoi(13, 0)), hanoi(13, 0))
    journal.register(PLAN, draft(), hanoi(15, 16))
    journal.say(met(PLAN_TASK, DRAFT, hanoi(15, 16), on_time=True), hanoi(15, 16))
    journal.register(CONFERENCE, scheduled(), hanoi(20))
    journal.say(met(CALENDAR_TASK, CALENDAR, hanoi(20), on_time=True), hanoi(20))
    journal.say(approaching(CONFERENCE_TASK, HOLD, hanoi(27, 0)), hanoi(27, 0))
    journal.say(missed(CONFERENCE_TASK, HOLD), HELD_DUE)
    journal.register(CONFERENCE, held(), hanoi(4, month=5))
    journal.say(met(CONFERENCE_TASK, HOLD, hanoi(4, month=5), on_time=False), hanoi(4, month=5))
    journal.register(PLAN, draft("final"), hanoi(6, month=5))
    days = [hanoi(day) for day in (2, 6, 14, 16, 21, 28, 30)]
    return [*days, hanoi(2, month=5), hanoi(5, month=5), hanoi(7, month=5)]
