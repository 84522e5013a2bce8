"""The ring of all API keys in memory: who a key belongs to is told within microseconds, without asking the database.

    ring = KeyRing(dsn)
    async with ring.opened():
        ring.know("dd_…", "192.0.2.7")   # -> Principal, None for what is no key of ours, or raises UnauthenticatedError

It is read anew every REFRESH_SECONDS, so a key counts, and counts no more, that much later at most. While the database is away nobody can
revoke a key either, and the ring goes on with what it knows, at most for STALE_SECONDS.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.clock import system_clock
from shared.errors import UnavailableError
from shared.identity.keys import PREFIX, QUERIES, hash_of, is_well_formed
from shared.identity.limits import Addresses, Meter, day_of, read_limits
from shared.identity.principals import Principal, ThrottledError, UnauthenticatedError
from shared.identity.queries import SCHEMA
from shared.postgres import Connection, Pool, create_pool, is_transient

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 2.0
STALE_SECONDS = 3_600.0
USE_SECONDS = 60.0
KEPT = timedelta(days=30)
"""For how long a key that has ended is told to have ended; later nobody knows it."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A key on the ring."""

    id: str
    principal: Principal
    expires_at: datetime | None
    revoked_at: datetime | None


class KeyRing:
    """All keys by their hashes, and the meter of what their publishers send."""

    def __init__(self, dsn: str, meter: Meter | None = None) -> None:
        self.meter = meter or Meter()
        self._dsn = dsn
        self._addresses = Addresses()
        self._held: dict[bytes, _Held] = {}
        self._read_at: float | None = None
        self._now: datetime | None = None
        self._used: dict[str, datetime] = {}
        self._noted: dict[str, datetime] = {}

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["KeyRing"]:
        """Keep the ring up to date for the block; a database that is away is waited for beside."""
        refreshing = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            refreshing.cancel()
            await asyncio.wait([refreshing])

    def know(self, key: str, address: str) -> Principal | None:
        """Return whose key this is, None for what does not begin as one; raises UnauthenticatedError for a bad one.

        Raises ThrottledError in its place once there were too many bad ones from the address (a good one always passes), and
        UnavailableError while no key is known yet.
        """
        try:
            if key.startswith(PREFIX):
                return self._find(key)
        except UnauthenticatedError:
            self._miss(address)
            raise
        self._miss(address)
        return None

    def _miss(self, address: str) -> None:
        seconds = self._addresses.fail(address, time.monotonic())
        if seconds:
            raise ThrottledError("too many wrong keys came from this address", seconds) from None

    def _find(self, key: str) -> Principal:
        held = self._held.get(hash_of(key))
        if held is None and not is_well_formed(key):
            raise UnauthenticatedError("key-malformed", "this is no key, or it was mistyped or cut off: its check is wrong")
        if self._read_at is None or time.monotonic() - self._read_at > STALE_SECONDS:
            raise UnavailableError("the keys cannot be read: PostgreSQL is away")
        if held is None:
            raise UnauthenticatedError("key-unknown", "nobody has this key")
        if held.revoked_at is not None:
            raise UnauthenticatedError("key-revoked", f"the key was revoked at {held.revoked_at.isoformat(timespec='seconds')}")
        now = self.now()
        if held.expires_at is not None and now >= held.expires_at:
            raise UnauthenticatedError("key-expired", f"the key ended at {held.expires_at.isoformat(timespec='seconds')}")
        self._used[held.id] = now
        return held.principal

    def now(self) -> datetime:
        """Return the instant, as exact as expiry and quota need it: the last refresh's, moved on by the clock that never goes back."""
        if self._now is None or self._read_at is None:
            raise UnavailableError("the keys cannot be read: PostgreSQL is away")
        return self._now + timedelta(seconds=time.monotonic() - self._read_at)

    async def refresh(self, connection: Connection) -> None:
        """Read keys and limits, and tell use and usage."""
        now = await system_clock()
        rows = await connection.fetch(QUERIES["read_ring"], now - KEPT)
        held = {
            row["hash"]: _Held(row["id"], Principal("key", row["publisher"], "publisher"), row["expires_at"], row["revoked_at"])
            for row in rows
        }
        self.meter.set_limits(await read_limits(connection))
        self._held, self._now, self._read_at = held, now, time.monotonic()
        await self._note_use(connection, now)
        await self._tell_usage(connection, now)

    async def _note_use(self, connection: Connection, now: datetime) -> None:
        """Write down when keys were used, each at most once a minute."""
        due = {
            key: at for key, at in self._used.items() if key not in self._noted or (now - self._noted[key]).total_seconds() >= USE_SECONDS
        }
        if due:
            await connection.execute(QUERIES["note_use"], list(due), list(due.values()))
            self._noted |= dict.fromkeys(due, now)
        for key, at in due.items():
            if self._used[key] == at:
                del self._used[key]

    async def _tell_usage(self, connection: Connection, now: datetime) -> None:
        day, publishers, events = self.meter.drain()
        if publishers:
            try:
                told = await connection.fetch(QUERIES["add_usage"], day, publishers, events)
            except BaseException:
                self.meter.put_back(day, publishers, events)
                raise
        today = day_of(now)
        if not publishers or day != today:
            told = await connection.fetch(QUERIES["read_usage"], today)
        self.meter.hear(today, {row["publisher"]: row["events"] for row in told})

    async def _run(self) -> None:
        while True:
            try:
                pool = await create_pool(self._dsn, schema=SCHEMA, size=1)
                try:
                    await self._keep_fresh(pool)
                finally:
                    pool.terminate()
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("keys: %s; again in %s s", error or type(error).__name__, REFRESH_SECONDS)
                await asyncio.sleep(REFRESH_SECONDS)

    async def _keep_fresh(self, pool: Pool) -> None:
        async with pool.acquire() as connection:
            await connection.execute(QUERIES["forget_usage"], day_of(await system_clock()) - timedelta(days=400))
        while True:
            async with pool.acquire() as connection:
                await self.refresh(connection)
            await asyncio.sleep(REFRESH_SECONDS)
