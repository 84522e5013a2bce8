"""What the API answers, typed, so that its OpenAPI description is right."""

from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.directives.domain.paperwork import ConferenceStanding, ExtensionStanding, PlanStanding, Standing
from services.directives.domain.status import Timeliness, Work
from services.directives.domain.task_life import End
from shared.contracts.deadlines import ChangeReason, DeadlineKind, RiskReason, WithdrawalReason
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
    """A deadline of a task; work received before `due` is on time, so `last_good_day` is the last day on which it is.

    The original ones are the first that it ever had. One that was withdrawn counts no more. Of a duty that comes back each occurrence is
    one, with its number and its `period` (2021-05, 2021-Q2); the newest are listed, and those before that nothing has met.
    """

    id: UUID
    name: str
    met_by: MetBy
    plan_stage: PlanStage | None
    phrase: str
    kind: DeadlineKind
    due: datetime | None
    last_good_day: date | None
    recurrence: str | None
    occurrence: int | None
    period: str | None
    time: Timeliness
    met_at: datetime | None
    original_due: datetime | None
    original_last_good_day: date | None
    changes: int
    changed_by: ChangeReason | None
    risk: RiskReason | None
    withdrawn_by: WithdrawalReason | None


class Task(Answer):
    """A task with its status; `due` is the deadline that counts: the next open one, of work handed in the last one.

    `percent` is what its units last said of their progress.
    """

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
    percent: int | None


class Paper(Answer):
    """A plan, report or conference of a task; a report has no standing."""

    kind: Literal["plan", "report", "conference"]
    id: UUID
    title: str
    stage: PlanStage | None
    standing: PlanStanding | ConferenceStanding | None
    received_at: datetime


class Reception(Answer):
    """A unit said that it received the task."""

    unit: UnitRef
    at: datetime


class Life(Answer):
    """When what last happened to a task was received, null where it did not happen or counts no more."""

    accepted_at: datetime | None
    declined_at: datetime | None
    suspended_at: datetime | None
    completed_at: datetime | None
    confirmed_at: datetime | None
    reopened_at: datetime | None
    ended_at: datetime | None
    ended_by: End | None


class Progress(Answer):
    """What a unit said of its progress."""

    at: datetime
    unit: UnitRef
    percent: int | None
    content: str
    obstacles: str | None


class Extension(Answer):
    """A request for more time; `requested_day` and `last_good_day` are last good days."""

    id: UUID
    name: str
    requested_by: UnitRef
    requested_day: date
    reasons: str
    received_at: datetime
    standing: ExtensionStanding
    decided_at: datetime | None
    last_good_day: date | None
    remarks: str | None


class TaskWithPapers(Task):
    """A task with its life, what was handed in and asked for, and the instant that the answer speaks of."""

    life: Life
    received: list[Reception]
    papers: list[Paper]
    extensions: list[Extension]
    progress: list[Progress]
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
    standing: Standing
    received_at: datetime
    registered_at: datetime
    tasks: int


class Change(Answer):
    """A document that amended, corrected, replaced or recalled a directive."""

    kind: Literal["amended", "corrected", "replaced", "recalled"]
    version: int
    at: datetime
    text: str | None
    document: Json | None


class Link(Answer):
    """Another directive: one that carries this one out, or that this one replaced."""

    kind: Literal["carried_out_by", "replaces"]
    directive: DirectiveRef


class DirectiveWithTasks(Answer):
    """A directive as it stood at an instant, with its changes, its links and its tasks."""

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
    standing: Standing
    changed_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    replaced_by: UUID | None
    changes: list[Change]
    links: list[Link]
    tasks: list[Task]
    as_of: datetime


class Voiding(Answer):
    """The fact that took another one out of count."""

    version: int
    at: datetime
    reason: str


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
    voided: Voiding | None
    data: Json
