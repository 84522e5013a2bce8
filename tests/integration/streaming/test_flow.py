"""One hot partition is not slowed down by idle ones, and partitions under backlog advance together."""

import time
from pathlib import Path

from tests.support.lane import Lane, WorkerProcess
from tests.support.waiting import eventually


async def test_one_hot_partition_with_small_runs_and_a_slow_database_is_never_paused_for_a_second(lane: Lane) -> None:
    await lane.send(10_000, partition=2)
    lane.start(MAX_RUN="100", SLOW_SECONDS="0.005")
    begun = await first_applied(lane)
    await lane.all_applied()
    assert time.monotonic() - begun < 15, "with a second's sleep every three runs this takes more than 33 s"


def resident_kilobytes(worker: WorkerProcess) -> int:
    status = Path(f"/proc/{worker.process.pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0])


async def first_applied(lane: Lane) -> float:
    async def has_begun() -> bool:
        return await lane.applied() > 0

    await eventually(has_begun)
    return time.monotonic()


async def test_partitions_under_backlog_advance_together(lane: Lane) -> None:
    await lane.send(16_000)
    lane.start(MAX_RUN="100", SLOW_SECONDS="0.01")

    async def is_half_way() -> bool:
        return await lane.applied() >= 8_000

    await eventually(is_half_way)
    offsets = [row[0] for row in await lane.connection.fetch("SELECT next_offset FROM checkpoint ORDER BY partition")]
    assert min(offsets) > max(offsets) / 3, f"a partition starved: {offsets}"


async def test_memory_is_bounded_by_runs_in_flight(lane: Lane) -> None:
    await lane.send(30_000, value=b"x" * 2_000)
    worker = lane.start(MAX_RUN="500", SLOW_SECONDS="0.02")
    await first_applied(lane)
    peak = 0

    async def is_done() -> bool:
        nonlocal peak
        peak = max(peak, resident_kilobytes(worker))
        return await lane.applied() == lane.sent

    await eventually(is_done, 60)
    assert peak < 260_000, f"{peak} kB for runs of 1 MB"
