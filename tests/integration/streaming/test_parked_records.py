"""What an operator does with parked records, on a real database."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from shared.errors import InvalidMessageError, NotFoundError
from shared.journal.unit_of_work import Ledger, Outgoing, UnitOfWork
from shared.migrations import SHARED, migrate, migration_files
from shared.postgres import Connection, Pool, connect, create_pool
from shared.streaming.bulk import find_keys
from shared.streaming.causes import ParkedKey
from shared.streaming.parked import ParkedRecord, Tried, discard, list_parked, list_parked_keys, read_key, retry_key, try_key
from shared.streaming.queries import QUERIES
from shared.streaming.runs import Record
from tests.support.waiting import eventually

TOPIC = "facts"


class Office:
    """Remembers what was applied; refuses what it is told to."""

    def __init__(self) -> None:
        self.applied: list[int] = []
        self.refuses: set[int] = set()

    async def handle(self, work: UnitOfWork, records: Sequence[Record]) -> None:
        for record in records:
            if record.offset in self.refuses:
                raise InvalidMessageError("still bad")
            self.applied.append(record.offset)
            await work.publish("applied", [Outgoing(b"k", b"v", f"{record.topic}/{record.partition}/{record.offset}")])


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    connection = await connect(database, schema="lane")
    await migrate(connection, "lane", [source for package in SHARED for source in migration_files(package)])
    for offset, key, is_follower in [(3, b"a", False), (5, b"b", False), (7, b"a", True), (9, b"a", True)]:
        await connection.execute(QUERIES["park"], TOPIC, 1, offset, key, b"%d" % offset, ["cause"], [b"x/1/2"], "bad", is_follower)
    await connection.close()
    pool = await create_pool(database, schema="lane", size=4)
    yield pool
    await pool.close()


async def key_of(pool: Pool, offset: int) -> ParkedKey:
    """Return the key of the record at an offset."""
    return (await find_keys(pool, [(TOPIC, 1, offset)]))[0]


async def journal(pool: Pool) -> list[str]:
    """Return the causes of what was published."""
    return [row["cause"] for row in await pool.fetch("SELECT cause FROM journal ORDER BY position")]


async def test_a_retry_applies_the_key_in_order_and_frees_it(pool: Pool) -> None:
    office = Office()
    assert (await retry_key(Ledger(pool), office.handle, await key_of(pool, 7), by="lan")).applied == 3
    assert office.applied == [3, 7, 9]
    assert [record.offset for record in await list_parked(pool)] == [5]
    assert [row["decision"] for row in await pool.fetch("SELECT decision FROM parked_decision")] == ["applied"] * 3


async def test_what_fails_again_stays_parked_with_its_new_reason_and_what_is_behind_it(pool: Pool) -> None:
    office = Office()
    office.refuses = {7}
    tried = await retry_key(Ledger(pool), office.handle, await key_of(pool, 3), by="lan")
    assert (tried.applied, tried.failed and tried.failed.offset, tried.reason) == (1, 7, "still bad")
    assert office.applied == [3]
    assert [(record.offset, record.reason, record.is_follower) for record in await list_parked(pool)] == [
        (5, "bad", False), (7, "still bad", False), (9, "bad", True),
    ]  # fmt: skip


async def test_what_is_parked_behind_during_a_retry_is_applied_with_it(pool: Pool) -> None:
    office = Office()

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        if records[0].offset == 9:
            async with pool.acquire() as other:
                await other.execute(QUERIES["park"], TOPIC, 1, 11, b"a", b"11", [], [], "behind", True)
        await office.handle(work, records)

    assert (await retry_key(Ledger(pool), handle, await key_of(pool, 3), by="lan")).applied == 4
    assert office.applied == [3, 7, 9, 11]


async def is_waiting(pool: Pool) -> bool:
    """Tell whether somebody waits for another's turn to end."""
    return bool(
        await pool.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    )


async def test_two_operators_apply_each_record_once_and_in_order(pool: Pool) -> None:
    office, key = Office(), await key_of(pool, 3)
    others = list[asyncio.Task[Tried]]()

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        if not others:
            others.append(asyncio.create_task(retry_key(Ledger(pool), office.handle, key, by="minh")))
            await eventually(lambda: is_waiting(pool))
        await office.handle(work, records)

    first = await retry_key(Ledger(pool), handle, key, by="lan")
    second = await others[0]
    assert office.applied == [3, 7, 9]
    assert (first.applied + second.applied, first.reason, second.reason) == (3, "", "")
    assert await journal(pool) == ["facts/1/3", "facts/1/7", "facts/1/9"]


