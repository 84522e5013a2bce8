"""Where files and drafts lie: the database of the intake, connected to when it is first asked, and closed at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.directives.intake.storage import SCHEMA
from shared.postgres import Pool, create_pool

POOL_SIZE = 6


class Cabinet:
    """Keeps the pool on schema intake."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._pool: Pool | None = None
        self._opening = asyncio.Lock()

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
        """Return the pool; raises what the driver raises while the database is away."""
        if self._pool is None:
            async with self._opening:
                self._pool = self._pool or await create_pool(self._dsn, schema=SCHEMA, size=POOL_SIZE)
        return self._pool
