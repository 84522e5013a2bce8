"""A bad record steps aside with its reason, later ones of its key wait behind it, everything else goes on."""

from tests.support.lane import Lane
from tests.support.waiting import eventually


async def parked(lane: Lane) -> list[tuple[int, bytes, bool, str]]:
    rows = await lane.connection.fetch("SELECT kafka_offset, key, is_follower, reason FROM parked ORDER BY kafka_offset")
    return [tuple(row) for row in rows]


async def checkpoint_is(lane: Lane, partition: int, offset: int) -> None:
    async def has_passed() -> bool:
        return bool(await lane.connection.fetchval("SELECT next_offset = $2 FROM checkpoint WHERE partition = $1", partition, offset))

    await eventually(has_passed)


async def test_a_poison_record_is_found_in_its_run_and_parked_with_later_ones_of_its_key(lane: Lane) -> None:
    await lane.send(40, keys=4, partition=0)
    await lane.send(1, keys=1, partition=0, value=b"poison")
    await lane.send(40, keys=4, partition=0)
    lane.start()
    await checkpoint_is(lane, 0, 81)
    rows = await parked(lane)
    assert rows[0] == (40, b"key-0", False, "poison")
    assert rows[1:] == [(offset, b"key-0", True, "waits behind an earlier parked record of its key") for offset in range(41, 81, 4)]
    assert await lane.applied() == 70
    assert [offset for _, offset in await lane.log()] == [n for n in range(81) if n != 40 and not (n > 40 and (n - 41) % 4 == 0)]


async def test_an_error_of_the_handler_parks_only_what_it_fails_on(lane: Lane) -> None:
    await lane.send(1, keys=1, partition=0, value=b"bug")
    await lane.send(3, keys=4, partition=1)
    lane.start()
    await checkpoint_is(lane, 0, 1)
    await checkpoint_is(lane, 1, 3)
    assert await parked(lane) == [(0, b"key-0", False, "ZeroDivisionError: a bug in the handler")]


async def test_a_parked_key_stays_parked_after_a_restart(lane: Lane) -> None:
    await lane.send(1, keys=1, partition=0, value=b"poison")
    first = lane.start()
    await checkpoint_is(lane, 0, 1)
    first.close()
    await lane.send(2, keys=2, partition=0)
    lane.start()
    await checkpoint_is(lane, 0, 3)
    assert [(offset, is_follower) for offset, _, is_follower, _ in await parked(lane)] == [(0, False), (1, True)]
    assert await lane.applied() == 1


async def test_many_poison_records_in_one_run_do_not_stop_the_others(lane: Lane) -> None:
    for _ in range(5):
        await lane.send(50, keys=50, partition=0)
        await lane.send_keyed(b"bad-%d" % _, b"poison", partition=0)
    lane.start()
    await checkpoint_is(lane, 0, 255)
    assert len(await parked(lane)) == 5
    assert await lane.applied() == 250
