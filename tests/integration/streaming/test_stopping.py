"""Where going on would lose or double events, the worker stops with one clear line."""

import asyncio
from collections.abc import Callable

from tests.support.lane import Lane, WorkerProcess
from tests.support.waiting import eventually


def line_of(worker: WorkerProcess) -> str:
    lines = [line for line in worker.text.splitlines() if line.startswith("dondoc: ")]
    assert len(lines) == 1, worker.text[-2000:]
    return lines[0]


async def test_a_topic_deleted_and_made_again_stops_the_worker(lane: Lane, remake: Callable[[str], None]) -> None:
    await lane.send(2_000)
    worker = lane.start()
    await lane.all_applied()
    await asyncio.to_thread(remake, lane.topic)
    assert await worker.ended(40) == 3
    assert "deleted and made again" in line_of(worker) or "is gone" in line_of(worker)
    again = lane.start()
    assert await again.ended() == 3
    assert "another topic" in line_of(again)
    assert await lane.applied() == 2_000


async def test_a_checkpoint_beyond_the_topic_stops_the_worker_and_nothing_is_reset(lane: Lane) -> None:
    await lane.send(100)
    first = lane.start()
    await lane.all_applied()
    first.close()
    await lane.connection.execute("UPDATE checkpoint SET next_offset = 1000 WHERE partition = 2")
    worker = lane.start()
    assert await worker.ended() == 3
    assert "out of range" in line_of(worker)
    assert await lane.connection.fetchval("SELECT next_offset FROM checkpoint WHERE partition = 2") == 1000


async def test_an_output_topic_ahead_of_the_journal_stops_the_worker(lane: Lane, out: str) -> None:
    await lane.send(400)
    first = lane.start(OUT=out)
    await lane.all_applied()
    await lane.published_once_in_order(out)
    first.close()
    await lane.restore_older_backup()
    worker = lane.start(OUT=out)
    assert await worker.ended() == 3
    assert "the database is older than the topic" in line_of(worker)
    assert await lane.connection.fetchval("SELECT count(*) FROM journal") == 0  # nothing was decided on top of what is missing


async def test_a_missing_position_stops_the_worker(lane: Lane) -> None:
    await lane.send_with_headers([[("position", str(n).encode())] for n in (1, 2, 4)])
    worker = lane.start(POSITIONS="1")
    assert await worker.ended() == 3
    assert "events are missing from the topic" in line_of(worker)
    assert await lane.applied() == 0


async def test_a_health_port_in_use_is_one_line(lane: Lane) -> None:
    first = lane.start()
    await lane.ready(first)
    second = lane.start(DONDOC_HEALTH_PORT=str(first.health_port))
    assert await second.ended() == 3
    assert "choose another port" in line_of(second)


async def test_readiness_tells_a_worker_that_consumes(lane: Lane) -> None:
    await lane.send(100)
    worker = lane.start()
    await lane.ready(worker)

    async def has_no_lag() -> bool:
        body = await lane.readiness(worker)
        return bool(body.get("lag") == {f"{lane.topic}/{partition}": 0 for partition in range(4)})

    await eventually(has_no_lag)


async def test_another_partition_count_stops_the_worker(lane: Lane) -> None:
    worker = lane.start(DONDOC_PARTITIONS="12")
    assert await worker.ended() == 3
    assert f"{lane.topic} has 4 partitions, not 12" in line_of(worker)


async def test_a_database_that_does_not_exist_is_one_line(lane: Lane) -> None:
    worker = lane.start(DONDOC_POSTGRES_DSN=lane.dsn.replace("/test_", "/not_there_"))
    assert await worker.ended() == 2
    assert "check DONDOC_POSTGRES_DSN" in line_of(worker)


async def test_a_broker_that_is_away_at_the_start_is_waited_for(lane: Lane) -> None:
    worker = lane.start(DONDOC_KAFKA_BOOTSTRAP="127.0.0.1:1")

    async def waits() -> bool:
        return "waiting for Kafka" in worker.text

    await eventually(waits)
    assert worker.process.poll() is None
