"""Messages to facts to handlers, nothing else."""

from collections.abc import Sequence

from services.deadlines.domain.evolving import CONCERNING
from services.deadlines.domain.facts import Fact, fact_of
from services.deadlines.domain.said import Said
from services.deadlines.handlers import fold_tellings, learn_facts, read_learned, take_facts
from services.deadlines.projections import RuleBook
from services.deadlines.repository import Telling
from shared.clock import office_now
from shared.contracts.deadlines import (
    DeadlineApproaching,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DeadlineWithdrawn,
)
from shared.contracts.registry import CalendarAmended, UnitRegistered, UnitRenamed
from shared.envelope import decode, header
from shared.environment import ClockKind
from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import UnitOfWork
from shared.streaming.follower import Handler
from shared.streaming.runs import Record

_FOLLOWED = (*CONCERNING, UnitRegistered, UnitRenamed, CalendarAmended)


def follow_directives(book: RuleBook, clock: ClockKind) -> Handler:
    """Return the handler of directives.events.v1; it raises InvalidMessageError for a record that is not a registered fact."""
    learn = rebuild_dossiers(book)

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        end = await read_learned(work)
        known = [record for record in records if record.offset < end]
        if known:
            await learn(work, known)
        facts = facts_of(records[len(known) :])
        if facts:
            now = await office_now(clock, work.connection)
            await take_facts(work, facts, book, now)

    return handle


def rebuild_deadlines(book: RuleBook) -> Handler:
    """Return the handler that folds our own deadlines.events.v1 back into the tables."""

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        await fold_tellings(work, [telling_of(record) for record in records], await book.current(work.connection))

    return handle


def rebuild_dossiers(book: RuleBook) -> Handler:
    """Return the handler that folds directives.events.v1 back into dossiers, calendars and names, saying nothing."""

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        await learn_facts(work, facts_of(records), await book.current(work.connection))

    return handle


def facts_of(records: Sequence[Record]) -> list[Fact]:
    """Return the facts in records that this service follows, in order."""
    events = ((record, decode(record.value)) for record in records)
    return [
        fact_of(event, f"{record.topic}/{record.partition}/{record.offset}")
        for record, event in events
        if isinstance(event.data, _FOLLOWED)
    ]


_SAID = (
    DeadlineSet, DeadlineChanged, DeadlineApproaching, DeadlineMissed, DeadlineMet, DeadlineAtRisk, DeadlineWithdrawn,
)  # fmt: skip


def telling_of(record: Record) -> Telling:
    """Return what a record of deadlines.events.v1 says, or raise InvalidMessageError."""
    event, cause = decode(record.value), header(record.headers, "cause")
    data = event.data
    if not isinstance(data, _SAID):
        raise InvalidMessageError(f"{event.type} is no event of a deadline")
    if cause is None or event.time is None or event.registeredtime is None:
        raise InvalidMessageError(f"{event.type} {event.id} lacks its cause, time or registeredtime: not from our relay")
    said = Said(id=event.id, since=event.time, data=data)
    return Telling(said=said, cause=cause.decode(), said_at=event.registeredtime, traceparent=event.traceparent)
