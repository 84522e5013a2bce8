"""The status of a task: a pure function of its facts, its deadlines and an instant, on two axes.

Work. A task is *done* once the event that its deliverable consists of has been received (a plan with the final plan's submission, a
conference when it was held, a report with its submission; any other deliverable once every deadline of it has been met), or once the issuer
confirmed it; one of a duty that comes back only then. Where only the unit itself has said that it is done, it *awaits confirmation*. Until
then it is *suspended*, *declined* or *reopened* by the fact of that name, *in progress* as soon as anything of its work has arrived or its
lead unit took it on, and *not started* before that. A task that its issuer cancelled, or whose directive was recalled or replaced while it
was open, is *cancelled*.

Time. An open task is *overdue* while a deadline that nothing has met is past, *due soon* from the first warning stage on that the
deadlines service announced, else *in time*; of a suspended one the clock stands still at its suspension. A task that is done or awaits
confirmation was *late* when one of its deadlines had passed before the event that met it (or, for a deadline that nothing met by itself,
before the work was handed in), else *on time*: it answers for the unit's time, not for the issuer's. What counts is the instant of
receipt, on time before `due`. A task without a computable deadline, and a cancelled one, has *no deadline* (không hạn).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal, NamedTuple

from services.directives.domain.task_life import Milestone, Receipts, TaskState
from shared.contracts.directives import MetBy
from shared.contracts.types import Deliverable, PlanStage

Work = Literal["not_started", "in_progress", "awaiting_confirmation", "done", "suspended", "declined", "reopened", "cancelled"]
Timeliness = Literal["in_time", "due_soon", "overdue", "on_time", "late", "no_deadline"]

CLOSED: frozenset[Work] = frozenset({"done", "cancelled"})
"""Tasks of which nothing more is expected."""

OFFICE_ZONE = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh, which has kept this offset since 1975."""

