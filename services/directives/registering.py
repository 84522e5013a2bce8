"""The registrar's handler: judges a run of the inbox in order, in one transaction, with one statement a table."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from services.directives.desk import Desk
from services.directives.domain import FactRefusedError, refused
from services.directives.inbox import Duplicate, Entry, Refused, fill, read_event, read_key
from services.directives.repository import Judged, claim_facts, read_judged
from services.directives.verdicts import publish
from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection
from shared.streaming.runs import Record

INBOX = "directives.inbox.v1"

Now = Callable[[Connection], Awaitable[datetime]]
"""Return the office's present instant, inside a transaction."""


class Registrar:
    """Registers, refuses or recognises each fact of the inbox."""

    def __init__(self, partitions: int, now: Now) -> None:
        self._partitions = partitions
        self._now = now

    async def handle(self, work: UnitOfWork, records: Sequence[Record]) -> None:
        """Judge records of one partition in order; every one of them gets a receipt."""
        now = await self._now(work.connection)
        entries = [self._read(record) for record in records]
        await _tell_repeats(work, [entry for entry in entries if entry.verdict is None])
        new = [entry for entry in entries if entry.verdict is None]
        desk = Desk(work, now)
        await desk.prepare(new)
        for entry in new:
            entry.verdict = desk.judge(entry)
        await desk.save()
        await publish(work, entries, now)

    def _read(self, record: Record) -> Entry:
        entry = Entry(record)
        try:
            event = read_event(record.value)
            fill(entry, read_key(record, event, self._partitions), event)
        except FactRefusedError as error:
            entry.verdict = Refused(error)
        return entry


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
