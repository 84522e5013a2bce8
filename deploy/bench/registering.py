"""The registrar, through its own process: facts out of a full inbox into its journal, and through its relay into Kafka."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from deploy.bench import catalogue
from deploy.bench.catalogue import Sent
from deploy.bench.facts import facts, received, records, units
from deploy.bench.machine import Count, connect, reach, require_equal
from deploy.bench.messages import fill
from deploy.local.infrastructure import Infrastructure
from deploy.local.stack import ServiceProcess, Stack
from shared.envelope import Event
from shared.sql import Queries
from shared.topics import Topic, create_topics, end_offsets, load_topics

INBOX, EVENTS = "directives.inbox.v1", "directives.events.v1"
PARTITIONS = 4
SCHEMA = "registrar"
QUERIES = Queries("deploy.bench", "services.sql")


@dataclass(frozen=True)
class Mix:
    """What is registered: facts of numbered directives, with what becomes of each; and what comes before, step by step."""

    sent: Callable[[int, int], Iterator[Sent]]
    opening: Sequence[Sequence[Event]]
    topics: Sequence[Topic] = ()


def plain() -> Mix:
    """Return the facts that every work on directives has, all of the installation's own and each registered at once."""
    return Mix(lambda first, directives: map(Sent, facts(first, directives)), (list(received(units())),))


def whole() -> Mix:
    """Return facts of the whole catalogue from several agencies: some too early, wrong, or sent twice."""
    own = [topic for topic in load_topics() if topic.is_template]
    topics = [topic.of(catalogue.agency(number)) for topic in own for number in range(catalogue.AGENCIES) if catalogue.has_topic(number)]
    return Mix(catalogue.lives, (list(received(units())), list(received(catalogue.rights()))), topics)


class Speeds(NamedTuple):
    """Facts a second that are judged and in the journal, and until all that was registered is in Kafka."""

    registered: float
    relayed: float


@dataclass
class Registering:
    """Registers facts round by round, each round with directives of its own; the registrar is started afresh for each."""

    infrastructure: Infrastructure
    mix: Mix = field(default_factory=plain)
    directives: int = 0
    facts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    _stack: Stack = field(init=False)

    async def open(self) -> None:
        """Start the registrar and register what all facts rest on."""
        create_topics(self.infrastructure.kafka.bootstrap, PARTITIONS, 1, self.mix.topics)
        self._stack = Stack(self.infrastructure, services=["registrar"])
        self._stack.start()
        for events in self.mix.opening:
            await self._fill(events)
            async with self._counts(self.facts, 0) as (registered, _):
                await reach(registered, len(events), self._registrar)
            self.facts += len(events)
            self.outcomes["registered"] += len(events)

    @property
    def _registrar(self) -> ServiceProcess:
        return self._stack.processes["registrar"]

    async def run(self, directives: int) -> Speeds:
        """Fill the inbox with the facts of some directives while the registrar is down, start it, and return its speeds.

        Raises WrongResultError unless every fact was registered once and is in Kafka once.
        """
        sent = list(self.mix.sent(self.directives, directives))
        outcomes = catalogue.outcomes(sent)
        self._registrar.stop()
        await self._fill(list(received(each.event for each in sent)))
        self._registrar.start()
        speeds = await self._measure(self._registrar, len(sent), outcomes["registered"])
        self.directives += directives
        self.facts += len(sent)
        self.outcomes.update(outcomes)
        await self._check()
        return speeds

    async def _fill(self, events: Sequence[Event]) -> None:
        await fill(self.infrastructure.kafka.bootstrap, INBOX, records(events, PARTITIONS))

    async def _measure(self, process: ServiceProcess, facts: int, events: int) -> Speeds:
        async with self._counts(self.facts, self.outcomes["registered"]) as (judged, relayed):
            begun = await reach(judged, 1, process)
            began = time.monotonic()
            await reach(judged, facts, process)
            judged_at = time.monotonic()
            await reach(relayed, events, process)
            return Speeds((facts - begun) / (judged_at - began), (facts - begun) / (time.monotonic() - began))

    @asynccontextmanager
    async def _counts(self, facts: int, events: int) -> AsyncIterator[tuple[Count, Count]]:
        """Yield what tells how many facts were judged and how many events relayed since those, each on a connection of its own."""
        connections = [await connect(self.infrastructure.postgres.dsn(), SCHEMA) for _ in range(2)]

        async def judged() -> int:
            return int(await connections[0].fetchval(QUERIES["count_applied"], INBOX)) - facts

        async def sent() -> int:
            return int(await connections[1].fetchval(QUERIES["count_sent"], EVENTS)) - events

        try:
            yield judged, sent
        finally:
            for connection in connections:
                await connection.close()

    async def _check(self) -> None:
        connection = await connect(self.infrastructure.postgres.dsn(), SCHEMA)
        try:
            outcomes = {row["outcome"]: row["facts"] for row in await connection.fetch(QUERIES["count_outcomes"])}
            journal = await connection.fetchval(QUERIES["count_journal"], EVENTS)
        finally:
            await connection.close()
        registered = self.outcomes["registered"]
        require_equal("the registrar's verdicts", outcomes, dict(self.outcomes))
        require_equal("the registrar's journal", journal, registered)
        require_equal("the topic of registered facts", sum(end_offsets(self.infrastructure.kafka.bootstrap, [EVENTS]).values()), registered)

    def close(self) -> None:
        """Stop the registrar."""
        self._stack.stop()
