"""The audit: `dondoc audit verify` over a journal, its topic and exported heads, as a process of its own."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from aiokafka import AIOKafkaProducer

from deploy.bench.machine import WrongResultError
from deploy.local.infrastructure import Infrastructure
from services.auditing.chain import Row
from services.auditing.comparing import headers_of
from services.setup_command import migrate_all
from shared.broker import new_producer
from shared.envelope import NO_HASH, chain
from shared.journal.queries import QUERIES as JOURNAL
from shared.journal.unit_of_work import Ledger, Outgoing
from shared.postgres import Pool, create_pool
from shared.sql import Queries
from shared.topics import create_topics, partition_of

TOPIC = "directives.events.v1"
PARTITIONS = 4
VERSIONS = 20
"""How many versions a key has."""
STEP = 5_000
KIBIBYTES = 1_024
DONDOC = Path(sys.executable).with_name("dondoc")
QUERIES = Queries("deploy.bench", "auditing.sql")
CONTENT = "Đã rà soát các tiêu chí thành phần bị trừ điểm; còn hai lĩnh vực chờ số liệu của các phường, dự kiến xong trong tuần tới. " * 2


class Audit(NamedTuple):
    """How fast an audit was, how much processor time a million events took, and the most memory."""

    events_per_second: float
    processor_seconds: float
    mebibytes: float


def _keys(events: int) -> dict[int, list[str]]:
    """Return the keys of each partition."""
    keys: dict[int, list[str]] = {partition: [] for partition in range(PARTITIONS)}
    for number in range(1, events // VERSIONS + 1):
        key = str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))
        keys[partition_of(key, PARTITIONS)].append(key)
    return keys


def _value(key: str, version: int) -> bytes:
    data = f'"data":{{"reported_by":"{key}","content":"{CONTENT}","percent":{version}}}'
    told = f'"receivedtime":"2026-03-13T08:20:01.204Z","publisher":"api","registeredtime":"2026-03-13T08:20:01.251Z","version":{version}'
    head = f'"specversion":"1.0","id":"{key}-{version}","source":"/bench/audit","type":"vn.dondoc.progress-reported.v1","subject":"{key}"'
    return f'{{{head},"datacontenttype":"application/json","partitionkey":"{key}",{told},{data}}}'.encode()


def _events(keys: list[str], heads: dict[str, bytes]) -> Iterator[Outgoing]:
    """Yield a partition's events, one version of each key in turn; `heads` ends with the newest hashes."""
    for version in range(1, VERSIONS + 1):
        for key in keys:
            value, previous = _value(key, version), heads.get(key, NO_HASH)
            heads[key] = chain(previous, value)
            yield Outgoing(key.encode(), value, f"directives.inbox.v1/0/{version}", previous, heads[key])


async def prepare(infrastructure: Infrastructure, events: int) -> int:
    """Fill journal, streams and topic, and return how many events they hold."""
    create_topics(infrastructure.kafka.bootstrap, PARTITIONS, 1)
    await migrate_all(infrastructure.postgres.dsn())
    pool = await create_pool(infrastructure.postgres.dsn(), schema="registrar")
    producer = new_producer(infrastructure.kafka.bootstrap)
    await producer.start()
    try:
        return sum([await _fill(pool, producer, partition, keys) for partition, keys in _keys(events).items()])
    finally:
        await producer.stop()
        await pool.close()


async def _fill(pool: Pool, producer: AIOKafkaProducer, partition: int, keys: list[str]) -> int:
    heads: dict[str, bytes] = {}
    events, count = _events(keys, heads), 0
    while step := list(islice(events, STEP)):
        async with Ledger(pool).turn(partition) as work:
            first = await work.publish(TOPIC, step)
        await _send(producer, partition, first, step)
        count += len(step)
    ids = [UUID(key) for key in heads]
    await pool.execute(QUERIES["add_streams"], partition, ids, [VERSIONS] * len(ids), list(heads.values()))
    await pool.execute(JOURNAL["mark_sent"], TOPIC, partition, count)
    return count


async def _send(producer: AIOKafkaProducer, partition: int, first: int, step: list[Outgoing]) -> None:
    batch = producer.create_batch()
    for position, event in enumerate(step, first):
        headers = list(headers_of(Row(position, event.key, event.value, event.cause, event.previous_hash, event.hash)))
        if batch.append(timestamp=None, key=event.key, value=event.value, headers=headers) is None:
            batch.close()
            await (await producer.send_batch(batch, TOPIC, partition=partition))
            batch = producer.create_batch()
            batch.append(timestamp=None, key=event.key, value=event.value, headers=headers)
    batch.close()
    await (await producer.send_batch(batch, TOPIC, partition=partition))


async def run(infrastructure: Infrastructure, events: int, heads: Path) -> Audit:
    """Return the speed and the memory of one audit with exported heads; raises WrongResultError unless it found all right."""
    environment = {
        "DONDOC_KAFKA_BOOTSTRAP": infrastructure.kafka.bootstrap,
        "DONDOC_POSTGRES_DSN": infrastructure.postgres.dsn(),
        "DONDOC_PARTITIONS": str(PARTITIONS),
    }
    await asyncio.to_thread(_dondoc, environment, "export-heads", str(heads))
    began = time.monotonic()
    text, usage = await asyncio.to_thread(_dondoc, environment, "verify", "--heads", str(heads))
    seconds = time.monotonic() - began
    if not text.startswith(f"{events:,} events"):
        raise WrongResultError(f"the audit read something else than {events:,} events: {text}")
    return Audit(events / seconds, (usage.ru_utime + usage.ru_stime) / events * 1_000_000, usage.ru_maxrss / KIBIBYTES)


def _dondoc(environment: dict[str, str], *arguments: str) -> tuple[str, resource.struct_rusage]:
    """Return what the command said, and what it used."""
    with subprocess.Popen([DONDOC, "audit", *arguments], stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        text = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise WrongResultError(f"dondoc audit {arguments[0]} ended with {process.returncode}: {text[:500]}")
    return text, usage
