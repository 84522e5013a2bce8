"""The hand on the office clock notes what it shows at most, also after a jump; what came over Kafka gets its place in the inbox."""

from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.chaos.database import Database
from deploy.chaos.evidence import INBOX, Accepted, Evidence, Message
from deploy.chaos.lives import BEGIN
from deploy.chaos.office_clock import OfficeClock
from deploy.chaos.run import placed
from deploy.chaos.traffic import NOWHERE
from deploy.chaos.workload import SPAN

DAY = timedelta(days=1)


class Row(Database):
    """The clock's row: it takes any instant."""

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        assert "office_clock" in query
        assert len(arguments) == 1
        return []


async def moved(*steps: timedelta, jump: timedelta = DAY) -> list[timedelta]:
    """Return what was noted, as time since the beginning, of a jump and then steps."""
    clock = OfficeClock("nowhere", Row("nowhere"))
    await clock.begin()
    await clock.jump(jump)
    for step in steps:
        await clock.step(BEGIN + step)
    return [step.instant - BEGIN for step in clock.steps]


async def test_after_a_jump_the_clock_stands_until_the_facts_have_caught_up() -> None:
    assert await moved(DAY / 2, 2 * DAY) == [timedelta(), DAY, DAY, 2 * DAY]


async def test_a_jump_does_not_leave_the_month() -> None:
    assert await moved(jump=90 * DAY) == [timedelta(), SPAN]


def test_an_agency_s_fact_is_where_the_forwarder_first_put_it() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    evidence = Evidence(topics={INBOX: [Message(INBOX, 2, offset, at, b"{}", {}, origin="publishers.a.v1/0/7") for offset in (5, 6)]})
    facts = [Accepted("f", "k", 1, NOWHERE, "registered", f"publishers.a.v1/0/{offset}") for offset in (7, 8)]
    assert [fact.place for fact in placed(facts, evidence)] == [(2, 5), NOWHERE]
