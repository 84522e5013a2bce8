"""What the API answers of plans and conferences, typed."""

from datetime import date, datetime
from uuid import UUID

from services.directives.domain.clashes import ClashKind
from services.directives.domain.paperwork import ConferenceStanding, PlanStanding
from services.directives.views.models import Answer, Json, UnitRef
from shared.contracts.deadlines import RiskReason
from shared.contracts.directives import PlanLevel, PlanPart
from shared.contracts.types import PlanStage


class PlanItem(Answer):
    """A line of a plan."""

    area: str
    criterion: str | None
    component: str | None
    shortcoming: str | None
    cause: str | None
    solution: str | None
    time: str | None
    responsible_head: str | None


class PlanPlace(Answer):
    """An area, criterion or component of an index."""

    level: PlanLevel
    area: str
    criterion: str | None
    component: str | None


class PlanLine(Answer):
    """A line of a plan (by its number in `items`, from 0) that is not as demanded; `is_unknown` where the index has no such place."""

    item: int
    missing: list[PlanPart]
    is_unknown: bool


class PlanReview(Answer):
    """What a plan leaves out of what its task demands: `parts` for each line, and a line for each place (`by`) of the index.

    `absent` are the topmost places that no line is about; `absent_levels` are told where no index says which places there are.
    `is_complete` is null while an index that the task names is not registered (`index_title` is null then, too).
    """

    by: list[PlanLevel]
    parts: list[PlanPart]
    index: UUID | None
    index_title: str | None
    is_complete: bool | None
    absent: list[PlanPlace]
    absent_levels: list[PlanLevel]
    lines: list[PlanLine]


class Plan(Answer):
    """A plan as it was last handed in, and what the issuer said to that: `remarks`, and `faults` where it was returned.

    `review` is what it leaves out, null where its task demands nothing of it.
    """

    id: UUID
    directive: UUID
    task: UUID
    submitted_by: UnitRef
    stage: PlanStage
    title: str
    file: Json | None
    received_at: datetime
    registered_at: datetime
    version: int
    standing: PlanStanding
    judged_at: datetime | None
    remarks: str | None
    faults: list[str]
    items: list[PlanItem]
    review: PlanReview | None


class Clash(Answer):
    """Another conference at the same time that needs the same place, chair or unit; an end that nobody set counts as two hours."""

    conference: UUID
    title: str
    starts_at: datetime
    ends_at: datetime | None
    kind: ClashKind
    unit: UnitRef | None


class Window(Answer):
    """A deadline by which a task's conference is to be held, as the letter says it; `outside` is why this conference does not keep it."""

    deadline: UUID
    task: UUID
    task_number: str
    name: str
    phrase: str
    due: datetime
    last_good_day: date
    outside: RiskReason | None


class Conference(Answer):
    """A conference on the calendar, when it was to begin at first, whether it was held or cancelled, and what stands against it."""

    id: UUID
    directive: UUID
    tasks: list[UUID]
    title: str
    scheduled_by: UnitRef
    starts_at: datetime
    ends_at: datetime | None
    place: str
    chair: str | None
    participants: list[UnitRef]
    received_at: datetime
    first_starts_at: datetime
    standing: ConferenceStanding
    reschedulings: int
    changed_at: datetime | None
    reason: str | None
    held_at: datetime | None
    attendance: int | None
    clashes: list[Clash]
    window: list[Window]
