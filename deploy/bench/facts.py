"""Realistic facts: directives of a province's offices, their tasks, and what units hand in; the same ones in every run."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from uuid import UUID, uuid5

from msgspec.structs import replace

from shared.contracts import Contract
from shared.contracts.directives import Basis, DeadlineClause, DirectiveIssued, Signer, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.types import Deliverable
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanItem, PlanSubmitted, ReportSubmitted
from shared.envelope import Event, encode, event_of
from shared.topics import partition_of

SPACE = UUID("6b1c54f2-5f8e-5a0e-9f0f-6f7f2c3f8a10")
SOURCE = "/bench/van-phong"
BEGIN = datetime(2021, 4, 5, 1, 0, tzinfo=UTC)
UNITS = 200
TOGETHER = 500
"""How many directives are under way at the same time: their facts lie mixed in the topic."""
FACTS_PER_DIRECTIVE = 13

_UNITS = tuple(uuid5(SPACE, f"unit {number}") for number in range(UNITS))
_PLAN_ITEM = PlanItem(
    area="Thủ tục hành chính", criterion="Giải quyết hồ sơ", component="Tỷ lệ hồ sơ đúng hạn", shortcoming="Một số hồ sơ còn trễ hạn",
    cause="Các phòng chưa phối hợp kịp thời", solution="Rà soát hằng tuần, công khai kết quả xử lý từng hồ sơ", time="Quý II",
    responsible_head="Trưởng phòng Nội vụ",
)  # fmt: skip
_DRAFT = DeadlineClause(name="Gửi dự thảo", met_by="plan-submitted", plan_stage="draft", phrase="trước ngày 16/4/2021")
_FINAL = DeadlineClause(name="Ban hành kế hoạch", met_by="plan-submitted", plan_stage="final", phrase="chậm nhất ngày 28/4/2021")
_HOLD = DeadlineClause(name="Tổ chức hội nghị", met_by="conference-held", phrase="trong tháng 4 năm 2021")
_REPORT = DeadlineClause(name="Báo cáo", met_by="report-submitted", phrase="đến hết ngày 30/6/2021")
_DUTIES: tuple[tuple[Deliverable, tuple[DeadlineClause, ...], str], ...] = (
    ("plan", (_DRAFT, _FINAL), "Lập kế hoạch nâng cao Chỉ số cải cách hành chính, nêu rõ hạn chế, nguyên nhân và giải pháp."),
    ("plan", (_FINAL,), "Lập kế hoạch tuyên truyền về dịch vụ công trực tuyến đến từng tổ dân phố, có phân công và thời hạn."),
    ("conference", (_HOLD,), "Chuẩn bị nội dung và tổ chức hội nghị công bố kết quả Chỉ số của năm trước."),
    ("report", (_REPORT,), "Báo cáo kết quả thực hiện, kèm số liệu của từng lĩnh vực và đề xuất, kiến nghị."),
)  # fmt: skip


def units() -> list[Event]:
    """Return the registration of the units that all other facts name."""
    return [
        _event(f"unit-{number}", unit, unit, UnitRegistered(code=unit_code(number), name=f"Đơn vị thứ {number} của tỉnh"))
        for number, unit in enumerate(_UNITS)
    ]


def unit_id(number: int) -> UUID:
    """Return the id of the numbered unit."""
    return _UNITS[number % UNITS]


def unit_code(number: int) -> str:
    """Return the code of the numbered unit."""
    return f"H10.{number}"


def directive_id(number: int) -> UUID:
    """Return the id of the numbered directive."""
    return uuid5(_issuer(number), _key(number))


def facts(first: int, directives: int) -> Iterator[Event]:
    """Return the facts of some directives: in order for each, mixed with those of the others."""
    for begin in range(first, first + directives, TOGETHER):
        lives = [list(_life(number)) for number in range(begin, min(begin + TOGETHER, first + directives))]
        yield from chain.from_iterable(zip(*lives, strict=True))


def received(events: Iterable[Event], publisher: str = "api") -> Iterator[Event]:
    """Return facts with the stamps that the ingress puts on them; who is named already stays their publisher."""
    for number, event in enumerate(events):
        yield replace(event, receivedtime=BEGIN + timedelta(milliseconds=number), publisher=event.publisher or publisher)


def records(events: Iterable[Event], partitions: int) -> list[list[tuple[bytes, bytes]]]:
    """Return key and value of each event, by partition, in order."""
    parts: list[list[tuple[bytes, bytes]]] = [[] for _ in range(partitions)]
    for event in events:
        parts[partition_of(event.partitionkey, partitions)].append((event.partitionkey.encode(), encode(event)))
    return parts


def issued(number: int) -> Event:
    """Return the letter with which a directive begins."""
    key = directive_id(number)
    return _event(
        f"directive-{number}", key, key,
        DirectiveIssued(
            key=_key(number), issuer=_issuer(number), subject=f"Về việc nâng cao Chỉ số cải cách hành chính, đợt {number}",
            document_type="CV", number=number + 1, symbol="UBND-NC", issued_on=date(2021, 4, 5), place="Bình Phước",
            addressees=tuple(unit_id(number + step) for step in (1, 2, 3)),
            based_on=(Basis(title="Công bố Chỉ số cải cách hành chính năm 2020", number="834/QĐ-UBND", issued_on=date(2021, 3, 30)),),
            signer=Signer(name="Trần Thị Mẫu", position="Chủ tịch", capacity="TM."),
        ),
    )  # fmt: skip


def assigned(number: int, duty: int, name: str = "") -> Event:
    """Return one of a directive's four tasks; a name makes another task of the same kind."""
    deliverable, deadlines, content = _DUTIES[duty]
    task = _named("task", number, f"{duty}{name}")
    data = TaskAssigned(
        number=f"1.{duty}", content=content, lead=unit_id(number + 1), coordinating=(unit_id(number + 2),), deliverable=deliverable,
        deadlines=deadlines,
    )  # fmt: skip
    return _event(f"task-{number}-{duty}{name}", directive_id(number), task, data)


