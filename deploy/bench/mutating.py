"""Mutated requests and messages at the whole door: nothing crashes, no partition stands still, and each is judged with a reason."""

import asyncio
import contextlib
import json
import os
from collections import Counter
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer

from deploy.bench.machine import WrongResultError, connect, until
from deploy.bench.mutations import Message, Mutator
from deploy.bench.registering import INBOX, QUERIES
from deploy.local.stack import Stack
from services.publishers_command import TYPES
from services.publishing import Office, Wanted
from shared.broker import new_producer
from shared.environment import Environment
from shared.kafka_access import topic_of
from shared.topics import end_offsets

PUBLISHER = "so-thu-nghiem"
SERVICES = ("gateway", "registrar", "forwarder")
ROOM = {
    "DONDOC_EVENTS_PER_SECOND": "1000000",
    "DONDOC_EVENTS_BURST": "1000000",
    "DONDOC_EVENTS_PER_DAY": "100000000",
    "DONDOC_BODY_SECONDS": "2",
}
"""Settings under which no limit ends the run, and a body that never comes is not waited for long."""

AT_ONCE = 16
ANSWER_SECONDS = 20.0
SETTLE_SECONDS = 180.0
WITHOUT_ANSWER = "closed"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass
class Report:
    """What was sent, how the door answered (status and code), and what the registrar made of what came in."""

    seed: int
    sent: int
    answers: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """Return how many requests were still right."""
        return sum(count for answer, count in self.answers.items() if answer.startswith("2"))


async def run(stack: Stack, count: int, seed: int) -> Report:
    """Send three fifths of the mutations over HTTP, a fifth into the publisher's topic, a fifth right into the inbox, and look at the end.

    Raises WrongResultError where a process ended, an answer was none, a partition stands still, or a refusal has no reason.
    """
    mutator = Mutator(seed)
    key = await _authorise(stack)
    processes = {name: stack.processes[name].pid for name in SERVICES}
    report = Report(seed, count)
    in_kafka = count // 5
    requests = [mutator.request(key) for _ in range(count - 2 * in_kafka)]
    await _post_all(stack, requests, report)
    producer = new_producer(stack.bootstrap)
    await producer.start()
    try:
        await _write(producer, topic_of(PUBLISHER), [mutator.message(PUBLISHER, is_stamped=False) for _ in range(in_kafka)])
        await _write(producer, INBOX, [mutator.message(PUBLISHER, is_stamped=True) for _ in range(in_kafka)])
    finally:
        await producer.stop()
    await _settle(stack, report, in_kafka)
    alive = {name: stack.processes[name].pid if stack.processes[name].alive else 0 for name in SERVICES}
    if alive != processes:
        raise WrongResultError(f"seed {seed}: a process ended: {alive} instead of {processes}")
    return report


async def _authorise(stack: Stack) -> str:
    environment = Environment.read(stack.processes["registrar"].launch.environment or {})
    async with Office.opened(environment, 1) as office:
        await office.make_topics(PUBLISHER)
        wanted = Wanted(PUBLISHER, "Sở Thử nghiệm", (), all_units=True, types=tuple(TYPES), valid_from=None, valid_until=None)
        await office.authorise(wanted, over_kafka=True)
        return await office.issue_key(PUBLISHER, f"command:{os.getpid()}")


async def _post_all(stack: Stack, requests: list[bytes], report: Report) -> None:
    waiting = iter(requests)
    port = stack.processes["gateway"].port

    async def post_some() -> None:
        for request in waiting:
            report.answers[await _post(port, request)] += 1

    await until(lambda: _is_known(port, requests), "the publisher's key at the gateway")
    await asyncio.gather(*(post_some() for _ in range(AT_ONCE)))
    wrong = {answer: count for answer, count in report.answers.items() if answer.startswith("5")}
    if wrong:
        raise WrongResultError(f"seed {report.seed}: the gateway answered {wrong}")


async def _is_known(port: int, requests: list[bytes]) -> bool:
    line = next(line for line in requests[0].split(b"\r\n") if line.startswith(b"Authorization"))
    request = b"POST /api/events HTTP/1.1\r\nHost: office\r\nContent-Length: 0\r\nConnection: close\r\n" + line + b"\r\n\r\n"
    return (await _post(port, request)).startswith("415")


async def _post(port: int, request: bytes) -> str:
    """Return status and code of an answer; a request that is cut off or no HTTP may end without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with contextlib.suppress(ConnectionError):
            writer.write(request)
            async with asyncio.timeout(ANSWER_SECONDS):
                return _told(await reader.read())
    finally:
        writer.close()
    return WITHOUT_ANSWER


def _told(answer: bytes) -> str:
    """Return the status, and the code where a problem says one: a path or method with a flipped bit is answered by a page."""
    answer = answer.removeprefix(CONTINUE)
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head:
        return WITHOUT_ANSWER
    status = int(head.split(maxsplit=2)[1])
    if b"application/problem+json" not in head or not body:
        return str(status)
    return f"{status} {json.loads(body.partition(b'HTTP/1.1')[0])['type'].rpartition('/')[2]}"


async def _write(producer: AIOKafkaProducer, topic: str, messages: list[Message]) -> None:
    """Write each into the partition of its key, or into any: what is misplaced is refused too."""
    count = len(await producer.partitions_for(topic))
    sent = [
        await producer.send(
            topic, value=each.value, key=each.key, headers=list(each.headers), partition=number % count if number % 3 else None
        )
        for number, each in enumerate(messages)
    ]
    await asyncio.gather(*sent)


async def _settle(stack: Stack, report: Report, in_kafka: int) -> None:
    """Return once every record of the inbox has its verdict, those from the publisher's topic included."""
    connection = await connect(stack.dsn, "registrar")
    least = report.accepted + 2 * in_kafka

    async def is_settled() -> bool:
        for name in SERVICES:
            stack.processes[name].require_alive()
        received = sum((await asyncio.to_thread(end_offsets, stack.bootstrap, [INBOX])).values())
        report.outcomes = {row["outcome"]: row["facts"] for row in await connection.fetch(QUERIES["count_outcomes"])}
        return received >= least and sum(report.outcomes.values()) == received

    try:
        await until(is_settled, f"seed {report.seed}: the verdicts on all {least:,} records (so far {report.outcomes})", SETTLE_SECONDS)
        without = await connection.fetchval(QUERIES["count_unexplained"])
    finally:
        await connection.close()
    if without:
        raise WrongResultError(f"seed {report.seed}: {without} refusals have no reason")
