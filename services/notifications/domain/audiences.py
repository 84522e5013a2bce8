"""Whom a rule tells: functions from what happened, and what is known, to units."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from services.notifications.domain.happenings import Happening, Knowledge
from services.notifications.domain.roll import Task
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineChanged, DeadlineWithdrawn
from shared.contracts.tasks import TaskReassigned
from shared.contracts.types import UnitId
from shared.contracts.work import ConferenceScheduled

Audience = Callable[[Any, Happening, Knowledge], Iterable[UnitId]]

TOLD_OTHERWISE = ("suspended",)
"""Changes of a deadline that the notice of the fact behind them tells already."""
WORTH_TELLING = ("fact-voided", "task-reopened", "series-changed")
"""Ends of a deadline that no notice of the fact behind them tells."""


def lead(data: Any, _happening: Happening, _known: Knowledge) -> Iterable[UnitId]:  # noqa: ANN401  one of the table's contracts
    """Return the lead that the event names."""
    return (data.lead,)


def coordinating(data: Any, _happening: Happening, _known: Knowledge) -> Iterable[UnitId]:  # noqa: ANN401
    """Return the coordinating units that the event names."""
    return tuple(data.coordinating)


def participants(data: ConferenceScheduled, _happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return who is invited."""
    return data.participants


def issuer(_data: Contract, happening: Happening, known: Knowledge) -> Iterable[UnitId]:
    """Return the directive's issuer, nobody while it is not known."""
    found = known.roll(happening.directive).issuer
    return () if found is None else (found,)


def leads_of_tasks(data: ConferenceScheduled, happening: Happening, known: Knowledge) -> Iterable[UnitId]:
    """Return the leads of a conference's tasks as the fact found them; of one that is judged again, those that are known now."""
    tasks = happening.after.tasks or known.roll(happening.directive).tasks
    return tuple(tasks[task].lead for task in data.tasks if task in tasks)


def told_before(_data: Contract, happening: Happening, known: Knowledge) -> Iterable[UnitId]:
    """Return who was told of what this event corrects or takes out of count."""
    return sorted(known.told_before(happening))


def lead_of_changed(data: DeadlineChanged, happening: Happening, known: Knowledge) -> Iterable[UnitId]:
    """Return the lead of a changed deadline; who asked for more time is told of its grant itself."""
    return () if data.why == "extension-granted" else tuple(units_of_changed(data, happening, known))[:1]


def units_of_changed(data: DeadlineChanged, _happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the units of a changed deadline, nobody where the notice of the fact behind the change says it all."""
    is_same = data.why == "reassigned" and data.due == data.previous_due and not data.is_open_again
    return () if data.why in TOLD_OTHERWISE or is_same else (data.lead, *data.coordinating)


def coordinating_of_changed(data: DeadlineChanged, happening: Happening, known: Knowledge) -> Iterable[UnitId]:
    """Return the coordinating units of a changed deadline."""
    return tuple(units_of_changed(data, happening, known))[1:]


def lead_of_withdrawn(data: DeadlineWithdrawn, _happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the lead of a deadline that counts no more, nobody where another notice says so."""
    return (data.lead,) if data.why in WORTH_TELLING else ()


def coordinating_of_withdrawn(data: DeadlineWithdrawn, _happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the coordinating units of a deadline that counts no more, nobody where another notice says so."""
    return data.coordinating if data.why in WORTH_TELLING else ()


def former_units(data: TaskReassigned, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the units that have no more to do with a reassigned task."""
    before = happening.before.tasks.get(UUID(happening.subject))
    now = {data.lead, *data.coordinating}
    return tuple(unit for unit in (before.units if before else ()) if unit not in now)


def _task(happening: Happening) -> Task | None:
    return happening.after.tasks.get(UUID(happening.subject))


def lead_of_task(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the lead of the task that a fact is about."""
    task = _task(happening)
    return (task.lead,) if task else ()


def coordinating_of_task(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the coordinating units of the task that a fact is about."""
    task = _task(happening)
    return task.coordinating if task else ()


def leads(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the leads of a directive's tasks."""
    return tuple(task.lead for task in happening.after.tasks.values())


def all_coordinating(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the coordinating units of a directive's tasks."""
    return tuple(unit for task in happening.after.tasks.values() for unit in task.coordinating)


def addressees(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return whom a directive is addressed to, before a fact and after it."""
    return tuple(dict.fromkeys((*happening.before.addressees, *happening.after.addressees)))


def submitter(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return whose plan it is."""
    plan = happening.after.plans.get(UUID(happening.subject))
    return (plan.submitted_by,) if plan else ()


def lead_of_plan(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the lead of a plan's task."""
    plan = happening.after.plans.get(UUID(happening.subject))
    task = happening.after.tasks.get(plan.task) if plan else None
    return (task.lead,) if task else ()


def invited(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return who had been invited to a conference."""
    conference = happening.after.conferences.get(UUID(happening.subject))
    return conference.participants if conference else ()


def leads_of_conference(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the leads of the tasks that a conference serves."""
    conference, tasks = happening.after.conferences.get(UUID(happening.subject)), happening.after.tasks
    return tuple(tasks[task].lead for task in conference.tasks if task in tasks) if conference else ()


def requester(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return who asked for more time."""
    request = happening.after.requests.get(UUID(happening.subject))
    return (request.requested_by,) if request else ()


def lead_of_request(_data: Contract, happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    """Return the lead of the task that more time was asked for."""
    request = happening.after.requests.get(UUID(happening.subject))
    task = happening.after.tasks.get(request.task) if request else None
    return (task.lead,) if task else ()
