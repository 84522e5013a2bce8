"""Deadlines: each one set once, its stages fired once and never early, and every one that passed told as met or missed."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from deploy.chaos.checking.logs import Logs
from deploy.chaos.checking.office import Task, by_deadline, read_tasks, received_at, stage_at
from deploy.chaos.evidence import DEADLINES, EVENTS, Evidence, Finding, Kind, Message, Step, instant

WARNINGS = (3, 1)
"""How many working days ahead it is told that a deadline comes near: the policy as it is unless somebody sets it."""
STAGES = ("deadline-approaching", "deadline-missed")
A_MILLISECOND = timedelta(milliseconds=1)
"""Kafka's timestamps are whole milliseconds, cut off."""


def check_deadlines(evidence: Evidence, logs: Logs) -> Iterator[Finding]:
    """Yield deadlines that are missing, doubled, set to a wrong instant, fired early, or not told of at all."""
    tasks, said = read_tasks(logs.get(EVENTS, ())), by_deadline(logs.get(DEADLINES, ()))
    clock = _Clock(evidence.steps)
    set_for = Counter((each.data["task"], each.data["name"]) for events in said.values() for each in events if each.name == "deadline-set")
    for subject, task in tasks.items():
        for clause in task.clauses:
            times = set_for.pop((subject, clause["name"]), 0)
            if times != 1:
                yield Finding("doubled" if times else "lost", f"deadline {clause['name']!r} of task {subject} was set {times} times")
    for subject, name in set_for:
        yield Finding("doubled", f"deadline {name!r} of task {subject} was set, but nothing assigned it")
    for deadline, events in said.items():
        yield from _check_one(deadline, events, tasks, evidence.dues, clock)


