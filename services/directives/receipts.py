"""Receipts: what became of a record of the inbox, told only once the event that says so is in Kafka (invariant 9)."""

import asyncio
import contextlib
import logging
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from datetime import datetime
from typing import Any, Literal

import asyncpg
import msgspec
from msgspec.structs import replace

from services.directives.delivery import Place
from services.directives.repository import QUERIES
from services.directives.senders import Found, read_publisher, read_record
from services.directives.verdicts import EVENTS, VERDICTS, Refusal
from shared.errors import NotFoundError, UnavailableError
from shared.journal.queries import QUERIES as JOURNAL
from shared.postgres import Pool, connect, create_pool, is_transient
from shared.processes import stop_process
from shared.topics import end_offsets

logger = logging.getLogger(__name__)

SCHEMA = "registrar"
POLL_SECONDS = 0.25
RETRY_SECONDS = 0.5
HEARTBEAT_SECONDS = 2.0
MAX_SENDERS = 20_000
"""Of how many records that were just sent a process remembers the publisher."""

Status = Literal["received", "registered", "refused", "duplicate", "waiting"]


class Need(msgspec.Struct, frozen=True):
    """What a fact waits for: a kind of thing and its id; and until when."""

    kind: str
    id: str
    expires_at: datetime


class Receipt(msgspec.Struct, omit_defaults=True, frozen=True):
    """What a publisher is told of its fact; a duplicate carries the verdict on its original: a version, a refusal, or what it waits for."""

    receipt: str
    status: Status
    version: int | None = None
    refusal: Refusal | None = None
    original: str | None = None
    waits_for: Need | None = None


_refusal_decoder = msgspec.json.Decoder(Refusal)


def name_of(place: Place) -> str:
    """Return the receipt of a place in the inbox: `<partition>-<offset>`."""
    return f"{place[0]}-{place[1]}"


def place_of(receipt: str, partitions: int) -> Place:
    """Return the place that a receipt names, or raise NotFoundError for one that was never given."""
    partition, _, offset = receipt.partition("-")
    if not (receipt.isascii() and partition.isdecimal() and offset.isdecimal() and len(receipt) < 30):  # noqa: PLR2004  a bigint and a number
        raise NotFoundError("receipt", receipt)
    place = int(partition), int(offset)
    if name_of(place) != receipt or place[0] >= partitions or place[1] >= 2**63:
        raise NotFoundError("receipt", receipt)
    return place


