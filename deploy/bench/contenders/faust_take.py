"""Stock Faust: an agent that takes batches, everything as the library ships it but for raw values and a buffer as large as a batch."""

import sys
import tempfile
from typing import Any

import faust

from deploy.bench.work import FETCH_BYTES, Table, Task, settle
from shared.broker import Address

WITHIN_SECONDS = 0.05


def build(task: Task) -> faust.App:
    """Return the app."""
    address = Address.parse(task.bootstrap)
    app = faust.App(
        task.group, broker=f"kafka://{address.servers}",
        broker_credentials=faust.SASLCredentials(username=address.user, password=address.password),
        store="memory://", datadir=tempfile.gettempdir(), value_serializer="raw",
        web_enabled=False, topic_allow_declare=False, topic_disable_leader=True, topic_partitions=task.partitions,
        consumer_auto_offset_reset="earliest", broker_max_poll_records=task.batch, stream_buffer_maxsize=max(4_096, 2 * task.batch),
        consumer_max_fetch_size=FETCH_BYTES,
    )  # fmt: skip

    @app.agent(app.topic(task.topic, key_serializer="raw", value_serializer="raw", value_type=None))
    async def follow(stream: Any) -> None:  # noqa: ANN401  Faust's StreamT lacks take_events()
        table = await Table.open(task)
        async for events in stream.take_events(task.batch, within=WITHIN_SECONDS):
            ends = {event.message.partition: event.message.offset + 1 for event in events}
            await table.apply([event.value for event in events], ends)

    return app


if __name__ == "__main__":
    settle()
    sys.argv = ["faust_take", "worker", "--loglevel=warn"]
    build(Task.read()).main()
