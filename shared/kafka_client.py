"""The client that publishers may use over Kafka: facts into the publisher's own topic, verdicts out of its own topic of verdicts.

with KafkaClient("scram://so-noi-vu:<password>@kafka.example.vn:9094") as client:
    client.publish(events, wait=30)
"""

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from shared.broker import Address, client_options, shown
from shared.client import Outcome, Refusal, Sendable, encoded
from shared.contracts.verdicts import FactExpired, FactRefused, FactRegistered, FactReleased, FactWaiting
from shared.envelope import CONTENT_TYPE, Event, decode
from shared.errors import ConfigurationError, UnavailableError
from shared.kafka_access import topic_of, verdict_topic_of
from shared.topics import partition_of

ACK_SECONDS = 30.0
POLL_MS = 250
HEADERS = [("content-type", CONTENT_TYPE.encode())]

_Name = tuple[str, str]


class KafkaClient:
    """A client over Kafka; the address names the publisher and its password."""

    def __init__(self, bootstrap: str) -> None:
        self._publisher = Address.parse(bootstrap).user
        if not self._publisher:
            raise ConfigurationError("the address of Kafka should be scram://publisher:password@host:port")
        self._where = shown(bootstrap)
        options = client_options(bootstrap)
        try:
            self._producer = KafkaProducer(
                **options, acks="all", enable_idempotence=True, max_request_size=2_097_152, delivery_timeout_ms=int(ACK_SECONDS * 1_000)
            )
            self._consumer = KafkaConsumer(
                **options, enable_auto_commit=False, auto_offset_reset="earliest", isolation_level="read_committed", group_id=None
            )
        except KafkaError as error:
            raise UnavailableError(f"Kafka at {self._where}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._producer.close(timeout=5)
        self._consumer.close()

    def publish(self, events: Sequence[Sendable], *, wait: float = 0) -> list[Outcome]:
        """Send events and return what became of each, as Client tells; a repeat of a fact that was judged before has no new verdict.

        Each key's events keep their order; nothing is checked before it is judged, so what HTTP turns away is refused here.
        """
        try:
            if wait:
                self._stand_at_the_end()
            outcomes = self._send([encoded(event) for event in events])
            return self._hear(outcomes, time.monotonic() + wait) if wait else outcomes
        except KafkaError as error:
            raise UnavailableError(f"Kafka at {self._where}: {error}; send the same events again, with the same ids") from error

    def _send(self, events: Sequence[bytes]) -> list[Outcome]:
        topic = topic_of(self._publisher)
        count = len(self._producer.partitions_for(topic) or ())
        if not count:
            raise UnavailableError(f"Kafka at {self._where} has no topic {topic}, or it is not yours")
        names = [msgspec.json.decode(event, type=_Named) for event in events]
        sent = [
            self._producer.send(
                topic, value=event, key=name.partitionkey.encode(), partition=partition_of(name.partitionkey, count), headers=HEADERS
            )
            for event, name in zip(events, names, strict=True)
        ]
        places = [future.get(timeout=ACK_SECONDS) for future in sent]
        return [
            Outcome(id=name.id, source=name.source, receipt=f"{place.topic}/{place.partition}/{place.offset}")
            for name, place in zip(names, places, strict=True)
        ]

    def _stand_at_the_end(self) -> None:
        """Read verdicts from here on."""
        topic = verdict_topic_of(self._publisher)
        targets = [TopicPartition(topic, number) for number in sorted(self._consumer.partitions_for_topic(topic) or ())]
        if not targets:
            raise UnavailableError(f"Kafka at {self._where} has no topic {topic}, or it is not yours")
        self._consumer.assign(targets)
        for target, end in self._consumer.end_offsets(targets).items():
            self._consumer.seek(target, end)

    def _hear(self, outcomes: Sequence[Outcome], end: float) -> list[Outcome]:
        told: dict[_Name, Outcome] = {}
        wanted = {(outcome.source, outcome.id) for outcome in outcomes}
        while wanted - told.keys() and time.monotonic() < end:
            for records in self._consumer.poll(timeout_ms=POLL_MS).values():
                for record in records:
                    outcome = _verdict(decode(record.value))
                    told[outcome.source, outcome.id] = outcome
        return [_joined(outcome, told.get((outcome.source, outcome.id))) for outcome in outcomes]


class _Named(msgspec.Struct):
    """What an event is known by."""

    id: str = ""
    source: str = ""
    partitionkey: str = ""


def _verdict(event: Event) -> Outcome:
    """Return what an event of the topic of verdicts says of its fact."""
    match event.data:
        case FactRegistered(version=version) | FactReleased(version=version):
            return Outcome(id=event.data.fact_id, source=event.data.fact_source, status="registered", version=version)
        case FactRefused(code=code, reason=reason, reason_vi=reason_vi, fields=fields):
            refusal = Refusal(code, reason, reason_vi, fields)
            return Outcome(id=event.data.fact_id, source=event.data.fact_source, status="refused", refusal=refusal)
        case FactExpired(code=code, reason=reason, reason_vi=reason_vi):
            refusal = Refusal(code, reason, reason_vi)
            return Outcome(id=event.data.fact_id, source=event.data.fact_source, status="expired", refusal=refusal)
        case FactWaiting():
            return Outcome(id=event.data.fact_id, source=event.data.fact_source, status="waiting")
        case _:
            return Outcome(id="", source="")


def _joined(sent: Outcome, told: Outcome | None) -> Outcome:
    if told is None:
        return sent
    return Outcome(id=sent.id, source=sent.source, status=told.status, receipt=sent.receipt, version=told.version, refusal=told.refusal)
