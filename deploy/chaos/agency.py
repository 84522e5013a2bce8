"""An agency that publishes over Kafka: signs in with SCRAM, writes into its own topic, and insists until each record is acknowledged."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from deploy.chaos.lives import BEGIN
from deploy.chaos.traffic import Pace, Traffic
from deploy.chaos.workload import Submission
from deploy.local.infrastructure import Infrastructure
from deploy.local.polling import wait_until
from shared import kafka_access
from shared.broker import client_options, sign_in_at, survive_closed_transports
from shared.contracts import FACTS
from shared.contracts.registry import PublisherAuthorised
from shared.errors import UnavailableError
from shared.topics import partition_of

ACKNOWLEDGED_MS = 8_000
PATIENCE_SECONDS = 90.0
PAUSE_SECONDS = 0.3


def admit(infrastructure: Infrastructure, slug: str, partitions: int) -> str:
    """Give an agency its topics, a user and rules, and return the address by which it signs in."""
    kafka_access.make_topics(infrastructure.bootstrap, slug, partitions, infrastructure.replicas)
    password = kafka_access.grant(infrastructure.bootstrap, slug)
    wait_until(lambda: kafka_access.read_access(infrastructure.bootstrap, slug).has_user, 10, f"the user {slug}")
    return sign_in_at(",".join(broker.agencies for broker in infrastructure.brokers), slug, password, kind="scram")


def rights_of(slug: str) -> PublisherAuthorised:
    """Return the fact that lets an agency speak for all units, over Kafka."""
    types = tuple(sorted(contract.NAME for contract in FACTS if contract is not PublisherAuthorised))
    return PublisherAuthorised(
        publisher=slug, name=f"Cơ quan {slug}", all_units=True, types=types, valid_from=BEGIN - timedelta(days=1), has_topic=True
    )


class Agency:
    """One agency's system over Kafka; after any error it makes a new producer and sends the same record again, as its like do."""

    def __init__(self, slug: str, address: str, pace: Pace, traffic: Traffic, partitions: int) -> None:
        self._slug = slug
        self._address = address
        self._pace = pace
        self._traffic = traffic
        self._partitions = partitions
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, script: Sequence[Submission]) -> None:
        """Send everything, each record only after the one before was acknowledged; raise UnavailableError when one is not in the end."""
        try:
            for submission in script:
                await self._pace.take(1)
                await self._send(submission)
        finally:
            await self._drop()

    async def _send(self, submission: Submission) -> None:
        sent_at = time.monotonic()
        while time.monotonic() - sent_at < PATIENCE_SECONDS:
            try:
                partition, offset = await self._try(submission)
            except (KafkaError, OSError, TimeoutError) as error:
                self._traffic.troubles[type(error).__name__] += 1
                await self._drop()
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                self._traffic.note_own(submission, f"{kafka_access.topic_of(self._slug)}/{partition}/{offset}", sent_at)
                return
        raise UnavailableError(f"{self._slug}: no acknowledgement within {PATIENCE_SECONDS:g} s for {submission.fact}")

    async def _try(self, submission: Submission) -> tuple[int, int]:
        async with asyncio.timeout(2 * ACKNOWLEDGED_MS / 1000):
            producer = await self._open()
            key = submission.key.encode()
            done = await producer.send_and_wait(
                kafka_access.topic_of(self._slug), submission.body, key=key, partition=partition_of(key, self._partitions)
            )
        return done.partition, done.offset

    async def _open(self) -> AIOKafkaProducer:
        if self._producer is None:
            survive_closed_transports()
            producer = AIOKafkaProducer(
                **client_options(self._address), acks="all", enable_idempotence=True, request_timeout_ms=ACKNOWLEDGED_MS
            )
            self._producer = producer
            await producer.start()
        return self._producer

    async def _drop(self) -> None:
        """Forget the producer, closing it beside: what it still has under way comes once more, under the same id."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                async with asyncio.timeout(ACKNOWLEDGED_MS / 1000):
                    await producer.stop()
            except (KafkaError, OSError, TimeoutError) as error:
                self._traffic.troubles[type(error).__name__] += 1
