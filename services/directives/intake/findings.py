"""What is read out of a letter: values with their places, the document's own data, and its tasks."""

from datetime import date
from typing import Generic, TypeVar

import msgspec

from services.directives.intake.flow import Flow, Span
from shared.contracts.directives import MetBy, PlanLevel, PlanPart
from shared.contracts.types import Deliverable, DocumentType, PlanStage, SecurityMark, Urgency

T = TypeVar("T")


class Found(msgspec.Struct, Generic[T], frozen=True):
    """A value and where it stands in the text; None where it follows from the whole, or from another value."""

    value: T
    span: Span | None = None


def quoted(flow: Flow, start: int = 0, end: int | None = None) -> Found[str]:
    """Return a part of the text as a value, with single spaces."""
    part = flow.part(start, end).stripped(" \t\n")
    return Found(" ".join(part.text.split()), part.span() if part.text else None)


class Cited(msgspec.Struct, frozen=True):
    """A document that the letter rests on: number and symbol as written, day, issuer, and what it is."""

    title: Found[str]
    number: Found[str]
    issued_on: Found[date] | None = None
    issuer: Found[str] | None = None


class Signed(msgspec.Struct, frozen=True):
    """Who signed."""

    name: Found[str]
    position: Found[str] | None = None
    capacity: Found[str] | None = None


class Required(msgspec.Struct, frozen=True):
    """What each line of a plan must say, and where the letter says so."""

    by: tuple[PlanLevel, ...]
    parts: tuple[PlanPart, ...]


class Deadline(msgspec.Struct, frozen=True):
    """A deadline: its phrase as written, and what meets it."""

    name: Found[str]
    met_by: Found[MetBy]
    phrase: Found[str]
    plan_stage: Found[PlanStage] | None = None
    is_reference: bool = False


class Duty(msgspec.Struct, frozen=True):
    """A task as the letter gives it; units as written."""

    number: Found[str]
    content: Found[str]
    lead: tuple[Found[str], ...]
    coordinating: tuple[Found[str], ...]
    deliverable: Found[Deliverable]
    deadlines: tuple[Deadline, ...] = ()
    required: Found[Required] | None = None
    has_collective_lead: bool = False


class Head(msgspec.Struct, frozen=True):
    """What a letter says of itself; None where it says nothing that can be read."""

    issuer: Found[str] | None = None
    number: Found[int] | None = None
    symbol: Found[str] | None = None
    document_type: Found[DocumentType] | None = None
    subject: Found[str] | None = None
    place: Found[str] | None = None
    issued_on: Found[date] | None = None
    addressees: tuple[Found[str], ...] = ()
    based_on: tuple[Cited, ...] = ()
    signer: Signed | None = None
    recipients: tuple[Found[str], ...] = ()
    urgency: Found[Urgency] = Found("normal")
    security: Found[SecurityMark] = Found("none")
    number_at: Span | None = None
    date_at: Span | None = None


class Letter(msgspec.Struct, frozen=True):
    """A letter as read."""

    head: Head
    tasks: tuple[Duty, ...]
    holds_several: Span | None = None
