"""Notices come out of the topics again, wherever the story stands; nobody is told anything twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from deploy.local.infrastructure import Infrastructure
from services.deadlines.handlers import FACTS, INBOX, TOPIC
from services.notifications.delivering.channel import Outcome
from services.notifications.delivering.claims import claim
from services.notifications.issuing import NOTIFICATIONS
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from shared.contracts.extensions import ExtensionRefused
from shared.contracts.notifications import NoticeAcknowledged, NoticeDelivered, NoticeEscalated, NoticeFailed, NoticeIssued
from shared.envelope import Event, decode
from shared.postgres import Pool
from tests.support.april_notices import KEPT, TOLD, AprilNotices, open_notices
from tests.support.april_office import DAYS, TABLES, AprilOffice
from tests.support.delivering import QUERIES as DELIVERING
from tests.support.delivering import deliveries
from tests.support.own_topics import open_log
from tests.support.waiting import eventually

MID = len(DAYS) // 2


@pytest.fixture
async def notices(town: str, alone: Infrastructure) -> AsyncIterator[AprilNotices]:
    async with (
        open_log(alone.kafka.bootstrap, FACTS, TOPIC, INBOX, NOTIFICATIONS) as log,
        open_notices(town, log, 3) as opened,
    ):
        await opened.know_contacts()
        yield opened


async def said(notices: AprilNotices) -> list[Event]:
    return [decode(row["value"]) for row in await notices.worker.journal()]


async def test_wherever_the_story_stands_all_tables_come_out_equal_and_the_story_goes_on(notices: AprilNotices) -> None:
    for number, day in enumerate(DAYS):
        await notices.live_until(day)
        if number in (1, MID, len(DAYS) - 1):
            await rebuild_equal(notices, *TOLD, *KEPT)
            await rebuild_equal(notices.office, *TABLES, "series")
    events, deadlines = await said(notices), await notices.office.said()
    assert max(Counter(event.id for event in [*events, *deadlines]).values()) == 1
    assert {type(event.data) for event in events} == {
        NoticeIssued, NoticeAcknowledged, NoticeDelivered, NoticeFailed, NoticeEscalated,
    }  # fmt: skip
    assert {type(event.data) for event in deadlines} >= {DeadlineMissed, DeadlineMet, DeadlineApproaching, ExtensionRefused}


async def rebuild_equal(service: AprilNotices | AprilOffice, *tables: str) -> None:
    """See that a rebuild is certified, and that its tables are the same row by row."""
    before = await service.worker.tables(*tables)
    rebuilt = await service.rebuild()
    assert (list(rebuilt.certificate.differences), rebuilt.certificate.reason, rebuilt.is_in_place) == ([], "", True)
    assert await service.worker.tables(*tables) == before


async def test_what_was_lost_with_the_database_is_told_again_and_nothing_twice(notices: AprilNotices) -> None:
    chance = Random(11)  # noqa: S311  chance that can be repeated
    for number, day in enumerate(DAYS[: MID + 1]):
        await notices.live_until(day, lambda _: chance.random() > 0.02)
        if number % 3 != 1:
            continue
        before = await notices.told()
        await notices.worker.drop()
        assert (await notices.rebuild()).is_in_place
        assert await notices.worker.rows("delivery") == []
        await notices.know_contacts()
        await notices.go_on()
        assert await notices.told() == before
        ids = Counter(event.id for event in await said(notices))
        assert max(ids.values(), default=1) == 1
    assert (await notices.rebuild()).certificate.is_clean


async def test_an_escalation_of_which_only_its_event_came_into_kafka_is_told(notices: AprilNotices) -> None:
    cut: set[int] = set()

    def keeps(row: Any) -> bool:
        """Keep what was published up to the first escalation of a partition."""
        is_kept = row["partition"] not in cut
        if isinstance(decode(row["value"]).data, NoticeEscalated):
            cut.add(row["partition"])
        return is_kept

    for day in DAYS[: MID + 1]:
        await notices.live_until(day, keeps)
    before = await notices.told()
    await notices.worker.drop()
    await notices.rebuild()
    escalated = {event.id for event in await said(notices) if isinstance(event.data, NoticeEscalated)}
    assert escalated
    await notices.go_on()
    assert await notices.told() == before
    assert {event.data.about for event in await said(notices) if isinstance(event.data, NoticeIssued)} >= escalated


async def test_an_old_backup_sends_nothing_again_that_has_ended_and_what_has_not_under_the_same_ids(notices: AprilNotices) -> None:
    for number, day in enumerate(DAYS[: MID + 2]):
        await notices.live_until(day)
        if number == MID - 1:
            await notices.worker.back_up()
    before = await notices.worker.tables(*TOLD)
    contacts = await notices.worker.tables("contact", "webhook_secret")
    sent = {row["delivery"]: row["state"] for row in await deliveries(notices.worker.pool)}
    ended = {row["delivery"] for row in await notices.worker.pool.fetch("SELECT delivery FROM delivery JOIN ending USING (notice)")}
    await notices.worker.restore()
    held = {row["delivery"] for row in await deliveries(notices.worker.pool)}
    refused = await notices.rebuild()
    assert (refused.is_in_place, "an old backup?" in refused.certificate.reason) == (False, True)
    arrived = list(notices.arrived)
    assert (await notices.rebuild(accepts_differences=True)).is_in_place
    assert notices.arrived == arrived
    assert await notices.worker.tables("contact", "webhook_secret") == contacts
    await notices.go_on()
    assert await notices.worker.tables(*TOLD) == before
    again = {row["delivery"]: row["state"] for row in await deliveries(notices.worker.pool)}
    assert again.keys() == {name for name in sent if name in held or name not in ended}
    assert {name for name, state in again.items() if state == "pending"} & ended == set()
    assert [name for name in again if name not in held]  # made after the backup, and still to be sent
    await notices.worker.pool.execute(DELIVERING["end_leases"])
    await notices.deliver()
    assert set(notices.arrived[len(arrived) :]) & ended == set()


async def test_a_courier_that_is_at_work_while_the_tables_are_replaced_loses_nothing_and_sends_nothing_twice(notices: AprilNotices) -> None:
    for day in DAYS[:3]:
        await notices.office.live_until(day)
        await notices.go_on()
    pool = notices.worker.pool
    async with pool.acquire() as connection, connection.transaction():
        [first, *_] = await claim(connection, {"mail": 1}, 30.0, 0)  # type: ignore[arg-type]
        rebuilding = asyncio.create_task(notices.rebuild())
        await eventually(lambda: waiting(pool, 1))
        others = asyncio.create_task(notices.claim())
        await eventually(lambda: waiting(pool, 2))
    assert (await rebuilding).is_in_place
    claimed = [first, *await others]
    assert len({each.delivery for each in claimed}) == len(claimed) > 2
    attempted = {row["delivery"] for row in await pool.fetch("SELECT delivery FROM attempt")}
    assert attempted == {each.delivery for each in claimed}
    await asyncio.gather(*(notices.end(each, Outcome("delivered", "250")) for each in claimed))
    assert {row["delivery"] for row in await deliveries(pool) if row["state"] == "delivered"} == attempted
    assert await notices.claim() == []


async def waiting(pool: Pool, count: int) -> bool:
    """Tell whether so many sessions wait for a table."""
    query = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
    return bool(await pool.fetchval(query) == count)
