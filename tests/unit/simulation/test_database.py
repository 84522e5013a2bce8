"""The simulated database keeps a transaction whole, and a process dies where its fuse ends."""

import pytest

from deploy.simulation.clock import Clocks
from deploy.simulation.database import CrashError, Database, finish
from shared.journal.queries import QUERIES


async def write(db: Database, *, fuse: int | None) -> None:
    db.fuse = fuse
    async with db.acquire() as connection, connection.transaction():
        db.put("row", 1, "new")
        db.drop("row", 2)
        db.put("row", 3, "added")
        await connection.execute(QUERIES["add_partition"], 0)


@pytest.fixture
def db() -> Database:
    database = Database("registrar", Clocks())
    database.put("row", 1, "old")
    database.put("row", 2, "there")
    return database


def test_a_transaction_is_kept_whole(db: Database) -> None:
    finish(write(db, fuse=None))
    assert db["row"] == {1: "new", 3: "added"}


@pytest.mark.parametrize("fuse", [0, 1])
def test_nothing_is_kept_of_a_transaction_that_dies_before_its_commit(db: Database, fuse: int) -> None:
    with pytest.raises(CrashError):
        finish(write(db, fuse=fuse))
    assert db["row"] == {1: "old", 2: "there"}
    assert db["partition"] == {}


def test_all_is_kept_of_a_transaction_whose_process_dies_after_its_commit(db: Database) -> None:
    with pytest.raises(CrashError):
        finish(write(db, fuse=2))
    assert db["row"] == {1: "new", 3: "added"}
