"""Which runs a follower applies, on a real database, without a broker."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
from faust.types import TP

from shared.errors import InvalidMessageError
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.migrations import SHARED, migrate, migration_files
from shared.postgres import Pool, connect, create_pool
from shared.streaming.follower import Follower
from shared.streaming.queries import QUERIES
from shared.streaming.runs import Record, Run
from tests.support.records import FakeRecord

PLACE = TP("facts", 1)
TOPIC_ID = UUID("0b9b0a4e-52a5-4c6a-8f43-0d1a5a0c1f01")


class Consumer:
    """Remembers where it was asked to read again from."""

    def __init__(self) -> None:
        self.sought: list[int] = []

    def epoch(self, _tp: TP) -> int:
        return 1 + len(self.sought)

    async def rewind(self, _tp: TP, offset: int) -> None:
        self.sought.append(offset)


class Office:
    """Applies records, except those whose value it refuses."""

    def __init__(self, pool: Pool) -> None:
        self.applied: list[int] = []
        self.consumer = Consumer()
        self._follower = Follower(Ledger(pool), self._handle, has_positions=False)

    async def _handle(self, _work: UnitOfWork, records: Sequence[Record]) -> None:
        bad = [record for record in records if record.value == b"bad"]
        if bad:
            raise InvalidMessageError("spells \0 and \ud800")
        self.applied += [record.offset for record in records]

    async def take(self, *records: Record, sought: int | None = None) -> None:
        await self._follower.take(Run(PLACE, records, 1, sought), self.consumer, lambda: False)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    connection = await connect(database, schema="lane")
    await migrate(connection, "lane", [source for package in SHARED for source in migration_files(package)])
    await connection.execute(QUERIES["add_checkpoint"], *PLACE, TOPIC_ID)
    await connection.execute(QUERIES["move_checkpoint"], *PLACE, 100, 0)
    await connection.close()
    pool = await create_pool(database, schema="lane", size=2)
    yield pool
    await pool.close()


@pytest.fixture
def office(pool: Pool) -> Office:
    return Office(pool)


def record(offset: int, value: bytes = b"good", headers: tuple[tuple[str, bytes], ...] = ()) -> Record:
    return FakeRecord(*PLACE, offset, 0, b"key-%d" % offset, value, headers)


async def checkpoint(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT next_offset FROM checkpoint"))


async def test_the_next_records_are_applied(office: Office, pool: Pool) -> None:
    await office.take(record(100), record(101))
    assert office.applied == [100, 101]
    assert await checkpoint(pool) == 102


async def test_what_was_applied_before_is_passed_over(office: Office) -> None:
    await office.take(record(98), record(99), record(100))
    assert office.applied == [100]


async def test_a_gap_in_front_is_read_again(office: Office, pool: Pool) -> None:
    await office.take(record(105))
    assert office.consumer.sought == [100]
    assert office.applied == []
    assert await checkpoint(pool) == 100


async def test_a_gap_that_remains_after_seeking_the_checkpoint_is_kafkas_own(office: Office) -> None:
    await office.take(record(105), sought=100)
    assert office.applied == [105]


async def test_a_gap_after_seeking_somewhere_else_is_read_again(office: Office) -> None:
    """The database was set back (an old backup) between the seek and the run."""
    await office.take(record(155), sought=150)
    assert office.consumer.sought == [100]
    assert office.applied == []


async def test_the_second_half_of_a_bisected_run_does_not_jump_over_the_first(office: Office, pool: Pool) -> None:
    await pool.execute("CREATE FUNCTION set_back() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.next_offset := 100; RETURN NEW; END'")
    await pool.execute("CREATE TRIGGER set_back BEFORE UPDATE ON checkpoint FOR EACH ROW EXECUTE FUNCTION set_back()")
    await office.take(record(100), record(101), record(102, b"bad"), record(103))
    assert office.consumer.sought == [100]
    assert office.applied == [100, 101]


async def test_a_gap_inside_a_run_is_kafkas_own(office: Office, pool: Pool) -> None:
    await office.take(record(100), record(107), record(109, b"bad"), record(120))
    assert office.applied == [100, 107, 120]
    assert await checkpoint(pool) == 121


async def test_a_reason_and_headers_that_no_table_can_hold_are_parked_all_the_same(office: Office, pool: Pool) -> None:
    await office.take(record(100, b"bad", (("na\0me", b"\0"),)))
    row = await pool.fetchrow("SELECT reason, header_names, header_values FROM parked")
    assert row is not None
    assert row["reason"] == "spells \N{REPLACEMENT CHARACTER} and ?"
    assert (row["header_names"], row["header_values"]) == (["na\N{REPLACEMENT CHARACTER}me"], [b"\0"])
