"""Facts of the family deadline: what the letter left open, and requests for more time."""

from datetime import date
from typing import ClassVar

from shared.contracts.types import Contract, Line, TaskId, Text, UnitId


class DeadlineClarified(Contract, frozen=True, kw_only=True):
    """The issuer's office says what a letter left open; the event's subject is the task, `name` its deadline, `phrase` the new wording."""

    NAME: ClassVar[str] = "deadline-clarified"
    name: Line
    phrase: Line
    ground: Text | None = None


class ExtensionRequested(Contract, frozen=True, kw_only=True):
    """The lead unit asks for more time before the deadline has passed; the event's subject is the request's id."""

    NAME: ClassVar[str] = "extension-requested"
    task: TaskId
    name: Line
    requested_by: UnitId
    requested_day: date
    reasons: Text


class ExtensionGranted(Contract, frozen=True, kw_only=True):
    """The issuer gives more time, up to the end of a day; the event's subject is the request's id."""

    NAME: ClassVar[str] = "extension-granted"
    last_good_day: date
    remarks: Text | None = None


class ExtensionRefused(Contract, frozen=True, kw_only=True):
    """The issuer gives no more time, or the deadlines service found that the request came too late; the subject is the request's id."""

    NAME: ClassVar[str] = "extension-refused"
    reason: Text
