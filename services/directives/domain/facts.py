"""What the office has before it when it decides: a fact, and what it knows beyond the fact's own key."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from msgspec import Struct

from shared.contracts.directives import (
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveIssued,
    DirectiveRecalled,
    DirectiveReplaced,
    TaskAssigned,
)
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import CalendarAmended, PublisherAuthorised, UnitRegistered, UnitRenamed, UnitSucceeded
from shared.contracts.tasks import (
    ProgressReported,
    TaskAccepted,
    TaskCancelled,
    TaskCompleted,
    TaskConfirmed,
    TaskDeclined,
    TaskReassigned,
    TaskReceived,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)
from shared.contracts.voiding import FactVoided
from shared.contracts.work import (
    ConferenceCancelled,
    ConferenceHeld,
    ConferenceRescheduled,
    ConferenceScheduled,
    PlanApproved,
    PlanReturned,
    PlanSubmitted,
    ReportSubmitted,
)

PaperFact: TypeAlias = DirectiveAmended | DirectiveCorrected | DirectiveReplaced | DirectiveRecalled
"""What the issuer says of a directive after it was issued."""

AnswerFact: TypeAlias = TaskReceived | TaskAccepted | TaskDeclined | TaskCompleted | ProgressReported
"""What a unit says of its task."""

OrderFact: TypeAlias = TaskReassigned | TaskSuspended | TaskResumed | TaskConfirmed | TaskReopened | TaskCancelled
"""What the issuer says of a task."""

TaskFact: TypeAlias = TaskAssigned | AnswerFact | OrderFact
PlanFact: TypeAlias = PlanSubmitted | PlanReturned | PlanApproved
ConferenceFact: TypeAlias = ConferenceScheduled | ConferenceRescheduled | ConferenceCancelled | ConferenceHeld
DeadlineFact: TypeAlias = DeadlineClarified | ExtensionRequested | ExtensionGranted | ExtensionRefused
UnitFact: TypeAlias = UnitRegistered | UnitRenamed | UnitSucceeded

WorkFact: TypeAlias = PaperFact | TaskFact | PlanFact | ConferenceFact | ReportSubmitted | DeadlineFact
"""Every fact that needs its directive."""

KeyFact: TypeAlias = DirectiveIssued | IndexPublished | UnitFact | PublisherAuthorised | CalendarAmended | FactVoided
"""Every fact that says for itself what its key is."""

FactData: TypeAlias = KeyFact | WorkFact


class Fact(NamedTuple):
    """What a publisher said: of which directive, unit, … (`key`), about what (`subject`), and when it was received."""

    key: UUID
    subject: UUID
    received_at: datetime
    data: FactData
    publisher: str = "api"


class Past(NamedTuple):
    """A registered fact, and which version of its key it is."""

    version: int
    fact: Fact


class Claim(NamedTuple):
    """A name that may belong to one key only, in all partitions: a unit's code, a document's number, a task's id."""

    kind: str
    name: str


class NamedUnits(NamedTuple):
    """Units that a fact names, and where (JSON Pointer, RFC 6901): one member, or a list of them."""

    pointer: str
    units: tuple[UUID, ...]
    is_list: bool = False


class Rights(Struct, frozen=True, omit_defaults=True):
    """For whom and in which types of facts a publisher may speak, and from when (inclusive) until when (exclusive)."""

    types: frozenset[str]
    valid_from: datetime
    valid_until: datetime | None = None
    units: frozenset[UUID] = frozenset()
    all_units: bool = False
    has_topic: bool = False


@dataclass(frozen=True, slots=True)
class References:
    """What is registered under other keys: the units, which key each claimed name belongs to, and each publisher's rights."""

    units: Container[UUID]
    owners: Mapping[Claim, UUID]
    rights: Mapping[str, Rights] = field(default_factory=dict)


class Filing(NamedTuple):
    """A fact on the registrar's desk, what the office knows beyond its key, and the office's instant of judging.

    `has_waited` where the fact was judged before, by the rights that its publisher had at receipt.
    """

    fact: Fact
    references: References
    now: datetime
    has_waited: bool = False
