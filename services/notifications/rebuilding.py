"""How notices come out of the topics again: what was told is folded, what it follows from is learned, and nobody is told anything.

- A notice was issued where notifications.events.v1 holds it, whatever the rules would say now.
- The last event of each topic that a notice follows from is taken again: its other notices may be missing, and those that are there are not
  issued again.
- Contacts, and what is being sent to them, are in no topic: they are taken over from the tables that go, while nobody writes them. Where
  those are an old backup, what has ended since is over, and what was issued since and has not ended is sent under the same ids.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from services.notifications.domain import Notice
from services.notifications.domain.escalation import RULE, notice_of, told_as
from services.notifications.escalation import Days, fold_escalations, follow_overdue
from services.notifications.escalation_rows import read_cases
from services.notifications.handlers import DEADLINES, DIRECTIVES, learn_deadlines, learn_directives
from services.notifications.issuing import NOTIFICATIONS, issue
from services.notifications.repository import Reachable, add_deliveries, add_notices
from shared.contracts import Contract
from shared.contracts.notifications import NoticeAcknowledged, NoticeDelivered, NoticeEscalated, NoticeFailed, NoticeIssued
from shared.envelope import Event, decode
from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection
from shared.rebuild.plan import Output, RebuildPlan
from shared.rebuild.reading import position_of
from shared.sql import Queries
from shared.streaming.app import Subscription
from shared.streaming.runs import Record

SCHEMA = "notifications"
QUERIES = Queries("services.notifications", "sql/rebuild.sql")
INHERITED = ("hold_deliveries", "take_contacts", "take_secrets", "take_deliveries", "take_attempts")

Data = TypeVar("Data", bound=Contract)
Said = tuple[int, datetime, Data]
"""The position of an event, when it happened, and what it says."""


def plan_rebuild(sources: Sequence[tuple[str, str]], days: Days) -> RebuildPlan:
    """Return the plan over the migrations that make the schema; `days` are those after which what is missed is escalated."""

    async def fold(work: UnitOfWork, records: Sequence[Record]) -> None:
        await fold_tellings(work, records)
        await fold_escalations(work, records, days)

    async def learn(work: UnitOfWork, records: Sequence[Record]) -> None:
        await learn_deadlines(work, records)
        await follow_overdue(work, records, days)

    return RebuildPlan(
        SCHEMA, sources, [Subscription(DIRECTIVES, learn_directives), Subscription(DEADLINES, learn)],
        Queries("services.notifications", "sql/tables.sql"), outputs=[Output(NOTIFICATIONS, fold)], answered=read_answered,
        prepare=_prepare, mend=tell_escalated, clean=_clean, inherited=[QUERIES[name] for name in INHERITED], adopt=send_again,
    )  # fmt: skip


async def read_answered(connection: Connection) -> Mapping[tuple[str, int], int]:
    """Return which events were the last ones that a notice follows from; they are the first to be taken again."""
    rows = await connection.fetch(QUERIES["read_answered"], NOTIFICATIONS, [DIRECTIVES, DEADLINES])
    return {(row["topic"], row["partition"]): row["kafka_offset"] for row in rows}


async def _prepare(connection: Connection) -> None:
    await connection.execute(QUERIES["create_untold"])


async def _clean(connection: Connection) -> None:
    await connection.execute(QUERIES["drop_untold"])


async def fold_tellings(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Fold what was said of notices: that they were issued, acknowledged, delivered or not."""
    events = [(record, decode(record.value)) for record in records]
    await _fold_issued(work, _said(events, NoticeIssued))
    await _note_escalated(work, [(record, event) for record, event in events if isinstance(event.data, NoticeEscalated)])
    acknowledged = _said(events, NoticeAcknowledged)
    await work.connection.execute(
        QUERIES["fold_acknowledgements"], work.partition, [data.notice for _, _, data in acknowledged],
        [position for position, _, _ in acknowledged], [data.acknowledged_by for _, _, data in acknowledged],
        [at for _, at, _ in acknowledged],
    )  # fmt: skip
    await _fold_endings(work, [*_said(events, NoticeDelivered), *_said(events, NoticeFailed)])


def _said(events: Sequence[tuple[Record, Event]], contract: type[Data]) -> list[Said[Data]]:
    return [(position_of(record), _at(event), event.data) for record, event in events if isinstance(event.data, contract)]


def _at(event: Event) -> datetime:
    if event.time is None:
        raise InvalidMessageError(f"{event.type} {event.id} lacks its time: not from our relay")
    return event.time


async def _fold_issued(work: UnitOfWork, said: Sequence[Said[NoticeIssued]]) -> None:
    notices = [Notice(str(data.directive), at, "", data, ("", "")) for _, at, data in said]
    if notices:
        await add_notices(work.connection, work.partition, [position for position, _, _ in said], notices)
        told = [notice.data.notice for notice in notices if notice.data.rule == RULE]
        await work.connection.execute(QUERIES["forget_untold"], told)


async def _note_escalated(work: UnitOfWork, escalated: Sequence[tuple[Record, Event]]) -> None:
    names = [told_as(UUID(event.id), event.data.recipient) for _, event in escalated if isinstance(event.data, NoticeEscalated)]
    await work.connection.execute(QUERIES["add_untold"], work.partition, names, [record.value for record, _ in escalated])


async def _fold_endings(work: UnitOfWork, ended: Sequence[Said[NoticeDelivered] | Said[NoticeFailed]]) -> None:
    await work.connection.execute(
        QUERIES["fold_endings"], work.partition, [data.notice for _, _, data in ended], [position for position, _, _ in ended],
        [_outcome(data) for _, _, data in ended], [data.attempts for _, _, data in ended], [_detail(data) for _, _, data in ended],
        [at for _, at, _ in ended],
    )  # fmt: skip


def _outcome(data: NoticeDelivered | NoticeFailed) -> str:
    return "delivered" if isinstance(data, NoticeDelivered) else data.outcome


def _detail(data: NoticeDelivered | NoticeFailed) -> str:
    return data.reason if isinstance(data, NoticeFailed) else data.answer or ""


async def tell_escalated(work: UnitOfWork) -> None:
    """Issue the notices of escalations that came into Kafka without them, where there is still something to be told."""
    rows = await work.connection.fetch(QUERIES["take_untold"], work.partition)
    events = [decode(row["value"]) for row in rows]
    said = [(event, event.data) for event in events if isinstance(event.data, NoticeEscalated)]
    cases = await read_cases(work.connection, {data.deadline for _, data in said})
    notices = []
    for event, data in said:
        overdue = cases[data.deadline].overdue
        if overdue is not None and overdue.notice == data.notice:
            notices.append(notice_of(overdue, data, UUID(event.id), _at(event)))
    await issue(work, notices)


async def send_again(connection: Connection) -> None:
    """Have sent what was issued after an old backup, where nobody knows what came of it."""
    rows = await connection.fetch(QUERIES["read_unsent"].format(live=SCHEMA))
    for partition, each in groupby(rows, lambda row: row["partition"]):
        found = [(row["notice"], row["position"], Reachable(row["contact"], row["kind"], row["value"])) for row in each]
        await add_deliveries(connection, partition, found)
