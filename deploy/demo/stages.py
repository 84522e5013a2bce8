"""What the deadlines' stages must obey: once, never early, none left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from deploy.demo.evidence import Evidence
from deploy.demo.topics import DEADLINES
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineSet


@dataclass(frozen=True)
class Fired:
    """A stage that fired: of which deadline, which one, when it should have and when it did."""

    deadline: UUID
    stage: str
    stage_at: datetime
    said_at: datetime | None


def stages_of(evidence: Evidence) -> list[Fired]:
    """Return the stages that fired."""
    fired = []
    for event in (record.event for record in evidence.of(DEADLINES)):
        match event.data:
            case DeadlineApproaching(deadline=deadline, stage_at=at, working_days_left=left):
                fired.append(Fired(deadline, f"approaching-{left}", at, event.registeredtime))
            case DeadlineMissed(deadline=deadline, stage_at=at):
                fired.append(Fired(deadline, "missed", at, event.registeredtime))
    return fired


def find_twice(fired: Sequence[Fired]) -> Iterator[str]:
    """Yield a line for each stage that fired more than once."""
    for (deadline, stage), count in Counter((each.deadline, each.stage) for each in fired).items():
        if count > 1:
            yield f"{stage} of {deadline} fired {count} times"


def find_early(fired: Sequence[Fired]) -> Iterator[str]:
    """Yield a line for each stage that was said before its instant."""
    for each in fired:
        if each.said_at is None or each.said_at < each.stage_at:
            yield f"{each.stage} of {each.deadline} was said at {each.said_at}, before {each.stage_at}"


def find_unmissed(evidence: Evidence) -> Iterator[str]:
    """Yield a line for each deadline that is past, was not met on time, and was not told as missed."""
    events = [record.event.data for record in evidence.of(DEADLINES)]
    missed = {data.deadline for data in events if isinstance(data, DeadlineMissed)}
    in_time = {data.deadline for data in events if isinstance(data, DeadlineMet) and data.on_time}
    for data in events:
        is_past = isinstance(data, DeadlineSet) and data.due is not None and data.due <= evidence.now
        if is_past and data.deadline not in missed | in_time:
            yield f"{data.deadline} was due at {data.due}, and nobody was told that it was missed"
