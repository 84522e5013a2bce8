"""What the deadlines service has said of one deadline since it was set."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineSet


@dataclass(frozen=True, slots=True)
class Marks:
    """The moving parts of a deadline; `soon_at` is its first warning stage."""

    soon_at: datetime | None = None
    missed_at: datetime | None = None
    met_at: datetime | None = None
    is_on_time: bool | None = None
    met_fact: str | None = None


def evolve(marks: Marks, event: Contract) -> Marks:
    """Return a deadline's marks after an event of it; setting a deadline anew clears them."""
    match event:
        case DeadlineSet():
            return Marks()
        case DeadlineApproaching(stage_at=at):
            return replace(marks, soon_at=min(marks.soon_at or at, at))
        case DeadlineMissed(stage_at=at):
            return replace(marks, missed_at=marks.missed_at or at)
        case DeadlineMet():
            return replace(marks, met_at=event.met_at, is_on_time=event.on_time, met_fact=event.fact)
        case _:
            return marks
