"""Facts of the family directive, and the assignment of its tasks."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Meta

from shared.contracts.types import (
    Contract,
    Deliverable,
    DirectiveId,
    DocumentType,
    File,
    Key,
    Line,
    Ordinal,
    Part,
    PlanStage,
    SecurityMark,
    Text,
    UnitId,
    Urgency,
)

MetBy = Literal["plan-submitted", "conference-scheduled", "conference-held", "report-submitted", "task-completed"]
"""The event whose receipt meets a deadline."""

PlanLevel = Literal["area", "criterion", "component"]
"""What a plan goes through, line by line: lĩnh vực, tiêu chí, tiêu chí thành phần."""

PlanPart = Literal["shortcoming", "cause", "solution", "time", "responsible_head"]
"""What a line of a plan says: tồn tại, nguyên nhân, giải pháp, thời gian, người đứng đầu chịu trách nhiệm."""


class Basis(Part, frozen=True, kw_only=True):
    """A document that a directive rests on (căn cứ), or the directive that it carries out."""

    title: Line
    number: Line | None = None
    issued_on: date | None = None
    issuer: Line | None = None
    directive: DirectiveId | None = None


class Signer(Part, frozen=True, kw_only=True):
    """Who signed, in which capacity (TM., KT., TL., TUQ., Q.)."""

    name: Line
    position: Line
    capacity: Line | None = None


class DirectiveIssued(Contract, frozen=True, kw_only=True):
    """A document that gives units tasks was issued; its id is UUIDv5 of (issuer, key)."""

    NAME: ClassVar[str] = "directive-issued"
    key: Key
    issuer: UnitId
    subject: Text
    document_type: DocumentType
    number: Ordinal | None = None
    symbol: Line
    issued_on: date | None = None
    place: Line | None = None
    addressees: tuple[UnitId, ...] = ()
    based_on: tuple[Basis, ...] = ()
    signer: Signer | None = None
    urgency: Urgency = "normal"
    security: SecurityMark = "none"
    file: File | None = None


class DirectiveAmended(Contract, frozen=True, kw_only=True):
    """The issuer changed what a directive says (sửa đổi, bổ sung), by a document of equal standing; members left out stay as they are."""

    NAME: ClassVar[str] = "directive-amended"
    changes: Text
    document: Basis | None = None
    subject: Text | None = None
    addressees: tuple[UnitId, ...] | None = None


class DirectiveCorrected(Contract, frozen=True, kw_only=True):
    """The issuer corrected the form of a directive (đính chính), or filled in what its draft left open; the rest stays.

    A number is given to a draft together with issuer, symbol and date of issue, so that the fact by itself says which number it takes.
    """

    NAME: ClassVar[str] = "directive-corrected"
    correction: Text
    document: Basis | None = None
    issuer: UnitId | None = None
    number: Ordinal | None = None
    symbol: Line | None = None
    issued_on: date | None = None
    subject: Text | None = None
    place: Line | None = None
    signer: Signer | None = None


class DirectiveReplaced(Contract, frozen=True, kw_only=True):
    """Another document took a directive's place (thay thế); its open tasks end with it."""

    NAME: ClassVar[str] = "directive-replaced"
    replaced_by: DirectiveId | None = None
    document: Basis | None = None
    reason: Text | None = None


class DirectiveRecalled(Contract, frozen=True, kw_only=True):
    """The issuer took a directive back (thu hồi); its metadata stay, its open tasks end."""

    NAME: ClassVar[str] = "directive-recalled"
    reason: Text
    document: Basis | None = None


class DeadlineClause(Part, frozen=True, kw_only=True):
    """One deadline of a task: the phrase as written, and the event that meets it."""

    name: Line
    met_by: MetBy
    phrase: Line
    plan_stage: PlanStage | None = None


class PlanRequirement(Part, frozen=True, kw_only=True):
    """What a plan has to say: a line for each area, criterion or component (of an index, where one is named), each with these parts."""

    by: Annotated[tuple[PlanLevel, ...], Meta(min_length=1, max_length=3)]
    parts: Annotated[tuple[PlanPart, ...], Meta(min_length=1, max_length=5)]
    index: UUID | None = None


class TaskAssigned(Contract, frozen=True, kw_only=True):
    """A directive gives a unit a task; the event's subject is the task's id."""

    NAME: ClassVar[str] = "task-assigned"
    number: Line
    content: Text
    lead: UnitId
    coordinating: tuple[UnitId, ...] = ()
    deliverable: Deliverable
    deadlines: Annotated[tuple[DeadlineClause, ...], Meta(max_length=50)] = ()
    plan_requires: PlanRequirement | None = None
