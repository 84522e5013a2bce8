"""What an operator has applied again on the page of parked records has all the effects that it would have had with the worker."""

import httpx

from services.notifications.handlers import DEADLINES, DIRECTIVES
from shared.postgres import Pool
from shared.streaming.queries import QUERIES as STREAMING
from tests.support.notice_office import Office
from tests.support.notices import DIRECTIVE, MISSED_ID, event, issued, missed
from tests.support.people import add_person, csrf_of, sign_in
from tests.support.records import FakeRecord, record

SOURCE = "/services/deadlines"


async def park(pool: Pool, parked: FakeRecord) -> str:
    """Park a record as the worker does, and return its place."""
    await pool.execute(
        STREAMING["park"], parked.topic, parked.partition, parked.offset, parked.key, parked.value, [], [], "ValueError: once", False
    )
    return f"{parked.topic}/{parked.partition}/{parked.offset}"


async def retry(address: str, dsn: str, place: str) -> None:
    await add_person(dsn, "lan", "operator")
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        assert (await sign_in(client, "lan")).status_code == 303
        client.headers["X-CSRF-Token"] = await csrf_of(client)
        answer = await client.post("/parked/notifications/retry", data={"place": place})
    assert (answer.status_code, answer.headers["location"]) == (303, "/parked?told=retried&count=1")


async def test_a_miss_that_was_parked_is_escalated_once_it_is_applied_again(office: Office, desk: str, migrated: str) -> None:
    pool, data = office.ledger.pool, missed()
    await office.follow(DIRECTIVES, event(issued(), "d-1", subject=DIRECTIVE, key=DIRECTIVE, version=1))
    place = await park(pool, record(DEADLINES, 0, 5, event(data, MISSED_ID, subject=data.deadline, key=data.directive, source=SOURCE)))
    await retry(desk, migrated, place)
    planned = [row["deadline"] for row in await pool.fetch("SELECT deadline FROM escalation WHERE fire_at IS NOT NULL")]
    assert planned == [data.deadline]