class _Clock:
    """The office clock as it was moved: what it showed at most at a moment of the machine's clock."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._begun = [step.begun_at for step in steps]
        self._instants = [step.instant for step in steps]

    def at(self, moment: datetime) -> datetime | None:
        """Return the instant that the clock showed at most, None before it was set."""
        index = bisect_right(self._begun, moment + A_MILLISECOND)
        return self._instants[index - 1] if index else None

    def now(self) -> datetime | None:
        """Return the last instant."""
        return self._instants[-1] if self._instants else None


def _check_one(
    deadline: str, events: Sequence[Message], tasks: Mapping[str, Task], dues: Mapping[tuple[str, str], datetime | None], clock: _Clock
) -> Iterator[Finding]:
    first = events[0]
    task = tasks.get(first.data["task"])
    if first.name != "deadline-set" or task is None:
        yield Finding("doubled", f"{first.where} speaks of deadline {deadline} before it was set, or of no task")
        return
    due = instant(first.data["due"]) if first.data.get("due") else None
    yield from _check_due(first, due, dues)
    yield from _check_repeats(deadline, events)
    for event in events:
        if event.name in STAGES and due is not None:
            yield from _check_stage(event, due, clock)
    clause = next((each for each in task.clauses if each["name"] == first.data["name"]), None)
    if clause is not None:
        yield from _check_outcome(deadline, events, task.meeting(clause), due, clock)


def _check_due(event: Message, due: datetime | None, dues: Mapping[tuple[str, str], datetime | None]) -> Iterator[Finding]:
    meant = dues.get((event.data["task"], event.data["name"]))
    if due != meant:
        is_early = due is not None and meant is not None and due < meant
        yield Finding("early" if is_early else "missed", f"deadline {event.data['deadline']} was set to {due}, not {meant}: {event.where}")


def _check_repeats(deadline: str, events: Sequence[Message]) -> Iterator[Finding]:
    for (name, left), times in Counter((each.name, each.data.get("working_days_left")) for each in events).items():
        if times > 1 and name in STAGES:
            yield Finding("doubled", f"{name} {'' if left is None else left} of deadline {deadline} fired {times} times")
    for event_id, times in Counter(each.id for each in events).items():
        if times > 1:
            yield Finding("doubled", f"event {event_id} of deadline {deadline} was said {times} times")


def _check_stage(event: Message, due: datetime, clock: _Clock) -> Iterator[Finding]:
    left = event.data.get("working_days_left")
    begins = due if left is None else stage_at(due, left)
    fired, shown = instant(event.event["time"]), clock.at(event.stamped_at)
    if fired < begins or shown is None or shown < begins:
        yield Finding(
            "early", f"{event.name} of deadline {event.data['deadline']} fired at {fired} (clock {shown}), not from {begins}: {event.where}"
        )
    overtaken = _overtaken_at(due, left)
    if overtaken is not None and fired >= overtaken:
        yield Finding("missed", f"{event.where} fired at {fired}, when a later stage of the deadline had come at {overtaken}")
    if instant(event.data["stage_at"]) != begins:
        kind: Kind = "early" if instant(event.data["stage_at"]) < begins else "missed"
        yield Finding(kind, f"{event.where} names {event.data['stage_at']} as its instant, not {begins}")


def _overtaken_at(due: datetime, left: int | None) -> datetime | None:
    """Return when the stage after a warning came; what was missed is the last one."""
    if left is None:
        return None
    later = max((each for each in WARNINGS if each < left), default=None)
    return due if later is None else stage_at(due, later)


def _check_outcome(
    deadline: str, events: Sequence[Message], facts: Sequence[Message], due: datetime | None, clock: _Clock
) -> Iterator[Finding]:
    met = [each for each in events if each.name == "deadline-met"]
    missed = [each for each in events if each.name == "deadline-missed"]
    on_time = [fact for fact in facts if due is not None and received_at(fact) < due]
    now = clock.now()
    if not met and not missed and due is not None and now is not None and due <= now:
        yield Finding("missed", f"deadline {deadline} passed at {due}, and neither met nor missed was told")
    elif facts and not met:
        yield Finding("missed", f"deadline {deadline} was met by fact {facts[0].id}, which was never told")
    elif on_time and not any(each.data.get("on_time") for each in met):
        yield Finding("missed", f"deadline {deadline} was met on time by fact {on_time[0].id}, which was never told")
    yield from _check_meetings(deadline, events, facts, due)


def _check_meetings(deadline: str, events: Sequence[Message], facts: Sequence[Message], due: datetime | None) -> Iterator[Finding]:
    """Check each meeting against its fact; a second one may only turn lateness into on time, and nothing else follows a meeting."""
    ids = {fact.id: received_at(fact) for fact in facts}
    missed = met = None
    for event in events:
        if event.name in STAGES and met is not None:
            yield Finding("doubled", f"{event.where} fired although deadline {deadline} was met at {met.where}")
        if event.name == "deadline-met":
            yield from _check_meeting(event, ids, due)
            yield from _check_correction(deadline, event, missed, met)
            met = event
        if event.name == "deadline-missed":
            missed = event


def _check_meeting(event: Message, received: Mapping[str, datetime], due: datetime | None) -> Iterator[Finding]:
    at = received.get(event.data["fact"])
    if at is None:
        yield Finding("doubled", f"{event.where} is met by fact {event.data['fact']}, which does not meet it")
    elif event.data.get("on_time") != (None if due is None else at < due) or instant(event.data["met_at"]) != at:
        yield Finding("missed", f"{event.where} says on_time={event.data.get('on_time')} of a fact received at {at}, due {due}")


def _check_correction(deadline: str, event: Message, missed: Message | None, met: Message | None) -> Iterator[Finding]:
    told = missed or met
    if met is not None and (met.data.get("on_time") or not event.data.get("on_time")):
        yield Finding("doubled", f"deadline {deadline} was met twice: {met.where} and {event.where}")
    elif told is not None and event.data.get("on_time") and event.data.get("corrects") != told.id:
        yield Finding("missed", f"{event.where} does not correct {told.id}, which was told of deadline {deadline} before")
