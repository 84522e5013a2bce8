"""What the API answers, typed, so that its OpenAPI description is right."""

from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.directives.domain.status import Timeliness, Work
from shared.contracts.deadlines import DeadlineKind
from shared.contracts.directives import MetBy
from shared.contracts.types import Deliverable, PlanStage, Urgency

T = TypeVar("T")
Json = dict[str, Any]


class Answer(BaseModel):
    """Part of an answer."""

    model_config = ConfigDict(frozen=True)


class Page(Answer, Generic[T]):
    """A page of a list; `next` is the cursor of the following one, null on the last."""

    items: list[T]
    next: str | None = None


class UnitRef(Answer):
    """A unit by its id; code and names are null where it was not registered (by the instant asked for)."""

    id: UUID
    code: str | None = None
    name: str | None = None
    short_name: str | None = None


class DirectiveRef(Answer):
    """A directive by its id, with what people call it by."""

    id: UUID
    number: int | None
    symbol: str
    subject: str
    issued_on: date | None


class Status(Answer):
    """A task's status on both axes."""

    work: Work
    time: Timeliness


class TaskDeadline(Answer):
    """A deadline of a task; work received before `due` is on time, so `last_good_day` is the last day on which it is."""

    id: UUID
    name: str
    met_by: MetBy
    plan_stage: PlanStage | None
    phrase: str
    kind: DeadlineKind
    due: datetime | None
    last_good_day: date | None
    recurrence: str | None
    time: Timeliness
    met_at: datetime | None


class Task(Answer):
    """A task with its status; `due` is the deadline that counts: the next open one, of a done task the last one."""

    id: UUID
    directive: DirectiveRef
    number: str
    content: str
    lead: UnitRef
    coordinating: list[UnitRef]
    deliverable: Deliverable
    status: Status
    due: datetime | None
    last_good_day: date | None
    deadlines: list[TaskDeadline]
    assigned_at: datetime


class Paper(Answer):
    """A plan, report or conference of a task."""

    kind: Literal["plan", "report", "conference"]
    id: UUID
    title: str
    stage: PlanStage | None
    received_at: datetime


class TaskWithPapers(Task):
    """A task with what was handed in for it, and the instant that the answer speaks of."""

    papers: list[Paper]
    as_of: datetime


class Directive(Answer):
    """A directive."""

    id: UUID
    key: str
    issuer: UnitRef
    subject: str
    document_type: str
    number: int | None
    symbol: str
    issued_on: date | None
    urgency: Urgency
    received_at: datetime
    registered_at: datetime
    tasks: int


class DirectiveWithTasks(Answer):
    """A directive with its tasks as they stood at an instant."""

    id: UUID
    key: str
    issuer: UnitRef
    subject: str
    document_type: str
    number: int | None
    symbol: str
    issued_on: date | None
    place: str | None
    addressees: list[UnitRef]
    based_on: list[Json]
    signer: Json | None
    urgency: Urgency
    file: Json | None
    received_at: datetime
    registered_at: datetime
    tasks: list[Task]
    as_of: datetime


class TimelineEntry(Answer):
    """A registered fact (with version and hashes) or an event of a deadline, and what it follows from."""

    kind: Literal["fact", "deadline"]
    at: datetime
    type: str
    id: str
    source: str
    subject: str
    publisher: str | None
    received_at: datetime | None
    version: int | None
    position: int | None
    cause: str
    hash: str | None
    previous_hash: str | None
    data: Json


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


class Plan(Answer):
    """A plan as it was last handed in."""

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
    items: list[PlanItem]


class Conference(Answer):
    """A conference on the calendar, and whether it was held."""

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
    held_at: datetime | None
    attendance: int | None


class Counts(Answer):
    """Tasks by done or open and in time or overdue, as official reports count them; `open_in_time` contains `open_due_soon`."""

    done_on_time: int
    done_late: int
    done_without_deadline: int
    open_in_time: int
    open_due_soon: int
    open_overdue: int
    open_without_deadline: int


class Unit(Answer):
    """A unit, with the counts of the tasks that it leads."""

    id: UUID
    code: str
    name: str
    short_name: str | None
    parent: UUID | None
    valid_from: date | None
    registered_at: datetime
    tasks: Counts
