"""The status of a task: a pure function of its facts, its deadlines and an instant, on two axes.

Work. A task is *done* once the event that its deliverable consists of has been received: a plan with the final plan's submission, a
conference when it was held, a report with its submission; any other deliverable ("put the conference on the calendar") once every
deadline of it has been met. Until then it is *in progress* as soon as anything of its work has arrived (a draft, a scheduled
conference), and *not started* before that.

Time. An open task is *overdue* while a deadline that nothing has met is past, *due soon* from the first warning stage on that the
deadlines service announced, else *in time*. A task that is done was *late* when one of its deadlines had passed before the event that
met it (or, for a deadline that nothing met by itself, before the task was done), else *on time*. What counts is the instant of receipt,
on time before `due`. A task without a computable deadline has *no deadline* (không hạn).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Literal, get_args

from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, MetBy, TaskAssigned
from shared.contracts.types import Deliverable, PlanStage
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted

Milestone = Literal["plan_draft", "plan_final", "conference_scheduled", "conference_held", "report"]
Work = Literal["not_started", "in_progress", "done"]
Timeliness = Literal["in_time", "due_soon", "overdue", "on_time", "late", "no_deadline"]

MILESTONES: tuple[Milestone, ...] = get_args(Milestone)
OFFICE_ZONE = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh, which has kept this offset since 1975."""

_LAST_MOMENT = timedelta(microseconds=1)
_FINAL: Mapping[Deliverable, Milestone] = {"plan": "plan_final", "conference": "conference_held", "report": "report"}
_MEETING: Mapping[MetBy, tuple[Milestone, ...]] = {
    "plan-submitted": ("plan_draft", "plan_final"),
    "conference-scheduled": ("conference_scheduled",),
    "conference-held": ("conference_held",),
    "report-submitted": ("report",),
}
Receipts = Mapping[Milestone, datetime]
"""When the first event of each milestone was received."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """What the facts of a task have come to: what it asks for, and what has arrived."""

    deliverable: Deliverable
    clauses: tuple[DeadlineClause, ...]
    receipts: Receipts


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline of a task as the deadlines service last told it; `soon_at` is its first warning stage."""

    met_by: MetBy
    plan_stage: PlanStage | None
    due: datetime | None
    soon_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A task's status at an instant; `due` is the deadline that counts: the next open one, of a done task the last one."""

    work: Work
    time: Timeliness
    due: datetime | None


def assigned(data: TaskAssigned) -> TaskState:
    """Return the state of a task that was just assigned."""
    return TaskState(data.deliverable, data.deadlines, {})


def milestone_of(data: Contract) -> Milestone | None:
    """Return which milestone of a task a fact is, or None."""
    match data:
        case PlanSubmitted():
            return "plan_draft" if data.stage == "draft" else "plan_final"
        case ConferenceScheduled():
            return "conference_scheduled"
        case ConferenceHeld():
            return "conference_held"
        case ReportSubmitted():
            return "report"
        case _:
            return None


def received(state: TaskState, milestone: Milestone, at: datetime) -> TaskState:
    """Return the state after a milestone was received; only its first receipt counts, whatever order receipts were registered in."""
    earlier = state.receipts.get(milestone)
    if earlier is not None and earlier <= at:
        return state
    return replace(state, receipts={**state.receipts, milestone: at})


def met_at(met_by: MetBy, plan_stage: PlanStage | None, receipts: Receipts) -> datetime | None:
    """Return when the event that meets a deadline was first received; a final plan also meets a draft's deadline, not the reverse."""
    milestones: tuple[Milestone, ...] = ("plan_final",) if plan_stage == "final" else _MEETING[met_by]
    return min((receipts[each] for each in milestones if each in receipts), default=None)


def done_at(state: TaskState) -> datetime | None:
    """Return when the event that completed a task was received, or None while it is open."""
    final = _FINAL.get(state.deliverable)
    if final is not None:
        return state.receipts.get(final)
    met = [met_at(clause.met_by, clause.plan_stage, state.receipts) for clause in state.clauses]
    arrived = [each for each in met if each is not None]
    return max(arrived) if arrived and len(arrived) == len(met) else None


def work_of(state: TaskState) -> Work:
    """Return the work axis."""
    if done_at(state) is not None:
        return "done"
    return "in_progress" if state.receipts else "not_started"


def status_of(state: TaskState, deadlines: Sequence[Deadline], at: datetime) -> Status:
    """Return a task's status on both axes at an instant."""
    dated = [each for each in deadlines if each.due is not None]
    work = work_of(state)
    finished = done_at(state)
    if finished is not None:
        return Status(work, _judge(state, dated, finished), _last(dated))
    pending = [each for each in dated if met_at(each.met_by, each.plan_stage, state.receipts) is None]
    return Status(work, _time_left(dated, pending, at), _first(pending))


def _judge(state: TaskState, dated: Iterable[Deadline], finished: datetime) -> Timeliness:
    margins = [_settled(state, each, finished) < each.due for each in dated if each.due is not None]
    if not margins:
        return "no_deadline"
    return "on_time" if all(margins) else "late"


def _settled(state: TaskState, deadline: Deadline, finished: datetime) -> datetime:
    """Return when a deadline ceased to matter: when it was met, at the latest when the task was done."""
    return min(met_at(deadline.met_by, deadline.plan_stage, state.receipts) or finished, finished)


def _time_left(dated: Sequence[Deadline], pending: Sequence[Deadline], at: datetime) -> Timeliness:
    if not dated:
        return "no_deadline"
    if any(each.due is not None and each.due <= at for each in pending):
        return "overdue"
    if any(each.soon_at is not None and each.soon_at <= at for each in pending):
        return "due_soon"
    return "in_time"


def deadline_time(deadline: Deadline, receipts: Receipts, at: datetime) -> Timeliness:
    """Return where one deadline stands at an instant, by itself."""
    met = met_at(deadline.met_by, deadline.plan_stage, receipts)
    if met is not None and deadline.due is not None:
        return "on_time" if met < deadline.due else "late"
    dated = [deadline] if deadline.due is not None else []
    return _time_left(dated, dated, at)


def last_good_day(due: datetime | None) -> date | None:
    """Return the last day on which work is on time, as people say a deadline."""
    return (due - _LAST_MOMENT).astimezone(OFFICE_ZONE).date() if due is not None else None


def _first(deadlines: Iterable[Deadline]) -> datetime | None:
    return min((each.due for each in deadlines if each.due is not None), default=None)


def _last(deadlines: Iterable[Deadline]) -> datetime | None:
    return max((each.due for each in deadlines if each.due is not None), default=None)