class Receipts:
    """Reads the registrar's receipts, and waits for them; one LISTEN connection and one query serve everybody who waits."""

    def __init__(self, dsn: str, bootstrap: str, inbox: str) -> None:
        self._dsn = dsn
        self._bootstrap = bootstrap
        self.inbox = inbox
        self._pool: Pool | None = None
        self._waiting: dict[Place, list[asyncio.Future[Receipt]]] = defaultdict(list)
        self._woken = asyncio.Event()
        self._asked = asyncio.Event()
        self._ends: dict[tuple[str, int], int] = {}
        self._looking = asyncio.Lock()
        self._senders: OrderedDict[Place, str | None] = OrderedDict()

    @property
    def pool(self) -> Pool:
        """Return the pool on the registrar's schema; raises UnavailableError until it is open."""
        if self._pool is None:
            raise UnavailableError("PostgreSQL is away")
        return self._pool

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Run what serves the waiting; a database that is away is waited for beside."""
        running = [asyncio.create_task(guard(work())) for work in (self._open, self._listen, self._serve_waiting)]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
            await asyncio.wait(running)
            if self._pool is not None:
                await self._pool.close()

    async def _open(self) -> None:
        while self._pool is None:
            try:
                self._pool = await create_pool(self._dsn, schema=SCHEMA, size=4)
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(RETRY_SECONDS)

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Return the rows of a query on the registrar's schema; raises UnavailableError without a database."""
        return await self.look_up(QUERIES[query], *arguments)

    async def look_up(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Return the rows of a query's text on the registrar's schema; raises UnavailableError without a database."""
        try:
            return await self.pool.fetch(query, *arguments)
        except Exception as error:
            if not is_transient(error):
                raise
            message = f"PostgreSQL is away: {error or type(error).__name__}"
            raise UnavailableError(message) from error

    async def read(self, places: Collection[Place]) -> dict[Place, Receipt]:
        """Return the receipts of those records whose verdict is in Kafka; raises UnavailableError without a database."""
        partitions, offsets = [place[0] for place in places], [place[1] for place in places]
        rows = await self.fetch("read_receipts", partitions, offsets, EVENTS, VERDICTS)
        return {(row["partition"], row["kafka_offset"]): _receipt(row) for row in rows}

    def note(self, places: Sequence[Place], publisher: str | None) -> None:
        """Remember for a while who sent some records, so that nobody has to look into them (again) before they are judged."""
        self._senders.update(dict.fromkeys(places, publisher))
        while len(self._senders) > MAX_SENDERS:
            self._senders.popitem(last=False)

    async def find(self, place: Place, publisher: str | None = None) -> Receipt:
        """Return what became of a record so far; raises NotFoundError when there is no such record, or none of that publisher's.

        Without a publisher anybody's record is found.
        """
        judged = await self.fetch("read_receipt", *place)
        if not judged and not await self._is_in_inbox(place):
            judged = await self.fetch("read_receipt", *place)  # it may have been judged since the first look
            if not judged:
                raise NotFoundError("receipt", name_of(place))
        if publisher is not None and publisher != (judged[0]["publisher"] if judged else await self._sender_of(place)):
            raise NotFoundError("receipt", name_of(place))
        told = await self.read([place]) if judged else {}
        return told.get(place) or Receipt(name_of(place), "received")

    async def read_record(self, place: Place) -> Found | None:
        """Return a record of the inbox as it lies in Kafka; raises UnavailableError without Kafka."""
        return await read_record(self._bootstrap, self.inbox, place)

    async def _sender_of(self, place: Place) -> str | None:
        """Return whose a record is that was not judged yet; asks Kafka for one that came another way than through this process."""
        if place not in self._senders:
            async with self._looking:
                self.note([place], await read_publisher(self._bootstrap, self.inbox, place))
        return self._senders[place]

    async def _is_in_inbox(self, place: Place) -> bool:
        """Tell whether a record that the registrar has not judged yet is in the inbox at all; asks Kafka when it must."""
        marks = await self.fetch("read_inbox_mark", self.inbox, place[0])
        if marks and place[1] < marks[0]["next_offset"]:
            return False
        async with self._looking:
            if place[1] >= self._ends.get((self.inbox, place[0]), 0):
                self._ends = await asyncio.to_thread(end_offsets, self._bootstrap, [self.inbox])
        return place[1] < self._ends.get((self.inbox, place[0]), 0)

    async def wait(self, places: Sequence[Place], seconds: float) -> list[Receipt]:
        """Return the receipts of records in order, as they are told within the time; those that are not stay "received"."""
        futures = [self._expect(place) for place in places]
        self._asked.set()
        self._woken.set()
        try:
            await asyncio.wait(futures, timeout=seconds)
            return [
                future.result() if future.done() else Receipt(name_of(place), "received")
                for place, future in zip(places, futures, strict=True)
            ]
        finally:
            for place, future in zip(places, futures, strict=True):
                self._forget(place, future)

    def _expect(self, place: Place) -> asyncio.Future[Receipt]:
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting[place].append(future)
        return future

    def _forget(self, place: Place, future: asyncio.Future[Receipt]) -> None:
        left = [other for other in self._waiting.pop(place, []) if other is not future]
        if left:
            self._waiting[place] = left

    async def _serve_waiting(self) -> None:
        """Tell those who wait, whenever something was sent to Kafka and now and then besides."""
        while True:
            await self._asked.wait()
            if not self._waiting:
                self._asked.clear()
                continue
            self._woken.clear()
            try:
                self._tell(await self.read(list(self._waiting)))
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(RETRY_SECONDS)
            await _wait(self._woken, POLL_SECONDS)

    def _tell(self, told: dict[Place, Receipt]) -> None:
        for place, receipt in told.items():
            for future in self._waiting.pop(place, []):
                if not future.done():
                    future.set_result(receipt)

    async def _listen(self) -> None:
        """Be woken by the registrar's relay; polling goes on while this connection is away."""
        while True:
            try:
                connection = await connect(self._dsn, schema=SCHEMA)
                try:
                    await connection.add_listener("dondoc_sent", self._on_sent)
                    while True:
                        await connection.fetchval(JOURNAL["heartbeat"])
                        await asyncio.sleep(HEARTBEAT_SECONDS)
                finally:
                    await connection.close(timeout=2)
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("receipts: no notifications: %s", error or type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    def _on_sent(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:  # noqa: ANN401  asyncpg's callback
        if str(payload).startswith(f"{SCHEMA}/"):
            self._woken.set()


async def guard(work: Awaitable[None]) -> None:
    """Run what serves requests from beside; nothing of it may end in silence."""
    try:
        await work
    except Exception as error:  # noqa: BLE001  whatever it is, going on without it would only look alive
        stop_process(error)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _receipt(row: asyncpg.Record) -> Receipt:
    original = None if row["original_offset"] is None else name_of((row["original_partition"], row["original_offset"]))
    receipt = Receipt(
        name_of((row["partition"], row["kafka_offset"])), "duplicate" if row["is_duplicate"] else row["outcome"], original=original
    )
    match row["outcome"]:
        case "registered":
            return replace(receipt, version=row["version"])
        case "refused":
            return replace(receipt, refusal=_refusal_decoder.decode(row["refusal"]))
        case _:
            return replace(receipt, waits_for=Need(row["need_kind"], row["need_id"], row["expires_at"]))