_LAST_MOMENT = timedelta(microseconds=1)
_FINAL: Mapping[Deliverable, Milestone] = {"plan": "plan_final", "conference": "conference_held", "report": "report"}
_MEETING: Mapping[MetBy, tuple[Milestone, ...]] = {
    "plan-submitted": ("plan_draft", "plan_final"),
    "conference-scheduled": ("conference_scheduled",),
    "conference-held": ("conference_held",),
    "report-submitted": ("report",),
    "task-completed": ("completed",),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline of a task as the deadlines service last told it; `soon_at` is its first warning stage.

    One of a duty that comes back (`occurs`) was met when that service said so (`told_met_at`): which report is for which month, it decides.
    """

    met_by: MetBy
    plan_stage: PlanStage | None
    due: datetime | None
    soon_at: datetime | None = None
    occurs: bool = False
    told_met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A task's status at an instant; `due` is the deadline that counts: the next open one, of work handed in the last one."""

    work: Work
    time: Timeliness
    due: datetime | None


def met_at(met_by: MetBy, plan_stage: PlanStage | None, receipts: Receipts) -> datetime | None:
    """Return when the event that meets a deadline was first received; a final plan also meets a draft's deadline, not the reverse."""
    milestones: tuple[Milestone, ...] = ("plan_final",) if plan_stage == "final" else _MEETING[met_by]
    return min((receipts[each] for each in milestones if each in receipts), default=None)


def met_of(deadline: Deadline, receipts: Receipts) -> datetime | None:
    """Return when a deadline was met, None while it is open."""
    return deadline.told_met_at if deadline.occurs else met_at(deadline.met_by, deadline.plan_stage, receipts)


_UNIT = r"(?:ngày|tuần|tháng|qu[ýí]|qúy|năm)"
_DIGIT = r"(?:[0-9]{1,3}|một|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín|mười|mươi)"
_NUMBER = rf"(?:\(?\s?{_DIGIT}\s?\)?\s){{1,4}}"
_COMES_BACK = re.compile(
    "|".join(
        (
            rf"\b(?:hằng|hàng|mỗi|từng)\s(?:{_NUMBER})?(?:\w+\s)?{_UNIT}\b",
            r"\bđịnh\sk[ỳì]\b",
            rf"\b\w+\s{_UNIT}\s?/?\s?(?:một|0?1)\slần\b",
            rf"{_NUMBER}{_UNIT}\s?/?\s?(?:(?:một|0?1)\s)?lần\b",
            r"\b[0-9]+\s(?:của\s)?tháng\s(?:đầu|giữa|thứ\shai|cuối)\s(?:\w+\s){0,2}(?:qu[ýí]|qúy)\b",
        )
    )
)
"""The kinds of words that `deadlines` reads as coming back, told by their marks alone."""


@lru_cache(1_000)
def comes_back(phrase: str) -> bool:
    """Return whether words speak of a duty that comes back, which one report does not end; when it does, deadlines computes."""
    return _COMES_BACK.search(" ".join(unicodedata.normalize("NFC", phrase).lower().split())) is not None


def _arrived_at(state: TaskState, receipts: Receipts) -> datetime | None:
    """Return when the work that a task consists of was received, by itself, without anybody's word for it."""
    if any(comes_back(clause.phrase) for clause in state.clauses):
        return None
    final = _FINAL.get(state.deliverable)
    if final is not None:
        return receipts.get(final)
    if not state.clauses or any(clause.met_by == "task-completed" for clause in state.clauses):
        return None
    met = [met_at(clause.met_by, clause.plan_stage, receipts) for clause in state.clauses]
    return max((each for each in met if each is not None), default=None) if None not in met else None


class Axis(NamedTuple):
    """The work axis of a task, and what its time axis is judged by.

    `settled_at` is when the work was handed in, of a task that is done or awaits confirmation; `still_since` is since when a suspended
    task's clock stands still.
    """

    work: Work
    settled_at: datetime | None = None
    still_since: datetime | None = None

    @property
    def done_at(self) -> datetime | None:
        """Return when the work of a task that is done was handed in, or None while it is not."""
        return self.settled_at if self.work == "done" else None


def work_of(state: TaskState) -> Work:
    """Return the work axis."""
    return axis_of(state, state.receipts).work


def done_at(state: TaskState) -> datetime | None:
    """Return when the work of a task that is done was handed in, or None while it is not."""
    return axis_of(state, state.receipts).done_at


def axis_of(state: TaskState, receipts: Receipts) -> Axis:
    """Return the work axis of a task with its receipts (which it would otherwise gather again)."""
    if state.ended_at is not None:
        return Axis("cancelled")
    arrived = _arrived_at(state, receipts)
    if state.confirmed_at is not None or arrived is not None:
        return Axis("done", arrived or receipts.get("completed") or state.confirmed_at)
    if state.suspended_at is not None:
        return Axis("suspended", still_since=state.suspended_at)
    if "completed" in receipts:
        return Axis("awaiting_confirmation", receipts["completed"])
    return Axis(_open_work(state, receipts))


def _open_work(state: TaskState, receipts: Receipts) -> Work:
    if state.declined_at is not None:
        return "declined"
    if state.reopened_at is not None:
        return "reopened"
    has_begun = receipts or state.accepted_at is not None or state.progress_at is not None
    return "in_progress" if has_begun else "not_started"


def status_of(state: TaskState, deadlines: Sequence[Deadline], at: datetime) -> Status:
    """Return a task's status on both axes at an instant, from the deadlines that count."""
    receipts = state.receipts
    axis = axis_of(state, receipts)
    if axis.work == "cancelled":
        return Status(axis.work, "no_deadline", None)
    dated = [each for each in deadlines if each.due is not None]
    if axis.settled_at is not None:
        return Status(axis.work, _judge(receipts, dated, axis.settled_at), _last(dated))
    pending = [each for each in dated if met_of(each, receipts) is None]
    now = at if axis.still_since is None else min(at, axis.still_since)
    return Status(axis.work, _time_left(dated, pending, now), _first(pending))


def _judge(receipts: Receipts, dated: Iterable[Deadline], settled: datetime) -> Timeliness:
    margins = [_ceased(receipts, each, settled) < each.due for each in dated if each.due is not None]
    if not margins:
        return "no_deadline"
    return "on_time" if all(margins) else "late"


def _ceased(receipts: Receipts, deadline: Deadline, settled: datetime) -> datetime:
    """Return when a deadline ceased to matter: when it was met, at the latest when the work was handed in."""
    return min(met_of(deadline, receipts) or settled, settled)


def _time_left(dated: Sequence[Deadline], pending: Sequence[Deadline], at: datetime) -> Timeliness:
    if not dated:
        return "no_deadline"
    if any(each.due is not None and each.due <= at for each in pending):
        return "overdue"
    if any(each.soon_at is not None and each.soon_at <= at for each in pending):
        return "due_soon"
    return "in_time"


def deadline_time(deadline: Deadline, receipts: Receipts, at: datetime, settled: datetime | None = None) -> Timeliness:
    """Return where one deadline stands at an instant, by itself; `settled` is when the work as a whole was handed in."""
    met = met_of(deadline, receipts)
    ceased = met if met is not None else settled
    if ceased is not None and deadline.due is not None:
        return "on_time" if ceased < deadline.due else "late"
    dated = [deadline] if deadline.due is not None else []
    return _time_left(dated, dated, at)


def last_good_day(due: datetime | None) -> date | None:
    """Return the last day on which work is on time, as people say a deadline."""
    return (due - _LAST_MOMENT).astimezone(OFFICE_ZONE).date() if due is not None else None


def _first(deadlines: Iterable[Deadline]) -> datetime | None:
    return min((each.due for each in deadlines if each.due is not None), default=None)


def _last(deadlines: Iterable[Deadline]) -> datetime | None:
    return max((each.due for each in deadlines if each.due is not None), default=None)
