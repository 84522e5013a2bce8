"""The use cases: follow what happened to directives and to deadlines, and take a unit's acknowledgement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from services.notifications import repository
from services.notifications.domain import Happening, Knowledge, acknowledgement_id, notices_of
from services.notifications.domain.deliveries import Kind
from services.notifications.domain.roll import Entry, Roll
from services.notifications.domain.rules import FOR_ISSUERS, RULES
from services.notifications.domain.witness import Read, Witness
from services.notifications.issuing import NOTIFICATIONS, SOURCE, issue
from services.notifications.repository import Acknowledgement, Stored
from services.notifications.views import find_notice, find_unit
from shared.contracts import Contract
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.notifications import NoticeAcknowledged
from shared.contracts.registry import UnitRegistered, UnitRenamed
from shared.contracts.types import DirectiveId, UnitId
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceScheduled
from shared.envelope import Event, decode, encode, event_of
from shared.errors import InvalidMessageError
from shared.identity.audit import record
from shared.identity.principals import Principal, Sight
from shared.journal.unit_of_work import Ledger, Outgoing, UnitOfWork
from shared.streaming.runs import Record

DIRECTIVES = "directives.events.v1"
DEADLINES = "deadlines.events.v1"

Data = TypeVar("Data", bound=Contract)


async def follow_directives(work: UnitOfWork, records: Sequence[Record], channels: Collection[Kind] = ()) -> None:
    """Learn units and who is concerned with directives, and issue the notices that facts call for, late ones included.

    `channels` are those that this installation has beside the inbox.
    """
    events = _events(DIRECTIVES, records)
    outcomes = await repository.read_outcomes(work.connection, {each.directive for each, _ in _of(events, DirectiveIssued)})
    conferences = await repository.read_conferences(work.connection, {each.directive for each, _ in _of(events, TaskAssigned)})
    happenings, rolls = await _learn(work, events, records)
    assigned = {UUID(each.subject) for each, _ in _of(events, TaskAssigned)}
    stored = _stored(DIRECTIVES, conferences)
    awaited = [each for each in stored if isinstance(each.data, ConferenceScheduled) and assigned.intersection(each.data.tasks)]
    again = [*_stored(DEADLINES, outcomes), *awaited]
    early = [each.happening for each, seen in zip(events, happenings, strict=True) if _lacks(seen, assigned)]
    await _issue(work, [*again, *happenings, *early], rolls, channels)


def _lacks(seen: Happening, assigned: Collection[UUID]) -> bool:
    """Tell whether a conference was read before a task of it that came in the same run."""
    data = seen.data
    return isinstance(data, ConferenceScheduled) and bool(set(assigned).intersection(data.tasks) - seen.after.tasks.keys())


async def learn_directives(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Learn units and who is concerned with directives, telling nobody."""
    await _learn(work, _events(DIRECTIVES, records), records)


def _events(topic: str, records: Sequence[Record]) -> list[Read]:
    return [_read(topic, record.partition, record.offset, record.value) for record in records]


async def _learn(
    work: UnitOfWork, events: Sequence[Read], records: Sequence[Record]
) -> tuple[Sequence[Happening], Mapping[DirectiveId, Roll]]:
    """Keep what facts tell; return them with the rolls around them, and the newest rolls."""
    await _learn_units(work, events)
    witness = await _open_witness(work, {each.happening.directive for each in events}, events)
    happenings = [witness.see(each) for each in events]
    await repository.store_rolls(work.connection, witness.changed)
    await repository.store_facts(work.connection, witness.kept)
    await repository.store_conferences(work.connection, _kept(events, records, ConferenceScheduled))
    return happenings, witness.rolls


async def _learn_units(work: UnitOfWork, events: Sequence[Read]) -> None:
    units = {_uuid(each.subject): data for each, data in _of(events, UnitRegistered)}
    names = {_uuid(each.subject): data for each, data in _of(events, UnitRenamed)}
    if units or names:
        await repository.store_units(work.connection, units, names)


async def _open_witness(work: UnitOfWork, directives: Collection[DirectiveId], events: Sequence[Read]) -> Witness:
    voided = {each.directive for each, _ in _of(events, FactVoided)}
    histories: dict[DirectiveId, list[Entry]] = {directive: [] for directive in voided}
    for directive, version, value in await repository.read_facts(work.connection, voided):
        event = decode(value)
        histories[directive].append(Entry(version, (event.source, event.id), _uuid(event.subject), event.data))
    return Witness(await repository.read_rolls(work.connection, directives), histories)


