"""A worker's process: the services' own handlers, follower and ledger, on a consumer and a database that are simulated."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from faust.types import TP

from deploy.chaos.evidence import DEADLINES, EVENTS, FOLLOWS, INBOX
from deploy.simulation.database import Database, finish
from deploy.simulation.facts import PARTITIONS
from deploy.simulation.log import Log
from services.deadlines.agents import follow_directives as follow_facts
from services.deadlines.domain.due import Policy
from services.deadlines.projections import RuleBook
from services.deadlines.queries import QUERIES as TIMERS
from services.deadlines.timers import Timers
from services.directives.registering import Registrar
from services.directives.sweeping import Sweeper
from services.notifications.domain.deliveries import Kind
from services.notifications.escalation_rows import QUERIES as ESCALATIONS
from services.notifications.escalation_worker import EscalationTimers, following
from services.notifications.handlers import follow_directives
from shared.clock import office_now
from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.streaming import parked
from shared.streaming.follower import Follower, Handler
from shared.streaming.runs import Record, Run
from shared.streaming.timers import DurableTimers

if TYPE_CHECKING:
    from shared.postgres import Pool

DAYS = (1, 3)
"""After how many days each level of an escalation is told."""
BATCH = 50
"""How many timers are seen to in one turn."""
BOOK = RuleBook(Policy())
"""The rules of an office that amended no calendar: what they remember follows from the words alone, so all histories share it."""
NOW = partial(office_now, "stepped")


def handlers_of(schema: str, registrar: Registrar, channels: Collection[Kind]) -> Mapping[str, Handler]:
    """Return the handlers of a service, by the topics that it follows."""
    if schema == "registrar":
        return {INBOX: registrar.handle}
    if schema == "deadlines":
        return {EVENTS: follow_facts(BOOK, "stepped")}
    return {EVENTS: partial(follow_directives, channels=channels), DEADLINES: following(channels, DAYS)}


class Surroundings:
    """What processes share: the log, the databases, and records that a fault in a program cannot apply until it is mended."""

    def __init__(self, log: Log, databases: Mapping[str, Database], channels: Collection[Kind]) -> None:
        self.log = log
        self.databases = databases
        self.channels = channels
        self.spoilt: set[tuple[str, str, int, int]] = set()


class Worker:
    """One process of a service; a new one begins at the checkpoints and remembers nothing."""

    ledger_type: type[Ledger] = Ledger
    follower_type: type[Follower] = Follower

    def __init__(self, around: Surroundings, schema: str) -> None:
        self.schema = schema
        self.db = around.databases[schema]
        self._around = around
        self._runs: deque[Run] = deque()
        self._epochs: dict[TP, int] = {}
        self._next: dict[TP, int] = {}
        self._sought: dict[TP, int | None] = {}
        self.ledger = self.ledger_type(cast("Pool", self.db))
        self.registrar = Registrar(PARTITIONS, NOW)
        self.handlers = {topic: self._guarded(handler) for topic, handler in handlers_of(schema, self.registrar, around.channels).items()}
        self._followers = {
            topic: self.follower_type(self.ledger, handler, has_positions=topic != INBOX) for topic, handler in self.handlers.items()
        }
        for topic in FOLLOWS[schema]:
            for partition in range(PARTITIONS):
                self._seek(TP(topic, partition), self._checkpoint(topic, partition))

    def _guarded(self, handler: Handler) -> Handler:
        async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
            if self._around.spoilt:
                self._require_sound(records)
            await handler(work, records)

        return handle

    def _require_sound(self, records: Sequence[Record]) -> None:
        for record in records:
            if (self.schema, record.topic, record.partition, record.offset) in self._around.spoilt:
                raise InvalidMessageError("a fault in the program")

    def _checkpoint(self, topic: str, partition: int) -> int:
        found = self.db["checkpoint"].get((topic, partition))
        if found is None:
            self.db.put("checkpoint", (topic, partition), (0, 0))
        return found[0] if found else 0

    def _seek(self, tp: TP, offset: int) -> None:
        self._epochs[tp] = self._epochs.get(tp, 0) + 1
        self._next[tp], self._sought[tp] = offset, offset

    def epoch(self, tp: TP) -> int:
        """Return how often a partition was sought."""
        return self._epochs[tp]

    async def rewind(self, tp: TP, offset: int) -> None:
        """Read a partition again from an offset."""
        self._seek(tp, offset)

    def redeliver(self, topic: str, partition: int, back: int) -> None:
        """Let the consumer be given records again that it had before."""
        tp = TP(topic, partition)
        self._seek(tp, max(self._next[tp] - back, 0))

    def fetch(self, topic: str, partition: int, size: int) -> bool:
        """Fetch a run; tell whether there was one."""
        tp = TP(topic, partition)
        records = self._around.log.read(topic, partition, self._next[tp], size)
        if records:
            self._runs.append(Run(tp, records, self._epochs[tp], self._sought[tp]))
            self._next[tp], self._sought[tp] = records[-1].offset + 1, None
        return bool(records)

    def apply(self) -> None:
        """Apply the oldest run that was fetched."""
        if self._runs:
            run = self._runs.popleft()
            finish(self._followers[run.tp.topic].take(run, self, lambda: False))

    def drop(self) -> None:
        """Lose the oldest run that was fetched, as a pause of the partition does."""
        if self._runs:
            self._runs.popleft()

    def fire(self) -> int:
        """See to the timers that are due (of the registrar: to what has waited too long), and return how many were."""
        if self.schema == "registrar":
            return finish(Sweeper(self.ledger, self.registrar, NOW).sweep())
        read_next = TIMERS["read_next_timers"] if self.schema == "deadlines" else ESCALATIONS["read_next_escalations"]
        return finish(_fire_due(self._timers, self.db, read_next))

    @cached_property
    def _timers(self) -> DurableTimers:
        if self.schema == "deadlines":
            return Timers(self.ledger, BOOK, "stepped", batch=BATCH)
        return EscalationTimers(self.ledger, "stepped", DAYS, self._around.channels, self._read_end, batch=BATCH)

    async def _read_end(self, topic: str, partition: int) -> int:
        return self._around.log.ends[topic, partition]

    def retry_parked(self) -> None:
        """Apply what is parked, as an operator does once the fault is mended."""
        for key in finish(parked.list_parked_keys(cast("Pool", self.db))):
            finish(parked.retry_key(self.ledger, self.handlers[key.topic], key, by="operator"))


async def _fire_due(timers: DurableTimers, db: Database, read_next: str) -> int:
    """Fire in each partition where something is due and may be fired."""
    now, fired = db.clocks.office, 0
    for row in await db.fetch(read_next):
        if row["fire_at"] <= now and await timers.may_fire(row["partition"]):
            fired += await timers.fire(row["partition"])
    return fired
