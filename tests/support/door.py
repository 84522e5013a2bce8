"""The whole door on a real Kafka and PostgreSQL: the gate, the ingress, publishers with keys and rights, and the inbox behind."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.directives.ingress import Ingress, build_ingress
from shared.broker import client_options
from shared.clock import system_clock
from shared.contracts import FACTS
from shared.contracts.registry import PublisherAuthorised, publisher_key
from shared.envelope import Event, event_of
from shared.environment import Environment
from shared.identity.keys import issue_key, make_key, revoke_keys
from shared.identity.limits import Limit
from shared.postgres import connect
from shared.web.app import WebPart, build_web
from tests.support.people import KEY, door_of, migrate_identity
from tests.support.records import FakeRecord
from tests.support.registry import NOW, PARTITIONS, Office, open_office
from tests.support.serving import serving
from tests.support.waiting import eventually

EVERYTHING = tuple(contract.NAME for contract in FACTS if contract is not PublisherAuthorised)
BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
PUBLISHERS: Mapping[str, tuple[tuple[str, ...], datetime | None]] = {
    "agency": (EVERYTHING, None),
    "clerk": (("task-received",), None),
    "late": (EVERYTHING, BEGIN + timedelta(days=1)),
}
"""Publishers with rights: types, and until when."""

PLENTY = Limit(events_per_second=1_000_000, burst=1_000_000, events_per_day=1_000_000_000)


def authorised(publisher: str, types: Sequence[str], until: datetime | None = None) -> Event:
    """Return what the office registers of a publisher."""
    key = publisher_key(publisher)
    data = PublisherAuthorised(
        publisher=publisher, name=f"Hệ thống {publisher}", all_units=True, types=tuple(types), valid_from=BEGIN, valid_until=until
    )
    made = event_of(data, id=f"rights-{publisher}", source="/dondoc/office", subject=str(key), key=str(key))
    return replace_stamps(made)


def replace_stamps(event: Event) -> Event:
    """Return an event as the office has received it from itself."""
    values = {name: getattr(event, name) for name in event.__struct_fields__}
    return Event(**{**values, "receivedtime": NOW, "publisher": "office"})


class Inbox:
    """The inbox as it grows."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str) -> None:
        self._consumer = consumer
        self._targets = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
        self._seen = dict.fromkeys(self._targets, 0)

    async def added(self) -> list[FakeRecord]:
        """Return what has come since the last call, each partition's in order."""
        ends = await self._consumer.end_offsets(self._targets)
        wanted = sum(ends.values()) - sum(self._seen.values())
        found: list[FakeRecord] = []
        while len(found) < wanted:
            for target, records in (await self._consumer.getmany(timeout_ms=1_000)).items():
                found += [FakeRecord(r.topic, r.partition, r.offset, 0, r.key, r.value) for r in records]
                self._seen[target] = records[-1].offset + 1
        return found


@asynccontextmanager
async def reading(bootstrap: str, topic: str) -> AsyncIterator[Inbox]:
    """Read the inbox for the block."""
    consumer = AIOKafkaConsumer(**client_options(bootstrap), auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, partition) for partition in range(PARTITIONS)])
        yield Inbox(consumer, topic)
    finally:
        await consumer.stop()


@dataclass
class Counter:
    """An open door: where it is, the keys of those who come, the registrar and the inbox behind."""

    url: str
    keys: dict[str, str]
    ingress: Ingress
    office: Office
    inbox: Inbox
    dsn: str

    async def exchange(self, request: bytes) -> bytes:
        """Send the bytes of a request and return those of the answer."""
        address = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        sending = asyncio.create_task(_write(writer, request))
        try:
            return await asyncio.wait_for(read_answer(reader), 30)
        finally:
            sending.cancel()
            await asyncio.wait([sending])
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def _write(writer: asyncio.StreamWriter, request: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # the answer may come before the body's end, and the connection end then
        for begin in range(0, len(request), 65_536):
            writer.write(request[begin : begin + 65_536])
            await writer.drain()


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """Return an answer, read as far as its Content-Length tells."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(int(lengths[0]) if lengths else 0)


@asynccontextmanager
async def open_counter(bootstrap: str, dsn: str, topic: str, *, limit: Limit = PLENTY, body_seconds: float = 10) -> AsyncIterator[Counter]:
    """Open the door for the block, with publishers of every kind; ready once it knows them all."""
    await migrate_identity(dsn)
    environment = Environment(bootstrap, dsn, PARTITIONS, "system", 0, "127.0.0.1", None)
    ingress = Ingress(environment, inbox=topic, limit=limit, body_seconds=body_seconds)
    part = WebPart("ingress", build_ingress(ingress), ingress.opened, lambda: ingress.receipts.pool, ingress.ring.know)
    async with open_office(dsn) as office, reading(bootstrap, topic) as inbox:
        office.ends = dict.fromkeys(range(PARTITIONS), 1_000_000)
        await office.take(*(authorised(name, types, until) for name, (types, until) in PUBLISHERS.items()))
        keys = await _issue(dsn)
        async with serving(build_web([part], door_of(dsn))) as url:
            await _know_all(ingress, keys)
            yield Counter(url, keys, ingress, office, inbox, dsn)


async def _issue(dsn: str) -> dict[str, str]:
    connection = await connect(dsn, schema="identity")
    try:
        keys = {name: await issue_key(connection, name, by="command:tests") for name in (*PUBLISHERS, "stranger", "revoked")}
        ended = await system_clock() - timedelta(minutes=1)
        keys["expired"] = await issue_key(connection, "agency", by="command:tests", expires_at=ended)
        await revoke_keys(connection, "revoked", by="command:tests")
    finally:
        await connection.close()
    unknown = make_key()
    return {**keys, "office": KEY, "unknown": unknown, "mistyped": unknown[:-1] + ("0" if unknown[-1] != "0" else "1")}


async def _know_all(ingress: Ingress, keys: Mapping[str, str]) -> None:
    async def is_known() -> bool:
        try:
            ingress.standing.require_any("clerk", NOW)
            return ingress.ring.know(keys["stranger"], "") is not None
        except Exception:  # noqa: BLE001  not read yet
            return False

    await eventually(is_known)
