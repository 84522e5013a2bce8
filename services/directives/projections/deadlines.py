"""deadlines.events.v1 into the deadlines of tasks and their history."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.directives.domain.warnings import Marks, evolve
from services.directives.projections.rows import deadline_row
from services.directives.projections.writing import Row, append, tell_change, write
from services.directives.states import load, marks_of
from shared.contracts.deadlines import DeadlineEvent, DeadlineSet
from shared.envelope import Event, decode
from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import UnitOfWork
from shared.streaming.runs import Record

EVENT_COLUMNS = ("directive", "position", "id", "type", "deadline", "task", "said_at", "cause", "value")


class _Said(NamedTuple):
    event: Event
    data: DeadlineEvent
    said_at: datetime
    position: int
    cause: str
    value: bytes


async def project_deadlines(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Apply a run of deadline events, and wake the pages that show them."""
    if await write_deadlines(work, records):
        await tell_change(work.connection, work.partition)


async def write_deadlines(work: UnitOfWork, records: Sequence[Record]) -> int:
    """Apply a run of deadline events to the tables and return how many there were; other types on the topic are passed over."""
    said = [each for each in map(_read, records) if each is not None]
    if not said:
        return 0
    touched = {each.data.deadline: each.data for each in reversed(said)}  # by the first event of each
    known = [deadline for deadline, data in touched.items() if not isinstance(data, DeadlineSet)]
    rows = await load(work.connection, "load_deadlines", known)
    marks: dict[object, Marks] = {deadline: marks_of(row) for deadline, row in rows.items()}
    for each in said:
        marks[each.data.deadline] = evolve(marks.get(each.data.deadline), each.data)
    await append(work.connection, "deadline_event", EVENT_COLUMNS, [_event_row(each) for each in said])
    await write(work.connection, "write_deadlines", [deadline_row(deadline, marks[deadline]) for deadline in touched])
    return len(said)


def _read(record: Record) -> _Said | None:
    event = decode(record.value)
    if not isinstance(event.data, DeadlineEvent):
        return None
    said_at = event.registeredtime or event.time
    if said_at is None:
        message = f"{event.type} {event.id} bears no time"
        raise InvalidMessageError(message)
    headers = dict(record.headers)
    return _Said(event, event.data, said_at, int(headers.get("position", b"0")), headers.get("cause", b"").decode(), record.value or b"")


def _event_row(said: _Said) -> Row:
    data = said.data
    return (
        data.directive, said.position, said.event.id, said.event.type, data.deadline, data.task, said.said_at, said.cause,
        said.value,
    )  # fmt: skip
