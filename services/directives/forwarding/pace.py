"""The pace of each publisher: how many records a second go from its topic into the inbox that all share.

Kafka's own quota counts compressed bytes, and junk can be small: without a pace one publisher could fill the inbox faster than the
registrar judges, and everybody else's facts would wait behind. What comes too fast waits in the publisher's own topic.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from services.directives.forwarding.reading import publisher_of
from shared.identity.limits import DEFAULT, Bucket, Limit, read_limits
from shared.identity.queries import SCHEMA
from shared.postgres import connect, is_transient

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 5.0


class Pace:
    """A bucket of records for each publisher; one second's worth may go at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._limits: dict[str, Limit] = {}

    def take(self, topic: str, records: int) -> float:
        """Let records of a publisher's topic pass and return 0, or return in how many seconds to ask again."""
        publisher, now = publisher_of(topic), self._clock()
        rate = float(self.rate_of(publisher))
        bucket = self._buckets.get(publisher)
        if bucket is None:
            bucket = self._buckets[publisher] = Bucket(rate, now)
        return bucket.take(records, rate, rate, now)

    def rate_of(self, publisher: str) -> int:
        """Return how many records a second may pass: the publisher's limit over HTTP counts here too."""
        return self._limits.get(publisher, Limit()).over(DEFAULT).events_per_second or 1

    def set_limits(self, limits: dict[str, Limit]) -> None:
        """Take over the limits as they are set now."""
        self._limits = limits

    async def follow_limits(self, dsn: str) -> None:
        """Read the limits again and again until cancelled; while the database is away those known before count."""
        while True:
            try:
                await self._read(dsn)
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("limits: %s; again in %s s", error or type(error).__name__, REFRESH_SECONDS)
            await asyncio.sleep(REFRESH_SECONDS)

    async def _read(self, dsn: str) -> None:
        connection = await connect(dsn, schema=SCHEMA)
        try:
            while True:
                self.set_limits(await read_limits(connection))
                await asyncio.sleep(REFRESH_SECONDS)
        finally:
            await connection.close(timeout=2)
