"""What is away is waited for, in order; a process that stands still holds nobody up."""

import asyncio
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.lane import Lane
from tests.support.waiting import eventually


@pytest.fixture
async def started_again(infrastructure: Any) -> AsyncIterator[Any]:
    """Leave broker and database running, whatever the test did to them."""
    yield infrastructure
    await asyncio.to_thread(infrastructure.postgres.start)
    await asyncio.to_thread(infrastructure.kafka.start)


async def applied_some(lane: Lane, at_least: int) -> None:
    async def is_under_way() -> bool:
        return await lane.applied() >= at_least

    await eventually(is_under_way)


async def test_a_database_that_is_away_for_twenty_seconds_is_waited_for(lane: Lane, out: str, started_again: Any) -> None:
    await lane.send(4_000)
    worker = lane.start(OUT=out, MAX_RUN="50", SLOW_SECONDS="0.02")
    await applied_some(lane, 200)
    await asyncio.to_thread(started_again.postgres.kill)
    await asyncio.sleep(20)  # the length of the outage is what is tested
    assert worker.process.poll() is None
    await asyncio.to_thread(started_again.postgres.start)
    await lane.reconnect()
    await lane.all_applied()
    await lane.published_once_in_order(out)


async def test_an_assignment_without_a_database_stops_the_worker_in_time(lane: Lane, started_again: Any) -> None:
    await lane.send(1_000)
    first = lane.start(SEEK_LIMIT="4")
    await lane.all_applied()
    await asyncio.to_thread(started_again.postgres.kill)
    await lane.force_rebalance()
    assert await first.ended(40) == 3
    assert "no checkpoints within 4 s" in first.text
    await asyncio.to_thread(started_again.postgres.start)
    await lane.reconnect()
    lane.start()
    await lane.send(1_000)
    await lane.all_applied()


async def test_a_stopped_process_that_holds_a_transaction_blocks_nobody_for_long(lane: Lane, out: str) -> None:
    await lane.send(2_000)
    stopped = lane.start(OUT=out, MAX_RUN="100", TRAP="before-commit:4", TRAP_SIGNAL="SIGSTOP", GROUP=f"one-{lane.topic}")

    async def stands_still() -> bool:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
        return bool(await lane.connection.fetchval(query))

    await eventually(stands_still)
    lane.start(OUT=out, MAX_RUN="100", GROUP=f"two-{lane.topic}")
    await lane.all_applied(40)
    await lane.published_once_in_order(out)
    stopped.send(signal.SIGCONT)
    await lane.send(2_000)
    await lane.all_applied()
    await lane.published_once_in_order(out)


async def test_a_broker_that_was_restarted_goes_on(lane: Lane, out: str, started_again: Any) -> None:
    await lane.send(2_000)
    lane.start(OUT=out, MAX_RUN="50", SLOW_SECONDS="0.02")
    await applied_some(lane, 200)
    await asyncio.to_thread(started_again.kafka.kill)
    await asyncio.to_thread(started_again.kafka.start)
    await lane.send(2_000)
    await lane.all_applied(90)
    await lane.published_once_in_order(out)
