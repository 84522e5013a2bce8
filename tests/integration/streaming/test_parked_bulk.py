"""Decisions about many parked keys at once: each key by itself, in order, whatever happens to the others or to the process."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence

import pytest

from shared.errors import InvalidMessageError, NotFoundError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.migrations import SHARED, migrate, migration_files
from shared.postgres import Pool, connect, create_pool
from shared.streaming.bulk import NO_HANDLER, Choice, Outcome, choose, discard_all, find_keys, retry_all, try_all
from shared.streaming.parked import list_parked, list_parked_keys
from shared.streaming.queries import QUERIES
from shared.streaming.runs import Record
from tests.support.retry_process import publish

ROWS = [
    ("facts", 1, 3, b"a", "ValueError: 'x'", False),
    ("facts", 1, 5, b"b", "ValueError: 'y'", False),
    ("facts", 1, 7, b"a", "waits behind an earlier parked record of its key", True),
    ("facts", 1, 9, b"a", "waits behind an earlier parked record of its key", True),
    ("facts", 2, 1, b"c", "KeyError: 'z'", False),
    ("facts", 2, 2, b"", "KeyError: 'z'", False),
    ("others", 2, 4, b"c", "KeyError: 'z'", False),
]


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    connection = await connect(database, schema="lane")
    await migrate(connection, "lane", [source for package in SHARED for source in migration_files(package)])
    for topic, partition, offset, key, reason, is_follower in ROWS:
        await connection.execute(QUERIES["park"], topic, partition, offset, key, b"%d" % offset, [], [], reason, is_follower)
    await connection.close()
    pool = await create_pool(database, schema="lane", size=4)
    yield pool
    await pool.close()


async def refuse_b(work: UnitOfWork, records: Sequence[Record]) -> None:
    if records[0].key == b"b":
        raise InvalidMessageError("still bad")
    await publish(work, records)


async def places(pool: Pool) -> list[str]:
    return [record.place for record in await list_parked(pool)]


async def applied(pool: Pool) -> list[str]:
    return [row["cause"] for row in await pool.fetch("SELECT cause FROM journal ORDER BY partition, position")]


def said(outcomes: Sequence[Outcome]) -> list[tuple[str, int, int, str]]:
    return [(each.key.place, each.decided, each.left, each.failed) for each in outcomes]


async def test_keys_are_chosen_by_cause_key_and_topic_together(pool: Pool) -> None:
    by_cause = await choose(pool, Choice(cause=(await list_parked_keys(pool, 1))[0].cause.code))
    assert [key.place for key in by_cause] == ["facts/1/3", "facts/1/5"]
    assert [key.place for key in await choose(pool, Choice(key="c"))] == ["facts/2/1", "others/2/4"]
    assert [key.place for key in await choose(pool, Choice(key="c", topic="others"))] == ["others/2/4"]
    assert [key.place for key in await find_keys(pool, [("facts", 1, 9), ("facts", 1, 3), ("facts", 2, 2)])] == ["facts/1/3", "facts/2/2"]
    with pytest.raises(NotFoundError):
        await find_keys(pool, [("facts", 1, 3), ("facts", 1, 4)])


async def test_a_key_that_fails_again_undoes_nothing_of_the_others(pool: Pool) -> None:
    keys = await list_parked_keys(pool)
    outcomes = [each async for each in retry_all(Ledger(pool), {"facts": refuse_b}, keys, by="lan")]
    assert said(outcomes) == [
        ("facts/1/3", 3, 0, ""), ("facts/1/5", 0, 1, "facts/1/5"), ("facts/2/1", 1, 0, ""), ("facts/2/2", 1, 0, ""),
        ("others/2/4", 0, 1, "others/2/4"),
    ]  # fmt: skip
    assert [each.reason for each in outcomes if each.failed] == ["still bad", NO_HANDLER]
    assert await places(pool) == ["facts/1/5", "others/2/4"]
    assert await applied(pool) == ["facts/1/3", "facts/1/7", "facts/1/9", "facts/2/1", "facts/2/2"]


async def test_a_dry_run_of_all_says_the_same_and_does_nothing(pool: Pool) -> None:
    keys, before = await list_parked_keys(pool), await list_parked(pool)
    tried = [each async for each in try_all(Ledger(pool), {"facts": refuse_b}, keys)]
    assert (await applied(pool), await list_parked(pool)) == ([], before)
    done = [each async for each in retry_all(Ledger(pool), {"facts": refuse_b}, keys, by="lan")]
    assert (said(tried), [each.reason for each in tried]) == (said(done), [each.reason for each in done])


async def test_what_failed_is_discarded_and_what_waited_behind_can_be_applied_then(pool: Pool) -> None:
    keys = await choose(pool, Choice(topic="facts", key="a"))
    outcomes = [each async for each in discard_all(Ledger(pool), keys, by="lan", why="gửi nhầm")]
    assert said(outcomes) == [("facts/1/3", 1, 2, "")]
    (key,) = await choose(pool, Choice(cause="behind"))
    assert (key.place, key.behind) == ("facts/1/7", 1)
    assert said([each async for each in retry_all(Ledger(pool), {"facts": publish}, [key], by="lan")]) == [("facts/1/7", 2, 0, "")]


async def test_a_whole_key_is_discarded_each_record_with_who_and_why(pool: Pool) -> None:
    keys = await choose(pool, Choice(topic="facts", key="a"))
    outcomes = [each async for each in discard_all(Ledger(pool), keys, by="lan", why="gửi nhầm", is_whole=True)]
    assert said(outcomes) == [("facts/1/3", 3, 0, "")]
    rows = await pool.fetch("SELECT kafka_offset, decision, decided_by, why, value FROM parked_decision ORDER BY kafka_offset")
    assert [tuple(row) for row in rows] == [(offset, "discarded", "lan", "gửi nhầm", b"%d" % offset) for offset in (3, 7, 9)]


async def test_two_operators_at_once_decide_each_record_once(pool: Pool) -> None:
    keys = await list_parked_keys(pool)

    async def run(by: str) -> list[Outcome]:
        return [each async for each in retry_all(Ledger(pool), {"facts": publish, "others": publish}, keys, by=by)]

    async def drop() -> list[Outcome]:
        return [each async for each in discard_all(Ledger(pool), keys[::-1], by="thu", why="gửi nhầm")]

    outcomes = await asyncio.gather(run("lan"), run("minh"), drop())
    decisions = [tuple(row) for row in await pool.fetch("SELECT topic, partition, kafka_offset FROM parked_decision ORDER BY 1, 2, 3")]
    assert sum(each.decided for one in outcomes for each in one) == len(decisions)
    assert decisions == sorted((row[0], row[1], row[2]) for row in ROWS)
    assert await places(pool) == []


async def test_a_batch_that_is_killed_in_the_middle_goes_on_where_it_was(pool: Pool, database: str) -> None:
    command = [sys.executable, "-m", "tests.support.retry_process", database, "lane"]
    killed = await asyncio.to_thread(subprocess.run, [*command, "7"], check=False)
    assert killed.returncode == -9
    assert await applied(pool) == ["facts/1/3"]
    assert await places(pool) == [f"{topic}/{partition}/{offset}" for topic, partition, offset, *_ in ROWS if offset != 3]
    ended = await asyncio.to_thread(subprocess.run, [*command, "-1"], check=False)
    assert ended.returncode == 0
    assert await applied(pool) == ["facts/1/3", "facts/1/5", "facts/1/7", "facts/1/9", "facts/2/1", "facts/2/2"]
    assert await places(pool) == ["others/2/4"]
