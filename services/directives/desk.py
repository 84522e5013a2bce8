"""The registrar's desk: what a batch is judged with, and what it changes."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from services.directives.domain import Claim, FactRefusedError, Filing, References, Unit, decide, evolve, units_of
from services.directives.inbox import Entry, Refused, Registered
from services.directives.repository import (
    Stream,
    claim_names,
    pass_names,
    read_owners,
    read_streams,
    read_units,
    release_names,
    write_streams,
    write_units,
)
from shared.envelope import chain, encode
from shared.journal.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from uuid import UUID

MAX_STREAMS = 20_000
MAX_UNITS = 50_000
"""How much a process remembers of each partition."""

Streams = OrderedDict[str, Stream]


class Desk:
    """Everything that is needed to judge one batch, with the partition's memory behind it."""

    def __init__(self, work: UnitOfWork, now: datetime) -> None:
        self._work = work
        self._now = now
        self._streams = cast("Streams", work.memory.setdefault("streams", OrderedDict()))
        self._units = cast("set[UUID]", work.memory.setdefault("units", set()))
        self._owners: dict[Claim, UUID] = {}
        self._won: dict[Claim, UUID] = {}
        self._changed: dict[UUID, Stream] = {}
        self._references = References(self._units, self._owners)

    async def prepare(self, entries: Sequence[Entry]) -> None:
        """Load what the batch is judged with: streams, claimed names, units."""
        if entries:
            await self._load_streams(entries)
            await self._take_names(entries)
            await self._load_units(entries)

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

    async def _take_names(self, entries: Sequence[Entry]) -> None:
        """Take every name that the batch wants, before it is known which facts will be registered."""
        wanted: dict[Claim, UUID] = {}
        for entry in entries:
            for claim in entry.claims:
                wanted.setdefault(claim, entry.fact.key)
        if not wanted:
            return
        won = await claim_names(self._work.connection, wanted)
        self._won = {claim: wanted[claim] for claim in won}
        if len(won) < len(wanted):
            self._owners.update(await read_owners(self._work.connection, wanted.keys() - won))

    async def _load_units(self, entries: Sequence[Entry]) -> None:
        if len(self._units) > MAX_UNITS:
            self._units.clear()
        named = {unit for entry in entries for named in units_of(entry.fact) for unit in named.units}
        unknown = named - self._units
        if unknown:
            self._units |= await read_units(self._work.connection, unknown)

    def judge(self, entry: Entry) -> Registered | Refused:
        """Register or refuse a fact; what is registered counts for the next one."""
        stream = self._streams[entry.event.partitionkey]
        try:
            (fact,) = decide(stream.state, Filing(entry.fact, self._references))
        except FactRefusedError as error:
            return Refused(error)
        stream.state = evolve(stream.state, fact)
        for claim in entry.claims:
            self._owners[claim] = fact.key
        if isinstance(stream.state, Unit):
            self._units.add(fact.key)
        return self._append(stream, entry)

    def _append(self, stream: Stream, entry: Entry) -> Registered:
        event = replace(entry.event, version=stream.version + 1, registeredtime=self._now)
        value, previous = encode(event), stream.hash
        stream.version += 1
        stream.hash = chain(previous, value)
        self._changed[stream.key] = stream
        return Registered(event, value, previous, stream.hash)

    async def save(self) -> None:
        """Store what the batch changed, and forget the streams that were not needed for longest."""
        if self._changed:
            await write_streams(self._work.connection, self._work.partition, self._changed.values())
        units = {key: stream.state for key, stream in self._changed.items() if isinstance(stream.state, Unit)}
        if units:
            await write_units(self._work.connection, units)
        await self._settle_names()
        while len(self._streams) > MAX_STREAMS:
            self._streams.popitem(last=False)

    async def _settle_names(self) -> None:
        """Leave taken names only with the keys that registered something under them."""
        unused = [claim for claim in self._won if claim not in self._owners]
        passed = {claim: self._owners[claim] for claim, key in self._won.items() if self._owners.get(claim, key) != key}
        if unused:
            await release_names(self._work.connection, unused)
        if passed:
            await pass_names(self._work.connection, passed)
