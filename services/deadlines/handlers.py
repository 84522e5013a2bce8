"""The use cases: take facts, fire the stages that are due, work through an amended calendar, fold what was said before.

Each is load, decide, store, in one turn at a partition.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec.structs import replace

from services.deadlines.desk import SOURCE, Desk
from services.deadlines.domain.evolving import CONCERNING
from services.deadlines.domain.facts import Fact
from services.deadlines.domain.life import DEADLINE, Fire, Life, next_stage, overdue_stage
from services.deadlines.domain.rules import Rules
from services.deadlines.domain.said import Said
from services.deadlines.domain.stages import Stage
from services.deadlines.projections import (
    RuleBook,
    load_dossiers,
    load_histories,
    store_dossiers,
    store_facts,
    store_registry,
)
from services.deadlines.queries import QUERIES
from services.deadlines.repository import Lives, Telling, load_due_lives, load_lives, load_lives_by_id, store, store_fired
from shared.contracts.deadlines import DeadlineChanged, DeadlineEvent, DeadlineSet
from shared.contracts.voiding import FactVoided
from shared.envelope import Event, encode, event_of
from shared.journal.unit_of_work import Outgoing, UnitOfWork

FACTS = "directives.events.v1"
TOPIC = "deadlines.events.v1"
INBOX = "directives.inbox.v1"
PUBLISHER = "deadlines"
AT_ONCE = 50
"""Occurrences of one series that one look sets: after years of downtime there are several looks."""
OPENED = (DeadlineSet, DeadlineChanged)
"""The events after which a timer may fire earlier than the timers know."""


async def take_facts(work: UnitOfWork, facts: Sequence[Fact], book: RuleBook, now: datetime) -> None:
    """Say what facts have made of deadlines, and answer requests for more time that came too late."""
    await store_registry(work.connection, facts)
    concerning = [fact for fact in facts if isinstance(fact.event.data, CONCERNING)]
    if not concerning:
        return
    lives = await load_lives(work.connection, _keys_of(concerning))
    desk = await _open_desk(work, concerning, lives, await book.current(work.connection), now)
    for fact in concerning:
        desk.take(fact)
    await store_dossiers(work.connection, desk.dossiers)
    await store_facts(work.connection, [fact for fact in concerning if fact.key in desk.dossiers])
    await _tell(work, desk.tellings)
    await refuse(work, desk.late_requests, now)
    await _store(work, desk)


def _keys_of(facts: Sequence[Fact]) -> list[UUID]:
    return list(dict.fromkeys(fact.key for fact in facts))


async def _open_desk(work: UnitOfWork, facts: Sequence[Fact], lives: Lives, rules: Rules, now: datetime) -> Desk:
    dossiers = await load_dossiers(work.connection, _keys_of(facts))
    voided = {fact.key for fact in facts if isinstance(fact.event.data, FactVoided)}
    histories = await load_histories(work.connection, voided) if voided else {}
    return Desk(dossiers, lives, histories, rules, now)


async def _store(work: UnitOfWork, desk: Desk, more: Lives | None = None) -> None:
    """Write what was said, plan timers anew (also those of `more`), and wake whoever waits for them."""
    await store(work.connection, work.partition, desk.tellings, {**(more or {}), **desk.touched()}, desk.rules)
    if desk.looks:
        rows = [(series, *look) for series, look in desk.looks.items()]
        await work.connection.execute(QUERIES["put_series"], work.partition, *zip(*rows, strict=True))
    if any(isinstance(telling.said.data, OPENED) for telling in desk.tellings):
        await work.connection.execute(QUERIES["wake_timers"])


async def read_learned(work: UnitOfWork) -> int:
    """Return the offset below which the partition's facts are only learned: what they made of deadlines was said before an upgrade."""
    if "learned" not in work.memory:
        work.memory["learned"] = await work.connection.fetchval(QUERIES["read_learned"], work.partition) or 0
    return cast("int", work.memory["learned"])


async def learn_facts(work: UnitOfWork, facts: Sequence[Fact], rules: Rules) -> None:
    """Fold facts into dossiers, calendars and names again, deciding and publishing nothing."""
    await store_registry(work.connection, facts)
    concerning = [fact for fact in facts if isinstance(fact.event.data, CONCERNING)]
    desk = await _open_desk(work, concerning, {}, rules, concerning[0].registered_at) if concerning else None
    if desk is not None:
        for fact in concerning:
            desk.learn(fact)
        await store_dossiers(work.connection, desk.dossiers)
        await store_facts(work.connection, [fact for fact in concerning if fact.key in desk.dossiers])


async def fire_stages(work: UnitOfWork, rules: Rules, now: datetime, limit: int) -> int:
    """Fire what is due in the partition, the oldest timers first, and return how many (up to a limit) were seen to."""
    lives = await load_due_lives(work.connection, work.partition, now, limit)
    tellings, ahead = [], []
    for deadline, life in lives.items():
        plan = rules.plan(life)
        for said in _fire(life, plan, now):
            lives[deadline] = DEADLINE.evolve(life, said)
            tellings.append(Telling(said=said, cause=f"timer/{said.id}", said_at=now))
        # Fired or not: a timer that another calendar or policy had planned is planned anew.
        ahead.append(next_stage(lives[deadline], plan))
    await _tell(work, tellings)
    await store_fired(work.connection, tellings, lives, ahead)
    return len(lives)


