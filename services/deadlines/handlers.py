"""The use cases: take facts, fire the stages that are due, fold what was said before; each is load, decide, store."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from services.deadlines.domain.life import DEADLINE, Command, Fire, Life, Meet, Said, Set, is_met_by, next_stage, overdue_stage
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.stages import Stage
from services.deadlines.projections import Context, Fact, load_context, store_context
from services.deadlines.queries import QUERIES
from services.deadlines.repository import Lives, Telling, load_due_lives, load_lives, load_lives_by_id, store, store_fired
from shared.contracts.deadlines import DeadlineSet
from shared.contracts.directives import TaskAssigned
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.envelope import encode, event_of
from shared.journal.unit_of_work import Outgoing, UnitOfWork

TOPIC = "deadlines.events.v1"
SOURCE = "/services/deadlines"


async def take_facts(work: UnitOfWork, facts: Sequence[Fact], rules: Rules, now: datetime) -> None:
    """Set the deadlines of assigned tasks, and mark those as met that the facts meet."""
    desk = await _open_desk(work, facts, rules, now)
    for fact in facts:
        desk.take(fact)
    await store_context(work.connection, facts)
    await _tell(work, desk.tellings)
    await store(work.connection, work.partition, desk.tellings, desk.touched(), rules)
    if any(isinstance(telling.said.data, DeadlineSet) for telling in desk.tellings):
        await work.connection.execute(QUERIES["wake_timers"])


async def fire_stages(work: UnitOfWork, rules: Rules, now: datetime, limit: int) -> int:
    """Fire what is due in the partition, the oldest timers first, and return how many (up to a limit) were seen to."""
    lives = await load_due_lives(work.connection, work.partition, now, limit)
    tellings, ahead = [], []
    for deadline, life in lives.items():
        plan = rules.plan(life)
        for said in _fire(deadline, life, plan, now):
            lives[deadline] = DEADLINE.evolve(life, said)
            tellings.append(Telling(said=said, cause=f"timer/{said.id}", said_at=now))
        # Fired or not: a timer that another calendar or policy had planned is planned anew.
        ahead.append(next_stage(lives[deadline], plan))
    await _tell(work, tellings)
    await store_fired(work.connection, tellings, lives, ahead)
    return len(lives)


def _fire(deadline: UUID, life: Life, plan: Sequence[Stage], now: datetime) -> Sequence[Said]:
    stage = overdue_stage(life, plan, now)
    return DEADLINE.decide(life, Fire(id=_event_id(deadline, stage.name), now=now, stage=stage)) if stage else ()


async def fold_tellings(work: UnitOfWork, tellings: Sequence[Telling], rules: Rules) -> None:
    """Rebuild deadlines from what was said of them before, deciding and publishing nothing."""
    ids = dict.fromkeys(telling.said.data.deadline for telling in tellings)
    lives = await load_lives_by_id(work.connection, ids)
    for telling in tellings:
        deadline = telling.said.data.deadline
        lives[deadline] = DEADLINE.evolve(lives.get(deadline, DEADLINE.initial), telling.said)
    await store(work.connection, work.partition, tellings, lives, rules)


def _event_id(deadline: UUID, name: str) -> str:
    return str(uuid5(deadline, name))


async def _tell(work: UnitOfWork, tellings: Sequence[Telling]) -> None:
    if tellings:
        await work.publish(TOPIC, [_outgoing(telling) for telling in tellings])


def _outgoing(telling: Telling) -> Outgoing:
    said = telling.said
    key = str(said.data.directive)
    event = event_of(
        said.data, id=said.id, source=SOURCE, subject=str(said.data.deadline), key=key, time=said.since, traceparent=telling.traceparent
    )
    return Outgoing(key.encode(), encode(msgspec.structs.replace(event, registeredtime=telling.said_at)), telling.cause)


class _Desk:
    """Facts taken one after another, with the states of the deadlines that they concern."""

    def __init__(self, context: Context, lives: Lives, rules: Rules, now: datetime) -> None:
        self._context = context
        self._lives = lives
        self._rules = rules
        self._now = now
        self._by_task: dict[UUID, list[UUID]] = {}
        self.tellings: list[Telling] = []
        for deadline, life in lives.items():
            self._index(deadline, life)

    def touched(self) -> Lives:
        """Return the deadlines of which something was said."""
        return {key: self._lives[key] for key in dict.fromkeys(telling.said.data.deadline for telling in self.tellings)}

    def take(self, fact: Fact) -> None:
        """Take one fact."""
        self._context.take(fact)
        if isinstance(fact.event.data, TaskAssigned):
            for data in _deadlines_of(fact, fact.event.data, self._context, self._rules):
                begin = Set(id=_event_id(data.deadline, "set"), since=fact.registered_at, data=data)
                self._decide(fact, data.deadline, begin)
        else:
            for deadline in self._met_by(fact):
                event_id = _event_id(deadline, f"met/{fact.version}")
                meet = Meet(id=event_id, since=fact.registered_at, fact=fact.event.id, received_at=fact.received_at)
                self._decide(fact, deadline, meet)

    def _met_by(self, fact: Fact) -> list[UUID]:
        """Return the deadlines of the fact's own directive that it meets."""
        found = [deadline for task in _tasks_of(fact, self._context) for deadline in self._by_task.get(task, ())]
        return [key for key in found if self._is_met(self._lives[key], fact)]

    def _is_met(self, life: Life, fact: Fact) -> bool:
        terms = life.terms
        return terms is not None and terms.directive == fact.key and is_met_by(terms, fact.event.data)

    def _decide(self, fact: Fact, deadline: UUID, command: Command) -> None:
        life = self._lives.get(deadline, DEADLINE.initial)
        for said in DEADLINE.decide(life, command):
            self._lives[deadline] = life = DEADLINE.evolve(life, said)
            if isinstance(command, Set):
                self._index(deadline, life)
            telling = Telling(said=said, cause=fact.cause, said_at=self._now, traceparent=fact.event.traceparent)
            self.tellings.append(telling)

    def _index(self, deadline: UUID, life: Life) -> None:
        if life.terms is not None:
            self._by_task.setdefault(life.terms.task, []).append(deadline)


