"""Kafka's clients as we use them everywhere: its address taken apart, the producer, and connections that may end at any moment."""

import logging
import ssl
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from aiokafka import AIOKafkaProducer
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

from shared.errors import ConfigurationError

MAX_BATCH = 1_048_576
MAX_REQUEST = 2 * MAX_BATCH

MECHANISMS = {"sasl": "PLAIN", "scram": "SCRAM-SHA-512"}
WORDY_LOGGERS = ("aiokafka.conn", "kafka.net.sasl.plain", "kafka.net.sasl.scram")

_send = AIOKafkaConnection.send


@dataclass(frozen=True)
class Address:
    """Where Kafka is, and as whom: what DONDOC_KAFKA_BOOTSTRAP says; the password is never shown.

    `host:port[,…]` is plain; `sasl://user:password@host:port[,…]` signs in with PLAIN, as our own services do; `scram://…` with
    SCRAM-SHA-512, as publishers do; `sasl+ssl://…` and `scram+ssl://…` do it over TLS. User and password are percent-encoded.
    """

    servers: str
    user: str = ""
    password: str = field(default="", repr=False)
    mechanism: str = ""
    is_encrypted: bool = False

    @classmethod
    def parse(cls, bootstrap: str) -> "Address":
        """Take an address apart, or raise ConfigurationError without its password."""
        scheme, separator, rest = bootstrap.partition("://")
        if not separator:
            return cls(bootstrap)
        kind, _, wrapping = scheme.partition("+")
        credentials, _, servers = rest.rpartition("@")
        user, _, password = credentials.partition(":")
        if kind not in MECHANISMS or wrapping not in ("", "ssl") or not (servers and user and password):
            raise ConfigurationError("DONDOC_KAFKA_BOOTSTRAP should be host:port or sasl://user:password@host:port; see docs/settings.md")
        return cls(servers, unquote(user), unquote(password), MECHANISMS[kind], bool(wrapping))

    @property
    def protocol(self) -> str:
        """Return the name of the security protocol."""
        return "PLAINTEXT" if not self.user else "SASL_SSL" if self.is_encrypted else "SASL_PLAINTEXT"

    def tls(self) -> ssl.SSLContext | None:
        """Return what TLS trusts: the system's certificates, or those of SSL_CERT_FILE; None without TLS."""
        return ssl.create_default_context() if self.is_encrypted else None


def sign_in_at(servers: str, user: str, password: str, *, kind: str = "sasl") -> str:
    """Return the address of servers for a user; `kind` is sasl, scram, sasl+ssl or scram+ssl."""
    return f"{kind}://{quote(user, safe='')}:{quote(password, safe='')}@{servers}"


def shown(bootstrap: str) -> str:
    """Return an address as logs and errors may show it: without user and password."""
    return bootstrap.rpartition("@")[2]


def client_options(bootstrap: str) -> dict[str, Any]:
    """Return what aiokafka's and kafka-python's clients are made with, both by the same names; raises ConfigurationError."""
    address = Address.parse(bootstrap)
    if not address.user:
        return {"bootstrap_servers": address.servers}
    for name in WORDY_LOGGERS:
        logging.getLogger(name).addFilter(_is_worth_telling)
    return {
        "bootstrap_servers": address.servers,
        "security_protocol": address.protocol,
        "sasl_mechanism": address.mechanism,
        "sasl_plain_username": address.user,
        "sasl_plain_password": address.password,
        "ssl_context": address.tls(),
    }


def _is_worth_telling(entry: logging.LogRecord) -> bool:
    """Hold back what both libraries say at each connection without TLS: the listener is chosen by the address, knowingly."""
    return "in the clear" not in str(entry.msg)


def new_producer(bootstrap: str, *, linger_ms: int = 0) -> AIOKafkaProducer:
    """Return a producer that is not started yet; idempotence and acks=all are off by default in aiokafka."""
    survive_closed_transports()
    return AIOKafkaProducer(
        **client_options(bootstrap),
        acks="all",
        enable_idempotence=True,
        max_batch_size=MAX_BATCH,
        max_request_size=MAX_REQUEST,
        linger_ms=linger_ms,
        request_timeout_ms=10_000,
        retry_backoff_ms=100,
    )


def survive_closed_transports() -> None:
    """Have aiokafka take a write to a connection that has just ended as a lost connection; calling it again changes nothing.

    uvloop 0.23 raises RuntimeError for such a write, where asyncio's own loop says nothing. aiokafka 0.14 expects OSError only, so the
    RuntimeError ends its task that updates metadata, and whoever waits for metadata (commits, heartbeats, the coordinator's lookup)
    waits for ever.
    """
    AIOKafkaConnection.send = _send_or_lose


def _send_or_lose(connection: AIOKafkaConnection, request: Any, expect_response: bool = True) -> Awaitable[Any]:  # noqa: ANN401, FBT001, FBT002  aiokafka's signature
    try:
        answer: Awaitable[Any] = _send(connection, request, expect_response)
    except RuntimeError as error:
        connection.close(reason=CloseReason.CONNECTION_BROKEN, exc=error)
        raise KafkaConnectionError(f"the connection to {connection.host}:{connection.port} has ended: {error}") from error
    return answer
