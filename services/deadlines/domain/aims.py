"""What each deadline of a task should be, as a pure function of its directive's dossier and the office's rules.

The service says of a deadline whatever leads from what was said of it before (its life) to this aim; so any fact, any correction and any
voided one is handled alike, and the deadline's state is always that of the history that counts.

- Of the deliveries that meet a deadline the first one registered counts that was on time, else the first one registered.
- A task that is cancelled, or whose directive is recalled or replaced, has no deadlines. One that was confirmed keeps those that were met,
  and those that had passed by then; the other ones end with the confirmation.
- Of a duty that comes back each occurrence is a deadline of its own (see series); those that were met stay when the task ends.
- A deadline is at risk while its task stands declined, and while every conference that would keep it is set for a time outside its span or
  after it; a conference that is set for another day, or cancelled, lifts that.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.deadlines.domain.dossier import Clause, Conference, Delivery, Dossier, Task
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.running import Running, course_of, run
from services.deadlines.domain.series import Occurrence, comes_back, id_of, unroll
from services.deadlines.domain.targets import Aim, Meeting, Risk
from shared.contracts.deadlines import ChangeReason, DeadlineEvent, WithdrawalReason


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The deadlines of one clause in order, by their ids; where another occurrence follows, `next_at` is when it is to be set."""

    series: UUID
    aims: tuple[tuple[UUID, Aim], ...]
    comes_back: bool = False
    next_at: datetime | None = None


def lines_of(
    directive: UUID, name: UUID, dossier: Dossier, rules: Rules, known: Mapping[UUID, int], now: datetime, more: int = 0
) -> list[Line]:
    """Return what the deadlines of a task should be, by clause; those that others took the place of are not among them.

    `known` is how many occurrences of each series have been set; `more` of them are added, where they have begun by now.
    """
    task = dossier.tasks[name]
    of = _Of(directive, name, dossier, task)
    return [_line(of, clause, rules, known.get(clause.deadline, 1) + more, now) for clause in task.clauses]


class _Of(NamedTuple):
    directive: UUID
    name: UUID
    dossier: Dossier
    task: Task


def _line(of: _Of, clause: Clause, rules: Rules, most: int, now: datetime) -> Line:
    if not comes_back(of.dossier, of.task, clause, rules):
        return Line(series=clause.deadline, aims=((clause.deadline, _only(of, clause, rules)),))
    handed_in = [(each, None) for each in of.task.deliveries if meets(clause, each)]
    before = [(each.delivery, each.until) for each in of.task.past if meets(clause, each.delivery)]
    found = unroll(of.dossier, of.task, clause, [*before, *handed_in], rules, most + 1, now)
    if not found:
        return Line(series=clause.deadline, aims=((clause.deadline, _only(of, clause, rules)),), comes_back=True)
    begun = [each for each in found[:most] if each.begins_at is None or each.begins_at <= now]
    following = found[len(begun)] if len(found) > len(begun) else None
    return Line(
        series=clause.deadline,
        aims=tuple((id_of(clause.deadline, each.ordinal), _occurring(of, clause, each)) for each in begun),
        comes_back=True,
        next_at=None if following is None or _is_over(of, clause, following) else following.begins_at,
    )


def _is_over(of: _Of, clause: Clause, following: Occurrence) -> bool:
    """Return whether a series ended before an occurrence; one that has more time may end with its task while later ones had passed."""
    confirmed_at, begins_at = of.task.confirmed_at, following.begins_at
    had_begun = confirmed_at is not None and begins_at is not None and begins_at <= confirmed_at
    return _occurring(of, clause, following).withdrawn is not None and not had_begun


def gone_because(terms: DeadlineEvent, dossier: Dossier, why: ChangeReason) -> WithdrawalReason:
    """Return why a deadline that was set is none of its task's any more."""
    task = dossier.tasks.get(terms.task)
    series = terms.series or terms.deadline
    if task and series in task.retired:
        return "task-reopened"
    is_series = task is not None and any(each.deadline == series for each in task.clauses)
    return "series-changed" if is_series and why != "fact-voided" else "fact-voided"


def _only(of: _Of, clause: Clause, rules: Rules) -> Aim:
    """Return what a deadline should be that falls due once."""
    handed_in = [each for each in of.task.deliveries if meets(clause, each)]
    until = min((each.registered_at for each in handed_in), default=None)
    running = run(course_of(of.dossier, of.task, clause, rules), rules, until)
    meeting = meeting_of(handed_in, running)
    return _aim(of, clause, running, meeting, _withdrawn(of.dossier, of.task, running, meeting))


