"""Live inboxes over server-sent events: nothing lost, nothing twice, whatever breaks in between."""

import asyncio
import logging
import random
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx
import pytest

from services.notifications.cursors import Seen
from services.notifications.handlers import DEADLINES, DIRECTIVES
from services.notifications.inbox import HEARTBEAT, Bell, stream
from services.notifications.views import find_unit
from shared.postgres import Pool
from tests.support import sse
from tests.support.notice_office import QUERIES, Office
from tests.support.notices import HOME_AFFAIRS, OFFICE, approaching, assigned, event, registered
from tests.support.people import KEY
from tests.support.waiting import eventually

STREAM = "/api/units/H10.21.3/inbox/stream"
PARTITIONS = range(4)
SEED = 20_210_412


@pytest.fixture
async def open_office(office: Office) -> Office:
    await office.follow(DIRECTIVES, event(registered("H10.21.3", "Phòng Nội vụ"), "u-1", subject=HOME_AFFAIRS, key=HOME_AFFAIRS))
    await office.follow(DIRECTIVES, event(registered("H10.21.1", "Văn phòng"), "u-2", subject=OFFICE, key=OFFICE))
    return office


async def remind(office: Office, *names: str, partition: int = 0) -> None:
    await office.follow(DEADLINES, *(event(approaching(), name) for name in names), partition=partition)


async def take(events: AsyncIterator[sse.Sent], count: int) -> list[sse.Sent]:
    """Return the next events; the limit lies below the pause between heartbeats, after which a stream looks by itself."""
    async with asyncio.timeout(10):
        return [await anext(events) for _ in range(count)]


def names(events: list[sse.Sent]) -> list[str]:
    return [each.data["about"] for each in events]


async def test_a_stream_sends_what_is_there_and_then_what_comes(open_office: Office, client: httpx.AsyncClient) -> None:
    await remind(open_office, "one", "two")
    await open_office.send()
    async with sse.follow(client, STREAM) as events:
        assert names(await take(events, 2)) == ["one", "two"]
        await remind(open_office, "three", partition=3)
        await open_office.send(3)
        [last] = await take(events, 1)
    assert (last.data["about"], last.event, last.id) == ("three", "notice", "0:2,3:1")


async def test_a_stream_does_not_send_what_is_not_in_kafka_yet(open_office: Office, client: httpx.AsyncClient) -> None:
    await remind(open_office, "one", "two", "three")
    await open_office.send(upto=1)
    async with sse.follow(client, STREAM) as events:
        assert names(await take(events, 1)) == ["one"]
        await remind(open_office, "other", partition=1)
        await open_office.send(1)
        assert names(await take(events, 1)) == ["other"]
        await open_office.send()
        assert names(await take(events, 2)) == ["two", "three"]


async def test_a_client_that_returns_gets_what_it_missed_and_no_more(open_office: Office, client: httpx.AsyncClient) -> None:
    await remind(open_office, "one", "two", "three")
    await open_office.send()
    async with sse.follow(client, STREAM) as events:
        seen = await take(events, 2)
    await remind(open_office, "four")
    await open_office.send()
    async with sse.follow(client, STREAM, seen[-1].id) as events:
        assert names(await take(events, 2)) == ["three", "four"]


async def test_a_stream_goes_on_where_the_list_ended(open_office: Office, client: httpx.AsyncClient) -> None:
    for partition in (0, 2):
        await remind(open_office, f"old-{partition}", partition=partition)
        await open_office.send(partition)
    listed = (await client.get("/api/units/H10.21.3/inbox")).json()
    await remind(open_office, "new", partition=1)
    await open_office.send(1)
    async with sse.follow(client, f"{STREAM}?after={listed['stream_cursor']}") as events:
        assert names(await take(events, 1)) == ["new"]


@pytest.mark.parametrize("cursor", ["x", "0:1,", "0:-1", "0:99"])
async def test_a_position_that_was_never_sent_is_a_problem(open_office: Office, client: httpx.AsyncClient, cursor: str) -> None:
    await remind(open_office, "one")
    await open_office.send()
    answer = await client.get(STREAM, headers={"Last-Event-ID": cursor})
    assert (answer.status_code, answer.json()["type"]) == (422, "https://dondoc.vn/problems/invalid-cursor")


async def write(office: Office, partition: int, count: int, dice: random.Random) -> None:
    """Issue reminders in one partition, in batches of any size, for two units."""
    written = 0
    while written < count:
        batch = min(dice.randint(1, 7), count - written)
        made = [f"{partition}-{number}" for number in range(written, written + batch)]
        await office.follow(DEADLINES, *(event(approaching(coordinating=(OFFICE,)), each) for each in made), partition=partition)
        written += batch


