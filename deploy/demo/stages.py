"""What the deadlines' stages must obey: once, never early, none left out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from deploy.demo.evidence import Evidence
from deploy.demo.topics import DEADLINES, NOTICES
from shared.contracts.deadlines import (
    DeadlineApproaching,
    DeadlineChanged,
    DeadlineEvent,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DeadlineWithdrawn,
)
from shared.contracts.notifications import NoticeEscalated

NEVER = datetime.max.replace(tzinfo=UTC)
"""The instant of a level of a deadline that was never told as missed."""
LEVELS: Mapping[int, timedelta] = {1: timedelta(days=1), 2: timedelta(days=3)}
"""How long after a deadline each level is told: DONDOC_ESCALATION_DAYS as it is unless somebody sets it."""


@dataclass(frozen=True)
class Fired:
    """A stage that fired: of which deadline, which one, when it should have and when it did.

    `moves` counts how often the deadline had been moved, opened again or withdrawn before: after that it has its stages anew.
    """

    deadline: UUID
    stage: str
    stage_at: datetime
    said_at: datetime | None
    moves: int


def stages_of(evidence: Evidence) -> list[Fired]:
    """Return the stages that fired: reminders, misses, and the levels that were told of those."""
    fired = []
    moves: Counter[UUID] = Counter()
    for event in (record.event for record in evidence.of(DEADLINES)):
        match event.data:
            case DeadlineChanged(deadline=deadline, due=due, previous_due=before, is_open_again=is_open_again):
                moves[deadline] += due != before or is_open_again
            case DeadlineWithdrawn(deadline=deadline):
                moves[deadline] += 1
            case DeadlineApproaching(deadline=deadline, stage_at=at, working_days_left=left):
                fired.append(Fired(deadline, f"approaching-{left}", at, event.registeredtime, moves[deadline]))
            case DeadlineMissed(deadline=deadline, stage_at=at):
                fired.append(Fired(deadline, "missed", at, event.registeredtime, moves[deadline]))
    return fired + list(_levels(evidence, [each for each in fired if each.stage == "missed"]))


def _levels(evidence: Evidence, missed: Sequence[Fired]) -> Iterator[Fired]:
    """Yield the levels, each of the miss that had been told of its deadline by then."""
    for event in (record.event for record in evidence.of(NOTICES)):
        if isinstance(event.data, NoticeEscalated):
            deadline, level, said_at = event.data.deadline, event.data.level, event.registeredtime or event.time or NEVER
            misses = [each for each in missed if each.deadline == deadline and each.said_at is not None and each.said_at <= said_at]
            at = misses[-1].stage_at + LEVELS[level] if misses else NEVER
            yield Fired(deadline, f"level-{level}", at, said_at, misses[-1].moves if misses else 0)


def find_twice(fired: Sequence[Fired]) -> Iterator[str]:
    """Yield a line for each stage that fired more than once while its deadline stood as it was."""
    for (deadline, stage, _), count in Counter((each.deadline, each.stage, each.moves) for each in fired).items():
        if count > 1:
            yield f"{stage} of {deadline} fired {count} times"


def find_early(fired: Sequence[Fired]) -> Iterator[str]:
    """Yield a line for each stage that was said before its instant."""
    for each in fired:
        if each.said_at is None or each.said_at < each.stage_at:
            yield f"{each.stage} of {each.deadline} was said at {each.said_at}, before {each.stage_at}"


def find_unmissed(evidence: Evidence) -> Iterator[str]:
    """Yield a line for each deadline that is past, was not met on time, and was not told as missed."""
    standing: dict[UUID, _Standing] = {}
    for data in (record.event.data for record in evidence.of(DEADLINES)):
        if isinstance(data, DeadlineEvent):
            standing[data.deadline] = _step(standing.get(data.deadline, _Standing()), data)
    for deadline, each in standing.items():
        if each.due is not None and each.due <= evidence.now and not each.is_settled:
            yield f"{deadline} was due at {each.due}, and nobody was told that it was missed"


@dataclass(frozen=True)
class _Standing:
    """When a deadline falls due, and whether it was met on time, was told as missed, or counts no more."""

    due: datetime | None = None
    is_settled: bool = False


def _step(before: _Standing, data: DeadlineEvent) -> _Standing:
    match data:
        case DeadlineSet(due=due):
            return _Standing(due)
        case DeadlineChanged(due=due, is_open_again=is_open_again):
            return _Standing(due, before.is_settled and due == before.due and not is_open_again)
        case DeadlineMissed() | DeadlineWithdrawn():
            return replace(before, is_settled=True)
        case DeadlineMet(on_time=on_time):
            return replace(before, is_settled=before.is_settled or bool(on_time))
        case _:
            return before
