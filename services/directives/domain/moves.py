"""The life of a task as a table: what may be said of it in which state, and which state follows.

Rows are facts, columns the task's state. A cell is the state that follows, `same` where it stays, or `-` where the fact is refused. A unit
cannot stall by not accepting, so `assigned` allows all that `accepted` does; and what was done is taken in while a task is suspended.
A declined task lies with its issuer: it can be assigned anew, cancelled or reopened. A confirmed or cancelled one can only be reopened.
"""

from collections.abc import Mapping
from typing import cast

from services.directives.domain.refusals import refused
from services.directives.domain.state import Task, TaskStatus

_TABLE = """
fact                  assigned   accepted   suspended  declined   completed  confirmed  cancelled
task-received         same       same       same       -          same       -          -
task-accepted         accepted   -          same       -          -          -          -
task-declined         declined   -          declined   -          -          -          -
progress-reported     same       same       same       -          same       -          -
plan-submitted        same       same       same       -          same       -          -
report-submitted      same       same       same       -          same       -          -
conference-scheduled  same       same       same       -          same       -          -
extension-requested   same       same       same       -          -          -          -
task-completed        completed  completed  completed  -          -          -          -

task-confirmed        -          -          -          -          confirmed  -          -
task-reopened         -          -          -          assigned   assigned   assigned   assigned
task-reassigned       same       same       same       assigned   -          -          -
task-suspended        suspended  suspended  -          -          -          -          -
task-resumed          -          -          assigned   -          -          -          -
task-cancelled        cancelled  cancelled  cancelled  cancelled  cancelled  -          -
plan-returned         same       same       same       same       same       -          -
plan-approved         same       same       same       same       same       -          -
deadline-clarified    same       same       same       same       same       -          -
extension-granted     same       same       same       same       same       -          -
extension-refused     same       same       same       same       same       -          -
"""
"""Above what units say, below what the issuer says; an accepted task is accepted again once it is resumed."""

_REFUSALS: Mapping[TaskStatus, str] = {
    "accepted": "task-already-accepted",
    "suspended": "task-already-suspended",
    "declined": "task-declined",
    "completed": "task-already-completed",
    "confirmed": "task-confirmed",
    "cancelled": "task-cancelled",
}
"""The code of a refusal by the state that the task is in."""

_INSTEAD: Mapping[str, str] = {
    "task-confirmed": "task-not-completed",
    "task-reopened": "task-still-open",
    "task-resumed": "task-not-suspended",
}
"""The code of facts that are refused because of the state that the task is not in, while it is neither confirmed nor cancelled."""

_ENDED = ("confirmed", "cancelled")


def _read(table: str) -> Mapping[str, Mapping[TaskStatus, TaskStatus | None]]:
    """Return the state that follows by fact and state; None where it stays; no entry where the fact is refused."""
    head, *rows = (line.split() for line in table.splitlines() if line)
    states = cast("list[TaskStatus]", head[1:])
    return {
        name: {
            state: None if cell == "same" else cast("TaskStatus", cell)
            for state, cell in zip(states, cells, strict=True)
            if cell != "-"
        }
        for name, *cells in rows
    }  # fmt: skip


MOVES = _read(_TABLE)
"""The table: fact, then state, then the state that follows, None where it stays."""


def require(task: Task, name: str, pointer: str) -> None:
    """Raise FactRefusedError unless a fact, by its bare name, may be said of a task in its present state."""
    if task.status not in MOVES[name]:
        instead = None if task.status in _ENDED else _INSTEAD.get(name)
        raise refused(instead or _REFUSALS[task.status], pointer)


def next_status(task: Task, name: str) -> TaskStatus:
    """Return the state of a task after a registered fact."""
    return MOVES[name][task.status] or task.status
