"""The aiokafka producer as we use it everywhere: idempotent, all replicas, large batches."""

from aiokafka import AIOKafkaProducer

MAX_BATCH = 1_048_576
MAX_REQUEST = 2 * MAX_BATCH


def new_producer(bootstrap: str, *, linger_ms: int = 0) -> AIOKafkaProducer:
    """Return a producer that is not started yet; idempotence and acks=all are off by default in aiokafka."""
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
