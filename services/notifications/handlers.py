"""The use cases: follow what happened to directives and to deadlines, and take a unit's acknowledgement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from services.notifications import repository
from services.notifications.domain import Happening, Notice, acknowledgement_id, notices_of
from services.notifications.repository import Acknowledgement, Stored
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.notifications import NoticeAcknowledged
from shared.contracts.registry import UnitRegistered
from shared.contracts.types import DirectiveId, UnitId
from shared.contracts.work import ConferenceScheduled
from shared.envelope import Event, decode, encode, event_of
from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import Ledger, Outgoing, UnitOfWork
from shared.streaming.runs import Record

DIRECTIVES = "directives.events.v1"
DEADLINES = "deadlines.events.v1"
NOTIFICATIONS = "notifications.events.v1"
SOURCE = "/services/notifications"

Data = TypeVar("Data", bound=Contract)


async def follow_directives(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Learn units, issuers and leads, and issue the notices that tasks and conferences call for, late ones included."""
    happenings = [_happening(DIRECTIVES, record.partition, record.offset, record.value) for record in records]
    issuers = {each.directive: data.issuer for each, data in _of(happenings, DirectiveIssued)}
    leads = {_uuid(each.subject): (each.directive, data.lead) for each, data in _of(happenings, TaskAssigned)}
    outcomes = await repository.read_outcomes(work.connection, issuers)
    conferences = await repository.read_conferences(work.connection, {directive for directive, _ in leads.values()})
    await repository.store_units(work.connection, {_uuid(each.subject): data for each, data in _of(happenings, UnitRegistered)})
    await repository.store_directives(work.connection, issuers)
    await repository.store_tasks(work.connection, leads)
    await repository.store_conferences(work.connection, _kept(happenings, records, ConferenceScheduled))
    again = [*_stored(DEADLINES, outcomes), *_stored(DIRECTIVES, conferences)]
    await _issue(work, [*again, *(each for each in happenings if isinstance(each.data, TaskAssigned | ConferenceScheduled))])


async def follow_deadlines(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Issue the notices that approaching, missed and met deadlines call for."""
    happenings = [_happening(DEADLINES, record.partition, record.offset, record.value) for record in records]
    await repository.store_outcomes(work.connection, _kept(happenings, records, DeadlineMissed, DeadlineMet))
    await _issue(work, [each for each in happenings if isinstance(each.data, DeadlineApproaching | DeadlineMissed | DeadlineMet)])


async def _issue(work: UnitOfWork, happenings: Sequence[Happening]) -> None:
    """Publish and keep the notices that were not issued before."""
    if not happenings:
        return
    known = await repository.read_knowledge(work.connection, happenings)
    called_for: dict[UUID, Notice] = {}
    for notice in notices_of(happenings, known):
        called_for.setdefault(notice.data.notice, notice)
    issued = await repository.read_issued(work.connection, called_for)
    notices = [notice for name, notice in called_for.items() if name not in issued]
    if notices:
        first = await work.publish(NOTIFICATIONS, [_outgoing(notice) for notice in notices])
        await repository.add_notices(work.connection, work.partition, first, notices)


def _outgoing(notice: Notice) -> Outgoing:
    name = str(notice.data.notice)
    event = event_of(notice.data, id=name, source=SOURCE, subject=name, key=notice.key, time=notice.at)
    return Outgoing(notice.key.encode(), encode(event), notice.cause)


def _happening(topic: str, partition: int, offset: int, value: bytes | None) -> Happening:
    event = decode(value)
    _uuid(event.partitionkey)
    return Happening(
        event.source, event.id, event.subject, event.partitionkey, _at(event), f"{topic}/{partition}/{offset}", event.data
    )  # fmt: skip


def _at(event: Event) -> datetime:
    """Return when the event counts as having happened; never the machine's own time, so that a rebuild says the same."""
    at = event.registeredtime or event.time
    if at is None:
        message = f"event {event.id!r} of {event.source!r} says neither when it was registered nor when it happened"
        raise InvalidMessageError(message)
    return at


def _of(happenings: Sequence[Happening], contract: type[Data]) -> list[tuple[Happening, Data]]:
    return [(each, each.data) for each in happenings if isinstance(each.data, contract)]


def _kept(happenings: Sequence[Happening], records: Sequence[Record], *contracts: type[Contract]) -> list[tuple[DirectiveId, Stored]]:
    pairs = zip(happenings, records, strict=True)
    return [
        (each.directive, Stored(record.partition, record.offset, record.value or b""))
        for each, record in pairs
        if isinstance(each.data, contracts)
    ]


def _stored(topic: str, events: Sequence[Stored]) -> list[Happening]:
    return [_happening(topic, each.partition, each.offset, each.value) for each in events]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        message = f"{text!r} should be a UUID"
        raise InvalidMessageError(message) from error


@dataclass(frozen=True, slots=True)
class AcknowledgeNotice:
    """A unit says that it has read a notice."""

    notice: UUID
    recipient: UnitId
    directive: DirectiveId
    acknowledged_by: str
    acknowledged_at: datetime


async def acknowledge(ledger: Ledger, partition: int, command: AcknowledgeNotice) -> Acknowledgement:
    """Write the acknowledgement and its event in one transaction, or return the one that was written before."""
    before = await repository.read_acknowledgement(ledger.pool, command.notice)
    return before or await _acknowledge(ledger, partition, command)


async def _acknowledge(ledger: Ledger, partition: int, command: AcknowledgeNotice) -> Acknowledgement:
    async with ledger.turn(partition) as work:
        before = await repository.read_acknowledgement(work.connection, command.notice)
        if before is not None:
            return before
        position = await work.publish(NOTIFICATIONS, [_acknowledged(command)])
        written = Acknowledgement(partition, position, command.acknowledged_by, command.acknowledged_at)
        await repository.add_acknowledgement(work.connection, command.notice, written)
        return written


def _acknowledged(command: AcknowledgeNotice) -> Outgoing:
    name, key = str(acknowledgement_id(command.notice)), str(command.directive)
    data = NoticeAcknowledged(
        notice=command.notice, recipient=command.recipient, directive=command.directive, acknowledged_by=command.acknowledged_by
    )
    event = event_of(data, id=name, source=SOURCE, subject=str(command.notice), key=key, time=command.acknowledged_at)
    return Outgoing(key.encode(), encode(event), f"command/{name}")
