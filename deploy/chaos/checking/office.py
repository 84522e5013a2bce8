"""What the office should have done, told anew from the facts alone: meetings of deadlines, working days, states of tasks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from deploy.chaos.evidence import Message, instant

OFFICE_ZONE = timezone(timedelta(hours=7))
ONE_DAY = timedelta(days=1)
DAYS_OFF = frozenset({date(2021, 4, 21), date(2021, 4, 30), date(2021, 5, 3)})
"""Days off on weekdays in the spring of 2021: Giỗ Tổ, 30/4, and the day for 1/5 (BLLĐ 2019, Điều 111, 112)."""
SATURDAY = 5
MILESTONES = ("plan_draft", "plan_final", "conference_scheduled", "conference_held", "report")
_FINAL = {"plan": "plan_final", "conference": "conference_held", "report": "report"}


@dataclass(slots=True)
class Task:
    """A task as assigned, with the facts of its work in the order of their versions."""

    message: Message
    work: list[Message] = field(default_factory=list)

    @property
    def clauses(self) -> Sequence[Mapping[str, Any]]:
        """Return its deadlines as they were written."""
        clauses: Sequence[Mapping[str, Any]] = self.message.data.get("deadlines", ())
        return clauses

    def meeting(self, clause: Mapping[str, Any]) -> list[Message]:
        """Return the facts that meet a clause."""
        return [fact for fact in self.work if fact.name == clause["met_by"] and _has_stage(fact, clause)]

    def receipts(self) -> dict[str, datetime]:
        """Return when the first fact of each milestone was received."""
        found: dict[str, datetime] = {}
        for fact in self.work:
            at, name = received_at(fact), _milestone(fact)
            found[name] = min(found.get(name, at), at)
        return found


def _has_stage(fact: Message, clause: Mapping[str, Any]) -> bool:
    return fact.name != "plan-submitted" or clause.get("plan_stage") in (None, "draft", fact.data["stage"])


def _milestone(fact: Message) -> str:
    if fact.name == "plan-submitted":
        return f"plan_{fact.data['stage']}"
    return "report" if fact.name == "report-submitted" else fact.name.replace("-", "_")


def received_at(fact: Message) -> datetime:
    """Return when a fact was received."""
    return instant(fact.event["receivedtime"])


def read_tasks(registered: Iterable[Message]) -> dict[str, Task]:
    """Return the tasks that facts assign, each with its work."""
    tasks: dict[str, Task] = {}
    conferences: dict[str, Sequence[str]] = {}
    for fact in sorted(registered, key=lambda message: (message.key, int(message.event["version"]))):
        if fact.name == "task-assigned":
            tasks[fact.subject] = Task(fact)
        if fact.name == "conference-scheduled":
            conferences[fact.subject] = fact.data["tasks"]
        for task in _tasks_of(fact, conferences):
            if task in tasks:
                tasks[task].work.append(fact)
    return tasks


def _tasks_of(fact: Message, conferences: Mapping[str, Sequence[str]]) -> Sequence[str]:
    match fact.name:
        case "plan-submitted" | "report-submitted":
            return [fact.data["task"]]
        case "conference-scheduled" | "conference-held":
            return conferences.get(fact.subject, ())
        case _:
            return ()


def done_at(task: Task) -> datetime | None:
    """Return when a task was done: with its deliverable, or, without one of its own, once every deadline was met."""
    receipts = task.receipts()
    final = _FINAL.get(task.message.data["deliverable"])
    if final is not None:
        return receipts.get(final)
    met = [min(map(received_at, task.meeting(clause)), default=None) for clause in task.clauses]
    known = [each for each in met if each is not None]
    return max(known) if known and len(known) == len(met) else None


def work_of(task: Task) -> str:
    """Return where a task's work stands."""
    if done_at(task) is not None:
        return "done"
    return "in_progress" if task.work else "not_started"


def stage_at(due: datetime, working_days: int) -> datetime:
    """Return when a deadline comes near: the midnight that begins the day so many working days before its last good day."""
    day = (due.astimezone(OFFICE_ZONE) - timedelta(microseconds=1)).date()
    earlier = _working_days_before(day)
    for _ in range(working_days):
        day = next(earlier)
    return datetime(day.year, day.month, day.day, tzinfo=OFFICE_ZONE)


def _working_days_before(day: date) -> Iterator[date]:
    while True:
        day -= ONE_DAY
        if day.weekday() < SATURDAY and day not in DAYS_OFF:
            yield day


def by_deadline(said: Iterable[Message]) -> dict[str, list[Message]]:
    """Return what was said of each deadline, in order."""
    found: dict[str, list[Message]] = defaultdict(list)
    for message in said:
        found[str(message.data["deadline"])].append(message)
    return found
