"""Demonstration and chaos run wait for every timer that is due, also for the next occurrence of what comes back."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from deploy.chaos.database import QUERIES
from deploy.demo.settling import take_snapshot
from services.setup_command import migrate_all
from shared.clock import step_clock
from shared.postgres import connect

if TYPE_CHECKING:
    import asyncpg

LOOK_AT = datetime.fromisoformat("2021-05-15T00:00:00+07:00")


@pytest.fixture
async def migrated(database: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    await migrate_all(database)
    connection = await connect(database, schema="public")
    await connection.execute("INSERT INTO deadlines.series VALUES ($1, 0, $1, $2)", UUID(int=1), LOOK_AT)
    yield connection
    await connection.close()


@pytest.mark.parametrize(("late", "due"), [(timedelta(0), 1), (timedelta(seconds=-1), 0)])
async def test_an_occurrence_that_is_to_be_set_is_a_timer(migrated: "asyncpg.Connection[Any]", late: timedelta, due: int) -> None:
    await step_clock(migrated, LOOK_AT + late)
    snapshot = await take_snapshot(migrated)
    assert (snapshot.due_timers, snapshot.next_timer) == (due, LOOK_AT)
    assert await migrated.fetchval(QUERIES["count_due"], LOOK_AT + late) == due
