"""What units have made of the tasks that they lead: now, by unit, and over a span of days."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from services.directives.domain.scorecards import Span, belongs, days_late, on_time_rate
from services.directives.domain.status import OFFICE_ZONE, Axis, axis_of, last_good_day
from services.directives.domain.warnings import counts, terms_of
from services.directives.queries import SCORECARDS
from services.directives.states import Database
from services.directives.views import folded, models, registry_models
from services.directives.views.questions import ScorecardQuestion
from services.directives.views.records import DeadlineRecord, TaskRecord, judge, name_unit
from services.directives.views.stored import counts_of, deadlines_of, present_all, read_names, task_of
from services.directives.views.units import find_unit
from shared.identity.principals import EVERYTHING, Sight
from shared.postgres import Pool

Led = tuple[TaskRecord, Sequence[DeadlineRecord]]


async def count_by_unit(
    database: Database, units: Collection[UUID], at: datetime, sight: Sight = EVERYTHING
) -> dict[UUID, registry_models.Counts]:
    """Return the counts of the tasks that each of some units leads."""
    groups: dict[UUID, dict[tuple[str, str], int]] = {unit: {} for unit in units}
    for row in await database.fetch(SCORECARDS["count_by_lead"], at, units, *sight):
        groups[row["lead"]][row["work"], row["time"]] = row["tasks"]
    return {unit: counts_of(group) for unit, group in groups.items()}


async def list_duties(
    database: Database, unit: UUID, at: datetime, sight: Sight, *, is_lead: bool, limit: int
) -> tuple[list[models.Task], bool]:
    """Return the open tasks that a unit leads, or coordinates, by the deadline that counts, and whether there are more."""
    rows = await database.fetch(SCORECARDS["list_duties"], at, unit, is_lead, *sight, limit + 1)
    return await present_all(database, [task_of(row) for row in rows[:limit]], at), len(rows) > limit


async def read_scorecard(
    pool: Pool, code: str, question: ScorecardQuestion, now: datetime, sight: Sight = EVERYTHING
) -> registry_models.Scorecard:
    """Return what the unit that bears a code has made of its tasks over a span of days; raises NotFoundError where none bears it."""
    unit = (await find_unit(pool, code))["id"]
    since, until = _days(question, now)
    span = Span(_midnight(since), _midnight(until + timedelta(days=1)))
    at = min(now, span.until)
    led = await (_led_now(pool, unit, span, sight) if at == now else folded.read_led(pool, unit, at, sight))
    names = await (read_names(pool, [unit], at) if at == now else folded.read_names(pool, [unit], at))
    return _score(name_unit(unit, names), (since, until), [each for each in led if _counts(each[0], span)], at)


def _days(question: ScorecardQuestion, now: datetime) -> tuple[date, date]:
    until = question.to or now.astimezone(OFFICE_ZONE).date()
    return question.from_ or min(until, now.astimezone(OFFICE_ZONE).date()).replace(month=1, day=1), until


async def _led_now(database: Database, unit: UUID, span: Span, sight: Sight) -> list[Led]:
    rows = await database.fetch(SCORECARDS["list_led"], unit, span.until, span.since, *sight)
    tasks = [task_of(row) for row in rows]
    deadlines = await deadlines_of(database, tasks)
    return [(task, deadlines.get(task.id, [])) for task in tasks]


def _axis(task: TaskRecord) -> Axis:
    return axis_of(task.state, task.state.receipts)


def _counts(task: TaskRecord, span: Span) -> bool:
    return belongs(span, task.assigned_at, _axis(task).done_at or task.state.ended_at)


def _score(unit: models.UnitRef, days: tuple[date, date], led: Sequence[Led], at: datetime) -> registry_models.Scorecard:
    judged = [judge(task, deadlines, at) for task, deadlines in led]
    tasks = counts_of(Counter((status.work, status.time) for status in judged))
    late = [_late(*each, at) for each, status in zip(led, judged, strict=True) if status.time in ("overdue", "late")]
    return registry_models.Scorecard(
        unit=unit,
        since=days[0],
        until=days[1],
        as_of=at,
        tasks=tasks,
        on_time_rate=on_time_rate(tasks.done_on_time, tasks.done_late),
        late=sorted(late, key=lambda each: (each.work == "done", -each.days_late, each.id)),
    )


def _late(task: TaskRecord, deadlines: Sequence[DeadlineRecord], at: datetime) -> registry_models.LateTask:
    terms = [terms_of(each.marks) for each in deadlines if counts(each.marks)]
    status, head, receipts, axis = judge(task, deadlines, at), task.directive, task.state.receipts, _axis(task)
    return registry_models.LateTask(
        id=task.id,
        directive=models.DirectiveRef(id=head.id, number=head.number, symbol=head.symbol, subject=head.subject, issued_on=head.issued_on),
        number=task.number,
        content=task.content,
        work=status.work,
        last_good_day=last_good_day(status.due),
        days_late=days_late(terms, receipts, axis, at),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_ZONE)
