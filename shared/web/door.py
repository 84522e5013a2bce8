"""What the gate and the pages of people work with: settings, the database of accounts, who knows keys, who knows units."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

from shared.identity.principals import Principal, UnauthenticatedError
from shared.identity.queries import SCHEMA
from shared.identity.settings import PeopleSettings
from shared.postgres import Pool, create_pool

KnowKey = Callable[[str, str], Principal | None]
"""Tell whose key this is (the key, the sender's address), None where it is none of these; raises UnauthenticatedError for a bad one."""

FindUnit = Callable[[str], Awaitable[UUID | None]]
"""Tell which unit bears a code."""

NameUnits = Callable[[Collection[UUID]], Awaitable[Mapping[UUID, str]]]
"""Tell what units are called."""

WATCH_SECONDS = 10.0
SERVICE = Principal("key", "api", "service")
"""Who has the installation's own key."""

WRONG_KEY = UnauthenticatedError("unauthorized", "nobody has this key; send Authorization: Bearer <key>")


async def find_none(code: str) -> UUID | None:
    """Take a unit's id for its code, where nobody knows codes."""
    try:
        return UUID(code)
    except ValueError:
        return None


async def name_none(_units: Collection[UUID]) -> Mapping[UUID, str]:
    """Know no names."""
    return {}


class Door:
    """Kept open while an app serves; the database is connected to when the first person comes, since keys need none."""

    def __init__(
        self, settings: PeopleSettings, dsn: str, *, find_unit: FindUnit = find_none, name_units: NameUnits = name_none,
        watch_seconds: float = WATCH_SECONDS,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.find_unit = find_unit
        self.name_units = name_units
        self.watch_seconds = watch_seconds
        self.key_owners: list[KnowKey] = []
        self._dsn = dsn
        self._pool: Pool | None = None
        self._opening = asyncio.Lock()

    @property
    def cookie(self) -> str:
        """Return the name of the session's cookie; browsers hold the prefix to https, this host and the path /."""
        return "__Host-dondoc" if self.settings.is_secure else "dondoc"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Close what was opened when the block ends."""
        try:
            yield
        finally:
            if self._pool is not None:
                await self._pool.close()
                self._pool = None

    async def pool(self) -> Pool:
        """Return the pool of schema identity; raises what the driver raises while the database is away."""
        if self._pool is None:
            async with self._opening:
                self._pool = self._pool or await create_pool(self._dsn, schema=SCHEMA)
        return self._pool

    def know(self, authorization: str, address: str) -> Principal:
        """Return who sends a key, or raise UnauthenticatedError."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise WRONG_KEY
        ours = self.settings.api_key
        if ours is not None and hmac.compare_digest(key.encode(), ours.encode()):
            return SERVICE
        for knows in self.key_owners:
            found = knows(key, address)
            if found is not None:
                return found
        raise WRONG_KEY
