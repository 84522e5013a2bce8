"""Facts about a task after it was assigned; the event's subject is the task's id."""

from datetime import date
from typing import Annotated, ClassVar

from msgspec import Meta

from shared.contracts.directives import DeadlineClause
from shared.contracts.types import Contract, File, Line, Part, Percent, Text, UnitId

Files = Annotated[tuple[File, ...], Meta(max_length=50)]


class NewDay(Part, frozen=True, kw_only=True):
    """The last good day that a deadline of the task has from now on, by the deadline's name."""

    name: Line
    last_good_day: date


NewDays = Annotated[tuple[NewDay, ...], Meta(max_length=50)]


class TaskReceived(Contract, frozen=True, kw_only=True):
    """A unit received a task; periods "from the day of receipt" count from here for that unit."""

    NAME: ClassVar[str] = "task-received"
    received_by: UnitId


class TaskAccepted(Contract, frozen=True, kw_only=True):
    """The lead unit took a task on."""

    NAME: ClassVar[str] = "task-accepted"
    accepted_by: UnitId
    remarks: Text | None = None


class TaskDeclined(Contract, frozen=True, kw_only=True):
    """The lead unit gave a task back to the issuer, with the reason."""

    NAME: ClassVar[str] = "task-declined"
    declined_by: UnitId
    reason: Text


class TaskReassigned(Contract, frozen=True, kw_only=True):
    """The issuer gave a task to another lead or other coordinating units; its deadlines stay unless it names new days."""

    NAME: ClassVar[str] = "task-reassigned"
    lead: UnitId
    coordinating: tuple[UnitId, ...] = ()
    reason: Text | None = None
    new_days: NewDays = ()


class TaskSuspended(Contract, frozen=True, kw_only=True):
    """The issuer put a task off (tạm hoãn); its deadlines stand still."""

    NAME: ClassVar[str] = "task-suspended"
    reason: Text


class TaskResumed(Contract, frozen=True, kw_only=True):
    """The issuer lets a suspended task go on; a fixed date moves only where a new day is named, periods by the days suspended."""

    NAME: ClassVar[str] = "task-resumed"
    remarks: Text | None = None
    new_days: NewDays = ()


class TaskCompleted(Contract, frozen=True, kw_only=True):
    """The lead unit says that a task is done; it waits for the issuer's confirmation."""

    NAME: ClassVar[str] = "task-completed"
    completed_by: UnitId
    summary: Text | None = None
    files: Files = ()


class TaskConfirmed(Contract, frozen=True, kw_only=True):
    """The issuer confirms that a task is done."""

    NAME: ClassVar[str] = "task-confirmed"
    remarks: Text | None = None


class TaskReopened(Contract, frozen=True, kw_only=True):
    """The issuer wants a task done again (thực hiện lại), under its old deadlines or under new ones in their place."""

    NAME: ClassVar[str] = "task-reopened"
    reason: Text
    deadlines: Annotated[tuple[DeadlineClause, ...], Meta(max_length=50)] = ()


class TaskCancelled(Contract, frozen=True, kw_only=True):
    """The issuer ended a task before it was done."""

    NAME: ClassVar[str] = "task-cancelled"
    reason: Text


class ProgressReported(Contract, frozen=True, kw_only=True):
    """A unit that answers for a task says how far it is."""

    NAME: ClassVar[str] = "progress-reported"
    reported_by: UnitId
    content: Text
    percent: Percent | None = None
    obstacles: Text | None = None
    files: Files = ()
