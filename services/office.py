"""What the office itself says: a fact of the publisher `office` goes into the inbox like any other, and its verdict is waited for."""

import secrets
from uuid import UUID

from msgspec.structs import replace

from services.directives.receipts import Receipt, Receipts
from services.directives.registering import INBOX
from shared.broker import new_producer
from shared.clock import clock_of
from shared.contracts import Contract
from shared.envelope import encode, event_of
from shared.environment import Environment
from shared.errors import UnavailableError
from shared.postgres import Pool
from shared.topics import partition_of

PUBLISHER = "office"
SOURCE = "/dondoc/office"
VERDICT_SECONDS = 30.0


async def say(environment: Environment, pool: Pool, data: Contract, key: UUID) -> Receipt:
    """Publish a fact whose subject is its key and return the receipt with the verdict.

    Raises UnavailableError when Kafka is away, or when the registrar has not judged it within 30 s.
    """
    now = await clock_of(environment, pool)()
    event = event_of(data, id=f"{data.NAME}/{secrets.token_hex(16)}", source=SOURCE, subject=str(key), key=str(key), time=now)
    value = encode(replace(event, receivedtime=now, publisher=PUBLISHER))
    receipts = Receipts(environment.dsn, environment.bootstrap, INBOX)
    async with receipts.opened():
        place = await _send(environment, str(key), value)
        (receipt,) = await receipts.wait([place], VERDICT_SECONDS)
    if receipt.status == "received":
        raise UnavailableError(f"the registrar has not judged {receipt.receipt} within {VERDICT_SECONDS:.0f} s: see whether it runs")
    return receipt


async def _send(environment: Environment, key: str, value: bytes) -> tuple[int, int]:
    producer = new_producer(environment.bootstrap)
    await producer.start()
    try:
        partition = partition_of(key, environment.partitions)
        sent = await producer.send_and_wait(INBOX, value, key=key.encode(), partition=partition)
    finally:
        await producer.stop()
    return partition, int(sent.offset)