async def open_occurrences(work: UnitOfWork, rules: Rules, now: datetime, limit: int) -> int:
    """Set the occurrences that have begun in the partition, and return how many series (up to a limit) were looked at."""
    rows = await work.connection.fetch(QUERIES["read_due_series"], work.partition, now, limit)
    if not rows:
        return 0
    wanted: dict[UUID, list[UUID]] = {}
    for row in rows:
        wanted.setdefault(row["directive_id"], []).append(row["series_id"])
    dossiers = await load_dossiers(work.connection, wanted)
    desk = Desk(dossiers, await load_lives(work.connection, wanted), {}, rules, now)
    for directive, series in wanted.items():
        desk.open_occurrences(directive, series, AT_ONCE)
    await _tell(work, desk.tellings)
    await _store(work, desk)
    return len(rows)


def _fire(life: Life, plan: Sequence[Stage], now: datetime) -> Sequence[Said]:
    stage = overdue_stage(life, plan, now)
    return DEADLINE.decide(life, Fire(now=now, stage=stage)) if stage else ()


async def work_through(work: UnitOfWork, rules: Rules, now: datetime, limit: int) -> bool:
    """Settle some more directives of the partition by the calendars in force; return whether none is left.

    How far it came is kept in the same transaction, so each deadline is seen to once for a set of calendar facts, whoever crashes.
    """
    token = rules.calendars.token
    row = await work.connection.fetchrow(QUERIES["read_calendar_progress"], work.partition, token)
    if row is not None and row["is_done"]:
        return True
    is_any = await work.connection.fetchval(QUERIES["has_voided_calendars"])
    rows = await work.connection.fetch(
        QUERIES["read_open_directives"], work.partition, row["reached"] if row else None, is_any, limit
    )  # fmt: skip
    directives = [each["directive"] for each in rows]
    await _settle_directives(work, directives, rules, now)
    is_done = len(directives) < limit
    await work.connection.execute(
        QUERIES["put_calendar_progress"], work.partition, token, directives[-1] if directives else None, is_done
    )  # fmt: skip
    return is_done


async def _settle_directives(work: UnitOfWork, directives: Sequence[UUID], rules: Rules, now: datetime) -> None:
    dossiers = await load_dossiers(work.connection, directives)
    lives = await load_lives(work.connection, directives)
    desk = Desk(dossiers, dict(lives), {}, rules, now)
    for directive in dossiers:
        desk.settle_calendar(directive)
    await _tell(work, desk.tellings)
    await _store(work, desk, lives)


async def fold_tellings(work: UnitOfWork, tellings: Sequence[Telling], rules: Rules) -> None:
    """Rebuild deadlines from what was said of them before, deciding and publishing nothing."""
    ids = dict.fromkeys(telling.said.data.deadline for telling in tellings)
    lives = await load_lives_by_id(work.connection, ids)
    for telling in tellings:
        deadline = telling.said.data.deadline
        lives[deadline] = DEADLINE.evolve(lives.get(deadline, DEADLINE.initial), telling.said)
    await store(work.connection, work.partition, tellings, lives, rules)
    await _recall_series(work, [telling.said.data for telling in tellings])


async def _recall_series(work: UnitOfWork, events: Sequence[DeadlineEvent]) -> None:
    """Have every series looked at again that was told of: what the looks had come to is not in our events, and follows anew."""
    ends: dict[UUID, tuple[UUID, datetime]] = {}
    for data in events:
        if isinstance(data, OPENED) and data.due is not None and (data.series or data.recurrence):
            series = data.series or data.deadline
            ends[series] = min((data.directive, data.due), ends.get(series, (data.directive, data.due)))
    if ends:
        rows = [(series, *end) for series, end in ends.items()]
        await work.connection.execute(QUERIES["recall_series"], work.partition, *zip(*rows, strict=True))


async def _tell(work: UnitOfWork, tellings: Sequence[Telling]) -> None:
    if tellings:
        await work.publish(TOPIC, [_outgoing(telling) for telling in tellings])


def _outgoing(telling: Telling) -> Outgoing:
    said = telling.said
    key = str(said.data.directive)
    event = event_of(
        said.data, id=said.id, source=SOURCE, subject=str(said.data.deadline), key=key, time=said.since, traceparent=telling.traceparent
    )
    return Outgoing(key.encode(), encode(replace(event, registeredtime=telling.said_at)), telling.cause)


async def refuse(work: UnitOfWork, refusals: Sequence[tuple[Event, str]], now: datetime) -> None:
    """Answer through the inbox, as everything that becomes a fact does; a request that is judged again was answered before."""
    if not refusals:
        return
    rows = await work.connection.fetch(QUERIES["read_answers"], INBOX, work.partition, [cause for _, cause in refusals])
    answered = {row["cause"] for row in rows}
    stamped = [(replace(event, receivedtime=now, publisher=PUBLISHER), cause) for event, cause in refusals if cause not in answered]
    await work.publish(INBOX, [Outgoing(event.partitionkey.encode(), encode(event), cause) for event, cause in stamped])
