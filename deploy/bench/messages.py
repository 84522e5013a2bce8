"""The messages of the race: CloudEvents of about 490 bytes, the same ones in every run."""

import asyncio
from collections.abc import Iterable, Sequence
from uuid import UUID

from aiokafka import AIOKafkaProducer

from shared.broker import new_producer
from shared.topics import partition_of

KEYS = 10_000
"""How many directives the messages are about: 20 messages each."""

Keyed = tuple[bytes, bytes]

_CONTENT = "Lập kế hoạch khắc phục các tiêu chí thành phần bị điểm thấp, nêu rõ thời gian và người hoàn thành."
_TEMPLATE = (
    '{{"specversion":"1.0","id":"bench-{number:07d}","source":"/bench/van-phong","type":"vn.dondoc.bench.v1",'
    '"subject":"{key}","time":"2021-04-05T02:00:00Z","datacontenttype":"application/json","partitionkey":"{key}",'
    '"data":{{"number":{number},"title":"Báo cáo kết quả lần {number}","content":"{content}"}}}}'
)


def key_of(number: int) -> str:
    """Return the key of the numbered message."""
    return str(UUID(int=(number * 7_919 % KEYS + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))


def message(number: int) -> Keyed:
    """Return the key and the value of the numbered message."""
    key = key_of(number)
    return key.encode(), _TEMPLATE.format(number=number, key=key, content=_CONTENT).encode()


def by_partition(count: int, partitions: int, *, hot: bool = False) -> list[list[Keyed]]:
    """Return the messages of each partition in order; `hot` puts them all into the first one."""
    parts: list[list[Keyed]] = [[] for _ in range(partitions)]
    places = {key_of(number): 0 if hot else partition_of(key_of(number), partitions) for number in range(min(count, KEYS))}
    for number in range(count):
        keyed = message(number)
        parts[places[keyed[0].decode()]].append(keyed)
    return parts


async def fill(bootstrap: str, topic: str, parts: Sequence[Iterable[Keyed]]) -> None:
    """Write keyed values into the partitions of a topic, in order, as fast as may be."""
    producer = new_producer(bootstrap)
    await producer.start()
    try:
        await asyncio.gather(*(_fill_partition(producer, topic, partition, part) for partition, part in enumerate(parts)))
    finally:
        await producer.stop()


async def _fill_partition(producer: AIOKafkaProducer, topic: str, partition: int, part: Iterable[Keyed]) -> None:
    batch = producer.create_batch()
    for key, value in part:
        if batch.append(key=key, value=value, timestamp=None) is None:
            await _send(producer, batch, topic, partition)
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None)
    if batch.record_count():
        await _send(producer, batch, topic, partition)


async def _send(producer: AIOKafkaProducer, batch: object, topic: str, partition: int) -> None:
    batch.close()  # type: ignore[attr-defined]
    await (await producer.send_batch(batch, topic, partition=partition))