def _life(number: int) -> Iterator[Event]:
    """Yield the thirteen facts of a directive."""
    key = directive_id(number)
    yield issued(number)
    for duty in range(len(_DUTIES)):
        yield assigned(number, duty)
    for name, subject, data in _answers(number):
        yield _event(f"{name}-{number}", key, subject, data)


def _answers(number: int) -> Iterator[tuple[str, UUID, Contract]]:
    plan, other, conference_task, report_task = (_named("task", number, str(duty)) for duty in range(len(_DUTIES)))
    lead, conference = unit_id(number + 1), _named("conference", number)
    items = (_PLAN_ITEM, _PLAN_ITEM)
    yield "draft", _named("plan", number), PlanSubmitted(task=plan, submitted_by=lead, stage="draft", title="Dự thảo kế hoạch", items=items)
    yield "conference", conference, ConferenceScheduled(
        tasks=(conference_task,), scheduled_by=lead, title="Hội nghị công bố Chỉ số", starts_at=datetime(2021, 4, 27, 1, tzinfo=UTC),
        place="Hội trường tỉnh", participants=(unit_id(number + 2), unit_id(number + 3)),
    )  # fmt: skip
    yield "final", _named("plan", number), PlanSubmitted(task=plan, submitted_by=lead, stage="final", title="Kế hoạch", items=items)
    yield "other", _named("plan", number, "b"), PlanSubmitted(task=other, submitted_by=lead, stage="final", title="Kế hoạch tuyên truyền")
    held = datetime(2021, 4, 5, 0, 30, tzinfo=UTC)  # before the receipt, since what is to come cannot have been held, on the day of issue
    yield "held", conference, ConferenceHeld(held_at=held, reported_by=lead, attendance=80)
    for quarter in (1, 2, 3):
        report = ReportSubmitted(task=report_task, submitted_by=lead, title=f"Báo cáo quý {quarter}", period=f"Quý {quarter} năm 2021")
        yield f"report-{quarter}", _named("report", number, str(quarter)), report


def _event(name: str, key: UUID, subject: UUID, data: Contract) -> Event:
    return event_of(data, id=name, source=SOURCE, subject=str(subject), key=str(key), time=BEGIN)


def _key(number: int) -> str:
    return f"cv-{number}"


def _issuer(number: int) -> UUID:
    return unit_id(number * 7)


def _named(kind: str, number: int, name: str = "") -> UUID:
    return uuid5(SPACE, f"{kind} {number} {name}")
