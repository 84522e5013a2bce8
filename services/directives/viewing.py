"""What the pages of directives work with, and how what happened is told on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.directives.api import Reader
from services.directives.live import Changes
from services.directives.views import models, stored
from shared.contracts import name_of

ACTORS = (
    "issuer", "submitted_by", "scheduled_by", "rescheduled_by", "cancelled_by", "reported_by", "received_by", "accepted_by", "declined_by",
    "completed_by", "requested_by", "published_by", "lead",
)  # fmt: skip
"""Members of facts that name who acts: the unit that issued, submitted, scheduled, …, or that leads the task."""


@dataclass(frozen=True)
class Console:
    """What the pages work with."""

    reader: Reader
    changes: Changes

    async def read_now(self) -> tuple[str, datetime]:
        """Return the mark of what a page that is read from now on shows at least, and the office's instant."""
        return await self.changes.read_mark(), await self.reader.clock()


async def tell_entries(console: Console, entries: Iterable[models.TimelineEntry], at: datetime) -> dict[str, Any]:
    """Return what the template of happenings needs beside them: names of types and of the units that act."""
    units = {UUID(entry.data[role]) for entry in entries for role in ACTORS if role in entry.data}
    names = await stored.read_names(console.reader.pool, units, at)
    who: Mapping[str, str | None] = {str(unit): name.name for unit, name in names.items()}
    return {"who": who, "name_of": name_of, "ROLES": ACTORS}
