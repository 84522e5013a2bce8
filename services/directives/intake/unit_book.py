"""The registry of units at hand, to match what letters write: read whole, and again once a name was registered."""

import asyncio
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.directives.api import Reader
from services.directives.domain.status import OFFICE_ZONE
from services.directives.intake.matching import Entry, Registry
from shared.sql import Queries

QUERIES = Queries("services.directives.intake", "sql/registry.sql")
Key = tuple[str, date]


class UnitBook:
    """Remembers the registry as of its last change and of the office's day."""

    def __init__(self) -> None:
        self._key: Key | None = None
        self._entries: Mapping[UUID, Entry] = {}
        self._registry = Registry(())
        self._reading = asyncio.Lock()

    async def open(self, reader: Reader) -> tuple[Registry, Mapping[UUID, Entry]]:
        """Return the registry and its entries by id, as they are now."""
        day = (await reader.clock()).astimezone(OFFICE_ZONE).date()
        key = (str(await reader.pool.fetchval(QUERIES["read_registry_mark"])), day)
        async with self._reading:
            if key != self._key:
                rows = await reader.pool.fetch(QUERIES["list_all_units"], day)
                entries = [Entry(row["id"], row["name"], row["short_name"], row["parent"], row["code"]) for row in rows]
                self._registry = await asyncio.to_thread(Registry, entries)
                self._entries = {entry.unit: entry for entry in entries}
                self._key = key
            return self._registry, self._entries
