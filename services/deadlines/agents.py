"""Messages to facts to handlers, nothing else."""

from collections.abc import Sequence
from uuid import UUID

from services.deadlines.domain.life import Said
from services.deadlines.domain.rules import Rules
from services.deadlines.handlers import fold_tellings, take_facts
from services.deadlines.projections import Fact
from services.deadlines.repository import Telling
from shared.clock import office_now
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineSet
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.envelope import Event, decode, header
from shared.environment import ClockKind
from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import UnitOfWork
from shared.streaming.follower import Handler
from shared.streaming.runs import Record

FACTS = "directives.events.v1"

_FOLLOWED = (DirectiveIssued, TaskAssigned, PlanSubmitted, ConferenceScheduled, ConferenceHeld, ReportSubmitted, UnitRegistered)


def follow_directives(rules: Rules, clock: ClockKind) -> Handler:
    """Return the handler of directives.events.v1; it raises InvalidMessageError for a record that is not a registered fact."""

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        facts = facts_of(records)
        if facts:
            now = await office_now(clock, work.connection)
            await take_facts(work, facts, rules, now)

    return handle


def rebuild_deadlines(rules: Rules) -> Handler:
    """Return the handler that folds our own deadlines.events.v1 back into the tables."""

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        await fold_tellings(work, [telling_of(record) for record in records], rules)

    return handle


def facts_of(records: Sequence[Record]) -> list[Fact]:
    """Return the facts in records that this service follows, in order."""
    events = ((record, decode(record.value)) for record in records)
    return [_fact_of(record, event) for record, event in events if isinstance(event.data, _FOLLOWED)]


def _fact_of(record: Record, event: Event) -> Fact:
    if event.version is None or event.receivedtime is None or event.registeredtime is None:
        raise InvalidMessageError(f"{event.type} {event.id} lacks version, receivedtime or registeredtime: not from the registrar")
    return Fact(
        event=event,
        cause=f"{record.topic}/{record.partition}/{record.offset}",
        key=_id_of(event.partitionkey, "partitionkey"),
        subject=_id_of(event.subject, "subject"),
        version=event.version,
        received_at=event.receivedtime,
        registered_at=event.registeredtime,
    )


def _id_of(text: str, attribute: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidMessageError(f"{attribute} should be a UUID, not {text!r}") from None


def telling_of(record: Record) -> Telling:
    """Return what a record of deadlines.events.v1 says, or raise InvalidMessageError."""
    event, cause = decode(record.value), header(record.headers, "cause")
    data = event.data
    if not isinstance(data, DeadlineSet | DeadlineApproaching | DeadlineMissed | DeadlineMet):
        raise InvalidMessageError(f"{event.type} is no event of a deadline")
    if cause is None or event.time is None or event.registeredtime is None:
        raise InvalidMessageError(f"{event.type} {event.id} lacks its cause, time or registeredtime: not from our relay")
    said = Said(id=event.id, since=event.time, data=data)
    return Telling(said=said, cause=cause.decode(), said_at=event.registeredtime, traceparent=event.traceparent)
