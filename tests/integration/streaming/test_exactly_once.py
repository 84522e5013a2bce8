"""Every record is applied once, in order, and published once in order, whatever dies in between."""

import signal

import pytest
from faust.types import TP

from shared.broker import MAX_BATCH
from shared.envelope import header
from tests.support.lane import Lane
from tests.support.waiting import eventually


async def some_applied(lane: Lane, at_least: int = 1) -> None:
    async def is_under_way() -> bool:
        return await lane.applied() >= at_least

    await eventually(is_under_way)


async def test_a_backlog_is_applied_and_published_once_in_order(lane: Lane, out: str) -> None:
    await lane.send(20_000)
    lane.start(OUT=out)
    await lane.all_applied()
    await lane.published_once_in_order(out)


async def test_an_event_larger_than_a_batch_is_published_too(lane: Lane, out: str) -> None:
    await lane.send_keyed(b"key", b"x" * (MAX_BATCH + 50_000), partition=0)
    lane.sent = 1
    lane.start(OUT=out)
    await lane.all_applied()
    await lane.published_once_in_order(out)


async def test_each_published_event_names_its_cause(lane: Lane, out: str) -> None:
    await lane.send(8)
    lane.start(OUT=out)
    await lane.all_applied()
    await lane.published_once_in_order(out)
    causes = {header(record.headers, "cause") for records in (await lane.read(out)).values() for record in records}
    assert causes == {f"{lane.topic}/{partition}/{offset}".encode() for partition in range(4) for offset in range(2)}


@pytest.mark.parametrize("place", ["before-commit", "after-commit", "before-send", "after-send"])
async def test_a_kill_at_any_step_loses_and_doubles_nothing(lane: Lane, out: str, place: str) -> None:
    await lane.send(4_000)
    killed = lane.start(OUT=out, MAX_RUN="200", TRAP=f"{place}:3", DONDOC_INSTANCE="a")
    assert await killed.ended() == -signal.SIGKILL
    lane.start(OUT=out, MAX_RUN="200", DONDOC_INSTANCE="a")
    await lane.all_applied()
    await lane.published_once_in_order(out)


async def test_sigterm_finishes_the_run_under_way(lane: Lane) -> None:
    await lane.send(400, partition=0)
    worker = lane.start(MAX_RUN="100", SLOW_SECONDS="1.5")

    async def is_in_a_run() -> bool:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        return bool(await lane.connection.fetchval(query))

    await eventually(is_in_a_run)
    before = await lane.applied()
    worker.send(signal.SIGTERM)
    assert await worker.ended() == 0
    assert await lane.applied() == before + 100
    lane.start()
    await lane.all_applied()


async def both_applied(lane: Lane) -> None:
    async def is_so() -> bool:
        return bool(await lane.connection.fetchval("SELECT count(DISTINCT pid) = 2 FROM applied_log"))

    await eventually(is_so)


async def test_a_rebalance_in_the_middle_of_runs_loses_and_doubles_nothing(lane: Lane, out: str) -> None:
    await lane.send(16_000)
    first = lane.start(OUT=out, MAX_RUN="50", SLOW_SECONDS="0.2")
    await some_applied(lane, 300)
    second = lane.start(OUT=out, MAX_RUN="50", SLOW_SECONDS="0.2")
    await both_applied(lane)
    await lane.send(2_000)
    first.send(signal.SIGTERM)
    assert await first.ended() == 0, first.text
    await lane.all_applied()
    await lane.published_once_in_order(out)
    second.send(signal.SIGTERM)
    assert await second.ended() == 0


async def test_a_partition_that_is_taken_away_before_it_is_sought_is_left_to_its_new_owner(lane: Lane, out: str) -> None:
    await lane.send(16_000)
    first = lane.start(OUT=out, MAX_RUN="50", SLOW_SECONDS="0.1", SEEK_DELAY="3")
    await some_applied(lane, 300)
    second = lane.start(OUT=out, MAX_RUN="50", SLOW_SECONDS="0.1")
    await both_applied(lane)
    await lane.all_applied()
    await lane.published_once_in_order(out)
    for worker in (first, second):
        worker.send(signal.SIGTERM)
        assert await worker.ended() == 0, worker.text


async def test_two_workers_that_both_think_they_own_every_partition_apply_once(lane: Lane, out: str) -> None:
    await lane.send(4_000)
    lane.start(OUT=out, MAX_RUN="50", GROUP=f"one-{lane.topic}")
    lane.start(OUT=out, MAX_RUN="50", GROUP=f"two-{lane.topic}")
    await some_applied(lane, 500)
    await lane.send(4_000)
    await lane.all_applied()
    await lane.published_once_in_order(out)


@pytest.mark.parametrize("dropped", ["1", "3", "6"])
async def test_a_dropped_run_is_read_again_although_others_are_queued_behind_it(lane: Lane, dropped: str) -> None:
    await lane.send(4_000)
    lane.start(MAX_RUN="100", DROP_RUN=dropped, SLOW_SECONDS="0.01")
    await lane.all_applied()


async def test_records_that_a_relay_sent_twice_are_applied_once(lane: Lane) -> None:
    producer_headers = [[("position", str(n).encode())] for n in (1, 2, 3, 2, 3, 4, 1, 5)]
    await lane.send_with_headers(producer_headers)
    lane.start(POSITIONS="1")

    async def is_done() -> bool:
        return await lane.applied() == 5

    await eventually(is_done)
    assert [offset for _, offset in await lane.log()] == [0, 1, 2, 5, 7]


async def test_kafkas_committed_offset_follows_the_checkpoint(lane: Lane) -> None:
    await lane.send(4_000)
    lane.start(MAX_RUN="100")
    await lane.all_applied()
    checkpoints = dict(await lane.connection.fetch("SELECT partition, next_offset FROM checkpoint"))
    assert checkpoints == dict.fromkeys(range(4), 1_000)

    async def is_committed() -> bool:
        return await lane.committed() == {TP(lane.topic, partition): 1_000 for partition in range(4)}

    await eventually(is_committed)


async def test_aborted_transactions_are_no_gap_and_are_not_applied(lane: Lane) -> None:
    await lane.send_transactions(["commit", "abort", "commit", "abort", "commit"], each=10)
    lane.start(MAX_RUN="7")

    async def is_done() -> bool:
        return await lane.applied() == 30

    await eventually(is_done)
    await lane.send(5, partition=0)

    async def is_all_done() -> bool:
        return await lane.applied() == 35

    await eventually(is_all_done)
