"""The waiting room: facts that came before what they need, read with a key's stream and written a turn at a time."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.directives.domain import Claim, is_met, refused
from services.directives.inbox import INBOX, Entry
from services.directives.queues import Queue, Waiting
from services.directives.repository import QUERIES, Stream
from services.directives.rulings import Expired, Refused, Waits
from shared.errors import DondocError
from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection

MAX_CALLED = 64 * 1_048_576
"""How many bytes of waiting facts one turn takes into memory."""


NEEDS_VI: Mapping[str, str] = {
    "directive": "văn bản chỉ đạo",
    "task": "nhiệm vụ",
    "plan": "kế hoạch",
    "conference": "hội nghị",
    "extension": "đề nghị gia hạn",
}
"""What a fact may wait for, for officials."""


class Limits(NamedTuple):
    """How long a fact may wait, and how many of a key (and how many bytes of them) may wait at once."""

    days: int = 30
    facts: int = 1_000
    size: int = 16 * 1_048_576


class Stored(NamedTuple):
    """A fact as it waits in the table."""

    offset: int
    key: UUID
    value: bytes
    need: Claim
    expires_at: datetime


class TurnTooLargeError(DondocError):
    """More would have to be read for these records than one turn may; the caller halves them and tries again."""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record of the inbox, as the table of what waits has kept it."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    topic: str = INBOX
    timestamp: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


Reader = Callable[[StoredRecord], Entry]
"""Read a record; an entry that cannot be judged carries its verdict."""


def enter(stored: Stored, partition: int, reader: Reader) -> Entry:
    """Return a fact that waits as it is laid on the desk again."""
    entry = reader(StoredRecord(partition, stored.offset, str(stored.key).encode(), stored.value))
    entry.waits = Waits(stored.need, stored.expires_at)
    entry.is_old = True
    return entry


class WaitingRoom:
    """What waits in a partition, while a turn judges."""

    def __init__(self, work: UnitOfWork, now: datetime, limits: Limits, reader: Reader) -> None:
        self._work = work
        self._now = now
        self._expires_at = now + timedelta(days=limits.days)
        self._limits = limits
        self._reader = reader
        self._called: dict[int, Waiting[Entry]] = {}
        self._changed: dict[int, Waiting[Entry]] = {}

    async def read(self, streams: Iterable[Stream]) -> None:
        """Read what waits in streams that were not in memory."""
        by_key = {stream.key: stream for stream in streams}
        if by_key:
            for key, queue in (await read_queues(self._work.connection, by_key.keys())).items():
                by_key[key].queue = queue

    async def call(self, entries: Collection[Entry], streams: Mapping[str, Stream]) -> list[Entry]:
        """Return the facts that may be judged again because of these; raises TurnTooLargeError when they are too much for one turn."""
        subjects: dict[str, set[str]] = {}
        for entry in entries:
            if streams[entry.event.partitionkey].queue:
                subjects.setdefault(entry.event.partitionkey, set()).add(entry.event.subject)
        for key, names in subjects.items():
            queue = streams[key].queue
            if queue is not None:
                reached = queue.all() if key in names else queue.reached_from(names)
                self._called.update({waiting.offset: waiting for waiting in reached})
        if sum(waiting.size for waiting in self._called.values()) > MAX_CALLED and len(entries) > 1:
            raise TurnTooLargeError("too much waits for these facts")
        for stored in await read_stored(self._work.connection, self._work.partition, self._called) if self._called else ():
            self._called[stored.offset].entry = enter(stored, self._work.partition, self._reader)
        return [waiting.entry for waiting in self._called.values() if waiting.entry is not None]

    def keep(self, stream: Stream, entry: Entry, need: Claim) -> Waits | Refused:
        """Let a fact wait, or wait on; refuse it where too much of its key waits already."""
        queue = stream.queue
        if queue is None:
            queue = stream.queue = Queue()
        waiting = self._called.get(entry.record.offset)
        if waiting is None:
            size = len(entry.record.value or b"")
            if len(queue) >= self._limits.facts or queue.size + size > self._limits.size:
                return Refused(refused("too-many-waiting", limit=self._limits.facts), entry.digest)
            waiting = Waiting(entry.record.offset, entry.event.subject, need, self._expires_at, size)
            waiting.entry = entry
            self._called[waiting.offset] = waiting
        waiting.need, waiting.is_over = need, False
        queue.put(waiting)
        self._changed[waiting.offset] = waiting
        entry.waits = Waits(need, waiting.expires_at)
        return entry.waits

    def release(self, stream: Stream, subject: str) -> list[Waiting[Entry]]:
        """Take out what may be judged again now that a fact about a subject was registered.

        A thing is there once the fact is registered whose subject it is; a fact about the key itself may settle the need of any.
        """
        queue = stream.queue
        if not queue:
            return []
        asking = queue.all() if subject == str(stream.key) else queue.needing(subject)
        met = [waiting for waiting in asking if is_met(stream.state, waiting.need)]
        for waiting in met:
            queue.take(waiting.offset)
            waiting.is_over = True
            self._changed[waiting.offset] = waiting
        return met

    async def expire(self, limit: int, streams: Mapping[str, Stream]) -> list[Entry]:
        """Take out facts that have waited too long, the first to arrive first, up to a number, and return them."""
        expired = await read_expired(self._work.connection, self._work.partition, self._now, limit)
        if expired:
            await end_waiting(self._work.connection, self._work.partition, [stored.offset for stored in expired])
        for stored in expired:
            stream = streams.get(str(stored.key))
            if stream is not None and stream.queue is not None:
                stream.queue.take(stored.offset)
        return [enter(stored, self._work.partition, self._reader) for stored in expired]

    async def save(self) -> None:
        """Store who waits now and who no more; the facts themselves leave the memory."""
        connection, partition = self._work.connection, self._work.partition
        over = [offset for offset, waiting in self._changed.items() if waiting.is_stored and waiting.is_over]
        new = [waiting for waiting in self._changed.values() if not waiting.is_stored and not waiting.is_over]
        moved = [waiting for waiting in self._changed.values() if waiting.is_stored and not waiting.is_over]
        if over:
            await end_waiting(connection, partition, over)
        if new:
            await write_waiting(connection, partition, new)
        if moved:
            await write_needs(connection, partition, moved)
        for waiting in self._called.values():
            waiting.entry = None
            waiting.is_stored = True


def too_late(waits: Waits, limits: Limits) -> Expired:
    """Return the verdict on a fact whose time is up."""
    kind, name = waits.need
    return Expired(refused("waited-too-long", kind=kind, kind_vi=NEEDS_VI[kind], name=name, days=limits.days))


async def read_queues(connection: Connection, keys: Collection[UUID]) -> dict[UUID, Queue[Entry]]:
    """Return what waits for some keys, without the facts themselves."""
    queues: dict[UUID, Queue[Entry]] = {}
    for row in await connection.fetch(QUERIES["read_waiting"], list(keys)):
        waiting: Waiting[Entry] = Waiting(row[1], row[2], Claim(row[3], row[4]), row[5], row[6])
        waiting.is_stored = True
        queues.setdefault(row[0], Queue()).put(waiting)
    return queues


async def read_stored(connection: Connection, partition: int, offsets: Collection[int]) -> list[Stored]:
    """Return facts that wait, as they lie in the inbox."""
    return [_stored(row) for row in await connection.fetch(QUERIES["read_waiting_values"], partition, list(offsets))]


async def read_expired(connection: Connection, partition: int, now: datetime, limit: int) -> list[Stored]:
    """Return the first facts of a partition that have waited too long."""
    return [_stored(row) for row in await connection.fetch(QUERIES["read_expired"], partition, now, limit)]


def _stored(row: Sequence[object]) -> Stored:
    offset, key, value, kind, name, expires_at = row
    return Stored(offset, key, value, Claim(kind, name), expires_at)  # type: ignore[arg-type]  # asyncpg's rows are not typed


async def write_waiting(connection: Connection, partition: int, waiting: Collection[Waiting[Entry]]) -> None:
    """Enter facts that wait from now on."""
    rows = [
        (
            partition, each.offset, entry.fact.key, each.subject, entry.fact.publisher, each.need.kind, each.need.name,
            entry.fact.received_at, each.expires_at, entry.record.value,
        )
        for each in waiting
        if (entry := each.entry) is not None
    ]  # fmt: skip
    columns = (
        "partition", "kafka_offset", "key", "subject", "publisher", "need_kind", "need_id", "received_at", "expires_at", "value",
    )  # fmt: skip
    await connection.copy_records_to_table("waiting", records=rows, columns=columns)


async def write_needs(connection: Connection, partition: int, waiting: Collection[Waiting[Entry]]) -> None:
    """Note that facts wait for something else now."""
    needs = [each.need for each in waiting]
    await connection.execute(
        QUERIES["write_needs"], partition, [each.offset for each in waiting], [need.kind for need in needs], [need.name for need in needs]
    )


async def end_waiting(connection: Connection, partition: int, offsets: Collection[int]) -> None:
    """Take facts out of the table."""
    await connection.execute(QUERIES["end_waiting"], partition, list(offsets))
