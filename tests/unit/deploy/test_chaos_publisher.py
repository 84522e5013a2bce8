"""A publisher insists, with the same bytes, until it is answered with 202; facts keep their pace."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from deploy.chaos import publisher as publishing
from deploy.chaos.publisher import Publisher, open_client
from deploy.chaos.traffic import Pace, Traffic
from deploy.chaos.workload import Submission
from shared.errors import UnavailableError

FACTS = [Submission(f"f-{number}", "k", number, b'{"n":%d}' % number, "registered") for number in (1, 2, 3)]
HANG_UP = 0


@dataclass
class Gateway:
    """A server on loopback that answers as it is told, then with 202, and remembers the bodies."""

    answers: list[int]
    bodies: list[bytes] = field(default_factory=list)
    url: str = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Gateway"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
                self.bodies.append(await reader.readexactly(length))
                status = self.answers.pop(0) if self.answers else 202
                if status == HANG_UP:
                    break
                writer.write(self._answer(status, self.bodies[-1]))
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    def _answer(self, status: int, body: bytes) -> bytes:
        receipt = b'{"receipt":"2-%d","status":"received"}'
        number = len(self.bodies)
        parts = [receipt % (number * 10 + part) for part in range(body.count(b"{"))]
        content = b"[" + b",".join(parts) + b"]" if body.startswith(b"[") else parts[0]
        return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(content), content)


async def publish(gateway: Gateway, parts: Sequence[Sequence[Submission]]) -> Traffic:
    traffic = Traffic()
    async with gateway.serving(), open_client(gateway.url, "key") as client:
        publisher = Publisher("agency", client, Pace(1_000, 100), traffic, seed=1)
        for part in parts:
            await publisher.send(part)
    return traffic


async def test_a_fact_is_sent_again_with_the_same_bytes_until_it_is_accepted() -> None:
    gateway = Gateway([503, HANG_UP, 503])
    traffic = await publish(gateway, [FACTS[:1]])
    assert gateway.bodies == [FACTS[0].body] * 4
    assert [(answer.accepted.fact, answer.accepted.place) for answer in traffic.answers] == [("f-1", (2, 40))]
    assert traffic.troubles["503"] == 2
    assert traffic.troubles.total() == 3


async def test_the_next_fact_is_sent_only_after_the_one_before_was_accepted() -> None:
    gateway = Gateway([202, 503, 202])
    await publish(gateway, [FACTS[:1], FACTS[1:2], FACTS[2:]])
    assert gateway.bodies == [FACTS[0].body, FACTS[1].body, FACTS[1].body, FACTS[2].body]


async def test_several_facts_go_as_one_batch_and_each_has_its_place() -> None:
    traffic = await publish(Gateway([503]), [FACTS])
    assert [(answer.accepted.fact, answer.accepted.place[1]) for answer in traffic.answers] == [("f-1", 20), ("f-2", 21), ("f-3", 22)]
    assert traffic.facts == 3


async def test_an_answer_that_no_repeating_mends_ends_the_run() -> None:
    with pytest.raises(UnavailableError, match="agency: 422 for f-1"):
        await publish(Gateway([422]), [FACTS[:1]])


async def test_a_publisher_gives_up_in_the_end_and_names_its_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(UnavailableError, match=r"no 202 within 0.3 s for f-1"):
        await publish(Gateway([503] * 100), [FACTS[:1]])


async def test_no_fact_passes_the_ceiling() -> None:
    pace = Pace(10_000, 2)
    await pace.take(2)
    waiting = asyncio.create_task(pace.take(1))
    await asyncio.sleep(0)
    assert not waiting.done()
    pace.ceiling = 3
    await asyncio.wait_for(waiting, 5)
    assert pace.sent == 3


async def test_facts_keep_their_rate() -> None:
    pace, loop = Pace(100, 1_000), asyncio.get_running_loop()
    begin = loop.time()
    for _ in range(21):
        await pace.take(1)
    assert loop.time() - begin >= 0.19
