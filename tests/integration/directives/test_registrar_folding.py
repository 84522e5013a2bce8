"""Whichever of the registrar's topics and partitions is read first: its tables come out the same."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.directives.registering import Registrar
from services.directives.registrar_rebuilding import fold_events, fold_verdicts, learn_inbox, plan_rebuild
from services.directives.verdicts import EVENTS, VERDICTS
from services.directives.waiting import Limits
from services.schemas import sources_of
from shared.journal.unit_of_work import UnitOfWork
from shared.migrations import migrate
from shared.postgres import connect, create_pool
from shared.rebuild.followers import keeping
from shared.rebuild.plan import ignore
from shared.streaming.follower import Handler
from shared.streaming.runs import Record
from tests.integration.directives.test_registrar_rebuild import RIGHTS, UNITS, live, take_names_over
from tests.support.records import FakeRecord
from tests.support.registrar_topics import OWN
from tests.support.registry import PARTITIONS, Office, open_office

FOLDS: dict[str, Handler] = {EVENTS: keeping(fold_events), VERDICTS: keeping(fold_verdicts), OWN: keeping(ignore)}
Step = tuple[Handler, FakeRecord]


@asynccontextmanager
async def shadow(dsn: str) -> AsyncIterator[Office]:
    """Open an empty schema beside the live one."""
    connection = await connect(dsn, schema="public")
    await migrate(connection, "shadow", sources_of("registrar"))
    await connection.close()
    pool = await create_pool(dsn, schema="shadow")
    try:
        yield Office(pool)
    finally:
        await pool.execute("DROP SCHEMA shadow CASCADE")
        await pool.close()


async def records_of(office: Office, topic: str) -> list[FakeRecord]:
    """Return what the relay sends."""
    return [_record(topic, row) for row in await office.journal(topic)]


def _record(topic: str, row: Any) -> FakeRecord:
    headers = [("position", str(row["position"]).encode()), ("cause", row["cause"].encode())]
    if row["hash"] is not None:
        headers += [("previoushash", row["previous_hash"].hex().encode()), ("hash", row["hash"].hex().encode())]
    return FakeRecord(topic, row["partition"], row["position"] - 1, 0, row["key"], row["value"], tuple(headers))


def interleaved(queues: Sequence[list[Step]], chance: random.Random) -> list[list[Step]]:
    """Return runs of one or two records, each queue's in order, in any order of the queues."""
    left = [list(queue) for queue in queues if queue]
    runs = []
    while left:
        queue = chance.choice(left)
        size = chance.randint(1, 2)
        runs.append(queue[:size])
        del queue[:size]
        left = [each for each in left if each]
    return runs


async def apply(office: Office, runs: Sequence[list[Step]]) -> None:
    for run in runs:
        async with office.ledger.turn(run[0][1].partition) as work:
            await run[0][0](work, [record for _, record in run])


@pytest.mark.parametrize("seed", range(6))
async def test_the_tables_come_out_the_same_in_any_order(database: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  repeatable, not secret
    async with open_office(database) as office, shadow(database) as made:
        await office.take(*UNITS)
        await office.take(RIGHTS)
        await live(office)
        await take_names_over(office)
        plan = plan_rebuild(sources_of("registrar"), PARTITIONS, office.read_clock, Limits())
        async with made.pool.acquire() as connection:
            await plan.prepare(connection)
        said: list[list[Step]] = [
            [(fold, record) for record in await records_of(office, topic) if record.partition == partition]
            for topic, fold in FOLDS.items()
            for partition in range(PARTITIONS)
        ]
        await apply(made, interleaved(said, chance))
        async with made.pool.acquire() as connection:
            await plan.settle(connection)
        learn = learning(office)
        received: list[list[Step]] = [[(learn, each) for each in office.inbox if each.partition == number] for number in range(PARTITIONS)]
        await apply(made, interleaved(received, chance))
        assert await made.tables() == await office.tables()
        assert await made.pool.fetchval("SELECT count(*) FROM contested") == 0


def learning(office: Office) -> Handler:
    """Return what learns the inbox."""
    registrar = Registrar(PARTITIONS, office.read_clock, Limits())

    async def learn(work: UnitOfWork, records: Sequence[Record]) -> None:
        await learn_inbox(work, records, registrar)

    return learn
