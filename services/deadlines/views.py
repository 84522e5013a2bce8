"""Queries for the API; instants that people plan by are told in Vietnam's time."""

import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import holidays
import msgspec

from services.deadlines.domain.calendar import HANOI, ONE_DAY, SATURDAY, WorkingCalendar
from services.deadlines.queries import QUERIES
from shared.contracts.codes import canonical_code
from shared.errors import NotFoundError
from shared.identity.principals import EVERYTHING, Sight
from shared.postgres import Pool

Status = Literal["open", "approaching", "missed", "met", "withdrawn"]

_Row = Any


class NextStage(msgspec.Struct, frozen=True, kw_only=True):
    """The stage that fires next, and when."""

    name: str
    at: datetime


class Deadline(msgspec.Struct, kw_only=True):
    """A deadline as it is listed; `status` is what was said of it, `next_stage` null where nothing more will fire.

    Of a duty that comes back each occurrence is one: `series` (the id of the first), `occurrence`, `period`. `original_due` is the first
    instant that it ever had, `changes` how often it was changed, `risk` why it may not be kept, `withdrawn` why it counts no more;
    `on_time` is null of one that was met while nobody knew when it falls due.
    """

    id: UUID
    task: UUID
    directive: UUID
    task_number: str
    content: str
    lead: UUID
    lead_code: str | None
    lead_name: str | None
    coordinating: Sequence[UUID]
    name: str
    met_by: str
    plan_stage: str | None
    kind: str
    recurrence: str | None
    series: UUID | None
    occurrence: int | None
    period: str | None
    due: datetime | None
    original_due: datetime | None
    last_good_day: str | None
    set_at: datetime
    changes: int
    risk: str | None
    withdrawn: str | None
    status: Status
    on_time: bool | None
    met_at: datetime | None
    next_stage: NextStage | None


class DeadlineDetail(Deadline, kw_only=True):
    """A deadline with its proof, the fact that met it, the event that this corrected, and what was said of it, with causes."""

    proof: msgspec.Raw
    met_fact: str | None
    corrects: str | None
    history: msgspec.Raw


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which deadlines are asked for; what is null does not count."""

    unit: str | None = None
    task: UUID | None = None
    directive: UUID | None = None
    status: Status | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a list, and the cursor of the next part."""

    items: Sequence[Deadline]
    next: str | None


async def list_deadlines(pool: Pool, filters: Filters, limit: int, cursor: str | None, sight: Sight = EVERYTHING) -> Page:
    """Return deadlines by due instant, those without one last; raises NotFoundError for a unit's code that nobody has.

    Raises ValueError for a cursor that is not ours.
    """
    units = await _unit_ids(pool, filters.unit) if filters.unit else None
    after = _read_cursor(cursor) if cursor else (None, None)
    rows = await pool.fetch(
        QUERIES["list_deadlines"], units, filters.task, filters.directive, filters.status, filters.due_before, filters.due_after,
        *after, limit + 1, *sight,
    )  # fmt: skip
    items = [Deadline(**_fields(row)) for row in rows[:limit]]
    return Page(items=items, next=_cursor_of(items[-1]) if len(rows) > limit else None)


async def read_deadline(pool: Pool, deadline: UUID, sight: Sight = EVERYTHING) -> DeadlineDetail:
    """Return one deadline, or raise NotFoundError."""
    row = await pool.fetchrow(QUERIES["read_deadline"], deadline, *sight)
    if row is None:
        raise NotFoundError("deadline", str(deadline))
    proof, history = (msgspec.Raw(row[name]) for name in ("proof", "history"))
    return DeadlineDetail(**_fields(row), proof=proof, met_fact=row["met_fact"], corrects=row["corrects"], history=history)


async def _unit_ids(pool: Pool, unit: str) -> Sequence[UUID]:
    """Return a unit's id; a code may have passed from one unit to another, so it may stand for several."""
    try:
        return [UUID(unit)]
    except ValueError:
        rows = await pool.fetch(QUERIES["read_unit_ids"], canonical_code(unit))
    if not rows:
        raise NotFoundError("unit", unit)
    return [row["unit_id"] for row in rows]


_PLAIN = [name for name in Deadline.__struct_fields__ if name not in ("id", "due", "original_due", "next_stage")]


def _fields(row: _Row) -> dict[str, Any]:
    stage = NextStage(name=row["next_stage"], at=row["fire_at"].astimezone(HANOI)) if row["next_stage"] else None
    dues = {name: row[name].astimezone(HANOI) if row[name] else None for name in ("due", "original_due")}
    return {name: row[name] for name in _PLAIN} | {"id": row["deadline_id"], "next_stage": stage} | dues


def _cursor_of(last: Deadline) -> str:
    text = f"{last.due.isoformat() if last.due else 'infinity'} {last.id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_cursor(cursor: str) -> tuple[str, UUID]:
    due, _, deadline = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().partition(" ")
    return due if due == "infinity" else datetime.fromisoformat(due).isoformat(), UUID(deadline)


class NamedDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the calendar with why it is special."""

    day: date
    name: str


class CalendarYear(msgspec.Struct, frozen=True, kw_only=True):
    """A year's days off beside weekends, and the weekend days that are worked; `is_settled` once the year was announced.

    `registered_version` is the version of the fact that gives the year as a whole and `notice` its words, null while none does.
    """

    year: int
    version: str
    is_settled: bool
    registered_version: int | None
    notice: str | None
    days_off: Sequence[NamedDay]
    working_weekend_days: Sequence[NamedDay]


def read_calendar(calendar: WorkingCalendar, year: int) -> CalendarYear:
    """Return the working calendar of a year."""
    first = date(year, 1, 1)
    days = [first + n * ONE_DAY for n in range((date(year + 1, 1, 1) - first).days)]
    registered = calendar.years.get(year)
    named = registered.days_off if registered else _names(year)
    off = [day for day in days if not calendar.is_working(day) and (day.weekday() < SATURDAY or day in named)]
    worked = [day for day in days if day.weekday() >= SATURDAY and calendar.is_working(day)]
    return CalendarYear(
        year=year,
        version=calendar.version,
        is_settled=calendar.is_settled(first),
        registered_version=registered.version if registered else None,
        notice=registered.notice if registered else None,
        days_off=[NamedDay(day=day, name=_name(calendar, day)) for day in off],
        working_weekend_days=[NamedDay(day=day, name=_name(calendar, day)) for day in worked],
    )


def _names(year: int) -> "holidays.HolidayBase":
    return holidays.country_holidays("VN", years=year, language="vi")


def _name(calendar: WorkingCalendar, day: date) -> str:
    """Return the holiday's name, or by which notice the day was swapped, as officials read it."""
    kind = "Làm việc bù" if calendar.is_working(day) else "Ngày nghỉ"
    registered = calendar.years.get(day.year)
    if registered is not None:
        return registered.days_off.get(day, kind)
    for notice in reversed(calendar.amendments):
        if day in notice.days_off or day in notice.working_days:
            return f"{kind} (thông báo ngày {notice.issued_on:%d/%m/%Y})"
    return _names(day.year).get(day) or kind
