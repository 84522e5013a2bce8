"""Parking: what can never be applied steps aside with its reason, and later records of its key wait behind it."""

from collections.abc import Sequence
from typing import cast

from faust.types import TP

from shared.journal.unit_of_work import UnitOfWork
from shared.streaming.queries import QUERIES
from shared.streaming.runs import Record

BEHIND = "waits behind an earlier parked record of its key"


class Parking:
    """The parked keys of the partitions, as one follower sees them."""

    async def hold_back(self, work: UnitOfWork, tp: TP, records: Sequence[Record]) -> list[Record]:
        """Park the records whose key is parked already, and return the others."""
        keys = await self._keys(work, tp)
        if not keys:
            return list(records)
        ready = []
        for record in records:
            if record.key in keys:
                await self._insert(work, tp, record, BEHIND, is_follower=True)
            else:
                ready.append(record)
        return ready

    async def park(self, work: UnitOfWork, tp: TP, record: Record, reason: str) -> None:
        """Park a record with its reason."""
        keys = await self._keys(work, tp)
        await self._insert(work, tp, record, reason, is_follower=record.key in keys)
        if record.key is not None:
            keys.add(record.key)

    async def _keys(self, work: UnitOfWork, tp: TP) -> set[bytes]:
        """Return the parked keys; a record without a key parks alone."""
        name = f"parked {tp.topic}"
        if name not in work.memory:
            rows = await work.connection.fetch(QUERIES["read_parked_keys"], *tp)
            work.memory[name] = {row["key"] for row in rows if row["key"]}
        return cast("set[bytes]", work.memory[name])

    async def _insert(self, work: UnitOfWork, tp: TP, record: Record, reason: str, *, is_follower: bool) -> None:
        await work.connection.execute(
            QUERIES["park"], *tp, record.offset, record.key or b"", record.value,
            [storable(name) for name, _ in record.headers], [value for _, value in record.headers], storable(reason), is_follower,
        )  # fmt: skip


def storable(text: str) -> str:
    """Return a text that PostgreSQL can hold: U+0000 and lone surrogates come with bad data, and must not keep it from being parked."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