async def follow_deadlines(work: UnitOfWork, records: Sequence[Record], channels: Collection[Kind] = ()) -> None:
    """Issue the notices that events of deadlines call for."""
    events = _events(DEADLINES, records)
    await repository.store_outcomes(work.connection, _kept(events, records, *FOR_ISSUERS))
    rolls = await repository.read_rolls(work.connection, {each.happening.directive for each in events})
    await _issue(work, [each.happening for each in events], rolls, channels)


async def learn_deadlines(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Keep the events of deadlines that issuers are told of, telling nobody."""
    await repository.store_outcomes(work.connection, _kept(_events(DEADLINES, records), records, *FOR_ISSUERS))


async def _issue(
    work: UnitOfWork, happenings: Sequence[Happening], rolls: Mapping[DirectiveId, Roll], channels: Collection[Kind]
) -> None:  # fmt: skip
    """Issue the notices that happenings call for."""
    happenings = [each for each in happenings if type(each.data) in RULES]
    if not happenings:
        return
    corrected = {(each.directive, about) for each in happenings if (about := each.corrected)}
    known = Knowledge(rolls, await repository.read_told(work.connection, corrected))
    await issue(work, notices_of(happenings, known), channels)


def _read(topic: str, partition: int, offset: int, value: bytes | None) -> Read:
    event = decode(value)
    _uuid(event.partitionkey)
    happening = Happening(
        event.source, event.id, event.subject, event.partitionkey, _at(event), f"{topic}/{partition}/{offset}", event.data,
        version=event.version or 0,
    )  # fmt: skip
    return Read(happening, event.version, value or b"")


def _at(event: Event) -> datetime:
    """Return when the event counts as having happened; never the machine's own time, so that a rebuild says the same."""
    at = event.registeredtime or event.time
    if at is None:
        message = f"event {event.id!r} of {event.source!r} says neither when it was registered nor when it happened"
        raise InvalidMessageError(message)
    return at


def _of(events: Sequence[Read], contract: type[Data]) -> list[tuple[Happening, Data]]:
    return [(each.happening, each.happening.data) for each in events if isinstance(each.happening.data, contract)]


def _kept(events: Sequence[Read], records: Sequence[Record], *contracts: type[Contract]) -> list[tuple[DirectiveId, Stored]]:
    return [
        (each.happening.directive, Stored(record.partition, record.offset, each.value))
        for each, record in zip(events, records, strict=True)
        if isinstance(each.happening.data, contracts)
    ]


def _stored(topic: str, events: Sequence[Stored]) -> list[Happening]:
    return [_read(topic, each.partition, each.offset, each.value).happening for each in events]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        message = f"{text!r} should be a UUID"
        raise InvalidMessageError(message) from error


@dataclass(frozen=True, slots=True)
class AcknowledgeNotice:
    """A unit says that it has read a notice; `actor` and `address` are who says so for it, as the audit log names them."""

    notice: UUID
    recipient: UnitId
    directive: DirectiveId
    acknowledged_by: str
    acknowledged_at: datetime
    actor: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Acknowledger:
    """Who says that a notice was read, and from where; only a program tells in whose name."""

    asker: Principal
    sight: Sight
    address: str
    told_name: str | None = None

    @property
    def name(self) -> str | None:
        """Return the name that the acknowledgement bears: a person's is the account's."""
        return self.asker.name if self.asker.kind == "account" else self.told_name


async def say_read(ledger: Ledger, reader: Acknowledger, code: str, notice: UUID, at: datetime) -> Acknowledgement:
    """Acknowledge a notice that a unit was shown; raises NotFoundError where it, or the unit, is not there for the reader."""
    unit = await find_unit(ledger.pool, code, reader.sight)
    partition, directive = await find_notice(ledger.pool, notice, unit.unit)
    said_by = reader.name or unit.code
    command = AcknowledgeNotice(notice, unit.unit, directive, said_by, at, reader.asker.actor, reader.address)
    return await acknowledge(ledger, partition, command)


async def acknowledge(ledger: Ledger, partition: int, command: AcknowledgeNotice) -> Acknowledgement:
    """Write the acknowledgement, its event and its line of the audit log in one transaction, or return what was written before."""
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
        detail = {"unit": str(command.recipient)}
        await record(
            work.connection, actor=command.actor, action="notice-acknowledged", object=f"notice:{command.notice}", detail=detail,
            address=command.address,
        )  # fmt: skip
        return written


def _acknowledged(command: AcknowledgeNotice) -> Outgoing:
    name, key = str(acknowledgement_id(command.notice)), str(command.directive)
    data = NoticeAcknowledged(
        notice=command.notice, recipient=command.recipient, directive=command.directive, acknowledged_by=command.acknowledged_by
    )
    event = event_of(data, id=name, source=SOURCE, subject=str(command.notice), key=key, time=command.acknowledged_at)
    return Outgoing(key.encode(), encode(event), f"command/{name}")