async def test_a_dry_run_tells_what_a_retry_would_do_and_leaves_nothing_behind(pool: Pool) -> None:
    office, key = Office(), await key_of(pool, 3)
    assert (await try_key(Ledger(pool), office.handle, key, 10)).applied == 3
    assert (await try_key(Ledger(pool), office.handle, key, 2)).applied == 2
    office.refuses = {9}
    tried = await try_key(Ledger(pool), office.handle, key, 10)
    assert (tried.applied, tried.failed and tried.failed.offset, tried.reason) == (2, 9, "still bad")
    assert await journal(pool) == []
    assert [(record.offset, record.reason) for record in await list_parked(pool)] == [(3, "bad"), (5, "bad"), (7, "bad"), (9, "bad")]
    assert await pool.fetch("SELECT 1 FROM parked_decision") == []


async def test_a_discarded_record_leaves_its_content_and_the_reason_why(pool: Pool) -> None:
    record = (await read_key(pool, TOPIC, 1, 5))[0]
    await discard(Ledger(pool), record, by="lan", why="sent by mistake")
    assert [record.offset for record in await list_parked(pool)] == [3, 7, 9]
    decision = await pool.fetchrow("SELECT decision, decided_by, why, value FROM parked_decision")
    assert tuple(decision or ()) == ("discarded", "lan", "sent by mistake", b"5")


async def test_a_record_that_is_not_parked_is_not_found(pool: Pool) -> None:
    with pytest.raises(NotFoundError):
        await read_key(pool, TOPIC, 1, 4)


async def test_a_record_discarded_by_two_operators_is_discarded_once(pool: Pool) -> None:
    record = (await read_key(pool, TOPIC, 1, 5))[0]
    await discard(Ledger(pool), record, by="lan", why="sent by mistake")
    with pytest.raises(NotFoundError):
        await discard(Ledger(pool), record, by="minh", why="sent by mistake")


async def test_keys_are_listed_with_their_first_record_and_how_many_wait_behind(pool: Pool) -> None:
    for offset in (11, 13):
        await pool.execute(QUERIES["park"], TOPIC, 1, offset, b"", b"", [], [], "no key", False)
    listed = [(key.place, key.key, key.behind) for key in await list_parked_keys(pool, 10)]
    assert sorted(listed) == [("facts/1/11", b"", 0), ("facts/1/13", b"", 0), ("facts/1/3", b"a", 2), ("facts/1/5", b"b", 0)]
    assert len(await list_parked_keys(pool, 1)) == 1
    await discard(Ledger(pool), (await read_key(pool, TOPIC, 1, 3))[0], by="lan", why="sent by mistake")
    assert ("facts/1/7", 1) in [(key.place, key.behind) for key in await list_parked_keys(pool, 10)]


async def test_a_retry_notes_what_was_applied_in_the_same_transaction(pool: Pool) -> None:
    office, noted = Office(), list[str]()
    office.refuses = {7}

    async def note(connection: Connection, record: ParkedRecord) -> None:
        assert await connection.fetchval("SELECT count(*) FROM parked_decision WHERE kafka_offset = $1", record.offset) == 1
        noted.append(record.place)

    await retry_key(Ledger(pool), office.handle, await key_of(pool, 3), by="lan", note=note)
    assert noted == ["facts/1/3"]
    office.refuses = set()
    assert (await retry_key(Ledger(pool), office.handle, await key_of(pool, 7), by="lan", note=note)).applied == 2
    assert [record.offset for record in await list_parked(pool)] == [5]


async def test_a_note_that_cannot_be_written_leaves_the_record_parked(pool: Pool) -> None:
    async def note(_connection: Connection, _record: ParkedRecord) -> None:
        raise ValueError("the audit log is full")

    with pytest.raises(ValueError, match="full"):
        await discard(Ledger(pool), (await read_key(pool, TOPIC, 1, 5))[0], by="lan", why="sent by mistake", note=note)
    assert 5 in [record.offset for record in await list_parked(pool)]
