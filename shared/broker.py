"""aiokafka as we use it everywhere: the producer (idempotent, all replicas, large batches), and connections that may end at any moment."""

from collections.abc import Awaitable
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

MAX_BATCH = 1_048_576
MAX_REQUEST = 2 * MAX_BATCH

_send = AIOKafkaConnection.send


def new_producer(bootstrap: str, *, linger_ms: int = 0) -> AIOKafkaProducer:
    """Return a producer that is not started yet; idempotence and acks=all are off by default in aiokafka."""
    survive_closed_transports()
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
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
