"""Tells what became of each fact: events to their topics, and a receipt for each record."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, TypedDict
from uuid import UUID, uuid5

import msgspec

from services.directives.domain import FactRefusedError
from services.directives.inbox import MAX_SOURCE, Entry, Glimpse, Ruling, glimpse
from services.directives.raw_records import clean
from services.directives.receipt_rows import ReceiptRow, judge_receipts, write_receipts
from services.directives.rulings import Duplicate, Expired, Refused, Registered, Verdict, Waits
from shared.contracts import type_of
from shared.contracts.verdicts import FactExpired, FactRefused, FactRegistered, FactReleased, FactWaiting, FieldProblem
from shared.contracts.verdicts import Verdict as Said
from shared.envelope import Event, encode
from shared.journal.unit_of_work import Outgoing, UnitOfWork
from shared.streaming.runs import Record

EVENTS = "directives.events.v1"
VERDICTS = "directives.verdicts.v1"
TOPICS_OF_PUBLISHERS = r"publishers\.[a-z0-9-]+\.verdicts\.v1"
"""Each publisher's own verdicts, in a topic that it may read."""
SOURCE = "/dondoc/registrar"
NAMESPACE = UUID("5d1f6e2c-6d0b-5a58-9c4e-1b0c6f0f3a77")
"""Namespace of the ids of verdicts: UUIDv5 of the fact's place in the inbox, and of what the verdict says beyond the last one."""


Needed = Literal["directive", "task", "plan", "conference", "extension"]


class Refusal(msgspec.Struct, omit_defaults=True):
    """A refusal as receipts keep and show it."""

    code: str
    reason: str
    reason_vi: str
    fields: tuple[FieldProblem, ...] = ()


class _Names(TypedDict):
    """The attributes that a publisher knows its fact by."""

    fact_id: str
    fact_source: str
    fact_type: str


class _Told(NamedTuple):
    """A verdict on an entry, which one of its topic's new events says so, and which one said last what it waits for."""

    entry: Entry
    verdict: Verdict
    number: int
    waiting: tuple[Waits, int] | None


class _Mail:
    """What a turn publishes, topic by topic, and what its receipts say."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.outgoing: dict[str, list[Outgoing]] = defaultdict(list)
        self.told: dict[int, _Told] = {}

    def add(self, ruling: Ruling) -> None:
        """Add the events of one ruling; of several on a record the last one is its receipt's."""
        entry, verdict, topic = ruling
        match verdict:
            case Registered():
                place = self._add_registered(entry, verdict, topic)
            case Refused():
                place = self._say(ruling, _refused(entry, verdict))
            case Waits(need):
                place = self._say(ruling, _waiting(entry, verdict), f"/waiting/{need.kind}/{need.name}")
            case Expired():
                place = self._say(ruling, _expired(entry, verdict), "/expired")
            case Duplicate():
                place = 0
        before = self.told.get(entry.record.offset)
        waiting = (verdict, place) if isinstance(verdict, Waits) else before.waiting if before else None
        self.told[entry.record.offset] = _Told(entry, verdict, place, waiting)

    def _add_registered(self, entry: Entry, verdict: Registered, topic: str | None) -> int:
        events = self.outgoing[EVENTS]
        events.append(
            Outgoing(verdict.event.partitionkey.encode(), verdict.value, cause_of(entry.record), verdict.previous_hash, verdict.hash)
        )
        version = verdict.event.version or 0
        if entry.waits is not None:
            self._say(Ruling(entry, verdict, topic), FactReleased(**_names(entry), version=version), "/released")
        if topic is not None:
            said = FactRegistered(**_names(entry), version=version, hash=verdict.hash.hex())
            self.outgoing[topic].append(self._outgoing(entry, said, "/registered"))
        return len(events) - 1

    def _say(self, ruling: Ruling, said: Said, what: str = "") -> int:
        """Tell everybody, and the publisher in its own topic; returns which one of the common topic's events it is."""
        outgoing = self._outgoing(ruling.entry, said, what)
        self.outgoing[VERDICTS].append(outgoing)
        if ruling.topic is not None:
            self.outgoing[ruling.topic].append(outgoing)
        return len(self.outgoing[VERDICTS]) - 1

    def _outgoing(self, entry: Entry, said: Said, what: str) -> Outgoing:
        record, cause = entry.record, cause_of(entry.record)
        key = clean((record.key or b"unknown").decode(errors="replace"), MAX_SOURCE)
        event: Event | None = getattr(entry, "event", None)
        told = Event(
            specversion="1.0", id=str(uuid5(NAMESPACE, cause + what)), source=SOURCE, type=type_of(type(said)),
            subject=key if event is None else event.subject, partitionkey=key, receivedtime=entry.received_at,
            publisher=entry.publisher, registeredtime=self._now, data=said,
        )  # fmt: skip
        return Outgoing(record.key or key.encode(), encode(told), cause)


