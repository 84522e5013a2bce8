"""The registrar's handler: judges a run of the inbox in order, in one transaction, with one statement a table."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from services.directives import inbox
from services.directives.desk import Desk
from services.directives.domain import INTERNAL_PUBLISHERS, FactRefusedError, refused
from services.directives.inbox import Entry, read
from services.directives.names import key_of, read_sources
from services.directives.repository import Judged, claim_facts, read_judged
from services.directives.rulings import Duplicate, Refused
from services.directives.verdicts import publish
from services.directives.waiting import Limits
from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection
from shared.streaming.runs import Record

INBOX = inbox.INBOX

Now = Callable[[Connection], Awaitable[datetime]]
"""Return the office's present instant, inside a transaction."""


class Registrar:
    """Registers, refuses or recognises each fact of the inbox, or lets it wait."""

    def __init__(self, partitions: int, now: Now, limits: Limits | None = None) -> None:
        self._partitions = partitions
        self._now = now
        self._limits = limits or Limits()

    async def handle(self, work: UnitOfWork, records: Sequence[Record]) -> None:
        """Judge records of one partition in order; every one of them gets a receipt."""
        now = await self._now(work.connection)
        entries = [self.read(record) for record in records]
        await _turn_strangers_away(work, _unjudged(entries))
        await _tell_repeats(work, _unjudged(entries))
        desk = Desk(work, now, self._limits, self.read)
        await desk.prepare(entries)
        rulings = [ruling for entry in entries for ruling in desk.rule(entry)]
        await desk.save()
        await publish(work, rulings, now)

    async def expire(self, work: UnitOfWork, limit: int) -> int:
        """Refuse facts of the turn's partition that have waited too long, at most so many, and return how many there were."""
        now = await self._now(work.connection)
        desk = Desk(work, now, self._limits, self.read)
        rulings = await desk.expire(limit)
        await desk.save()
        await publish(work, rulings, now)
        return len(rulings)

    def read(self, record: Record) -> Entry:
        """Return a record as it lies on the desk; one that cannot be judged carries its refusal."""
        entry = Entry(record)
        try:
            read(entry, self._partitions)
        except FactRefusedError as error:
            entry.verdict = Refused(error)
        return entry


def _unjudged(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.verdict is None]


async def _turn_strangers_away(work: UnitOfWork, entries: Sequence[Entry]) -> None:
    """Refuse facts under a source of another publisher or of our own services; their source and id stay those of its owner."""
    owners = await read_sources(work, entries)
    for entry in entries:
        publisher = entry.fact.publisher
        if publisher not in INTERNAL_PUBLISHERS and owners.get(entry.event.source) != key_of(publisher):
            entry.verdict = Refused(refused("source-taken", "/source", source=entry.event.source))


async def _tell_repeats(work: UnitOfWork, entries: Sequence[Entry]) -> None:
    """Give a verdict to facts whose source and id were seen before, in this batch or in any partition."""
    first: dict[bytes, Entry] = {}
    for entry in entries:
        first.setdefault(entry.identity, entry)
    if not first:
        return
    won = await claim_facts(work.connection, work.partition, list(first.values()))
    lost = [identity for identity, entry in first.items() if entry.record.offset not in won]
    judged = await read_judged(work.connection, lost) if lost else {}
    if len(first) == len(entries) and not lost:
        return
    for entry in entries:
        original = judged.get(entry.identity) or _as_judged(first[entry.identity])
        if (original.partition, original.offset) != (work.partition, entry.record.offset):
            entry.verdict = _repeat(entry, original)


def _as_judged(entry: Entry) -> Judged:
    return Judged(entry.digest, entry.record.partition, entry.record.offset)


def _repeat(entry: Entry, original: Judged) -> Duplicate | Refused:
    if entry.digest == original.digest:
        return Duplicate(original.partition, original.offset)
    return Refused(refused("id-reused", "/id", id=entry.event.id))
