"""A late request for more time, through registrar, deadlines and registrar again: the answer becomes a fact, once."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.deadlines.handlers import INBOX
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause
from shared.contracts.extensions import ExtensionRefused
from shared.envelope import Event, decode
from tests.support import registry
from tests.support.deadline_office import DeadlineOffice, open_office
from tests.support.facts import COMMITTEE, DIRECTIVE, HOME_AFFAIRS, OFFICE, REQUEST, TASK, directive, event, requested, task, unit

NUMBERS = count(1)
CLAUSE = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
LATE = datetime(2021, 4, 17, 2, tzinfo=UTC)


@pytest.fixture
async def registrar(database: str) -> AsyncIterator[registry.Office]:
    async with registry.open_office(database) as office:
        yield office


@pytest.fixture
async def deadlines(database: str, registrar: registry.Office) -> AsyncIterator[DeadlineOffice]:  # noqa: ARG001  the database is one
    async with open_office(database) as office:
        await office.step_to(LATE)
        yield office


def sent(data: Contract, subject: UUID, key: UUID, at: datetime) -> Event:
    """Return a fact as it lies in the inbox."""
    return event(data, id=f"sent-{next(NUMBERS)}", subject=subject, key=key, received_at=at)


async def answers(office: DeadlineOffice) -> Sequence[Event]:
    rows = await office.pool.fetch("SELECT value FROM journal WHERE topic = $1 ORDER BY position", INBOX)
    return [decode(row["value"]) for row in rows]


async def test_a_late_request_is_refused_by_a_fact_of_the_deadlines_service(registrar: registry.Office, deadlines: DeadlineOffice) -> None:
    early = LATE - timedelta(days=10)
    for each, name in ((COMMITTEE, "1"), (HOME_AFFAIRS, "2"), (OFFICE, "3")):
        await registrar.take(sent(unit(code=f"H10.{name}", name=name), each, each, early))
    registrar.now = LATE
    await registrar.take(
        sent(directive(), DIRECTIVE, DIRECTIVE, early),
        sent(replace(task(), deadlines=(CLAUSE,)), TASK, DIRECTIVE, early),
        sent(requested(), REQUEST, DIRECTIVE, LATE),
    )  # fmt: skip
    facts = [each for each in await registrar.events() if each.partitionkey == str(DIRECTIVE)]
    assert [each.data.NAME for each in facts] == ["directive-issued", "task-assigned", "extension-requested"]
    await deadlines.take(*facts)
    [answer] = await answers(deadlines)
    for _ in range(2):
        await registrar.take(answer)
    facts = [each for each in await registrar.events() if each.partitionkey == str(DIRECTIVE)]
    assert [(type(each.data), each.version, each.publisher) for each in facts[3:]] == [(ExtensionRefused, 4, "deadlines")]
    assert await registrar.codes() == []