def _occurring(of: _Of, clause: Clause, occurrence: Occurrence) -> Aim:
    """Return what an occurrence should be; what met one stays when its task ends, and stays with the unit that led it."""
    running = occurrence.running
    meeting = meeting_of([occurrence.delivery], running) if occurrence.delivery else None
    withdrawn = None if meeting else _withdrawn(of.dossier, of.task, running, meeting)
    aim = _aim(of, clause, running, meeting, withdrawn, occurrence.begins_at)
    lead, coordinating = _led(of.task, occurrence.delivery)
    terms = replace(
        aim.terms, deadline=id_of(clause.deadline, occurrence.ordinal), series=clause.deadline, occurrence=occurrence.ordinal,
        period=occurrence.period, lead=lead, coordinating=coordinating,
    )  # fmt: skip
    return replace(aim, terms=terms)


def _led(task: Task, delivery: Delivery | None) -> tuple[UUID, tuple[UUID, ...]]:
    if delivery is not None:
        for led in task.led:
            if delivery.registered_at <= led.until:
                return led.lead, led.coordinating
    return task.lead, task.coordinating


def _aim(
    of: _Of,
    clause: Clause,
    running: Running,
    meeting: Meeting | None,
    withdrawn: WithdrawalReason | None,
    begins_at: datetime | None = None,
) -> Aim:
    task = of.task
    return Aim(
        terms=DeadlineEvent(
            deadline=clause.deadline, task=of.name, directive=of.directive, task_number=task.number, content=task.content, lead=task.lead,
            coordinating=task.coordinating, name=clause.name, met_by=clause.met_by, plan_stage=clause.plan_stage,
            due=None if running.is_stopped else running.due,
        ),
        kind="suspended" if running.is_stopped else running.kind,
        recurrence=running.recurrence,
        proof=running.proof,
        meeting=meeting,
        risk=_risk(of, clause, running, begins_at) if meeting is None and withdrawn is None else None,
        withdrawn=withdrawn,
    )  # fmt: skip


def meets(clause: Clause, delivery: Delivery) -> bool:
    """Return whether what was handed in meets a deadline; the final plan also meets a draft's, any plan one without a stage."""
    if clause.met_by != delivery.kind:
        return False
    return delivery.stage is None or clause.plan_stage in (None, "draft", delivery.stage)


def meeting_of(handed_in: Sequence[Delivery], running: Running) -> Meeting | None:
    """Return which of some deliveries, in order of registration, meets a deadline."""
    if not handed_in:
        return None
    found = next((each for each in handed_in if running.is_on_time(each.received_at)), handed_in[0])
    return Meeting(fact=found.fact, met_at=found.received_at, on_time=running.is_on_time(found.received_at))


def _withdrawn(dossier: Dossier, task: Task, running: Running, meeting: Meeting | None) -> WithdrawalReason | None:
    if task.confirmed_at is not None:
        has_passed = running.due is not None and not running.is_stopped and running.due <= task.confirmed_at
        return None if meeting or has_passed else "task-confirmed"
    return "task-cancelled" if task.is_cancelled else dossier.ended


def _risk(of: _Of, clause: Clause, running: Running, begins_at: datetime | None) -> Risk | None:
    if of.task.declined:
        return Risk(why="task-declined")
    if clause.met_by != "conference-held" or running.due is None or running.is_stopped:
        return None
    planned = [each for each in of.dossier.conferences.values() if of.name in each.tasks and not each.is_cancelled]
    if begins_at is not None:
        planned = [each for each in planned if each.starts_at >= begins_at]  # earlier ones are those of earlier occurrences
    return _risk_of_conferences(planned, running, running.due)


def _risk_of_conferences(planned: Sequence[Conference], running: Running, due: datetime) -> Risk | None:
    """Return the risk that conferences make, None where one of them falls inside; what was set after the deadline warns nobody."""
    opens_at = running.opens_at
    if not planned or any(each.starts_at < due and (opens_at is None or opens_at <= each.starts_at) for each in planned):
        return None
    first = min(planned, key=lambda each: each.starts_at)
    if all(each.set_at >= due for each in planned):
        return None
    return Risk(why="conference-after-due" if opens_at is None else "conference-outside-window", planned_at=first.starts_at)
