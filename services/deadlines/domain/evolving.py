"""How a dossier evolves: one rule for each fact that concerns deadlines, and the fold over a history with voided facts in it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from services.deadlines.domain.dossier import (
    EMPTY,
    Clause,
    Conference,
    Delivery,
    Dossier,
    Led,
    Move,
    NamedDay,
    Past,
    Pause,
    Receipt,
    Request,
    Rest,
    Task,
    Words,
    clauses_of,
    delivered,
)
from services.deadlines.domain.facts import Fact
from shared.contracts.directives import DirectiveCorrected, DirectiveIssued, DirectiveRecalled, DirectiveReplaced, TaskAssigned
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.tasks import (
    NewDay,
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
from shared.contracts.types import PlanStage
from shared.contracts.voiding import FactVoided
from shared.contracts.work import (
    ConferenceCancelled,
    ConferenceHeld,
    ConferenceRescheduled,
    ConferenceScheduled,
    PlanReturned,
    PlanSubmitted,
    ReportSubmitted,
)

OF_DIRECTIVE = (DirectiveIssued, DirectiveCorrected, DirectiveReplaced, DirectiveRecalled)
OF_TASK = (
    TaskReceived, TaskAccepted, TaskDeclined, TaskReassigned, TaskSuspended, TaskResumed, TaskCompleted, TaskConfirmed, TaskReopened,
    TaskCancelled, DeadlineClarified,
)  # fmt: skip
OF_WORK = (PlanSubmitted, PlanReturned, ReportSubmitted, ConferenceScheduled, ConferenceRescheduled, ConferenceCancelled, ConferenceHeld)
OF_REQUEST = (ExtensionRequested, ExtensionGranted, ExtensionRefused)
CONCERNING: tuple[type, ...] = (*OF_DIRECTIVE, TaskAssigned, *OF_TASK, *OF_WORK, *OF_REQUEST, FactVoided)
"""The facts of a directive that its dossier is made of."""


def fold(history: Iterable[Fact]) -> Dossier:
    """Return the dossier of a history in order of versions, without the facts that were voided."""
    facts = list(history)
    voided = {fact.event.data.version for fact in facts if isinstance(fact.event.data, FactVoided)}
    dossier = EMPTY
    for fact in facts:
        if fact.version not in voided:
            dossier = evolve(dossier, fact)
    return dossier


def tasks_of(dossier: Dossier, fact: Fact) -> Sequence[UUID]:
    """Return the tasks that a fact touches, those that the dossier (after it) knows."""
    data = fact.event.data
    found: Iterable[UUID | None]
    match data:
        case DirectiveIssued() | DirectiveCorrected() | DirectiveReplaced() | DirectiveRecalled() | FactVoided():
            found = dossier.tasks
        case PlanSubmitted(task=task) | ReportSubmitted(task=task) | ExtensionRequested(task=task):
            found = (task,)
        case PlanReturned():
            found = (dossier.plans.get(fact.subject),)
        case ConferenceScheduled() | ConferenceRescheduled() | ConferenceCancelled() | ConferenceHeld():
            conference = dossier.conferences.get(fact.subject)
            found = conference.tasks if conference else ()
        case ExtensionGranted() | ExtensionRefused():
            request = dossier.requests.get(fact.subject)
            found = (request.task,) if request else ()
        case _:
            found = (fact.subject,)
    return [task for task in found if task is not None and task in dossier.tasks]


def evolve(dossier: Dossier, fact: Fact) -> Dossier:
    """Return the dossier after one more fact; one that does not concern deadlines leaves it as it is."""
    data = fact.event.data
    if isinstance(data, OF_DIRECTIVE):
        return _of_directive(dossier, fact)
    if isinstance(data, TaskAssigned):
        clauses = clauses_of(fact.subject, data.deadlines, fact.registered_at)
        return _with_task(dossier, fact.subject, Task(data.number, data.content, data.lead, data.coordinating, clauses))
    if isinstance(data, OF_WORK):
        return _of_work(dossier, fact)
    if isinstance(data, OF_REQUEST):
        return _of_request(dossier, fact)
    task = dossier.tasks.get(fact.subject)
    return dossier if task is None else _with_task(dossier, fact.subject, _of_task(task, fact))


def _with_task(dossier: Dossier, name: UUID, task: Task) -> Dossier:
    return dossier if dossier.tasks.get(name) is task else replace(dossier, tasks={**dossier.tasks, name: task})


def _of_directive(dossier: Dossier, fact: Fact) -> Dossier:
    match fact.event.data:
        case DirectiveIssued(issued_on=day):
            return replace(dossier, issued_on=day, dated_at=fact.registered_at)
        case DirectiveCorrected(issued_on=day) if day is not None:
            return replace(dossier, issued_on=day, dated_at=fact.registered_at)
        case DirectiveReplaced():
            return replace(dossier, ended="directive-replaced")
        case DirectiveRecalled():
            return replace(dossier, ended="directive-recalled")
        case _:
            return dossier


def _of_task(task: Task, fact: Fact) -> Task:  # noqa: C901, PLR0911  one branch a fact
    data, at = fact.event.data, fact.received_at
    match data:
        case TaskReceived(received_by=unit):
            return _received(task, Receipt(unit, at, fact.registered_at))
        case TaskAccepted(accepted_by=unit):
            return replace(_received(task, Receipt(unit, at, fact.registered_at)), declined=False)
        case TaskDeclined():
            return replace(task, declined=True)
        case TaskReassigned():
            led = (*task.led, Led(task.lead, task.coordinating, fact.registered_at))
            moved = replace(task, lead=data.lead, coordinating=data.coordinating, declined=False, led=led)
            return _counted(_named(moved, data.new_days, "task-reassigned", at))
        case TaskSuspended():
            return replace(task, suspended_at=at)
        case TaskResumed():
            return _named(_resumed(task, fact), data.new_days, "task-resumed", at)
        case TaskCompleted():
            return _deliver(task, Delivery("task-completed", None, None, fact.event.id, at, fact.registered_at))
        case TaskConfirmed():
            return replace(task, confirmed_at=at, ended_at=at)
        case TaskReopened():
            return _reopened(task, data, fact)
        case TaskCancelled():
            return replace(task, is_cancelled=True, ended_at=at)
        case DeadlineClarified():
            return _clarified(task, data, fact)
        case _:
            return task


def _received(task: Task, receipt: Receipt) -> Task:
    if any(each.unit == receipt.unit for each in task.receipts):
        return task
    return _counted(replace(task, receipts=(*task.receipts, receipt)))


def _counted(task: Task) -> Task:
    """Let periods count from the lead's receipt, unless they count already."""
    receipt = next((each for each in task.receipts if each.unit == task.lead), None)
    return task if task.received is not None or receipt is None else replace(task, received=receipt)


