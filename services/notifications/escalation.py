"""The use cases of escalation: follow what becomes of missed deadlines, tell the levels that are due, fold what was told before.

Each is load, decide, store, in one turn at a partition.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.notifications import repository
from services.notifications.domain.deliveries import Kind
from services.notifications.domain.escalation import (
    CONCERNING,
    SOURCE,
    Case,
    Escalated,
    escalate,
    follow,
    next_step,
    tell,
)
from services.notifications.escalation_rows import read_cases, read_due_cases, store_cases, wake_escalations
from services.notifications.issuing import NOTIFICATIONS, issue
from shared.contracts.deadlines import DeadlineEvent, DeadlineMissed
from shared.contracts.notifications import NoticeEscalated
from shared.contracts.types import DirectiveId
from shared.envelope import decode, encode, event_of
from shared.journal.unit_of_work import Outgoing, UnitOfWork
from shared.streaming.runs import Record

Days = tuple[int, ...]
"""After how many days each level is told."""


async def follow_overdue(work: UnitOfWork, records: Sequence[Record], days: Days) -> None:
    """Open a case for what was missed, and end those that are met, withdrawn or set anew."""
    events = [(record.offset, event) for record in records if isinstance((event := decode(record.value)).data, CONCERNING)]
    cases = await read_cases(work.connection, {event.data.deadline for _, event in events})
    changed: dict[UUID, DirectiveId] = {}
    for offset, event in events:
        data: DeadlineEvent = event.data
        if data.deadline not in cases and not isinstance(data, DeadlineMissed):
            continue  # whatever was never missed has nothing to end
        cases[data.deadline] = follow(cases.get(data.deadline, Case()), offset, event.source, event.id, data)
        changed[data.deadline] = data.directive
    await _store(work, {deadline: (directive, cases[deadline]) for deadline, directive in changed.items()}, days)
    if changed:
        await wake_escalations(work.connection)


async def fold_escalations(work: UnitOfWork, records: Sequence[Record], days: Days) -> None:
    """Learn again from our own notifications.events.v1 which levels were told, telling nobody."""
    said = [data for record in records if isinstance((data := decode(record.value).data), NoticeEscalated)]
    cases = await read_cases(work.connection, {data.deadline for data in said})
    for data in said:
        cases[data.deadline] = tell(cases.get(data.deadline, Case()), data.notice, data.level)
    await _store(work, {data.deadline: (data.directive, cases[data.deadline]) for data in said}, days)


async def fire_escalations(work: UnitOfWork, days: Days, channels: Collection[Kind], now: datetime, limit: int) -> int:
    """Tell the levels that are due in the partition, those of the oldest first, and return of how many deadlines (up to a limit)."""
    due = await read_due_cases(work.connection, work.partition, now, limit)
    rolls = await repository.read_rolls(work.connection, {directive for directive, _ in due.values()})
    escalated: list[Escalated] = []
    for deadline, (directive, case) in due.items():
        roll = rolls.get(directive)
        levels = escalate(case, days, roll.issuer if roll else None, now)
        for each in levels:
            case = tell(case, each.data.notice, each.data.level)  # noqa: PLW2901  what is stored below
        due[deadline] = directive, case
        escalated += levels
    if escalated:
        await work.publish(NOTIFICATIONS, [_outgoing(each, now) for each in escalated])
    await issue(work, [each.notice for each in escalated], channels)
    await _store(work, due, days, now)
    return len(due)


async def _store(
    work: UnitOfWork, cases: dict[UUID, tuple[DirectiveId, Case]], days: Days, fired_at: datetime | None = None
) -> None:  # fmt: skip
    """Write cases with their timers; a level that could not be told when all others were has nobody to be told to, and none is planned."""
    planned = {}
    for deadline, (directive, case) in cases.items():
        step = next_step(case, days)
        is_planned = step is not None and (fired_at is None or step.at > fired_at)
        planned[deadline] = directive, case, step.at if step and is_planned else None
    await store_cases(work.connection, work.partition, planned)


def _outgoing(escalated: Escalated, now: datetime) -> Outgoing:
    data = escalated.data
    event = event_of(data, id=str(escalated.id), source=SOURCE, subject=str(data.notice), key=str(data.directive), time=now)
    return Outgoing(str(data.directive).encode(), encode(event), escalated.notice.cause)
