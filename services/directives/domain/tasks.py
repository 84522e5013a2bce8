"""Tasks: assigned once by their directive, with one lead unit and deadlines that can be told apart, and what is said of them after that."""

from collections.abc import Iterable
from typing import assert_never
from uuid import UUID

from msgspec.structs import replace

from services.directives.domain import moves
from services.directives.domain.facts import AnswerFact, Claim, Fact, OrderFact, References, TaskFact
from services.directives.domain.issuing import require_not_before_issue
from services.directives.domain.naming import plain, require_each_once, require_free
from services.directives.domain.needs import require_task
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, Extension, Task, answers_for
from shared.contracts.directives import DeadlineClause, TaskAssigned
from shared.contracts.tasks import (
    NewDay,
    ProgressReported,
    TaskAccepted,
    TaskCancelled,
    TaskCompleted,
    TaskConfirmed,
    TaskDeclined,
    TaskReassigned,
    TaskReceived,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)


def judge(directive: Directive, fact: Fact, data: TaskFact, references: References) -> None:
    """Raise unless the fact about a task may be registered: FactWaitsError ahead of the task, else FactRefusedError."""
    if isinstance(data, TaskAssigned):
        _judge_assigned(directive, fact, data, references)
        return
    task = require_task(directive, fact.subject)
    if isinstance(data, AnswerFact):
        _judge_answer(task, data)
    else:
        _judge_order(directive, task, data)


def _judge_assigned(directive: Directive, fact: Fact, assigned: TaskAssigned, references: References) -> None:
    if fact.subject in directive.tasks:
        raise refused("task-already-assigned", "/subject")
    require_free(Claim("task", str(fact.subject)), references)
    _require_team(assigned.lead, assigned.coordinating)
    _require_clear(assigned.deadlines)


def _require_team(lead: UUID, coordinating: tuple[UUID, ...]) -> None:
    require_each_once(coordinating, "/data/coordinating")
    if lead in coordinating:
        raise refused("lead-also-coordinating", "/data/coordinating")


def _require_clear(deadlines: tuple[DeadlineClause, ...]) -> None:
    names: set[str] = set()
    for index, clause in enumerate(deadlines):
        name = plain(clause.name)
        if name in names:
            raise refused("deadline-named-twice", f"/data/deadlines/{index}/name", name=clause.name)
        names.add(name)
        if clause.plan_stage is not None and clause.met_by != "plan-submitted":
            raise refused("plan-stage-misplaced", f"/data/deadlines/{index}/plan_stage")


def require_deadline(task: Task, name: str, pointer: str) -> None:
    """Raise FactRefusedError (`deadline-unknown`) unless the task has a deadline of that name."""
    if plain(name) not in task.deadlines:
        raise refused("deadline-unknown", pointer, name=name)


def _require_new_days(directive: Directive, task: Task, new_days: tuple[NewDay, ...]) -> None:
    for index, new_day in enumerate(new_days):
        require_deadline(task, new_day.name, f"/data/new_days/{index}/name")
        require_not_before_issue(directive, new_day.last_good_day, f"/data/new_days/{index}/last_good_day")
    require_each_once((plain(each.name) for each in new_days), "/data/new_days")


def require_lead(task: Task, unit: UUID, pointer: str) -> None:
    """Raise FactRefusedError (`unit-not-lead`) unless a unit leads the task."""
    if unit != task.lead:
        raise refused("unit-not-lead", pointer)


def require_responsible(task: Task, unit: UUID, pointer: str) -> None:
    """Raise FactRefusedError (`unit-not-responsible`) unless a unit answers for the task."""
    if not answers_for(task, unit):
        raise refused("unit-not-responsible", pointer)


