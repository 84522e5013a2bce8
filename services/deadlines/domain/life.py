"""The life of one deadline: it is set, comes near, is missed or met; what was said of it decides what may be said next.

The rules, all of them pure:

- A stage fires once and never before its instant. When several are overdue at once (the service was down), only the latest fires: "3
  working days left" after a later stage's instant would be untrue, so the stages that it overtook are passed over.
- A reminder whose instant lies before the deadline was set is not fired; "missed" always is, since an operator must see that a
  deadline which was set too late has passed.
- Work is on time when it was received before `due`, whenever the fact was registered. A fact that is on time turns "missed", or an
  earlier late "met", into met on time and names what it corrects. Otherwise the first fact registered counts, and later ones say
  nothing.
- Late work that is registered before "missed" was fired is told by "met" (`on_time` false) alone.
- A deadline without an instant (unresolved, pending, none) has no stages and is met on time by any fact that meets it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from services.deadlines.domain.stages import Stage
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineApproaching, DeadlineEvent, DeadlineMet, DeadlineMissed, DeadlineSet
from shared.contracts.work import PlanSubmitted
from shared.decider import Decider

MISSED = "missed"

Event: TypeAlias = DeadlineSet | DeadlineApproaching | DeadlineMissed | DeadlineMet


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a deadline, with its id.

    `since` is the instant from which it holds: for a deadline that was set or met the registration of the fact behind it, for a stage the
    office's instant at which it was fired.
    """

    id: str
    since: datetime
    data: Event


def name_of(event: Event) -> str:
    """Return an event's short name within its deadline: "set", "approaching-3", "missed" or "met"."""
    match event:
        case DeadlineApproaching(working_days_left=left):
            return f"approaching-{left}"
        case _:
            return event.NAME.removeprefix("deadline-")


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """How a deadline was met: by which event of ours, and by which fact, received when."""

    id: str
    met_at: datetime
    on_time: bool
    fact: str
    corrects: str | None = None


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of a deadline so far: working days left at the last reminder, and the ids of later events."""

    terms: DeadlineEvent | None = None
    set_at: datetime | None = None
    approached: int | None = None
    missed: str | None = None
    met: Meeting | None = None


class Set(msgspec.Struct, frozen=True, kw_only=True):
    """Begin a deadline."""

    id: str
    since: datetime
    data: DeadlineSet


class Fire(msgspec.Struct, frozen=True, kw_only=True):
    """Fire a stage, at the office's present instant."""

    id: str
    now: datetime
    stage: Stage


class Meet(msgspec.Struct, frozen=True, kw_only=True):
    """Take a fact that meets the deadline."""

    id: str
    since: datetime
    fact: str
    received_at: datetime


Command: TypeAlias = Set | Fire | Meet


def is_met_by(terms: DeadlineEvent, fact: Contract) -> bool:
    """Return whether a fact about its task meets a deadline; the final plan also meets a draft's, any plan one without a stage."""
    if terms.met_by != fact.NAME:
        return False
    return not isinstance(fact, PlanSubmitted) or terms.plan_stage in (None, "draft", fact.stage)


def next_stage(life: Life, plan: Sequence[Stage]) -> Stage | None:
    """Return the stage of the plan (in order) that is still to come first, None when nothing more is."""
    ahead = _ahead(life, plan)
    return ahead[0] if ahead else None


def overdue_stage(life: Life, plan: Sequence[Stage], now: datetime) -> Stage | None:
    """Return the stage to fire now: the latest one whose instant has come, None when none has."""
    come = [stage for stage in _ahead(life, plan) if stage.at <= now]
    return come[-1] if come else None


def _ahead(life: Life, plan: Sequence[Stage]) -> list[Stage]:
    if life.met is not None or life.missed is not None:
        return []
    # By working days left and not by instants, which an amended calendar moves: no stage comes twice.
    approached = life.approached
    return [stage for stage in plan if stage.name == MISSED or approached is None or stage.working_days_left < approached]


def decide(life: Life, command: Command) -> Sequence[Said]:
    """Return what is to be said: at most one event, and none where it was said before or is not true."""
    if life.terms is None:
        return [Said(id=command.id, since=command.since, data=command.data)] if isinstance(command, Set) else []
    if isinstance(command, Fire):
        return _fire(life, life.terms, command)
    return _meet(life, life.terms, command) if isinstance(command, Meet) else []


def _fire(life: Life, terms: DeadlineEvent, command: Fire) -> Sequence[Said]:
    stage = command.stage
    if stage.at > command.now or stage not in _ahead(life, [stage]):
        return []
    late = int((command.now - stage.at).total_seconds())
    data: Event
    if stage.name == MISSED:
        data = DeadlineMissed(**_fields(terms), stage_at=stage.at, late_by_seconds=late)
    else:
        left = stage.working_days_left
        data = DeadlineApproaching(**_fields(terms), stage_at=stage.at, late_by_seconds=late, working_days_left=left)
    return [Said(id=command.id, since=command.now, data=data)]


def _meet(life: Life, terms: DeadlineEvent, command: Meet) -> Sequence[Said]:
    on_time = terms.due is None or command.received_at < terms.due
    earlier = life.met
    if earlier is not None and (earlier.on_time or not on_time):
        return []
    corrects = (life.missed or (earlier.id if earlier else None)) if on_time else None
    data = DeadlineMet(**_fields(terms), met_at=command.received_at, on_time=on_time, fact=command.fact, corrects=corrects)
    return [Said(id=command.id, since=command.since, data=data)]


_TERMS = DeadlineEvent.__struct_fields__


def _fields(terms: DeadlineEvent) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in _TERMS}


def evolve(life: Life, said: Said) -> Life:
    """Return the life after one more event."""
    data = said.data
    if isinstance(data, DeadlineSet):
        return Life(terms=DeadlineEvent(**_fields(data)), set_at=said.since)
    if isinstance(data, DeadlineApproaching):
        return msgspec.structs.replace(life, approached=data.working_days_left)
    if isinstance(data, DeadlineMissed):
        return msgspec.structs.replace(life, missed=said.id)
    met = Meeting(id=said.id, met_at=data.met_at, on_time=data.on_time, fact=data.fact, corrects=data.corrects)
    return msgspec.structs.replace(life, met=met)


DEADLINE: Decider[Life, Command, Said] = Decider(initial=Life(), decide=decide, evolve=evolve)
"""The life of a deadline as a decider."""
