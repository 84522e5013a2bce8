"""What each deadline of a task should be, as a pure function of its directive's dossier and the office's rules.

The service says of a deadline whatever leads from what was said of it before (its life) to this aim; so any fact, any correction and any
voided one is handled alike, and the deadline's state is always that of the history that counts.

- Of the deliveries that meet a deadline the first one registered counts that was on time, else the first one registered.
- A task that is cancelled, or whose directive is recalled or replaced, has no deadlines. One that was confirmed keeps those that were met,
  and those that had passed by then; the other ones end with the confirmation.
- A deadline is at risk while its task stands declined, and while every conference that would keep it is set for a time outside its span or
  after it; a conference that is set for another day, or cancelled, lifts that.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.deadlines.domain.dossier import Clause, Conference, Delivery, Dossier, Task
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.running import Running, run
from services.deadlines.domain.targets import Aim, Meeting, Risk
from shared.contracts.deadlines import DeadlineEvent, WithdrawalReason


def aims_of(directive: UUID, name: UUID, dossier: Dossier, rules: Rules) -> Mapping[UUID, Aim]:
    """Return what the deadlines of a task should be, by their ids; those that others took the place of are not among them."""
    task = dossier.tasks[name]
    return {clause.deadline: _aim(directive, name, dossier, task, clause, rules) for clause in task.clauses}


def gone_because(name: UUID, deadline: UUID, dossier: Dossier) -> WithdrawalReason:
    """Return why a deadline that was set is none of its task's any more."""
    task = dossier.tasks.get(name)
    return "task-reopened" if task and deadline in task.retired else "fact-voided"


def _aim(directive: UUID, name: UUID, dossier: Dossier, task: Task, clause: Clause, rules: Rules) -> Aim:
    handed_in = [each for each in task.deliveries if meets(clause, each)]
    until = min((each.registered_at for each in handed_in), default=None)
    running = run(dossier, task, clause, rules, until)
    meeting = meeting_of(handed_in, running)
    withdrawn = _withdrawn(dossier, task, running, meeting)
    return Aim(
        terms=DeadlineEvent(
            deadline=clause.deadline, task=name, directive=directive, task_number=task.number, content=task.content, lead=task.lead,
            coordinating=task.coordinating, name=clause.name, met_by=clause.met_by, plan_stage=clause.plan_stage,
            due=None if running.is_stopped else running.due,
        ),
        kind="suspended" if running.is_stopped else running.kind,
        recurrence=running.recurrence,
        proof=running.proof,
        meeting=meeting,
        risk=_risk(name, dossier, task, clause, running) if meeting is None and withdrawn is None else None,
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


def _risk(name: UUID, dossier: Dossier, task: Task, clause: Clause, running: Running) -> Risk | None:
    if task.declined:
        return Risk(why="task-declined")
    if clause.met_by != "conference-held" or running.due is None or running.is_stopped:
        return None
    planned = [each for each in dossier.conferences.values() if name in each.tasks and not each.is_cancelled]
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
