"""Quix Streams with a sink of ours: its own PostgreSQL sink knows no checkpoint, so the same transaction is written here.

Its loop is not asynchronous; the sink waits for the database on an event loop of its own.
"""

import asyncio
import tempfile
from typing import Any

from quixstreams import Application  # type: ignore[import-not-found]
from quixstreams.kafka import ConnectionConfig  # type: ignore[import-not-found]
from quixstreams.sinks import BaseSink  # type: ignore[import-not-found]

from deploy.bench.work import FETCH_BYTES, Table, Task, settle
from shared.broker import Address


class TableSink(BaseSink):  # type: ignore[misc]
    """Collects what was processed and writes it, one transaction for all partitions, when the application commits."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._table = self._loop.run_until_complete(Table.open(task))
        self._values: list[bytes] = []
        self._ends: dict[int, int] = {}

    def add(
        self,
        value: bytes,
        key: Any,  # noqa: ANN401, ARG002  the library's signature
        timestamp: int,  # noqa: ARG002
        headers: Any,  # noqa: ANN401, ARG002
        topic: str,  # noqa: ARG002
        partition: int,
        offset: int,
    ) -> None:
        """Collect a message."""
        self._values.append(value)
        self._ends[partition] = offset + 1

    def flush(self) -> None:
        """Write what was collected."""
        if self._values:
            self._loop.run_until_complete(self._table.apply(self._values, self._ends))
        self._values, self._ends = [], {}


def _connection(bootstrap: str) -> ConnectionConfig:
    address = Address.parse(bootstrap)
    return ConnectionConfig(
        bootstrap_servers=address.servers, security_protocol="sasl_plaintext", sasl_mechanism=address.mechanism,
        sasl_username=address.user, sasl_password=address.password,
    )  # fmt: skip


def run(task: Task) -> None:
    """Read the topic from its beginning until the process is ended."""
    app = Application(
        broker_address=_connection(task.bootstrap), consumer_group=task.group, auto_offset_reset="earliest", commit_every=task.batch,
        commit_interval=0.2, loglevel="WARNING", auto_create_topics=False, consumer_poll_timeout=0.2,
        state_dir=tempfile.gettempdir(), consumer_extra_config={"max.partition.fetch.bytes": FETCH_BYTES},
    )  # fmt: skip
    topic = app.topic(task.topic, key_deserializer="bytes", value_deserializer="bytes")
    app.dataframe(topic).sink(TableSink(task))
    app.run()


if __name__ == "__main__":
    settle()
    run(Task.read())
