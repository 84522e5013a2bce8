"""The two schemas of a rebuild: the shadow, made or gone on with, given its late indexes, and put in the live one's place."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from faust.types import TP

from shared.errors import UnavailableError
from shared.migrations import MIGRATION_SECONDS, migrate
from shared.postgres import connect
from shared.rebuild.plan import RebuildPlan
from shared.rebuild.queries import QUERIES

if TYPE_CHECKING:
    import asyncpg

    Session = asyncpg.Connection[Any]

Offsets = Mapping[TP, int]
Place = tuple[str, int, int]
"""Topic, partition and offset of a record."""
LOCK_LIMIT = "10s"
HOLD_SECONDS = 30.0
"""How long the writers of the live schema may have to wait until the shadow is in its place."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a live schema is: the next offset of what it follows, and the last position that it gave out in what it sends."""

    offsets: Offsets
    positions: Mapping[TP, int]


@dataclass(frozen=True, slots=True)
class Held:
    """A live schema whose partitions all are held, with how often each was written to; None where there is none."""

    turns: Mapping[int, int] | None


class Schemas:
    """The live schema and its shadow, through one connection that holds the claim; unqualified names are the shadow's."""

    def __init__(self, plan: RebuildPlan, session: "Session", dsn: str) -> None:
        self._plan = plan
        self._session = session
        self._dsn = dsn

    async def has_live(self) -> bool:
        """Tell whether there is a live schema."""
        return bool(await self._session.fetchval(QUERIES["has_schema"], self._plan.schema))

    async def make_shadow(self, *, afresh: bool) -> bool:
        """Make the shadow, or keep what an earlier rebuild by the same migrations has left; return whether it was kept.

        One that has parked what operators discarded since is not kept.
        """
        await self._drop(self._plan.former)
        is_kept = not afresh and await self._is_ours() and not await self._has_outlived()
        if not is_kept:
            await self._drop(self._plan.shadow)
            await migrate(self._session, self._plan.shadow, self._plan.sources)
            await self._put_off_indexes()
        await self._plan.prepare(self._session)
        await self._session.execute(QUERIES["create_late_index"])  # a kill may have come before any index was put off
        return is_kept

    async def _is_ours(self) -> bool:
        if not await self._session.fetchval(QUERIES["has_schema"], self._plan.shadow):
            return False
        rows = await self._session.fetch(QUERIES["list_migrations_of"].format(schema=self._plan.shadow))
        return {row["name"] for row in rows} == {name for name, _ in self._plan.sources}

    async def _has_outlived(self) -> bool:
        names = {"schema": self._plan.shadow, "live": self._plan.schema}
        return await self.has_live() and bool(await self._session.fetchval(QUERIES["has_outlived"].format(**names)))

    async def _drop(self, schema: str) -> None:
        await self._session.execute(QUERIES["drop_schema"].format(schema=schema), timeout=MIGRATION_SECONDS)

    async def _put_off_indexes(self) -> None:
        async with self._session.transaction():
            await self._session.execute(QUERIES["create_late_index"])
            for row in await self._session.fetch(QUERIES["list_late_indexes"], self._plan.shadow):
                await self._session.execute(QUERIES["add_late_index"], row["indexname"], row["indexdef"])
                await self._session.execute(QUERIES["drop_index"].format(name=row["indexname"]))

    async def make_indexes(self) -> None:
        """Make the indexes that were put off, each once, and let the planner look at the tables."""
        for row in await self._session.fetch(QUERIES["read_late_indexes"]):
            async with self._session.transaction():
                await self._session.execute(row["definition"], timeout=MIGRATION_SECONDS)
                await self._session.execute(QUERIES["forget_late_index"], row["name"])
        await self._session.execute(QUERIES["analyze"], timeout=MIGRATION_SECONDS)

    async def read_discarded(self) -> frozenset[Place]:
        """Return the places of the records that operators have discarded in the live schema."""
        rows = await self._session.fetch(QUERIES["read_discarded"].format(schema=self._plan.schema))
        return frozenset((row["topic"], row["partition"], row["kafka_offset"]) for row in rows)

    async def read_live(self, outputs: Collection[str]) -> "Mark":
        """Return how far the live schema is at this moment; nothing is held, so its topics may not fit each other."""
        return await self._mark(self._session, outputs)

    async def read_topics(self) -> Mapping[str, UUID]:
        """Return which topics, by Kafka's ids, the live schema came out of."""
        rows = await self._session.fetch(QUERIES["read_live_checkpoints"].format(schema=self._plan.schema), self._plan.topics)
        return {row["topic"]: row["topic_id"] for row in rows}

    @asynccontextmanager
    async def snapshot(self, outputs: Collection[str]) -> AsyncIterator[tuple["Session", "Mark"]]:
        """Open the live schema as it is at one instant between turns of all partitions, with its marks; writers go on at once."""
        reader = await connect(self._dsn, schema=self._plan.schema)
        try:
            async with reader.transaction(isolation="repeatable_read", readonly=True):
                async with self._session.transaction():
                    await self._lock_live()
                    mark = await self._mark(reader, outputs)
                yield reader, mark
        finally:
            await reader.close()

    @asynccontextmanager
    async def held(self) -> AsyncIterator["Held"]:
        """Hold the turns of all partitions of the live schema, where there is one, for the block; nobody waits longer than HOLD_SECONDS."""
        async with asyncio.timeout(HOLD_SECONDS), self._session.transaction():
            yield Held(await self._lock_live() if await self.has_live() else None)

    async def read_held(self, outputs: Collection[str]) -> "Mark":
        """Return how far the live schema is that is held."""
        return await self._mark(self._session, outputs)

    async def finish(self) -> None:
        """Derive what neither topic tells alone."""
        await self._plan.finish(self._session)

    async def take_place(self, held: "Held", outputs: Collection[str]) -> None:
        """Put the shadow in the place of the live schema that is held, and let go of that when the block ends."""
        await self.finish()
        if held.turns is not None:
            await self._inherit(held.turns, outputs)
            await self._rename(self._plan.schema, self._plan.former)
        if outputs:
            await self._session.execute(QUERIES["forget_outputs"], self._plan.topics)
        await self._session.execute(QUERIES["drop_late_indexes"])
        await self._plan.clean(self._session)
        await self._rename(self._plan.shadow, self._plan.schema)

    async def drop_former(self) -> None:
        """Drop what was live before."""
        await self._drop(self._plan.former)

    async def _inherit(self, turns: Mapping[int, int], outputs: Collection[str]) -> None:
        """Take over what no topic tells; and make every writer look again whose turn it is."""
        names = {"schema": self._plan.shadow, "live": self._plan.schema}
        await self._session.execute(QUERIES["take_decisions"].format(**names))
        for query in self._plan.inherited:
            await self._session.execute(query.format(**names), timeout=MIGRATION_SECONDS)
        await self._plan.adopt(self._session)
        if self._plan.outputs:
            for query in ("take_relay", "take_journal"):
                await self._session.execute(QUERIES[query].format(**names), list(outputs))
        await self._session.execute(QUERIES["take_turns"].format(**names), [*turns], [turn + 1 for turn in turns.values()])
        await self._session.execute(QUERIES["end_turns"].format(schema=self._plan.schema))

    async def _lock_live(self) -> Mapping[int, int]:
        await self._session.execute(QUERIES["wait_at_most"], LOCK_LIMIT)
        await self._session.execute(QUERIES["add_partitions"].format(schema=self._plan.schema))
        rows = await self._session.fetch(QUERIES["lock_partitions"].format(schema=self._plan.schema))
        return {row["partition"]: row["turn"] for row in rows}

    async def _mark(self, session: "Session", outputs: Collection[str]) -> "Mark":
        schema = self._plan.schema
        offsets = await session.fetch(QUERIES["read_live_checkpoints"].format(schema=schema), self._plan.topics)
        positions = await session.fetch(QUERIES["read_live_positions"].format(schema=schema), list(outputs)) if outputs else []
        return Mark(
            {TP(row["topic"], row["partition"]): row["next_offset"] for row in offsets},
            {TP(row["topic"], row["partition"]): row["last_position"] for row in positions},
        )

    async def _rename(self, schema: str, name: str) -> None:
        await self._session.execute(QUERIES["rename_schema"].format(schema=schema, name=name))


@asynccontextmanager
async def open_schemas(plan: RebuildPlan, dsn: str) -> AsyncIterator[Schemas]:
    """Hold the claim to rebuild a schema for the block; raises UnavailableError where another process holds it."""
    session = await connect(dsn, schema=plan.shadow)
    try:
        if not await session.fetchval(QUERIES["claim"], plan.schema):
            raise UnavailableError(f"{plan.schema} is being rebuilt by another process: wait for it, or stop it")
        yield Schemas(plan, session, dsn)
    finally:
        await session.close()