def _judge_answer(task: Task, answer: AnswerFact) -> None:
    match answer:
        case TaskReceived():
            require_responsible(task, answer.received_by, "/data/received_by")
        case TaskAccepted():
            require_lead(task, answer.accepted_by, "/data/accepted_by")
        case TaskDeclined():
            require_lead(task, answer.declined_by, "/data/declined_by")
        case TaskCompleted():
            require_lead(task, answer.completed_by, "/data/completed_by")
        case ProgressReported():
            require_responsible(task, answer.reported_by, "/data/reported_by")
        case _ as never:  # pragma: no cover
            assert_never(never)
    moves.require(task, answer.NAME, "/subject")
    if isinstance(answer, TaskReceived) and answer.received_by in task.received:
        raise refused("task-already-received", "/data/received_by")
    if isinstance(answer, TaskAccepted | TaskDeclined) and task.is_accepted:
        raise refused("task-already-accepted", "/subject")


def _judge_order(directive: Directive, task: Task, order: OrderFact) -> None:
    moves.require(task, order.NAME, "/subject")
    match order:
        case TaskReassigned():
            _require_team(order.lead, order.coordinating)
            _require_new_days(directive, task, order.new_days)
        case TaskResumed():
            _require_new_days(directive, task, order.new_days)
        case TaskReopened():
            _require_clear(order.deadlines)
        case TaskSuspended() | TaskConfirmed() | TaskCancelled():
            return
        case _ as never:  # pragma: no cover
            assert_never(never)


def _names(deadlines: Iterable[DeadlineClause]) -> tuple[str, ...]:
    return tuple(plain(clause.name) for clause in deadlines)


def apply(directive: Directive, fact: Fact, data: TaskFact) -> Directive:
    """Return the directive with the task as it stands now."""
    if isinstance(data, TaskAssigned):
        return _with(directive, fact.subject, Task(data.lead, data.coordinating, _names(data.deadlines)))
    if isinstance(data, ProgressReported):
        return directive
    task = directive.tasks[fact.subject]
    if isinstance(data, TaskReopened):
        directive = _lapse(directive, fact.subject)
    return _with(directive, fact.subject, _ordered(task, data) if isinstance(data, OrderFact) else _answered(task, data))


def _answered(task: Task, answer: TaskReceived | TaskAccepted | TaskDeclined | TaskCompleted) -> Task:
    if isinstance(answer, TaskReceived):
        return replace(task, received=tuple(sorted({*task.received, answer.received_by})))
    return replace(task, status=moves.next_status(task, answer.NAME), is_accepted=isinstance(answer, TaskAccepted))


def _ordered(task: Task, order: OrderFact) -> Task:
    match order:
        case TaskReassigned():
            return _reassigned(task, order)
        case TaskReopened():
            return Task(task.lead, task.coordinating, _names(order.deadlines) or task.deadlines)
        case TaskResumed():
            return replace(task, status="accepted" if task.is_accepted else "assigned")
        case TaskSuspended() | TaskConfirmed() | TaskCancelled():
            return replace(task, status=moves.next_status(task, order.NAME))
        case _ as never:  # pragma: no cover
            assert_never(never)


def _reassigned(task: Task, order: TaskReassigned) -> Task:
    """Return a task in other hands: units that stay need not receive it again, and a lead that stays keeps its word."""
    received = tuple(unit for unit in task.received if unit == order.lead or unit in order.coordinating)
    is_accepted = task.is_accepted and order.lead == task.lead
    status = task.status
    if status != "suspended":
        status = "accepted" if is_accepted else "assigned"
    return Task(order.lead, order.coordinating, task.deadlines, status, is_accepted, received)


def _lapse(directive: Directive, task: UUID) -> Directive:
    """Close the open requests for more time of a task that begins anew."""
    lapsed = {key: Extension(each.task, each.name, is_open=False) for key, each in directive.extensions.items() if each.task == task}
    return replace(directive, extensions={**directive.extensions, **lapsed}) if lapsed else directive


def _with(directive: Directive, key: UUID, task: Task) -> Directive:
    return replace(directive, tasks={**directive.tasks, key: task})
