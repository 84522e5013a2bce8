"""The registrar's tables: streams, judged facts, claimed names, units and receipts, read and written a batch at a time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import msgspec

from services.directives.domain import Claim, State, Unit
from services.directives.inbox import Entry
from shared.envelope import NO_HASH
from shared.postgres import Connection
from shared.sql import Queries

QUERIES = Queries("services.directives", "sql/registrar/queries.sql")

_state_encoder = msgspec.json.Encoder()
_state_decoder: msgspec.json.Decoder[State] = msgspec.json.Decoder(State)


class Stream:
    """A key's newest version, and the state that its history folds to."""

    __slots__ = ("hash", "key", "state", "version")

    def __init__(self, key: UUID, version: int = 0, last_hash: bytes = NO_HASH, state: State = None) -> None:
        self.key = key
        self.version = version
        self.hash = last_hash
        self.state = state


@dataclass(frozen=True, slots=True)
class Judged:
    """Where a fact was judged first, and the digest of what it said."""

    digest: bytes
    partition: int
    offset: int


class ReceiptRow(NamedTuple):
    """One row of the table `receipt`."""

    partition: int
    kafka_offset: int
    outcome: str
    position: int | None = None
    version: int | None = None
    refusal: str | None = None
    original_partition: int | None = None
    original_offset: int | None = None


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
    """Give back names that nothing was registered for."""
    await connection.execute(QUERIES["release_claims"], *_columns(claims))


async def pass_names(connection: Connection, passed: Mapping[Claim, UUID]) -> None:
    """Give names to other keys than those that they were first taken for."""
    await connection.execute(QUERIES["pass_claims"], *_columns(passed), list(passed.values()))


def _columns(claims: Iterable[Claim]) -> tuple[list[str], list[str]]:
    listed = list(claims)
    return [claim.kind for claim in listed], [claim.name for claim in listed]


async def read_streams(connection: Connection, keys: Collection[UUID]) -> list[Stream]:
    """Return the streams of those keys that have a version."""
    rows = await connection.fetch(QUERIES["read_streams"], list(keys))
    return [Stream(row[0], row[1], row[2], _state_decoder.decode(row[3])) for row in rows]


async def write_streams(connection: Connection, partition: int, streams: Collection[Stream]) -> None:
    """Store streams whose version moved."""
    await connection.execute(
        QUERIES["write_streams"], partition,
        [stream.key for stream in streams], [stream.version for stream in streams], [stream.hash for stream in streams],
        [_state_encoder.encode(stream.state).decode() for stream in streams],
    )  # fmt: skip


async def read_units(connection: Connection, units: Collection[UUID]) -> set[UUID]:
    """Return which of some units are registered, as far as other partitions have committed them."""
    return {row[0] for row in await connection.fetch(QUERIES["read_units"], list(units))}


async def write_units(connection: Connection, units: Mapping[UUID, Unit]) -> None:
    """Enter units into the registry."""
    await connection.execute(QUERIES["write_units"], list(units), [unit.code for unit in units.values()])


async def write_receipts(connection: Connection, rows: Sequence[ReceiptRow]) -> None:
    """Note what became of the records of a batch; COPY, since the checkpoint keeps any record from being judged twice."""
    await connection.copy_records_to_table("receipt", records=rows, columns=ReceiptRow._fields)
