"""How deadlines come out of the topics again: what was said of them is folded, what they follow from is learned, timers are planned anew.

- A deadline is what was said of it (deadlines.events.v1), never what would be said now; so no event and no stage comes twice.
- Timers follow from deadlines and calendars, and looks at series from dossiers. Those are known once both topics are read: each directive
  that was touched meanwhile is planned anew at the end, all of them where calendars were.
- What was said of a fact may have come into Kafka in part before a database was lost. So the last fact that anything follows from is taken
  again: what was said of it is not said twice, what was not is said now.
- Answers to late requests go another way (directives.inbox.v1), and may be lost alone: they are given again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.deadlines.agents import facts_of, rebuild_deadlines, rebuild_dossiers, telling_of
from services.deadlines.desk import Desk
from services.deadlines.domain.calendars import Calendars
from services.deadlines.domain.due import Policy
from services.deadlines.domain.evolving import fold
from services.deadlines.domain.facts import Fact
from services.deadlines.domain.life import next_stage
from services.deadlines.domain.rules import Rules
from services.deadlines.handlers import FACTS, INBOX, TOPIC, refuse
from services.deadlines.projections import RuleBook, load_dossiers, load_histories
from services.deadlines.repository import Lives, load_lives
from shared.clock import office_now
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.environment import ClockKind
from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection
from shared.rebuild.plan import Output, RebuildPlan
from shared.sql import Queries
from shared.streaming.app import Subscription
from shared.streaming.runs import Record
from shared.topics import partition_of

SCHEMA = "deadlines"
QUERIES = Queries("services.deadlines", "sql/rebuild.sql")
AT_ONCE = 500
"""Directives whose timers are planned in one statement."""


def plan_rebuild(sources: Sequence[tuple[str, str]], partitions: int, policy: Policy, clock: ClockKind) -> RebuildPlan:
    """Return the plan over the migrations that make the schema."""
    made = _Rebuilding(partitions, RuleBook(policy), clock)
    return RebuildPlan(
        SCHEMA, sources, [Subscription(FACTS, made.learn)], Queries("services.deadlines", "sql/tables.sql"),
        outputs=[Output(TOPIC, made.fold), Output(INBOX)],
        answered=read_answered, prepare=_prepare, mend=made.answer, finish=made.plan_timers, clean=_clean,
        inherited=[QUERIES["take_learned"]],
    )  # fmt: skip


async def read_answered(connection: Connection) -> Mapping[tuple[str, int], int]:
    """Return which facts were the last ones of which anything was said; they are the first to be taken again."""
    return {(FACTS, row["partition"]): row["kafka_offset"] for row in await connection.fetch(QUERIES["read_answered"], TOPIC, FACTS)}


async def _prepare(connection: Connection) -> None:
    await connection.execute(QUERIES["create_unplanned"])


async def _clean(connection: Connection) -> None:
    await connection.execute(QUERIES["drop_unplanned"])


class _Rebuilding:
    """What folds and learns, by the rules in force."""

    def __init__(self, partitions: int, book: RuleBook, clock: ClockKind) -> None:
        self._partitions = partitions
        self._book = book
        self._clock = clock
        self._fold = rebuild_deadlines(book)
        self._learn = rebuild_dossiers(book)

    async def fold(self, work: UnitOfWork, records: Sequence[Record]) -> None:
        """Fold what was said of deadlines."""
        await self._fold(work, records)
        await _unplan(work, [telling_of(record).said.data.directive for record in records])

    async def learn(self, work: UnitOfWork, records: Sequence[Record]) -> None:
        """Learn facts, and note the requests among them."""
        await self._learn(work, records)
        facts = facts_of(records)
        await _unplan(work, [fact.key for fact in facts])
        asked = [fact for fact in facts if isinstance(fact.event.data, ExtensionRequested)]
        if asked:
            columns = [fact.key for fact in asked], [fact.version for fact in asked], [fact.cause for fact in asked]
            await work.connection.execute(QUERIES["add_asked"], work.partition, *columns)

    async def answer(self, work: UnitOfWork) -> None:
        """Answer the late requests whose answer is not in Kafka, as they were judged when they came."""
        rows = await work.connection.fetch(QUERIES["read_unanswered"], work.partition, INBOX)
        if not rows:
            return
        rules, now = await self._book.current(work.connection), await office_now(self._clock, work.connection)
        keys = {row["directive"] for row in rows}
        lives, histories = await load_lives(work.connection, keys), await load_histories(work.connection, keys)
        for row in rows:
            history = histories[row["directive"]]
            asked = next((fact for fact in history if fact.version == row["version"]), None)
            if asked is not None and not _is_answered(asked, history):
                desk = _desk_of(asked, history, lives, rules)
                desk.judge_request(replace(asked, cause=row["cause"]))
                await refuse(work, desk.late_requests, now)

    async def plan_timers(self, connection: Connection) -> None:
        """Plan the timers of what was folded and learned since they were planned last, of all where calendars came meanwhile."""
        rules, now = await self._book.current(connection), await office_now(self._clock, connection)
        if await connection.fetchval(QUERIES["read_planned_by"]) != rules.calendars.token:
            await connection.execute(QUERIES["unplan_all"])
            await connection.execute(QUERIES["put_planned_by"], rules.calendars.token)
        while await self._plan_some(connection, rules, now):
            continue

    async def _plan_some(self, connection: Connection, rules: Rules, now: datetime) -> bool:
        async with connection.transaction():
            directives = [row["directive"] for row in await connection.fetch(QUERIES["take_unplanned"], AT_ONCE)]
            lives = await load_lives(connection, directives)
            desk = Desk(await load_dossiers(connection, directives), lives, {}, rules, now)
            for directive in desk.dossiers:
                desk.look_ahead(directive)
            await _put_timers(connection, lives, rules)
            await self._put_looks(connection, desk)
        return bool(directives)

    async def _put_looks(self, connection: Connection, desk: Desk) -> None:
        looks = [(series, look.directive, look.at) for series, look in desk.looks.items()]
        rows = [(series, partition_of(str(directive), self._partitions), directive, at) for series, directive, at in looks]
        if rows:
            await connection.execute(QUERIES["put_looks"], *zip(*rows, strict=True))


async def _unplan(work: UnitOfWork, directives: Sequence[UUID]) -> None:
    await work.connection.execute(QUERIES["add_unplanned"], list(dict.fromkeys(directives)))


def _is_answered(asked: Fact, history: Sequence[Fact]) -> bool:
    answers = (fact.event.data for fact in history if fact.subject == asked.subject and fact.version > asked.version)
    return any(isinstance(data, ExtensionGranted | ExtensionRefused) for data in answers)


def _desk_of(asked: Fact, history: Sequence[Fact], lives: Lives, rules: Rules) -> Desk:
    """Return the desk as it was when a request came: with the facts and the calendars that were registered by then."""
    then = [each for each in rules.calendars.facts if each.registered_at <= asked.registered_at]
    dossier = fold([fact for fact in history if fact.version <= asked.version])
    return Desk({asked.key: dossier}, dict(lives), {}, Rules(rules.policy, Calendars(then)), asked.registered_at)


async def _put_timers(connection: Connection, lives: Lives, rules: Rules) -> None:
    stages = [(deadline, next_stage(life, rules.plan(life))) for deadline, life in lives.items()]
    rows = [(deadline, stage.name if stage else None, stage.at if stage else None) for deadline, stage in stages]
    if rows:
        await connection.execute(QUERIES["put_timers"], *zip(*rows, strict=True))
