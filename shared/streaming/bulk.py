"""Decisions about many parked keys at once, key by key; what went wrong with one key undoes nothing of another."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass

from shared.errors import NotFoundError
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool
from shared.streaming.causes import ParkedKey
from shared.streaming.follower import Handler
from shared.streaming.parked import Note, ParkedRecord, Tried, discard, list_parked_keys, read_key, read_records, retry_key, try_key
from shared.streaming.queries import QUERIES

MOST_TRIED = 200
"""Records of a key that a dry run tries, so that it holds a partition for a moment only."""
NO_HANDLER = "nothing applies records of this topic again; restart its worker with the topic, or discard it"

Place = tuple[str, int, int]
"""Topic, partition and offset."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which keys are meant: those that every condition given holds for."""

    cause: str = ""
    key: str = ""
    topic: str = ""

    def covers(self, key: ParkedKey) -> bool:
        """Tell whether a key is meant."""
        wanted = (self.cause, key.cause.code), (self.key, key.key.decode(errors="replace")), (self.topic, key.topic)
        return all(asked in ("", found) for asked, found in wanted)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a key, or would: how many records were decided, how many are left, and which one failed for what reason."""

    key: ParkedKey
    decided: int
    left: int
    failed: str = ""
    reason: str = ""


async def choose(pool: Pool, choice: Choice) -> list[ParkedKey]:
    """Return the parked keys that are meant, those that have waited longest first."""
    return [key for key in await list_parked_keys(pool) if choice.covers(key)]


async def find_keys(pool: Pool, places: Iterable[Place]) -> list[ParkedKey]:
    """Return the keys of the records at some places, each once; raises NotFoundError where nothing is parked."""
    first = {(records := await read_key(pool, *place))[0].place: records for place in places}
    return [_key_of(records) for records in first.values()]


async def retry_all(
    ledger: Ledger, handlers: Mapping[str, Handler], keys: Iterable[ParkedKey], *, by: str, note: Note | None = None
) -> AsyncIterator[Outcome]:
    """Apply the records of each key in order, as `retry_key` does, and tell of each key what came of it."""
    for key in keys:
        handler = handlers.get(key.topic)
        tried = await retry_key(ledger, handler, key, by=by, note=note) if handler else None
        left = await ledger.pool.fetchval(QUERIES["count_parked_of"], key.topic, key.partition, key.offset, key.key)
        yield _outcome(key, tried, left)


async def try_all(ledger: Ledger, handlers: Mapping[str, Handler], keys: Iterable[ParkedKey]) -> AsyncIterator[Outcome]:
    """Tell of each key what a retry would do, and do nothing."""
    for key in keys:
        handler = handlers.get(key.topic)
        tried = await try_key(ledger, handler, key, MOST_TRIED) if handler else None
        yield _outcome(key, tried, key.behind + 1 - (tried.applied if tried else 0))


async def discard_all(
    ledger: Ledger, keys: Iterable[ParkedKey], *, by: str, why: str, is_whole: bool = False, note: Note | None = None
) -> AsyncIterator[Outcome]:
    """Take the first record of each key out, or all of them; what somebody else has decided meanwhile is passed over."""
    for key in keys:
        decided = 0
        records = await read_records(ledger.pool, [key], key.behind + 1)
        for record in records if is_whole else [each for each in records if each.offset == key.offset]:
            try:
                await discard(ledger, record, by=by, why=why, note=note)
                decided += 1
            except NotFoundError:
                continue
        yield Outcome(key, decided, len(records) - decided)


def _outcome(key: ParkedKey, tried: Tried | None, left: int) -> Outcome:
    if tried is None:
        return Outcome(key, 0, left, key.place, NO_HANDLER)
    return Outcome(key, tried.applied, left, tried.failed.place if tried.failed else "", tried.reason)


def _key_of(records: list[ParkedRecord]) -> ParkedKey:
    first = records[0]
    return ParkedKey(first.topic, first.partition, first.offset, first.key, first.reason, first.parked_at, len(records) - 1)
