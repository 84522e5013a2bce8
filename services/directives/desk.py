"""The registrar's desk: what a turn judges with, and what it changes."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from services.directives.authorities import Authorities
from services.directives.domain import FactRefusedError, FactWaitsError, Filing, References, Unit, decide, evolve, units_of
from services.directives.histories import Histories
from services.directives.inbox import Entry, Ruling
from services.directives.names import Names
from services.directives.repository import Stream, read_streams, read_units, write_streams, write_units
from services.directives.rulings import Refused, Registered, Verdict
from services.directives.verdicts import EVENTS
from services.directives.waiting import Limits, Reader, WaitingRoom, too_late
from shared.contracts.registry import PublisherAuthorised
from shared.contracts.voiding import FactVoided
from shared.envelope import chain, encode
from shared.journal.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from uuid import UUID

MAX_STREAMS = 20_000
MAX_UNITS = 50_000
"""How much a process remembers of each partition."""

Streams = OrderedDict[str, Stream]


class Desk:
    """Everything that is needed to judge in one turn, with the partition's memory behind it."""

    def __init__(self, work: UnitOfWork, now: datetime, limits: Limits, reader: Reader) -> None:
        self._work = work
        self._now = now
        self._limits = limits
        self._streams = cast("Streams", work.memory.setdefault("streams", OrderedDict()))
        self._units = cast("set[UUID]", work.memory.setdefault("units", set()))
        self._names = Names(work)
        self._authorities = Authorities(work)
        self._room = WaitingRoom(work, now, limits, reader)
        self._histories = Histories(work, EVENTS)
        self._changed: dict[UUID, Stream] = {}
        self._references = References(self._units, self._names.owners, self._authorities.rights)

    async def prepare(self, entries: Sequence[Entry]) -> None:
        """Load what the records are judged with: streams and what waits in them, publishers' rights, claimed names, units, histories."""
        new = [entry for entry in entries if entry.verdict is None]
        await self._load_streams(new)
        called = await self._room.call(new, self._streams)
        await self._authorities.ask({entry.publisher for each in (entries, called) for entry in each})
        judged = [*new, *(entry for entry in called if entry.verdict is None)]
        await self._names.take(judged)
        await self._load_units(judged)
        await self._histories.read(judged, self._streams)

    async def _load_streams(self, entries: Sequence[Entry]) -> None:
        asked = {entry.event.partitionkey: entry.fact.key for entry in entries}
        missing = {name: key for name, key in asked.items() if name not in self._streams}
        for name, key in missing.items():
            self._streams[name] = Stream(key)
        for name in asked:
            self._streams.move_to_end(name)
        if missing:
            for stream in await read_streams(self._work.connection, missing.values()):
                self._streams[str(stream.key)] = stream
            await self._histories.recall(self._streams[name] for name in missing)
            await self._room.read(self._streams[name] for name in missing)

    async def _load_units(self, entries: Sequence[Entry]) -> None:
        if len(self._units) > MAX_UNITS:
            self._units.clear()
        named = {unit for entry in entries for named in units_of(entry.fact) for unit in named.units}
        unknown = named - self._units
        if unknown:
            self._units |= await read_units(self._work.connection, unknown)

    def rule(self, entry: Entry) -> Iterator[Ruling]:
        """Judge a record, where it has no verdict yet, and all that has waited for it, in the order of arrival."""
        verdict = entry.verdict or self._judge(entry)
        yield self._ruling(entry, verdict)
        if not isinstance(verdict, Registered):
            return
        stream = self._streams[entry.event.partitionkey]
        met = self._room.release(stream, entry.event.subject)
        heapify(met)
        while met:
            waiting = heappop(met)
            if waiting.entry is None:  # pragma: no cover  what may be met was called beforehand
                raise LookupError(waiting.offset)
            again = self._judge_again(waiting.entry)
            yield self._ruling(waiting.entry, again)
            if isinstance(again, Registered):
                for other in self._room.release(stream, waiting.subject):
                    heappush(met, other)

    async def expire(self, limit: int) -> list[Ruling]:
        """Refuse what has waited too long, in the order of arrival, up to a number of facts."""
        expired = await self._room.expire(limit, self._streams)
        await self._authorities.ask({entry.publisher for entry in expired})
        return [self._ruling(entry, too_late(entry.waits, self._limits)) for entry in expired if entry.waits is not None]

    def _ruling(self, entry: Entry, verdict: Verdict) -> Ruling:
        return Ruling(entry, verdict, self._authorities.topic_of(entry.publisher))

    def _judge_again(self, entry: Entry) -> Verdict:
        if entry.waits is not None and entry.waits.expires_at <= self._now:
            return too_late(entry.waits, self._limits)
        return entry.verdict or self._judge(entry)

    def _judge(self, entry: Entry) -> Verdict:
        """Register a fact, refuse it, or let it wait; what is registered counts for the next one."""
        stream = self._streams[entry.event.partitionkey]
        filing = Filing(entry.fact, self._references, self._now, has_waited=entry.waits is not None)
        try:
            if isinstance(entry.fact.data, FactVoided):
                stream.state, freed = self._histories.void(entry.event.partitionkey, filing)
                self._names.free(freed, stream.key)
            else:
                (fact,) = decide(stream.state, filing)
                stream.state = evolve(stream.state, fact)
        except FactWaitsError as error:
            return self._room.keep(stream, entry, error.need)
        except FactRefusedError as error:
            return Refused(error, entry.digest)
        self._names.give(entry.claims, stream.key)
        return self._append(stream, entry)

    def _append(self, stream: Stream, entry: Entry) -> Registered:
        event = replace(entry.event, version=stream.version + 1, registeredtime=self._now)
        value, previous = encode(event), stream.hash
        stream.version += 1
        stream.hash = chain(previous, value)
        self._changed[stream.key] = stream
        self._histories.add(event)
        if isinstance(stream.state, Unit):
            self._units.add(stream.key)
        if isinstance(event.data, PublisherAuthorised):
            self._authorities.authorise(event.data, stream.version)
        return Registered(event, value, previous, stream.hash)

    async def save(self) -> None:
        """Store what the turn changed, and forget the streams that were not needed for longest."""
        if self._changed:
            await write_streams(self._work.connection, self._work.partition, self._changed.values())
        units = {key: stream.state for key, stream in self._changed.items() if isinstance(stream.state, Unit)}
        if units:
            await write_units(self._work.connection, units)
        await self._authorities.save()
        await self._names.settle()
        await self._room.save()
        while len(self._streams) > MAX_STREAMS:
            self._streams.popitem(last=False)
