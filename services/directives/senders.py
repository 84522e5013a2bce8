"""Single records of the inbox, read from Kafka: what they say, and whose they are before the registrar has judged them."""

import asyncio
from typing import NamedTuple

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.directives.raw_records import read_raw
from shared.broker import client_options
from shared.errors import UnavailableError
from shared.streaming.runs import Headers

READ_SECONDS = 5.0


class _Stamped(msgspec.Struct):
    publisher: str | None = None


_decode = msgspec.json.Decoder(_Stamped).decode


class Found(NamedTuple):
    """A record of the inbox: its headers and its value."""

    headers: Headers
    value: bytes | None


async def read_record(bootstrap: str, inbox: str, place: tuple[int, int]) -> Found | None:
    """Return the record at a place (partition, offset), None where there is none; raises UnavailableError without Kafka."""
    consumer = AIOKafkaConsumer(**client_options(bootstrap), enable_auto_commit=False, auto_offset_reset="none", fetch_max_bytes=1)
    try:
        async with asyncio.timeout(READ_SECONDS):
            await consumer.start()
            target = TopicPartition(inbox, place[0])
            consumer.assign([target])
            consumer.seek(target, place[1])
            record = await consumer.getone(target)
    except (KafkaError, OSError) as error:
        raise UnavailableError(f"Kafka cannot tell what the record is: {error or type(error).__name__}") from error
    finally:
        await consumer.stop()
    return Found(record.headers, record.value) if record.offset == place[1] else None


async def read_publisher(bootstrap: str, inbox: str, place: tuple[int, int]) -> str | None:
    """Return whose the record at a place (partition, offset) is, None where it names nobody; raises UnavailableError without Kafka."""
    found = await read_record(bootstrap, inbox, place)
    if found is None:
        return None
    raw = read_raw(found.headers)
    return raw.publisher if raw is not None else _publisher_in(found.value)


def _publisher_in(value: bytes | None) -> str | None:
    try:
        return _decode(value or b"").publisher
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
