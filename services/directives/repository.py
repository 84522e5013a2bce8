"""The registrar's tables of what it decides from: streams and their histories, judged facts, names, units and publishers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from services.directives.domain import Claim, Fact, Past, Rights, State, Unit, rights_of
from services.directives.inbox import Entry
from shared.contracts.codes import canonical_code
from shared.contracts.registry import PublisherAuthorised, publisher_key
from shared.envelope import NO_HASH, Event, decode
from shared.postgres import Connection
from shared.sql import Queries

if TYPE_CHECKING:
    from services.directives.queues import Queue

QUERIES = Queries("services.directives", "sql/registrar/queries.sql")

_state_encoder = msgspec.json.Encoder()
_state_decoder: msgspec.json.Decoder[State] = msgspec.json.Decoder(State)
_rights_decoder = msgspec.json.Decoder(PublisherAuthorised)


class Stream:
    """A key's newest version, the state that its history folds to, and what waits for more of it."""

    __slots__ = ("hash", "key", "queue", "state", "version")

    def __init__(self, key: UUID, version: int = 0, last_hash: bytes = NO_HASH, state: State = None) -> None:
        self.key = key
        self.version = version
        self.hash = last_hash
        self.state = state
        self.queue: Queue[Entry] | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """Where a fact was judged first, and the digest of what it said."""

    digest: bytes
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Authorised:
    """What a publisher may do, and which version of its key said so."""

    version: int
    rights: Rights


async def claim_facts(connection: Connection, partition: int, entries: Sequence[Entry]) -> set[int]:
    """Enter facts as judged here and return the offsets of those that were new; waits for another partition's open claim."""
    rows = await connection.fetch(
        QUERIES["claim_facts"], partition,
        [entry.identity for entry in entries], [entry.digest for entry in entries], [entry.record.offset for entry in entries],
    )  # fmt: skip
    return {row[0] for row in rows}


async def read_judged(connection: Connection, identities: Collection[bytes]) -> dict[bytes, Judged]:
    """Return where facts were judged before."""
    rows = await connection.fetch(QUERIES["read_facts"], list(identities))
    return {row[0]: Judged(row[1], row[2], row[3]) for row in rows}


async def claim_names(connection: Connection, wanted: Mapping[Claim, UUID]) -> set[Claim]:
    """Take names for keys and return those that were free; waits for another partition's open claim."""
    kinds, names = _columns(wanted)
    return {Claim(row[0], row[1]) for row in await connection.fetch(QUERIES["claim_names"], kinds, names, list(wanted.values()))}


async def read_owners(connection: Connection, claims: Collection[Claim]) -> dict[Claim, UUID]:
    """Return whom names belong to."""
    return {Claim(row[0], row[1]): row[2] for row in await connection.fetch(QUERIES["read_claims"], *_columns(claims))}


async def release_names(connection: Connection, claims: Collection[Claim]) -> None:
    """Give back names that nothing is registered under."""
    await connection.execute(QUERIES["release_claims"], *_columns(claims))


async def pass_names(connection: Connection, passed: Mapping[Claim, UUID]) -> None:
    """Give names to other keys than those that the table gives them to."""
    await connection.execute(QUERIES["pass_claims"], *_columns(passed), list(passed.values()))


def _columns(claims: Iterable[Claim]) -> tuple[list[str], list[str]]:
    listed = list(claims)
    return [claim.kind for claim in listed], [claim.name for claim in listed]


async def read_streams(connection: Connection, keys: Collection[UUID]) -> list[Stream]:
    """Return the streams of those keys that have a version; one whose state was taken out by an upgrade comes without it."""
    rows = await connection.fetch(QUERIES["read_streams"], list(keys))
    return [Stream(row[0], row[1], row[2], _state_decoder.decode(row[3]) if row[3] else None) for row in rows]


async def write_streams(connection: Connection, partition: int, streams: Collection[Stream]) -> None:
    """Store streams whose version moved."""
    await connection.execute(
        QUERIES["write_streams"], partition,
        [stream.key for stream in streams], [stream.version for stream in streams], [stream.hash for stream in streams],
        [_state_encoder.encode(stream.state).decode() for stream in streams],
    )  # fmt: skip


async def read_histories(connection: Connection, topic: str, keys: Collection[UUID]) -> dict[UUID, list[Past]]:
    """Return all that was registered under some keys, in order."""
    histories: dict[UUID, list[Past]] = {}
    for row in await connection.fetch(QUERIES["read_histories"], topic, [str(key).encode() for key in keys]):
        past = past_of(decode(row[0]))
        histories.setdefault(past.fact.key, []).append(past)
    return histories


def past_of(event: Event) -> Past:
    """Return a registered event as a part of its key's history."""
    received_at, version = event.receivedtime, event.version
    if received_at is None or version is None:  # pragma: no cover  the registrar registers no event without them
        raise ValueError(event.id)
    return Past(version, Fact(UUID(event.partitionkey), UUID(event.subject), received_at, event.data, event.publisher or ""))


async def read_units(connection: Connection, units: Collection[UUID]) -> set[UUID]:
    """Return which of some units are registered, as far as other partitions have committed them."""
    return {row[0] for row in await connection.fetch(QUERIES["read_units"], list(units))}


async def write_units(connection: Connection, units: Mapping[UUID, Unit]) -> None:
    """Enter units into the registry, under the one form of their codes."""
    await connection.execute(QUERIES["write_units"], list(units), [canonical_code(unit.code) for unit in units.values()])


async def read_publishers(connection: Connection, known: Mapping[str, int]) -> dict[str, Authorised]:
    """Return the rights of those publishers whose newest version is another one than the known (0 where none is)."""
    rows = await connection.fetch(QUERIES["read_publishers"], list(known), list(known.values()))
    return {row[0]: Authorised(row[1], rights_of(_rights_decoder.decode(row[2]))) for row in rows}


async def write_publishers(connection: Connection, said: Mapping[str, tuple[int, PublisherAuthorised]]) -> None:
    """Store publishers' rights; HTTP's door reads them too."""
    authorised = [each for _, each in said.values()]
    await connection.execute(
        QUERIES["write_publishers"], list(said), [publisher_key(slug) for slug in said], [version for version, _ in said.values()],
        [_state_encoder.encode(each).decode() for each in authorised], [each.has_topic for each in authorised],
    )  # fmt: skip
