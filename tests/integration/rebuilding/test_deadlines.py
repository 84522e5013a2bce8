"""Deadlines come out of the topics again, wherever the story stands; and the service goes on as if nothing had been."""

from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from deploy.local.infrastructure import Infrastructure
from services.deadlines.handlers import FACTS, INBOX, TOPIC
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineSet
from shared.contracts.extensions import ExtensionRefused
from shared.envelope import Event, decode
from tests.support.april_office import DAYS, TABLES, AprilOffice, open_april
from tests.support.own_topics import open_log

MID = len(DAYS) // 2


@pytest.fixture
async def office(town: str, alone: Infrastructure, request: Any) -> AsyncIterator[AprilOffice]:
    async with open_log(alone.kafka.bootstrap, FACTS, TOPIC, INBOX) as log, open_april(town, log, getattr(request, "param", 3)) as opened:
        yield opened


async def test_wherever_the_story_stands_all_tables_come_out_equal_and_the_story_goes_on(office: AprilOffice) -> None:
    for number, day in enumerate(DAYS):
        await office.live_until(day)
        if number in (1, MID, len(DAYS) - 1):
            before = await office.worker.tables(*TABLES, "series")
            rebuilt = await office.rebuild()
            assert (list(rebuilt.certificate.differences), rebuilt.certificate.reason, rebuilt.is_in_place) == ([], "", True)
            assert await office.worker.tables(*TABLES, "series") == before
    said = Counter(event.id for event in await office.said())
    assert max(said.values()) == 1
    kinds = {type(event.data) for event in await office.said()}
    assert kinds >= {DeadlineMissed, DeadlineMet, DeadlineApproaching, ExtensionRefused}


async def test_what_was_lost_with_the_database_is_said_again_and_nothing_twice(office: AprilOffice) -> None:
    chance = Random(7)  # noqa: S311  chance that can be repeated
    for number, day in enumerate(DAYS):
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
    given = await answers(office)
    for _ in range(2):
        await office.worker.drop()
        await office.rebuild()
        assert [(event.id, event.data) for event in await answers(office)] == [(event.id, event.data) for event in given]
        await office.worker.send()
    assert len(given) == 2


async def test_an_old_backup_is_refused_and_replaced_where_that_is_accepted(office: AprilOffice) -> None:
    for day in DAYS[:MID]:
        await office.live_until(day)
        if day == DAYS[1]:
            await office.worker.back_up()
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
