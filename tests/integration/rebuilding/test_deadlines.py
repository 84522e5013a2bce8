"""Deadlines come out of the topics again, wherever the story stands; and the service goes on as if nothing had been."""

import asyncio
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from deploy.local.infrastructure import Infrastructure
from services.deadlines.handlers import FACTS, INBOX, TOPIC
from shared.contracts.deadlines import DeadlineSet
from shared.contracts.extensions import ExtensionRefused
from shared.envelope import Event, decode
from tests.support.april_office import DAYS, TABLES, AprilOffice, open_april
from tests.support.command import Command
from tests.support.own_topics import PARTITIONS, open_log
from tests.support.waiting import eventually

MID = len(DAYS) // 2


@pytest.fixture
async def office(town: str, alone: Infrastructure, request: Any) -> AsyncIterator[AprilOffice]:
    async with open_log(alone.kafka.bootstrap, FACTS, TOPIC, INBOX) as log, open_april(town, log, getattr(request, "param", 3)) as opened:
        yield opened


async def test_what_was_lost_with_the_database_is_said_again_and_nothing_twice(office: AprilOffice) -> None:
    chance = Random(7)  # noqa: S311  chance that can be repeated
    for number, day in enumerate(DAYS[: MID + 1]):
        await office.live_until(day, lambda _: chance.random() > 0.04)
        if number % 3 != 1:
            continue
        before = await office.essence()
        lost = {event.id for event in await office.said() if isinstance(event.data, DeadlineSet)}
        await office.worker.drop()
        assert (await office.rebuild()).is_in_place
        await office.go_on()
        assert await office.essence() == before
        said = Counter(event.id for event in await office.said())
        assert (lost - said.keys(), max(said.values(), default=1)) == (set(), 1)
    assert (await office.rebuild()).certificate.is_clean
    assert {type(event.data) for event in await answers(office)} == {ExtensionRefused}


async def answers(office: AprilOffice) -> list[Event]:
    return [decode(row["value"]) for row in await office.worker.journal() if row["topic"] == INBOX]


async def test_an_answer_that_was_lost_alone_is_given_once_by_its_id(office: AprilOffice) -> None:
    for day in DAYS[:MID]:
        await office.live_until(day, lambda row: row["topic"] != INBOX)
    given = [event.id for event in await answers(office)]
    for _ in range(2):
        await office.worker.drop()
        await office.rebuild()
        assert given[0] in [event.id for event in await answers(office)]  # what it answers is not taken again
        await office.go_on()
        assert sorted(event.id for event in await answers(office)) == sorted(given)
    assert len(set(given)) == 2


async def test_an_old_backup_is_refused_and_replaced_where_that_is_accepted(office: AprilOffice) -> None:
    for day in DAYS[:MID]:
        await office.live_until(day)
        if day == DAYS[1]:
            await office.worker.back_up()
    await office.go_on()
    before = await office.worker.tables(*TABLES)
    await office.worker.restore()
    refused = await office.rebuild()
    assert (refused.is_in_place, "an old backup?" in refused.certificate.reason) == (False, True)
    assert (await office.rebuild(accepts_differences=True)).is_in_place
    await office.go_on()
    assert await office.worker.tables(*TABLES) == before


async def test_what_a_fact_has_set_comes_into_kafka_whole_though_the_database_was_lost_between(office: AprilOffice) -> None:
    await office.live_until(DAYS[0], lambda row: row["position"] == 1)
    before = await office.essence()
    await office.worker.drop()
    await office.rebuild()
    await office.go_on()
    assert len(before) > 2
    assert await office.essence() == before


async def test_a_rebuild_that_is_killed_at_any_moment_leaves_the_tables_whole_and_goes_on(office: AprilOffice, tmp_path: Path) -> None:
    for day in DAYS[:3]:
        await office.live_until(day)
    before = await office.worker.tables(*TABLES)
    told = {
        "DONDOC_KAFKA_BOOTSTRAP": office.worker.log.bootstrap, "DONDOC_POSTGRES_DSN": office.worker.dsn, "DONDOC_CLOCK": "stepped",
        "DONDOC_PARTITIONS": str(PARTITIONS),
    }  # fmt: skip
    chance = Random(13)  # noqa: S311  chance that can be repeated
    for _ in range(2):
        command = Command(tmp_path, "rebuild", "deadlines", **told)
        await eventually(lambda: has_shadow(office))
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(command.process.wait, chance.uniform(0, 1))
        command.process.kill()
        command.process.communicate()
        assert await office.worker.tables(*TABLES) == before
    assert (await office.rebuild()).certificate.is_clean
    assert await office.worker.tables(*TABLES) == before


async def has_shadow(office: AprilOffice) -> bool:
    return bool(await office.worker.pool.fetchval("SELECT to_regclass('deadlines_rebuild.checkpoint') IS NOT NULL"))