async def _open_desk(work: UnitOfWork, facts: Sequence[Fact], rules: Rules, now: datetime) -> _Desk:
    directives = {fact.key for fact in facts if isinstance(fact.event.data, TaskAssigned)}
    conferences = {fact.subject for fact in facts if isinstance(fact.event.data, ConferenceHeld)}
    context = await load_context(work.connection, directives, conferences)
    tasks = {task for fact in facts for task in _tasks_of(fact, context)}
    return _Desk(context, await load_lives(work.connection, tasks), rules, now)


def _tasks_of(fact: Fact, context: Context) -> Sequence[UUID]:
    match fact.event.data:
        case TaskAssigned():
            return (fact.subject,)
        case PlanSubmitted(task=task) | ReportSubmitted(task=task):
            return (task,)
        case ConferenceScheduled(tasks=tasks):
            return tasks
        case ConferenceHeld():
            return context.conferences.get(fact.subject, ())
        case _:
            return ()


def _deadlines_of(fact: Fact, task: TaskAssigned, context: Context, rules: Rules) -> Iterator[DeadlineSet]:
    """Yield a task's deadlines; an id is UUIDv5 of (task, clause's name), and where a name is used again of (that id, its number)."""
    names: list[str] = []
    for clause in task.deadlines:
        names.append(clause.name)
        again = names.count(clause.name)
        reading = rules.read(clause.phrase, context.issued_on.get(fact.key))
        first = uuid5(fact.subject, clause.name)
        yield DeadlineSet(
            deadline=first if again == 1 else uuid5(first, str(again)),
            task=fact.subject, directive=fact.key, task_number=task.number, content=task.content, lead=task.lead,
            coordinating=task.coordinating, name=clause.name, met_by=clause.met_by, plan_stage=clause.plan_stage,
            due=reading.due, kind=reading.kind, recurrence=reading.recurrence, proof=reading.proof,
        )  # fmt: skip
