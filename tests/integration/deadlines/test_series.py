"""Duties that come back, on a real PostgreSQL: a year on the stepped clock, downtime, rebuilds by folding, rows from before the upgrade."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

import msgspec
import pytest

import services.deadlines
from services.deadlines.agents import rebuild_deadlines, rebuild_dossiers
from services.deadlines.domain.dossier import Dossier
from services.deadlines.handlers import TOPIC
from shared.contracts.deadlines import DeadlineMet, DeadlineMissed, DeadlineSet
from shared.contracts.directives import DeadlineClause
from shared.contracts.work import ReportSubmitted
from shared.envelope import Event
from tests.support.deadline_office import HOME_AFFAIRS, T1, DeadlineOffice, assigned, issued, join_office, open_office, registered, vn
from tests.support.records import FakeRecord

MONTHLY = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="trước ngày 15 hằng tháng")
FIRST = uuid5(T1, "báo cáo")
A_YEAR_LATER = datetime.fromisoformat("2022-04-20T09:00:00+07:00")
MIGRATION = Path(services.deadlines.__file__).parent / "sql" / "migrations" / "0005_series.sql"


@pytest.fixture
async def office(database: str) -> AsyncIterator[DeadlineOffice]:
    async with open_office(database) as office:
        await office.step_to(vn(5))
        await office.take(issued(vn(5), issued_on=vn(5)), assigned(MONTHLY, received=vn(5)))
        yield office


def report(version: int, received: datetime) -> Event:
    data = ReportSubmitted(task=T1, submitted_by=HOME_AFFAIRS, title="Báo cáo tháng")
    return registered(data, UUID(int=version), version, received)


async def catch_up(office: DeadlineOffice) -> None:
    """Fire in turns until nothing is due, as the timers do."""
    while await office.timers.fire(0):
        continue


async def ordinals(office: DeadlineOffice, kind: type) -> list[int | None]:
    return [event.data.occurrence for event in await office.said() if isinstance(event.data, kind)]  # type: ignore[attr-defined]


async def test_a_year_of_monthly_reports_has_an_occurrence_a_month_each_met_or_missed_once(office: DeadlineOffice) -> None:
    version = 3
    for month in range(4, 13):
        await office.step_to(vn(10, month))
        await catch_up(office)
        if month != 7:
            await office.take(report(version, vn(10, month)))
            version += 1
        await office.step_to(vn(15, month))
        await catch_up(office)
    assert await ordinals(office, DeadlineSet) == list(range(1, 11))
    # July's is missed; the report of August is late for it, and so on until the end.
    assert await ordinals(office, DeadlineMissed) == [4, 5, 6, 7, 8, 9]
    assert await ordinals(office, DeadlineMet) == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_after_a_year_of_downtime_every_occurrence_that_passed_is_told_once(office: DeadlineOffice, database: str) -> None:
    await office.step_to(A_YEAR_LATER)
    await catch_up(office)
    async with join_office(database) as other:
        await catch_up(other)
    assert await ordinals(office, DeadlineSet) == list(range(1, 15))
    assert sorted(await ordinals(office, DeadlineMissed)) == list(range(1, 14))  # type: ignore[type-var]
    ids = [event.id for event in await office.said()]
    assert len(set(ids)) == len(ids)
    assert await office.pool.fetchval("SELECT look_at FROM series") == datetime.fromisoformat("2022-05-15T00:00:00+07:00")


async def test_a_turn_that_is_rolled_back_is_done_again_with_the_same_events(office: DeadlineOffice) -> None:
    await office.step_to(vn(20, 6))
    with pytest.raises(RuntimeError, match="killed"):
        await _fire_and_die(office)
    assert await ordinals(office, DeadlineSet) == [1]
    await catch_up(office)
    assert await ordinals(office, DeadlineSet) == [1, 2, 3, 4]


async def test_what_was_said_folds_back_and_the_series_goes_on(office: DeadlineOffice) -> None:
    await office.take(report(3, vn(8)))
    await office.step_to(vn(20, 6))
    await catch_up(office)
    before = await _tables(office)
    rows = await office.pool.fetch("SELECT key, value, cause FROM journal WHERE topic = $1 ORDER BY partition, position", TOPIC)
    records = [FakeRecord(TOPIC, 0, n, 0, row["key"], row["value"], (("cause", row["cause"].encode()),)) for n, row in enumerate(rows)]
    await office.pool.execute("TRUNCATE deadline, progress, dossier, fact, series")
    async with office.ledger.turn(0) as work:
        await rebuild_deadlines(office.book)(work, records)
        await rebuild_dossiers(office.book)(work, office.taken)
    assert await _tables(office) == before
    await catch_up(office)
    assert await ordinals(office, DeadlineSet) == [1, 2, 3, 4]
    await office.step_to(vn(15, 7))
    await catch_up(office)
    assert await ordinals(office, DeadlineSet) == [1, 2, 3, 4, 5]


async def test_deadlines_from_before_the_upgrade_become_the_first_of_their_series(office: DeadlineOffice) -> None:
    said = len(await office.said())
    await office.pool.execute("ALTER TABLE deadline DROP COLUMN series, DROP COLUMN occurrence, DROP COLUMN period; DROP TABLE series")
    state = msgspec.msgpack.decode(await office.pool.fetchval("SELECT state FROM dossier"), type=Dossier)
    # What the version before wrote of a dossier ends before its revision.
    old = msgspec.msgpack.encode(msgspec.to_builtins(state, builtin_types=(datetime, UUID))[:-1])
    await office.pool.execute("UPDATE dossier SET state = $1", old)
    await office.pool.execute(MIGRATION.read_text())
    await office.step_to(vn(20, 5))
    await office.take(report(3, vn(8)))
    await catch_up(office)
    events = [event.data for event in (await office.said())[said:]]
    assert [(type(each), each.deadline) for each in events] == [
        (DeadlineMet, FIRST),
        (DeadlineSet, uuid5(FIRST, "2")),
        (DeadlineSet, uuid5(FIRST, "3")),
        (DeadlineMissed, uuid5(FIRST, "2")),
    ]


async def _fire_and_die(office: DeadlineOffice) -> None:
    async with office.ledger.turn(0) as work:
        await office.timers.see_to(work, vn(20, 6), 500)
        raise RuntimeError("killed")


async def _tables(office: DeadlineOffice) -> list[list[str]]:
    """Return the rows of deadlines and dossiers."""
    return [
        [row["row"] for row in await office.pool.fetch(f"SELECT to_jsonb(t) AS row FROM {table} AS t ORDER BY 1")]  # noqa: S608
        for table in ("deadline", "progress", "dossier", "fact")
    ]
