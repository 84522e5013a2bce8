"""The registrar, through its own process: facts out of a full inbox into its journal, and through its relay into Kafka."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from deploy.bench.facts import FACTS_PER_DIRECTIVE, facts, received, records, units
from deploy.bench.machine import Count, connect, reach, require_equal
from deploy.bench.messages import fill
from deploy.local.infrastructure import Infrastructure
from deploy.local.stack import ServiceProcess, Stack
from shared.envelope import Event
from shared.sql import Queries
from shared.topics import end_offsets

INBOX, EVENTS = "directives.inbox.v1", "directives.events.v1"
PARTITIONS = 4
SCHEMA = "registrar"
QUERIES = Queries("deploy.bench", "services.sql")


class Speeds(NamedTuple):
    """Facts a second into the journal, and into Kafka."""

    registered: float
    relayed: float


@dataclass
class Registering:
    """Registers facts round by round, each round with directives of its own; the registrar is started afresh for each."""

    infrastructure: Infrastructure
    directives: int = 0
    facts: int = 0
    _stack: Stack = field(init=False)

    async def open(self) -> None:
        """Start the registrar and register the units that all facts name."""
        self._stack = Stack(self.infrastructure, services=["registrar"])
        self._stack.start()
        events = units()
        await self._fill(events)
        self.facts = len(events)
        async with self._counts(first=0) as counts:
            for count in counts:
                await reach(count, self.facts, self._registrar)

    @property
    def _registrar(self) -> ServiceProcess:
        return self._stack.processes["registrar"]

    async def run(self, directives: int) -> Speeds:
        """Fill the inbox with the facts of some directives while the registrar is down, start it, and return its speeds.

        Raises WrongResultError unless every fact was registered once and is in Kafka once.
        """
        self._registrar.stop()
        await self._fill(list(facts(self.directives, directives)))
        self._registrar.start()
        count = directives * FACTS_PER_DIRECTIVE
        speeds = await self._measure(self._registrar, count, first=self.facts)
        self.directives += directives
        self.facts += count
        await self._check()
        return speeds

    async def _fill(self, events: Sequence[Event]) -> None:
        await fill(self.infrastructure.kafka.bootstrap, INBOX, records(received(events), PARTITIONS))

    async def _measure(self, process: ServiceProcess, target: int, first: int) -> Speeds:
        async with self._counts(first) as (registered, relayed):
            begun = await reach(registered, 1, process)
            began = time.monotonic()
            await reach(registered, target, process)
            registered_at = time.monotonic()
            await reach(relayed, target, process)
            return Speeds((target - begun) / (registered_at - began), (target - begun) / (time.monotonic() - began))

    @asynccontextmanager
    async def _counts(self, first: int) -> AsyncIterator[tuple[Count, Count]]:
        """Yield what tells how many facts were registered and relayed since the `first` ones, each on a connection of its own."""
        connections = [await connect(self.infrastructure.postgres.dsn(), SCHEMA) for _ in range(2)]

        async def applied() -> int:
            return int(await connections[0].fetchval(QUERIES["count_applied"], INBOX)) - first

        async def sent() -> int:
            return int(await connections[1].fetchval(QUERIES["count_sent"], EVENTS)) - first

        try:
            yield applied, sent
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
        require_equal("the registrar's verdicts", outcomes, {"registered": self.facts})
        require_equal("the registrar's journal", journal, self.facts)
        require_equal("the topic of registered facts", sum(end_offsets(self.infrastructure.kafka.bootstrap, [EVENTS]).values()), self.facts)

    def close(self) -> None:
        """Stop the registrar."""
        self._stack.stop()
