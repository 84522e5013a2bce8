"""A registrar whose inbox and verdicts are copied into a real Kafka, so that its tables can be made anew from there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from services.directives.registering import INBOX
from services.directives.registrar_rebuilding import plan_rebuild
from services.directives.verdicts import EVENTS, VERDICTS
from services.schemas import sources_of
from shared.broker import new_producer
from shared.environment import Environment
from shared.rebuild.rebuilding import Rebuild, Rebuilt
from shared.topics import Topic, create_topics, delete_topics, topic_ids
from tests.support.facts import AGENCY
from tests.support.registry import PARTITIONS, Office, open_office

OWN = f"publishers.{AGENCY}.verdicts.v1"
OUTPUTS = (EVENTS, VERDICTS, OWN)
Keeps = Callable[[Any], bool]


def everything(_row: Any) -> bool:
    """Send all that was published."""
    return True


@dataclass
class Copied:
    """An office with its topics; `sent` says how much of the inbox and of each journal Kafka has."""

    office: Office
    dsn: str
    bootstrap: str
    sent: dict[tuple[str, int], int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    async def copy(self, keeps: Keeps = everything) -> None:
        """Send what is new, of each journal only up to the first row that is not to be kept, and move the relays' marks."""
        producer = new_producer(self.bootstrap)
        await producer.start()
        try:
            for record in self.office.inbox[self.sent.get((INBOX, 0), 0) :]:
                sent = await producer.send_and_wait(INBOX, record.value, record.key, record.partition, headers=list(record.headers))
                assert sent.offset == record.offset
            self.sent[INBOX, 0] = len(self.office.inbox)
            for topic in OUTPUTS:
                await self._copy_journal(topic, producer, keeps)
        finally:
            await producer.stop()

    async def _copy_journal(self, topic: str, producer: Any, keeps: Keeps) -> None:
        cut: set[int] = set()
        for row in await self.office.journal(topic):
            place = topic, row["partition"]
            if row["partition"] in cut or row["position"] <= self.sent.get(place, 0):
                continue
            if not keeps(row):
                cut.add(row["partition"])
                continue
            headers = [("position", str(row["position"]).encode()), ("cause", row["cause"].encode())]
            if row["hash"] is not None:
                headers += [("previoushash", row["previous_hash"].hex().encode()), ("hash", row["hash"].hex().encode())]
            await producer.send_and_wait(topic, row["value"], row["key"], row["partition"], headers=headers)
            self.sent[place] = row["position"]
        await self.office.send(topic)

    async def read_on(self) -> None:
        """Move the checkpoints to where the inbox was judged, as the follower does in the same transaction."""
        for partition, end in self.office.ends.items():
            await self.office.pool.execute(
                "INSERT INTO checkpoint (topic, partition, topic_id, next_offset) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset",
                INBOX, partition, topic_ids(self.bootstrap)[INBOX], end,
            )  # fmt: skip

    async def rebuild(self, *, accepts_differences: bool = False) -> Rebuilt:
        """Make the registrar's tables anew."""
        plan = plan_rebuild(sources_of("registrar"), PARTITIONS, self.office.read_clock, self.office.limits)
        environment = Environment(self.bootstrap, self.dsn, PARTITIONS, "system", 0, "127.0.0.1", None)
        return await Rebuild(lambda _environment: plan, environment, self.said.append).run(accepts_differences=accepts_differences)


@asynccontextmanager
async def open_copied(dsn: str, bootstrap: str) -> AsyncIterator[Copied]:
    """Open an office on fresh topics, which are deleted in the end."""
    names = (INBOX, *OUTPUTS)
    create_topics(bootstrap, PARTITIONS, 1, [Topic(name, owner="tests", key="", holds="", config={}) for name in names])
    try:
        async with open_office(dsn) as office:
            yield Copied(office, dsn, bootstrap)
    finally:
        delete_topics(bootstrap, names)