async def relay(office: Office, partition: int, is_over: Callable[[], bool], dice: random.Random) -> None:
    """Move a partition's mark by pieces, behind the writer, until all is written and sent."""
    sent = 0
    while True:
        last_round = is_over()
        last = await office.last_position(partition)
        if last > sent:
            sent = await office.send(partition, dice.randint(sent + 1, last))
        elif last_round:
            return
        await asyncio.sleep(0)


@dataclass
class Reader:
    """A client that leaves after any number of notices and returns with the last id that it saw."""

    client: httpx.AsyncClient
    dice: random.Random
    seen: list[sse.Sent] = field(default_factory=list)
    visits: int = 0

    async def read(self, total: int) -> None:
        while len(self.seen) < total:
            self.visits += 1
            async with sse.follow(self.client, STREAM, self.seen[-1].id if self.seen else None) as events:
                self.seen += await take(events, min(self.dice.randint(1, 60), total - len(self.seen)))


async def test_no_notice_is_lost_or_sent_twice_while_four_partitions_write_and_clients_come_and_go(
    open_office: Office, client: httpx.AsyncClient
) -> None:
    dice, count = random.Random(SEED), 150  # noqa: S311  a repeatable shuffle, no secret
    reader = Reader(client, random.Random(SEED + 1))  # noqa: S311
    reading = asyncio.create_task(reader.read(count * len(PARTITIONS)))
    writers = [asyncio.create_task(write(open_office, partition, count, dice)) for partition in PARTITIONS]
    relays = [relay(open_office, partition, writers[partition].done, dice) for partition in PARTITIONS]
    await asyncio.gather(*writers, *relays)
    async with asyncio.timeout(60):
        await reading
    by_partition: dict[str, list[str]] = defaultdict(list)
    for name in names(reader.seen):
        by_partition[name[0]].append(name)
    assert by_partition == {str(each): [f"{each}-{number}" for number in range(count)] for each in PARTITIONS}
    assert reader.visits > 5
    async with sse.follow(client, STREAM, reader.seen[-1].id) as events:
        await remind(open_office, "last")
        await open_office.send()
        assert names(await take(events, 1)) == ["last"]


async def test_an_idle_stream_sends_heartbeats(open_office: Office, pool: Pool) -> None:
    unit = await find_unit(open_office.ledger.pool, "H10.21.3")
    chunks = stream(pool, Bell(""), unit.unit, Seen(), heartbeat=0.05)
    async with asyncio.timeout(20):
        assert [await anext(chunks) for _ in range(3)] == [HEARTBEAT] * 3
    await chunks.aclose()


async def test_a_stream_survives_the_loss_of_its_database_connections(open_office: Office, client: httpx.AsyncClient) -> None:
    async with sse.follow(client, STREAM) as events:
        await remind(open_office, "one")
        await open_office.send()
        assert names(await take(events, 1)) == ["one"]
        assert await open_office.ledger.pool.fetchval(QUERIES["end_other_connections"]) > 0
        await remind(open_office, "two")
        await open_office.send()
        assert names(await take(events, 1)) == ["two"]


async def read_some(connection: socket.socket, least: int) -> bytes:
    loop, data = asyncio.get_running_loop(), b""
    while len(data) < least and (chunk := await loop.sock_recv(connection, 65_536)):
        data += chunk
    return data


async def test_a_slow_client_is_disconnected_and_resumes(
    open_office: Office, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    long = assigned(content="x" * 20_000)
    count = 6_000
    for start in range(0, count, 1_000):
        await open_office.follow(DIRECTIVES, *(event(long, f"t-{number}") for number in range(start, start + 1_000)))
    await open_office.send()
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, (client.base_url.host, client.base_url.port))
    await loop.sock_sendall(connection, f"GET {STREAM} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode())

    async def is_disconnected() -> bool:
        return "took nothing for 1 s" in caplog.text

    received = await read_some(connection, 1)
    await eventually(is_disconnected)
    async with asyncio.timeout(30):
        received += await read_some(connection, count * 25_000)
    connection.close()
    whole = received.decode(errors="replace").split("\n\n")[:-1]
    ids = [line.removeprefix("id: ") for event_ in whole for line in event_.splitlines() if line.startswith("id: ")]
    assert 0 < len(ids) < count
    async with sse.follow(client, STREAM, ids[-1]) as events:
        [following] = await take(events, 1)
    assert following.id == f"0:{int(ids[-1].removeprefix('0:')) + 1}"
