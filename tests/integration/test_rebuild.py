"""A service's tables come out of the topics again: equal, beside a system that goes on, and whatever dies on the way."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from deploy.bench.facts import units
from shared.errors import FatalError
from shared.journal.unit_of_work import Ledger
from shared.migrations import migrate
from shared.postgres import connect
from shared.rebuild.parts import Parts
from shared.rebuild.schemas import Schemas, open_schemas
from tests.support.rebuilding import Office, directives, open_office
from tests.support.waiting import eventually


@pytest.fixture
async def office(database: str, bootstrap: str, topics: Callable[..., str]) -> AsyncIterator[Office]:
    async with open_office(database, bootstrap, topics("events"), topics("deadlines")) as opened:
        await opened.log.write([*units(), *directives(0, 20)])
        yield opened


async def test_a_dropped_schema_comes_back_whole(office: Office) -> None:
    rebuilt = await office.rebuild()
    assert (rebuilt.is_in_place, rebuilt.records, list(rebuilt.certificate.entries)) == (True, 200 + 20 * 13 + 20 * 5, [])
    async with office.live() as live:
        assert await live.fetchval("SELECT count(*) FROM task") == 80
        assert await live.fetchval("SELECT count(*) FROM task_deadline") == 100
        assert await live.fetchval("SELECT count(*) FROM pg_indexes WHERE schemaname = 'directives' AND indexdef LIKE '%gin%'") > 0
        assert await live.fetchval("SELECT count(*) FROM pg_class WHERE relname = 'late_index'") == 0
        assert await live.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'directives%'") == 1


async def test_a_rebuild_certifies_every_table_and_partition(office: Office) -> None:
    await office.rebuild()
    await office.log.write(directives(20, 5))
    rebuilt = await office.rebuild()
    entries = {(entry.table, entry.partition) for entry in rebuilt.certificate.entries}
    assert {partition for table, partition in entries if table == "task"} == {0, 1, 2, 3}
    assert {table for table, _ in entries} >= {"unit", "unit_name", "directive", "task", "plan", "plan_item", "fact", "deadline_event"}
    assert rebuilt.certificate.differences == []
    async with office.live() as live:
        assert await live.fetchval("SELECT count(*) FROM directive") == 25  # what came after the certified place is there, too


async def test_tables_that_differ_are_not_put_in_place_until_that_is_accepted(office: Office) -> None:
    await office.rebuild()
    async with office.live() as live:
        task = await live.fetchval("SELECT id FROM task ORDER BY id LIMIT 1")
        await live.execute("UPDATE task SET content = 'changed by hand' WHERE id = $1", task)
        rebuilt = await office.rebuild()
        assert (rebuilt.is_in_place, [entry.table for entry in rebuilt.certificate.differences]) == (False, ["task"])
        assert await live.fetchval("SELECT content FROM task WHERE id = $1", task) == "changed by hand"
        rebuilt = await office.rebuild(accepts_differences=True)
        assert (rebuilt.is_in_place, rebuilt.records) == (True, 0)
        assert "going on with what an earlier rebuild has left" in office.said
        assert await live.fetchval("SELECT content FROM task WHERE id = $1", task) != "changed by hand"


async def test_two_rebuilds_of_one_service_do_not_run_at_a_time(office: Office) -> None:
    ended = await asyncio.gather(office.rebuild(), office.rebuild(), return_exceptions=True)
    assert sorted(type(each).__name__ for each in ended) == ["Rebuilt", "UnavailableError"]


async def test_what_is_written_meanwhile_goes_on_and_is_in_the_new_tables(office: Office) -> None:
    await office.rebuild()
    async with office.live() as pool:
        ledger = Ledger(pool)
        rebuilding = asyncio.create_task(office.rebuild())
        turns = 0
        while not rebuilding.done():
            async with ledger.turn(0):
                turns += 1
        assert (await rebuilding).is_in_place
        before = await pool.fetchval("SELECT turn FROM partition WHERE partition = 0")
        assert before > turns
        async with ledger.turn(0) as work:
            assert await work.connection.fetchval("SELECT current_schema()") == "directives"
        assert await pool.fetchval("SELECT turn FROM partition WHERE partition = 0") == before + 1


async def test_a_writer_that_waits_while_the_tables_are_replaced_takes_its_turn_at_the_new_ones(office: Office) -> None:
    await office.rebuild()
    async with office.live() as pool, open_schemas(office.plan, office.dsn) as schemas:
        ledger = Ledger(pool)
        await schemas.make_shadow(afresh=True)
        async with ledger.turn(0) as first:
            first.memory["known"] = True
        # Held and not changed, so that who waits first is served first.
        async with pool.acquire() as holder, holder.transaction():
            await holder.execute("SELECT turn FROM partition WHERE partition = 0 FOR UPDATE")
            replacing = asyncio.create_task(replace(schemas))
            await eventually(lambda: waiting(pool, 1))
            entered, leaving = asyncio.Event(), asyncio.Event()
            writing = asyncio.create_task(hold_turn(ledger, entered, leaving))
            await eventually(lambda: waiting(pool, 2))
        await asyncio.wait_for(entered.wait(), 10)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await pool.fetchval("SELECT turn FROM directives.partition WHERE partition = 0 FOR UPDATE NOWAIT")
        leaving.set()
        assert await writing == {}  # what the process knew was of the tables that are gone
        await replacing


async def replace(schemas: Schemas) -> None:
    async with schemas.held() as held:
        await schemas.take_place(held, ())


async def waiting(pool: asyncpg.Pool, count: int) -> bool:
    """Tell whether so many sessions wait for a row."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await pool.fetchval(query) == count)


