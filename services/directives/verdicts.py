"""Tells what became of each record: events to their topics, and a receipt for each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from services.directives.inbox import MAX_SOURCE, Duplicate, Entry, Glimpse, Refused, Registered, clean, glimpse
from services.directives.repository import ReceiptRow, write_receipts
from shared.contracts.verdicts import FactRefused, FieldProblem
from shared.envelope import Event, encode, event_of
from shared.journal.unit_of_work import Outgoing, UnitOfWork
from shared.streaming.runs import Record

EVENTS = "directives.events.v1"
VERDICTS = "directives.verdicts.v1"
SOURCE = "/dondoc/registrar"
NAMESPACE = UUID("5d1f6e2c-6d0b-5a58-9c4e-1b0c6f0f3a77")
"""Namespace of the ids of verdicts: UUIDv5 of the fact's place in the inbox."""


class Refusal(msgspec.Struct, omit_defaults=True):
    """A refusal as receipts keep and show it."""

    code: str
    reason: str
    reason_vi: str
    fields: tuple[FieldProblem, ...] = ()


async def publish(work: UnitOfWork, entries: Sequence[Entry], now: datetime) -> None:
    """Write the events of a judged batch to the journal, and its receipts."""
    registered = [_registered(entry, entry.verdict) for entry in entries if isinstance(entry.verdict, Registered)]
    refusals = [_refused(entry, entry.verdict, now) for entry in entries if isinstance(entry.verdict, Refused)]
    next_event = await work.publish(EVENTS, registered) if registered else 0
    next_verdict = await work.publish(VERDICTS, refusals) if refusals else 0
    rows = []
    for entry in entries:
        match entry.verdict:
            case Registered(event):
                rows.append(ReceiptRow(work.partition, entry.record.offset, "registered", next_event, event.version))
                next_event += 1
            case Refused() as verdict:
                rows.append(ReceiptRow(work.partition, entry.record.offset, "refused", next_verdict, refusal=_shown(verdict)))
                next_verdict += 1
            case Duplicate(partition, offset):
                rows.append(ReceiptRow(work.partition, entry.record.offset, "duplicate", None, None, None, partition, offset))
    await write_receipts(work.connection, rows)


def cause_of(record: Record) -> str:
    """Return what an outgoing event follows from: the record's place."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def _registered(entry: Entry, verdict: Registered) -> Outgoing:
    return Outgoing(verdict.event.partitionkey.encode(), verdict.value, cause_of(entry.record), verdict.previous_hash, verdict.hash)


def _refused(entry: Entry, verdict: Refused, now: datetime) -> Outgoing:
    record = entry.record
    event = replace(_refusal_event(entry, verdict), registeredtime=now)
    return Outgoing(record.key or event.partitionkey.encode(), encode(event), cause_of(record))


def _refusal_event(entry: Entry, verdict: Refused) -> Event:
    record, error = entry.record, verdict.error
    known: Event | Glimpse = getattr(entry, "event", None) or glimpse(record.value)
    key = clean((record.key or b"unknown").decode(errors="replace"), MAX_SOURCE)
    said = FactRefused(
        fact_id=known.id, fact_source=known.source, fact_type=known.type,
        code=error.code, reason=error.reason, reason_vi=error.reason_vi, fields=error.fields,
    )  # fmt: skip
    event = event_of(said, id=str(uuid5(NAMESPACE, cause_of(record))), source=SOURCE, subject=key, key=key)
    if isinstance(known, Event):
        return replace(event, subject=known.subject, receivedtime=known.receivedtime, publisher=known.publisher)
    return event


def _shown(verdict: Refused) -> str:
    error = verdict.error
    return msgspec.json.encode(Refusal(error.code, error.reason, error.reason_vi, error.fields)).decode()