def _named(task: Task, days: Sequence[NewDay], ground: Any, at: datetime) -> Task:  # noqa: ANN401  one of NamedDay's grounds
    named = {each.name: NamedDay(each.last_good_day, ground, at) for each in days}
    if not named:
        return task
    return replace(task, clauses=tuple(_moved(each, named[each.name]) if each.name in named else each for each in task.clauses))


def _moved(clause: Clause, move: Move) -> Clause:
    return replace(clause, moves=(*clause.moves, move))


def _resumed(task: Task, fact: Fact) -> Task:
    if task.suspended_at is None:
        return task
    pause = Pause(task.suspended_at, max(task.suspended_at, fact.received_at))
    return replace(task, suspended_at=None, clauses=tuple(_moved(each, pause) for each in task.clauses))


def _reopened(task: Task, data: TaskReopened, fact: Fact) -> Task:
    opened = replace(
        task, deliveries=(), confirmed_at=None, is_cancelled=False, declined=False, suspended_at=None, ended_at=None,
        past=(*task.past, *(Past(each, fact.received_at) for each in task.deliveries)), clauses=_rested(task, fact.received_at),
    )  # fmt: skip
    if not data.deadlines:
        return opened
    retired = (*task.retired, *(each.deadline for each in task.clauses))
    clauses = clauses_of(fact.subject, data.deadlines, fact.registered_at, fact.version)
    return replace(opened, retired=retired, clauses=clauses, past=())