async def hold_turn(ledger: Ledger, entered: asyncio.Event, leaving: asyncio.Event) -> dict[str, object]:
    """Hold a partition's turn until told to leave it, and return what the process remembered in it."""
    async with ledger.turn(0) as work:
        entered.set()
        await leaving.wait()
        return dict(work.memory)


async def test_what_an_operator_has_discarded_stays_discarded(office: Office) -> None:
    await office.rebuild()
    async with office.live() as live:
        last = await live.fetchval("SELECT next_offset - 1 FROM checkpoint WHERE topic = $1 AND partition = 1", office.log.events)
        decided = "INSERT INTO parked_decision (topic, partition, kafka_offset, decision, decided_by, why) VALUES ($1, 1, $2, $3, $4, $5)"
        await live.execute(decided, office.log.events, last, "discarded", "operator", "sent by mistake")
        facts = await live.fetchval("SELECT count(*) FROM fact")
        rebuilt = await office.rebuild(accepts_differences=True)
        assert rebuilt.certificate.differences
        assert await live.fetchval("SELECT count(*) FROM fact") == facts - 1
        assert await live.fetchval("SELECT count(*) FROM parked_decision WHERE decision = 'discarded'") == 1
        assert await live.fetchval("SELECT count(*) FROM parked") == 0


async def test_what_is_parked_is_compared_and_what_was_discarded_since_a_rebuild_was_broken_off_is_not_parked_again(office: Office) -> None:
    await office.rebuild()
    late = directives(20, 1)
    await office.log.append(office.log.events, late[0].partitionkey, b"not an event", [])
    await office.log.write(late)
    async with office.live() as live:
        await office.rebuild()
        parked = await live.fetchval("SELECT count(*) FROM parked")
        assert parked > len(late)
        first = await live.fetchrow("DELETE FROM parked RETURNING topic, partition, kafka_offset")
        assert first is not None
        refused = await office.rebuild()
        assert (refused.is_in_place, [entry.table for entry in refused.certificate.differences]) == (False, ["parked"])
        decided = "INSERT INTO parked_decision (topic, partition, kafka_offset, decision, decided_by, why) VALUES ($1, $2, $3, $4, $5, $6)"
        await live.execute(decided, *first, "discarded", "operator", "unreadable")
        office.said.clear()
        assert (await office.rebuild(accepts_differences=True)).is_in_place
        assert "going on with what an earlier rebuild has left" not in office.said
        assert await live.fetchval("SELECT count(*) FROM parked") == 0


async def test_a_rebuild_that_was_broken_off_goes_on_where_it_was(office: Office, database: str) -> None:
    await office.log.write(directives(20, 300))
    broken = asyncio.create_task(office.rebuild())
    connection = await connect(database, schema="directives_rebuild")

    async def is_under_way() -> bool:
        try:
            return bool(await connection.fetchval("SELECT sum(next_offset) > 0 FROM checkpoint"))
        except asyncpg.UndefinedTableError:
            return False

    try:
        await eventually(is_under_way, every=0.005)
        broken.cancel()
        await asyncio.wait([broken])
        applied = await connection.fetchval("SELECT sum(next_offset) FROM checkpoint")
    finally:
        await connection.close()
    rebuilt = await office.rebuild()
    assert (rebuilt.is_in_place, rebuilt.records) == (True, 200 + 320 * 13 + 320 * 5 - applied)
    assert "going on with what an earlier rebuild has left" in office.said


async def test_tables_that_came_out_of_other_topics_are_replaced_only_where_that_is_accepted(office: Office) -> None:
    await office.rebuild()
    async with office.live() as live:
        await live.execute("UPDATE checkpoint SET topic_id = '00000000-0000-0000-0000-000000000001' WHERE topic LIKE '%events'")
        refused = await office.rebuild()
        assert (refused.is_in_place, refused.certificate.reason.partition(" than ")[0]) == (
            False,
            "the live tables came out of other topics",
        )
        await live.execute("UPDATE checkpoint SET next_offset = next_offset + 1")
        assert (await office.rebuild(accepts_differences=True)).is_in_place
        assert await live.fetchval("SELECT count(*) FROM directive") == 20


async def test_a_rebuild_that_was_killed_before_it_put_off_indexes_goes_on(office: Office) -> None:
    connection = await connect(office.dsn, schema="public")
    try:
        await migrate(connection, office.plan.shadow, office.plan.sources)
    finally:
        await connection.close()
    assert (await office.rebuild()).is_in_place


async def test_much_is_read_by_several_processes_and_what_one_of_them_cannot_go_on_for_is_told(office: Office) -> None:
    parts = Parts(office.make_plan, office.environment, frozenset(), office.counted.append)
    async with open_schemas(office.plan, office.dsn) as schemas:
        await schemas.make_shadow(afresh=True)
        read = office.ends()
        await office.begin()
        await parts.read(dict.fromkeys(read, 0), read)
        assert sum(office.counted) == 200 + 20 * 13 + 20 * 5
        office.log.positions[office.log.events, 3] += 1
        await office.log.write(directives(20, 20))
        with pytest.raises(FatalError, match="events are missing from the topic"):
            await parts.read(read, office.ends())
    assert office.counted[-1] > 0
