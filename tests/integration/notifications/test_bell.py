"""Who waits for Kafka is woken by the relay's word, and by looking again where the word was lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.notifications import inbox
from services.notifications.handlers import DEADLINES
from services.notifications.inbox import Bell
from services.notifications.issuing import NOTIFICATIONS
from shared.journal.queries import QUERIES as JOURNAL
from tests.support.notice_office import Office
from tests.support.notices import approaching, event
from tests.support.waiting import eventually


@pytest.fixture
async def bell(migrated: str, office: Office) -> AsyncIterator[Bell]:
    await office.follow(DEADLINES, event(approaching(), "a-1"))
    bell = Bell(migrated)
    running = asyncio.create_task(bell.run())
    yield bell
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_event_that_is_not_in_kafka_is_waited_for_in_vain(bell: Bell) -> None:
    assert not await bell.wait_sent(0, 1, 0.2)


async def test_the_word_of_the_relay_is_enough(bell: Bell, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "POLL_SECONDS", 3_600.0)
    assert not await bell.wait_sent(0, 1, 0.5)

    async def is_sent() -> bool:
        await office.send()
        return await bell.wait_sent(0, 1, 0.5)

    assert await eventually(is_sent)


async def test_a_mark_that_moved_without_a_word_is_found_by_looking(bell: Bell, office: Office) -> None:
    waiting = asyncio.create_task(bell.wait_sent(0, 1, 10))
    await office.ledger.pool.execute(JOURNAL["mark_sent"], NOTIFICATIONS, 0, 1)
    assert await waiting
