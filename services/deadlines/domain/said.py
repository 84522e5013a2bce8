"""What the service says of a deadline: one of its events, with its id and the instant from which it holds."""

from datetime import datetime
from typing import TypeAlias

import msgspec

from shared.contracts.deadlines import (
    DeadlineApproaching,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DeadlineWithdrawn,
)

Event: TypeAlias = DeadlineSet | DeadlineChanged | DeadlineApproaching | DeadlineMissed | DeadlineMet | DeadlineAtRisk | DeadlineWithdrawn


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a deadline, with its id.

    `since` is the instant from which it holds: of what follows from a fact that fact's registration, of a stage or of an amended calendar
    the office's instant at which it was said.
    """

    id: str
    since: datetime
    data: Event


def name_of(event: Event) -> str:
    """Return an event's short name within its deadline: "set", "approaching-3", "missed", "met", …."""
    match event:
        case DeadlineApproaching(working_days_left=left):
            return f"approaching-{left}"
        case _:
            return event.NAME.removeprefix("deadline-")
