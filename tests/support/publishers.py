"""Publishers with access to the real broker, as `dondoc publishers add --kafka` gives it."""

from dataclasses import dataclass, field

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError

from deploy.local.kafka import Kafka
from deploy.local.polling import wait_until
from shared import kafka_access
from shared.broker import client_options, sign_in_at
from shared.kafka_access import topic_of, verdict_topic_of


@dataclass(frozen=True)
class Publisher:
    """A publisher, with what its clients sign in with."""

    slug: str
    servers: str
    password: str = field(repr=False)

    @property
    def address(self) -> str:
        return sign_in_at(self.servers, self.slug, self.password, kind="scram")

    @property
    def topic(self) -> str:
        return topic_of(self.slug)

    @property
    def verdicts(self) -> str:
        return verdict_topic_of(self.slug)


def admit(kafka: Kafka, slug: str, *, partitions: int = 4, write_rate: int = kafka_access.DEFAULT_WRITE_RATE) -> Publisher:
    """Give a publisher topics, a user and rules, and return once the broker knows the user."""
    kafka_access.make_topics(kafka.bootstrap, slug, partitions, 1)
    password = kafka_access.grant(kafka.bootstrap, slug, write_rate)
    wait_until(lambda: kafka_access.read_access(kafka.bootstrap, slug).has_user, 10, f"the user {slug}")
    return Publisher(slug, kafka.agencies, password)


async def signs_in(address: str) -> bool:
    """Tell whether the broker lets in whoever comes with this address (kafka-python would try on for 5 s and leave sockets open)."""
    client = AIOKafkaClient(**client_options(address), request_timeout_ms=5_000)
    try:
        await client.bootstrap()
    except KafkaConnectionError:
        return False
    finally:
        await client.close()
    return True
