"""deadlines.events.v1 into the deadlines of tasks and their history."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.directives.domain.warnings import Marks, evolve
from services.directives.projections.writing import Row, append, json_of, tell_change, write
from services.directives.queries import QUERIES
from shared.contracts.deadlines import DeadlineEvent, DeadlineSet
from shared.envelope import Event, decode
from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection
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
    """Apply a run of deadline events; other types on the topic are passed over."""
    said = [each for each in map(_read, records) if each is not None]
    if not said:
        return
    fresh = {each.data.deadline: each.data for each in said if isinstance(each.data, DeadlineSet)}
    marks = await _load_marks(work.connection, {each.data.deadline for each in said} - fresh.keys())
    for each in said:
        marks[each.data.deadline] = evolve(marks.get(each.data.deadline, Marks()), each.data)
    await append(work.connection, "deadline_event", EVENT_COLUMNS, [_event_row(each) for each in said])
    await write(work.connection, "write_deadlines", [(*_deadline_row(data), *_marks_row(marks[id_])) for id_, data in fresh.items()])
    await write(work.connection, "move_deadlines", [(id_, *_marks_row(each)) for id_, each in marks.items() if id_ not in fresh])
    await tell_change(work.connection, work.partition)


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


async def _load_marks(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Marks]:
    rows = await connection.fetch(QUERIES["load_deadlines"], ids)
    return {row["id"]: Marks(row["soon_at"], row["missed_at"], row["met_at"], row["is_on_time"], row["met_fact"]) for row in rows}


def _event_row(said: _Said) -> Row:
    data = said.data
    return (
        data.directive, said.position, said.event.id, said.event.type, data.deadline, data.task, said.said_at, said.cause,
        said.value,
    )  # fmt: skip


def _deadline_row(data: DeadlineSet) -> Row:
    return (
        data.deadline, data.task, data.directive, data.name, data.met_by, data.plan_stage, data.kind, data.due, data.recurrence,
        json_of(data.proof),
    )  # fmt: skip


def _marks_row(marks: Marks) -> Row:
    return (marks.soon_at, marks.missed_at, marks.met_at, marks.is_on_time, marks.met_fact)
