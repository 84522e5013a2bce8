"""A broker that takes connections and never answers is left after a while, as one is that hangs behind a lost route."""

import asyncio
import time
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.broker import sign_in_at
from shared.environment import Environment
from shared.streaming import transport
from shared.streaming.app import WorkerPlan, build_app


async def test_what_a_worker_s_consumer_asks_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "REQUEST_MS", 300)
    ended = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        ended.set()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as broker:
        port = broker.sockets[0].getsockname()[1]
        client = client_of(sign_in_at(f"127.0.0.1:{port}", "dondoc", "password"))
        begin = time.monotonic()
        with pytest.raises(KafkaConnectionError):
            await asyncio.wait_for(client.bootstrap(), 10)
        assert 0.3 <= time.monotonic() - begin < 8
        await client.close()
        await asyncio.wait_for(ended.wait(), 5)


def client_of(bootstrap: str) -> Any:
    """Return what connects to brokers, of a consumer that was built as a worker builds it."""
    environment = Environment(bootstrap=bootstrap, dsn="", partitions=1, clock="system", health_port=0, host="127.0.0.1", instance=None)
    app: Any = build_app(WorkerPlan(schema="silent", subscriptions=()), environment)
    thread = app.consumer._thread  # noqa: SLF001  it is not run: its consumer is enough
    thread.thread_loop.close()
    consumer = thread._create_worker_consumer(app.transport)  # noqa: SLF001
    consumer._closed = True  # noqa: SLF001  it was never started
    return consumer._client  # noqa: SLF001
