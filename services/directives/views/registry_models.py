"""What the API answers of indexes and of the registry, and the counts of official reports, typed."""

from datetime import date, datetime
from uuid import UUID

from services.directives.domain.status import Work
from services.directives.views.models import Answer, DirectiveRef, Json, UnitRef


class IndexScore(Answer):
    """What a unit came to in an index."""

    unit: UnitRef
    rank: int | None
    self_score: float | None
    appraised_score: float | None
    parts: list[Json]


class Index(Answer):
    """A published index."""

    id: UUID
    key: str
    published_by: UnitRef
    title: str
    year: int
    criteria_set: str
    document: Json | None
    received_at: datetime
    registered_at: datetime
    version: int


class IndexWithScores(Index):
    """A published index with the scores of its units."""

    scores: list[IndexScore]


class Counts(Answer):
    """Tasks by done or open and in time or overdue, as official reports count them; `open_in_time` contains `open_due_soon`.

    Open work that was handed in and awaits confirmation counts by whether it came in time; cancelled tasks count by themselves.
    """

    done_on_time: int
    done_late: int
    done_without_deadline: int
    open_in_time: int
    open_due_soon: int
    open_overdue: int
    open_without_deadline: int
    cancelled: int


class UnitHead(UnitRef):
    """A unit in a list."""

    parent: UUID | None
    valid_from: date | None
    registered_at: datetime


class UnitName(Answer):
    """What a unit is called from a day on; the first name also held before its day."""

    name: str
    short_name: str | None
    valid_from: date | None
    document: str | None


class Relative(Answer):
    """A unit that took this one's place, or whose place this one took, from a day on."""

    unit: UnitRef
    valid_from: date
    document: str | None


class Unit(Answer):
    """A unit with its names over time, its relations, and the counts of the tasks that it leads."""

    id: UUID
    code: str
    name: str
    short_name: str | None
    parent: UnitRef | None
    valid_from: date | None
    registered_at: datetime
    names: list[UnitName]
    predecessors: list[Relative]
    successors: list[Relative]
    subordinates: list[UnitRef]
    tasks: Counts


class LateTask(Answer):
    """A task that is behind a deadline, or was when it was done: by so many calendar days."""

    id: UUID
    directive: DirectiveRef
    number: str
    content: str
    work: Work
    last_good_day: date | None
    days_late: int


class Scorecard(Answer):
    """What a unit has made of the tasks that it leads over a span of days, both included, as they stood at its end (`as_of`).

    A span has what was carried into it and what was given in it. `on_time_rate` is of what is done and had a deadline, from 0 to 1.
    """

    unit: UnitRef
    since: date
    until: date
    as_of: datetime
    tasks: Counts
    on_time_rate: float | None
    late: list[LateTask]
