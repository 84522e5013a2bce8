"""Deadlines come out of the topics again, wherever the story stands; and the service goes on as if nothing had been."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.infrastructure import Infrastructure
from services.deadlines.handlers import FACTS, INBOX, TOPIC
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from shared.contracts.extensions import ExtensionRefused
from tests.support.april_office import DAYS, TABLES, AprilOffice, open_april
from tests.support.own_topics import open_log

MID = len(DAYS) // 2


@pytest.fixture
async def office(town: str, alone: Infrastructure, request: Any) -> AsyncIterator[AprilOffice]:
    async with open_log(alone.kafka.bootstrap, FACTS, TOPIC, INBOX) as log, open_april(town, log, getattr(request, "param", 3)) as opened:
        yield opened


@pytest.mark.parametrize("office", [1, 2], indirect=True)
async def test_wherever_the_story_stands_all_tables_come_out_equal_and_the_story_goes_on(office: AprilOffice) -> None:
    for number, day in enumerate(DAYS):
        await office.live_until(day)
        if number in (1, MID, len(DAYS) - 1):
            before = await office.worker.tables(*TABLES, "series")
            rebuilt = await office.worker.rebuild(office.plan)
            assert (list(rebuilt.certificate.differences), rebuilt.certificate.reason, rebuilt.is_in_place) == ([], "", True)
            assert await office.worker.tables(*TABLES, "series") == before
    said = Counter(event.id for event in await office.said())
    assert max(said.values()) == 1
    kinds = {type(event.data) for event in await office.said()}
    assert kinds >= {DeadlineMissed, DeadlineMet, DeadlineApproaching, ExtensionRefused}
