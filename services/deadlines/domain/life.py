"""The life of one deadline: it is set, changed, comes near, is missed, met or withdrawn; what was said decides what may be said next.

The rules, all of them pure:

- A stage fires once and never before its instant. When several are overdue at once (the service was down), only the latest fires: "3
  working days left" after a later stage's instant would be untrue, so the stages that it overtook are passed over.
- A reminder whose instant lies before the deadline fell on its present instant is not fired; "missed" always is, since an operator must see
  that a deadline which was set too late has passed.
- A deadline that moves, or is open again, has its stages anew. One that stands still, is met or withdrawn has none.
- Work is on time when it was received before `due`, whenever the fact was registered (see aims). A meeting that differs from the one that
  was told is told again and names what it corrects: an earlier meeting, or "missed" where the work was on time after all.
- Late work that is registered before "missed" was fired is told by "met" (`on_time` false) alone.
- A change says all anew: a risk that still stands after it is told again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import uuid5

import msgspec
from msgspec.structs import replace

from services.deadlines.domain.said import Event, Said
from services.deadlines.domain.stages import Stage
from services.deadlines.domain.targets import Aim, Risk
from shared.contracts.deadlines import (
    ChangeReason,
    DeadlineApproaching,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineEvent,
    DeadlineKind,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DeadlineWithdrawn,
    WithdrawalReason,
)
from shared.decider import Decider

MISSED = "missed"


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """How a deadline was met: by which event of ours, and by which fact, received when."""

    id: str
    met_at: datetime
    on_time: bool | None
    fact: str
    corrects: str | None = None


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of a deadline so far.

    `approached` is the number of working days left at the last reminder, `missed` the id of that event; `moved_at` says since when the
    deadline falls on its present instant, `changes` how often it was changed.
    """

    terms: DeadlineEvent | None = None
    kind: DeadlineKind = "unresolved"
    recurrence: str | None = None
    phrase: str = ""
    original_due: datetime | None = None
    set_at: datetime | None = None
    moved_at: datetime | None = None
    changes: int = 0
    approached: int | None = None
    missed: str | None = None
    met: Met | None = None
    risk: Risk | None = None
    withdrawn: WithdrawalReason | None = None


class Settle(msgspec.Struct, frozen=True, kw_only=True):
    """Bring what was said to the aim, because of a fact; `trigger` tells it from all others that concern the deadline.

    `changed_by` is the fact that a change names; `begins` where the fact assigns the task: a deadline that was withdrawn is set again.
    """

    aim: Aim
    why: ChangeReason
    fact: str
    changed_by: str
    trigger: str
    since: datetime
    begins: bool = False


class Withdraw(msgspec.Struct, frozen=True, kw_only=True):
    """End a deadline that none of its task's words hold any more."""

    why: WithdrawalReason
    fact: str
    trigger: str
    since: datetime


class Fire(msgspec.Struct, frozen=True, kw_only=True):
    """Fire a stage, at the office's present instant."""

    now: datetime
    stage: Stage


Command: TypeAlias = Settle | Withdraw | Fire


def next_stage(life: Life, plan: Sequence[Stage]) -> Stage | None:
    """Return the stage of the plan (in order) that is still to come first, None when nothing more is."""
    ahead = _ahead(life, plan)
    return ahead[0] if ahead else None


def overdue_stage(life: Life, plan: Sequence[Stage], now: datetime) -> Stage | None:
    """Return the stage to fire now: the latest one whose instant has come, None when none has."""
    come = [stage for stage in _ahead(life, plan) if stage.at <= now]
    return come[-1] if come else None


def _ahead(life: Life, plan: Sequence[Stage]) -> list[Stage]:
    if life.met is not None or life.missed is not None or life.withdrawn is not None:
        return []
    # By working days left and not by instants, which an amended calendar moves: no stage comes twice.
    approached = life.approached
    return [stage for stage in plan if stage.name == MISSED or approached is None or stage.working_days_left < approached]


def decide(life: Life, command: Command) -> Sequence[Said]:
    """Return what is to be said: nothing where it was said before or is not true."""
    if isinstance(command, Settle):
        return list(_settle(life, command))
    if life.terms is None or life.withdrawn is not None:
        return []
    if isinstance(command, Fire):
        return _fire(life, life.terms, command)
    return [_withdrawn(life.terms, command.why, command)]


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
    # A deadline that was changed has its stages anew, so that their names alone would not tell them apart.
    name = f"{stage.name}/{life.changes}" if life.changes else stage.name
    return [_said(name, command.now, data)]


def _said(name: str, since: datetime, data: Event) -> Said:
    """Return an event of ours with its id: UUIDv5 of (deadline, what makes the event one of its kind)."""
    return Said(id=str(uuid5(data.deadline, name)), since=since, data=data)


def _settle(life: Life, command: Settle) -> Iterator[Said]:
    """Yield what leads from a life to the aim, in the order in which it is to be said."""
    aim = command.aim
    for step in (_settle_terms, _settle_meeting, _settle_risk):
        for said in step(life, command, aim):
            life = evolve(life, said)
            yield said
        if life.terms is None or life.withdrawn is not None:
            return