def _rested(task: Task, until: datetime) -> tuple[Clause, ...]:
    since = min((each for each in (task.ended_at, task.suspended_at) if each is not None), default=None)
    if since is None:
        return task.clauses
    return tuple(_moved(each, Rest(since, max(since, until))) for each in task.clauses)


def _clarified(task: Task, data: DeadlineClarified, fact: Fact) -> Task:
    """Take the new wording; nothing that moved the deadline before moves it any more."""
    clauses = (_reworded(each, data.phrase, fact.registered_at) if each.name == data.name else each for each in task.clauses)
    return replace(task, clauses=tuple(clauses))


def _reworded(clause: Clause, phrase: str, since: datetime) -> Clause:
    before = Words(clause.phrase, clause.since, clause.moves, since)
    return replace(clause, phrase=phrase, since=since, moves=(), earlier=(*clause.earlier, before))


def _deliver(task: Task, delivery: Delivery) -> Task:
    deliveries = delivered(task.deliveries, delivery)
    return task if deliveries is task.deliveries else replace(task, deliveries=deliveries)


def _of_work(dossier: Dossier, fact: Fact) -> Dossier:
    match fact.event.data:
        case PlanSubmitted(task=task, stage=stage):
            known = replace(dossier, plans={**dossier.plans, fact.subject: task})
            return _hand_in(known, fact, (task,), stage=stage, of=fact.subject)
        case PlanReturned():
            task_of_plan = dossier.plans.get(fact.subject)
            return dossier if task_of_plan is None else _take_back(dossier, fact.subject, (task_of_plan,))
        case ReportSubmitted(task=task):
            return _hand_in(dossier, fact, (task,))
        case _:
            return _of_conference(dossier, fact)


def _of_conference(dossier: Dossier, fact: Fact) -> Dossier:
    data, known = fact.event.data, dossier.conferences.get(fact.subject)
    if isinstance(data, ConferenceScheduled):
        made = Conference(data.tasks, data.starts_at, fact.received_at)
        return _hand_in(_with_conference(dossier, fact.subject, made), fact, data.tasks, of=fact.subject)
    if known is None:
        return dossier
    if isinstance(data, ConferenceRescheduled):
        return _with_conference(dossier, fact.subject, replace(known, starts_at=data.starts_at, set_at=fact.received_at))
    if isinstance(data, ConferenceCancelled):
        cancelled = _with_conference(dossier, fact.subject, replace(known, is_cancelled=True))
        return _take_back(cancelled, fact.subject, known.tasks)
    return _hand_in(dossier, fact, known.tasks, of=fact.subject)


def _with_conference(dossier: Dossier, name: UUID, conference: Conference) -> Dossier:
    return replace(dossier, conferences={**dossier.conferences, name: conference})


def _hand_in(dossier: Dossier, fact: Fact, tasks: Sequence[UUID], *, stage: PlanStage | None = None, of: UUID | None = None) -> Dossier:
    delivery = Delivery(fact.event.data.NAME, stage, of, fact.event.id, fact.received_at, fact.registered_at)
    changed = {task: _deliver(dossier.tasks[task], delivery) for task in tasks if task in dossier.tasks}
    return replace(dossier, tasks={**dossier.tasks, **changed})


def _take_back(dossier: Dossier, of: UUID, tasks: Sequence[UUID]) -> Dossier:
    """Take out what a plan or a conference had brought."""
    changed = {}
    for name in tasks:
        task = dossier.tasks.get(name)
        if task is not None:
            changed[name] = replace(task, deliveries=tuple(each for each in task.deliveries if each.of != of))
    return replace(dossier, tasks={**dossier.tasks, **changed})


def _of_request(dossier: Dossier, fact: Fact) -> Dossier:
    data = fact.event.data
    if isinstance(data, ExtensionRequested):
        return replace(dossier, requests={**dossier.requests, fact.subject: Request(data.task, data.name, fact.received_at)})
    request = dossier.requests.get(fact.subject)
    if not isinstance(data, ExtensionGranted) or request is None or request.task not in dossier.tasks:
        return dossier
    task = dossier.tasks[request.task]
    granted = NamedDay(data.last_good_day, "extension-granted", request.received_at)
    clauses = tuple(_moved(each, granted) if each.name == request.name else each for each in task.clauses)
    return _with_task(dossier, request.task, replace(task, clauses=clauses))
