"""Facts for tests: a district's people's committee, two of its units, a directive and the work that it gives them."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from services.directives.domain import Fact, FactData
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, DirectiveIssued, TaskAssigned
from shared.contracts.extensions import ExtensionRequested
from shared.contracts.indexes import IndexPublished, UnitScore
from shared.contracts.registry import CalendarAmended, DayOff, PublisherAuthorised, UnitRegistered, calendar_key, publisher_key
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.envelope import Event, event_of

SPACE = UUID("00000000-0000-5000-8000-000000000000")
COMMITTEE = uuid5(SPACE, "ủy ban nhân dân thị xã")
HOME_AFFAIRS = uuid5(SPACE, "phòng Nội vụ")
OFFICE = uuid5(SPACE, "văn phòng")
STRANGER = uuid5(SPACE, "đơn vị chưa đăng ký")
KEY = "cv-noi-vu-2021-04"
DIRECTIVE = uuid5(COMMITTEE, KEY)
TASK = uuid5(SPACE, "task 1.b")
OTHER_TASK = uuid5(SPACE, "task 2")
PLAN = uuid5(SPACE, "plan")
CONFERENCE = uuid5(SPACE, "conference")
REPORT = uuid5(SPACE, "report")
REQUEST = uuid5(SPACE, "extension")
INDEX = uuid5(COMMITTEE, "par-2020")
AGENCY = "phan-mem-huyen"
AGENCY_KEY = publisher_key(AGENCY)
CALENDAR = calendar_key(2021)
RECEIVED_AT = datetime(2021, 4, 10, 2, 0, tzinfo=UTC)


def named(name: str) -> UUID:
    """Return an id of ours by a name."""
    return uuid5(SPACE, name)


def directive_id(key: str) -> UUID:
    """Return the id of a directive of the committee by the publisher's key."""
    return uuid5(COMMITTEE, key)


def unit(code: str = "H10.21", name: str = "UBND thị xã", parent: UUID | None = None) -> UnitRegistered:
    """Return a unit."""
    return UnitRegistered(code=code, name=name, parent=parent)


def directive(
    *,
    key: str = KEY,
    issuer: UUID = COMMITTEE,
    number: int | None = None,
    symbol: str = "UBND-NC",
    issued_on: date | None = None,
    addressees: tuple[UUID, ...] = (HOME_AFFAIRS, OFFICE),
) -> DirectiveIssued:
    """Return a letter that asks for a better index."""
    return DirectiveIssued(
        key=key, issuer=issuer, subject="V/v nâng cao chỉ số cải cách hành chính", document_type="CV", number=number,
        symbol=symbol, issued_on=issued_on, addressees=addressees,
    )  # fmt: skip


def task(
    *, lead: UUID = HOME_AFFAIRS, coordinating: tuple[UUID, ...] = (OFFICE,), deadlines: tuple[DeadlineClause, ...] = ()
) -> TaskAssigned:
    """Return the task of planning the conference."""
    return TaskAssigned(
        number="1.b", content="Lập kế hoạch hội nghị công bố chỉ số", lead=lead, coordinating=coordinating,
        deliverable="plan", deadlines=deadlines,
    )  # fmt: skip


def plan(*, of: UUID = TASK, by: UUID = HOME_AFFAIRS, is_final: bool = False) -> PlanSubmitted:
    """Return a plan for a task."""
    return PlanSubmitted(task=of, submitted_by=by, stage="final" if is_final else "draft", title="Kế hoạch tổ chức hội nghị")


def scheduled(
    *,
    of: tuple[UUID, ...] = (TASK,),
    by: UUID = OFFICE,
    participants: tuple[UUID, ...] = (),
    starts_at: datetime = datetime(2021, 4, 28, 1, 0, tzinfo=UTC),
    ends_at: datetime | None = None,
) -> ConferenceScheduled:
    """Return a conference with its date."""
    return ConferenceScheduled(
        tasks=of, scheduled_by=by, title="Hội nghị công bố chỉ số", starts_at=starts_at, ends_at=ends_at,
        place="Hội trường thị xã", participants=participants,
    )  # fmt: skip


def held(*, at: datetime = datetime(2021, 4, 9, 1, 0, tzinfo=UTC), by: UUID = OFFICE) -> ConferenceHeld:
    """Return a conference that took place."""
    return ConferenceHeld(held_at=at, reported_by=by)


def report(*, of: UUID = TASK, by: UUID = HOME_AFFAIRS) -> ReportSubmitted:
    """Return a report on a task."""
    return ReportSubmitted(task=of, submitted_by=by, title="Báo cáo kết quả")


def requested(*, of: UUID = TASK, name: str = "dự thảo", by: UUID = HOME_AFFAIRS, day: date = date(2021, 4, 20)) -> ExtensionRequested:
    """Return a request for more time."""
    return ExtensionRequested(task=of, name=name, requested_by=by, requested_day=day, reasons="Chờ số liệu của tỉnh")


def index(*scores: UnitScore, key: str = "par-2020", by: UUID = COMMITTEE, year: int = 2020) -> IndexPublished:
    """Return the index of a year, of one unit where none is named."""
    named = scores or (UnitScore(unit=HOME_AFFAIRS, rank=1, appraised_score=81.5),)
    return IndexPublished(key=key, published_by=by, title="Chỉ số cải cách hành chính", year=year, criteria_set="2020", scores=named)


def authorised(
    *types: str,
    publisher: str = AGENCY,
    units: tuple[UUID, ...] = (),
    all_units: bool = False,
    valid_from: datetime = datetime(2021, 1, 1, tzinfo=UTC),
    valid_until: datetime | None = None,
) -> PublisherAuthorised:
    """Return the rights of a publisher."""
    return PublisherAuthorised(
        publisher=publisher, name="Phần mềm của huyện", units=units, all_units=all_units, types=types, valid_from=valid_from,
        valid_until=valid_until,
    )  # fmt: skip


def calendar(*days_off: date, working: tuple[date, ...] = (), year: int = 2021) -> CalendarAmended:
    """Return a year's calendar."""
    off = tuple(DayOff(day=day, name="Nghỉ lễ") for day in days_off)
    return CalendarAmended(year=year, days_off=off, working_days=working, notice="Thông báo lịch nghỉ")


def voided(version: int) -> FactVoided:
    """Return the word that a version was registered by mistake."""
    return FactVoided(version=version, reason="Gửi nhầm")


def fact(
    data: FactData, *, subject: UUID | None = None, key: UUID = DIRECTIVE, received_at: datetime = RECEIVED_AT, publisher: str = "api"
) -> Fact:
    """Return a fact as the registrar judges it; of the key itself where no subject is named."""
    return Fact(key, key if subject is None else subject, received_at, data, publisher)


def event(
    data: Contract,
    *,
    id: str,  # noqa: A002  the attribute's name in CloudEvents
    subject: UUID,
    key: UUID = DIRECTIVE,
    source: str = "/quan-ly-van-ban",
    received_at: datetime | None = RECEIVED_AT,
) -> Event:
    """Return a fact as it lies in the inbox, or as a publisher sends it where `received_at` is None."""
    sent = event_of(data, id=id, source=source, subject=str(subject), key=str(key))
    if received_at is None:
        return sent
    return Event(**{**{name: getattr(sent, name) for name in sent.__struct_fields__}, "receivedtime": received_at, "publisher": "api"})
