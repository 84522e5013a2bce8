"""A connection to the broker that ends while something is written to it is a lost connection, also on uvloop."""

import asyncio

import pytest
import uvloop
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from shared.broker import client_options, survive_closed_transports


async def _write_while_the_connection_ends(bootstrap: str) -> bool:
    client = AIOKafkaClient(**client_options(bootstrap))
    await client.bootstrap()
    try:
        await client.force_metadata_update()
        (connection,) = client._conns.values()  # noqa: SLF001  nothing else ends a connection at a chosen moment
        connection._writer.transport.abort()  # noqa: SLF001
        await asyncio.sleep(0)  # the transport is closed now, and aiokafka does not know it yet
        with pytest.raises(KafkaConnectionError):
            await connection.send(MetadataRequest([]))
        assert not connection.connected()
        async with asyncio.timeout(10):
            return bool(await client.force_metadata_update())
    finally:
        await client.close()


def test_writing_to_a_connection_that_has_just_ended_loses_the_connection_and_nothing_else(bootstrap: str) -> None:
    survive_closed_transports()
    survive_closed_transports()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(_write_while_the_connection_ends(bootstrap))