def _settle_terms(life: Life, command: Settle, aim: Aim) -> Iterator[Said]:
    terms = life.terms
    if terms is None or (life.withdrawn is not None and command.begins):
        if aim.withdrawn is None:
            name = "set" if terms is None else f"set/{command.trigger}"
            data = DeadlineSet(**_fields(aim.terms), kind=aim.kind, recurrence=aim.recurrence, proof=aim.proof)
            yield _said(name, command.since, data)
    elif aim.withdrawn is not None:
        if life.withdrawn is None:
            yield _withdrawn(terms, aim.withdrawn, command)
    elif _differs(life, terms, aim):
        yield _changed(life, terms, command)


def _differs(life: Life, terms: DeadlineEvent, aim: Aim) -> bool:
    before = (_unlabelled(terms), life.kind, life.recurrence, life.phrase, life.withdrawn)
    after = (_unlabelled(aim.terms), aim.kind, aim.recurrence, aim.proof.phrase, None)
    return before != after or (life.met is not None and aim.meeting is None)


def _unlabelled(terms: DeadlineEvent) -> DeadlineEvent:
    """Return terms without what only names the occurrence: what was said before there were such names stays as it was said."""
    return terms if terms.series is None else replace(terms, series=None, occurrence=None, period=None)


def _changed(life: Life, terms: DeadlineEvent, command: Settle) -> Said:
    aim = command.aim
    opens = life.withdrawn is not None or (life.met is not None and aim.meeting is None)
    data = DeadlineChanged(
        **_fields(aim.terms), why=command.why, kind=aim.kind, recurrence=aim.recurrence, proof=aim.proof, previous_due=terms.due,
        original_due=life.original_due or aim.terms.due, is_open_again=opens, fact=command.changed_by,
    )  # fmt: skip
    return _said(f"changed/{command.trigger}/{life.changes}", command.since, data)


def _withdrawn(terms: DeadlineEvent, why: WithdrawalReason, command: Settle | Withdraw) -> Said:
    data = DeadlineWithdrawn(**_fields(terms), why=why, fact=command.fact)
    return _said(f"withdrawn/{command.trigger}", command.since, data)


def _settle_meeting(life: Life, command: Settle, aim: Aim) -> Iterator[Said]:
    now, before = aim.meeting, life.met
    if now is None or (before is not None and (before.fact, before.met_at, before.on_time) == (now.fact, now.met_at, now.on_time)):
        return
    corrects = before.id if before else None
    if life.missed is not None and now.on_time is not False and (before is None or before.on_time is False):
        corrects = life.missed
    data = DeadlineMet(**_fields(aim.terms), met_at=now.met_at, on_time=now.on_time, fact=now.fact, corrects=corrects)
    yield _said(f"met/{command.trigger}/{life.changes}" if life.changes else f"met/{command.trigger}", command.since, data)


def _settle_risk(life: Life, command: Settle, aim: Aim) -> Iterator[Said]:
    # Who knows that a deadline was missed needs no warning of it any more.
    if life.risk == aim.risk or life.missed is not None:
        return
    risk = aim.risk or life.risk
    if risk is not None:
        data = DeadlineAtRisk(**_fields(aim.terms), why=risk.why, fact=command.fact, planned_at=risk.planned_at, is_lifted=aim.risk is None)
        yield _said(f"at-risk/{command.trigger}/{life.changes}", command.since, data)


_TERMS = DeadlineEvent.__struct_fields__
_values_of = attrgetter(*_TERMS)


def _fields(terms: DeadlineEvent) -> dict[str, Any]:
    return dict(zip(_TERMS, _values_of(terms), strict=True))


def evolve(life: Life, said: Said) -> Life:  # noqa: PLR0911  one branch an event
    """Return the life after one more event."""
    data = said.data
    match data:
        case DeadlineSet():
            return Life(
                terms=_terms(data), kind=data.kind, recurrence=data.recurrence, phrase=data.proof.phrase, original_due=data.due,
                set_at=said.since, moved_at=said.since, changes=life.changes + (life.terms is not None),
            )  # fmt: skip
        case DeadlineChanged():
            return _evolve_changed(life, data, said.since)
        case DeadlineApproaching():
            return replace(life, approached=data.working_days_left)
        case DeadlineMissed():
            return replace(life, missed=said.id)
        case DeadlineMet():
            met = Met(id=said.id, met_at=data.met_at, on_time=data.on_time, fact=data.fact, corrects=data.corrects)
            return replace(life, met=met, risk=None)
        case DeadlineAtRisk():
            return replace(life, risk=None if data.is_lifted else Risk(why=data.why, planned_at=data.planned_at))
        case DeadlineWithdrawn():
            return replace(life, withdrawn=data.why, risk=None)


def _terms(data: DeadlineEvent) -> DeadlineEvent:
    return DeadlineEvent(**_fields(data))


def _evolve_changed(life: Life, data: DeadlineChanged, since: datetime) -> Life:
    moved = life.terms is None or data.due != life.terms.due or data.is_open_again
    changed = replace(
        life, terms=_terms(data), kind=data.kind, recurrence=data.recurrence, phrase=data.proof.phrase,
        original_due=data.original_due or life.original_due, changes=life.changes + 1, risk=None, withdrawn=None,
    )  # fmt: skip
    if moved:
        changed = replace(changed, moved_at=since, approached=None, missed=None)
    return replace(changed, met=None) if data.is_open_again else changed


DEADLINE: Decider[Life, Command, Said] = Decider(initial=Life(), decide=decide, evolve=evolve)
"""The life of a deadline as a decider."""