async def publish(work: UnitOfWork, rulings: Sequence[Ruling], now: datetime) -> None:
    """Write the events of a turn's rulings to the journal, and the receipts of their records."""
    mail = _Mail(now)
    for ruling in rulings:
        mail.add(ruling)
    first = await work.publish_all(mail.outgoing)
    rows = [_receipt(work.partition, told, first, now) for told in mail.told.values()]
    is_old = [told.entry.is_old for told in mail.told.values()]
    await write_receipts(work.connection, [row for row, old in zip(rows, is_old, strict=True) if not old])
    await judge_receipts(work.connection, work.partition, [row for row, old in zip(rows, is_old, strict=True) if old])


def _receipt(partition: int, told: _Told, first: Mapping[str, int], now: datetime) -> ReceiptRow:
    row = ReceiptRow(partition, told.entry.record.offset, publisher=told.entry.publisher)
    if told.waiting is not None:
        waits, number = told.waiting
        kind, name = waits.need
        row = row._replace(need_kind=kind, need_id=name, expires_at=waits.expires_at, waiting_position=first[VERDICTS] + number)
    match told.verdict:
        case Registered(event):
            return row._replace(outcome="registered", position=first[EVENTS] + told.number, version=event.version)
        case Refused(error) | Expired(error):
            return row._replace(outcome="refused", position=first[VERDICTS] + told.number, refusal=_shown(error), refused_at=now)
        case Waits():
            return row._replace(outcome="waiting", position=first[VERDICTS] + told.number)
        case Duplicate(original_partition, original):
            return row._replace(outcome="duplicate", original_partition=original_partition, original_offset=original)


def _shown(error: FactRefusedError) -> str:
    return msgspec.json.encode(Refusal(error.code, error.reason, error.reason_vi, error.fields)).decode()


def _names(entry: Entry) -> _Names:
    known: Event | Glimpse = getattr(entry, "event", None) or glimpse(entry.record.value)
    return {"fact_id": known.id, "fact_source": known.source, "fact_type": known.type}


def _refused(entry: Entry, verdict: Refused) -> FactRefused:
    error, digest = verdict.error, verdict.digest
    return FactRefused(
        **_names(entry), code=error.code, reason=error.reason, reason_vi=error.reason_vi, fields=error.fields,
        digest=None if digest is None else digest.hex(),
    )  # fmt: skip


def _waiting(entry: Entry, verdict: Waits) -> FactWaiting:
    need = verdict.need
    kind = msgspec.convert(need.kind, Needed)
    return FactWaiting(**_names(entry), needs=kind, needed_id=need.name, expires_at=verdict.expires_at, digest=entry.digest.hex())


def _expired(entry: Entry, verdict: Expired) -> FactExpired:
    error = verdict.error
    return FactExpired(**_names(entry), code=error.code, reason=error.reason, reason_vi=error.reason_vi)


def cause_of(record: Record) -> str:
    """Return what an outgoing event follows from: the record's place."""
    return f"{record.topic}/{record.partition}/{record.offset}"
