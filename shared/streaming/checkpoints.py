"""Where reading starts: checkpoints in PostgreSQL, tied to Kafka's ids of the topics."""

import asyncio
import logging
from collections.abc import Mapping
from uuid import UUID

from faust.types import TP

from shared.errors import FatalError
from shared.postgres import Pool, is_transient
from shared.streaming.queries import QUERIES
from shared.topics import topic_ids

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.5


class Checkpoints:
    """The checkpoints of one schema."""

    def __init__(self, pool: Pool, bootstrap: str, schema: str) -> None:
        self._pool = pool
        self._bootstrap = bootstrap
        self._schema = schema

    async def start_offsets(self, assigned: set[TP]) -> Mapping[TP, int]:
        """Return the next offset of every assigned partition, 0 where none was applied; tries until the database answers.

        Raises FatalError when a topic is not the one that the checkpoint was made for.
        """
        while True:
            try:
                return await self._read(assigned)
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("checkpoints of %s: %s; again in %s s", self._schema, error or type(error).__name__, RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)

    async def _read(self, assigned: set[TP]) -> Mapping[TP, int]:
        topics = sorted({tp.topic for tp in assigned})
        ids = await asyncio.to_thread(topic_ids, self._bootstrap)
        async with self._pool.acquire(timeout=5) as connection:
            rows = await connection.fetch(QUERIES["read_checkpoints"], topics)
            known = {TP(row["topic"], row["partition"]): row for row in rows}
            for tp in sorted(assigned - known.keys()):
                await connection.execute(QUERIES["add_checkpoint"], tp.topic, tp.partition, ids[tp.topic])
        for tp in assigned & known.keys():
            require_same_topic(tp.topic, known[tp]["topic_id"], ids.get(tp.topic), self._schema)
        return {tp: known[tp]["next_offset"] if tp in known else 0 for tp in assigned}

    async def watch_topic_ids(self, seconds: float) -> None:
        """Check again and again that the topics are still the ones of the checkpoints; raises FatalError when one is not."""
        while True:
            await asyncio.sleep(seconds)
            try:
                ids = await asyncio.to_thread(topic_ids, self._bootstrap)
                rows = await self._pool.fetch(QUERIES["list_topic_ids"])
            except Exception as error:
                if isinstance(error, FatalError):
                    raise
                logger.warning("topic ids of %s: %s", self._schema, error or type(error).__name__)
                continue
            for row in rows:
                require_same_topic(row["topic"], row["topic_id"], ids.get(row["topic"]), self._schema)


def require_same_topic(topic: str, checkpoint: UUID, present: UUID | None, schema: str) -> None:
    """Raise FatalError unless Kafka's topic is the one that the checkpoint names."""
    if checkpoint != present:
        is_there = "is another topic now (deleted and made again?)" if present else "is gone"
        raise FatalError(
            f"{topic} {is_there}: the checkpoints of {schema} belong to {checkpoint}; remedy: restore it, or make the tables again "
            "(docs/operations.md, stops)"
        )
