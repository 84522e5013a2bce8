"""Issuing notices: each once, its event and its rows in one turn, beside the inbox by every channel on which its unit can be reached."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from services.notifications import repository
from services.notifications.domain import Notice
from services.notifications.domain.deliveries import Kind
from services.notifications.repository import Reachable
from shared.contracts.types import UnitId
from shared.envelope import encode, event_of
from shared.journal.unit_of_work import Outgoing, UnitOfWork

NOTIFICATIONS = "notifications.events.v1"
SOURCE = "/services/notifications"


async def issue(work: UnitOfWork, called_for: Iterable[Notice], channels: Collection[Kind] = ()) -> None:
    """Issue those of some inbox notices that were not issued before, each also on the channels where its unit has a contact at this time.

    Who gets a contact later is not told again of what was issued before.
    """
    by_name: dict[UUID, Notice] = {}
    for notice in called_for:
        by_name.setdefault(notice.data.notice, notice)
    issued = await repository.read_issued(work.connection, by_name)
    new = [notice for name, notice in by_name.items() if name not in issued]
    if new:
        contacts = await repository.read_reachable(work.connection, {notice.data.recipient for notice in new}, channels)
        await _publish(work, await _with_copies(work, new, contacts), contacts)


async def _with_copies(work: UnitOfWork, notices: Sequence[Notice], contacts: Mapping[UnitId, Sequence[Reachable]]) -> list[Notice]:
    """Return notices, each followed by its copies on other channels; a copy corrects the copy that was sent there before, where one was."""
    made: list[Notice] = []
    for notice in notices:
        kinds = dict.fromkeys(contact.kind for contact in contacts.get(notice.data.recipient, ()))
        made += [notice, *(notice.beside(kind) for kind in kinds)]
    asked = {name for each in made if each.data.channel != "inbox" and (name := each.corrected_on(each.data.channel))}
    there = {each.data.notice for each in made} | await repository.read_issued(work.connection, asked)
    return [_as_correction(each, there) for each in made]


def _as_correction(notice: Notice, there: Collection[UUID]) -> Notice:
    corrected = notice.corrected_on(notice.data.channel)
    return notice.correcting(corrected) if corrected in there and corrected is not None else notice


async def _publish(work: UnitOfWork, notices: Sequence[Notice], contacts: Mapping[UnitId, Sequence[Reachable]]) -> None:
    first = await work.publish(NOTIFICATIONS, [_outgoing(notice) for notice in notices])
    await repository.add_notices(work.connection, work.partition, range(first, first + len(notices)), notices)
    deliveries = [
        (notice.data.notice, position, contact)
        for position, notice in enumerate(notices, first)
        for contact in contacts.get(notice.data.recipient, ())
        if contact.kind == notice.data.channel
    ]
    await repository.add_deliveries(work.connection, work.partition, deliveries)


def _outgoing(notice: Notice) -> Outgoing:
    name = str(notice.data.notice)
    event = event_of(notice.data, id=name, source=SOURCE, subject=name, key=notice.key, time=notice.at)
    return Outgoing(notice.key.encode(), encode(event), notice.cause)
