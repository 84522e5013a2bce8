"""Leases on a real PostgreSQL: one courier at a time tries a delivery, whoever is stopped, too slow or gone."""

import asyncio
from uuid import UUID

import pytest

from services.notifications.contacts import Author
from services.notifications.delivering import dispatch
from services.notifications.delivering.channel import Message, Outcome
from services.notifications.delivering.claims import Lane, find_lanes
from services.notifications.delivering.dispatch import ROOMS
from services.notifications.domain.retries import ATTEMPTS
from services.notifications.handlers import DEADLINES, DIRECTIVES
from shared.postgres import Pool
from tests.support.delivering import (
    LATER,
    NEVER,
    QUERIES,
    TAKEN,
    Answering,
    Scripted,
    add_contact,
    attempts,
    deliveries,
    delivering,
    mail_notice,
    settled,
    states,
)
from tests.support.notice_office import QUERIES as OFFICE_QUERIES
from tests.support.notice_office import Office
from tests.support.notices import HOME_AFFAIRS, approaching, assigned, event, registered
from tests.support.waiting import eventually

FIRST, SECOND, HOOK, OTHER_HOOK = (UUID(f"c4000000-0000-4000-8000-00000000000{number}") for number in (1, 2, 3, 4))
ADDRESS, OTHER = "a@phuoclong.example.gov.vn", "b@phuoclong.example.gov.vn"
URL, OTHER_URL = "https://slow.example.gov.vn/dondoc", "https://quick.example.gov.vn/dondoc"
ASSIGNED = event(assigned(), "t-1")
CODE = "H10.21.3"
ACTOR = Author("service:test", None)


@pytest.fixture
async def office(office: Office) -> Office:
    """Return an office that issues by mail and webhook, to a unit that it knows."""
    office.channels = ("mail", "webhook")
    await office.follow(DIRECTIVES, event(registered(CODE, "Phòng Nội vụ"), "u-1", subject=HOME_AFFAIRS, key=HOME_AFFAIRS, version=1))
    return office


async def test_two_couriers_send_each_once(office: Office, pool: Pool, migrated: str) -> None:
    await add_contact(pool, HOOK, HOME_AFFAIRS, URL, "webhook")
    await office.follow(DEADLINES, *[event(approaching(), f"a-{number}") for number in range(60)])
    await office.send()
    one, other = Scripted(kind="webhook"), Scripted(kind="webhook")
    async with delivering(pool, migrated, one), delivering(pool, migrated, other):
        rows = await settled(pool, 60)
    seen = [each.notice.notice for each in (*one.seen, *other.seen)]
    assert len(seen) == len(set(seen)) == len(rows) == 60


async def test_webhooks_go_on_while_what_came_of_others_waits_to_be_written_down(office: Office, pool: Pool, migrated: str) -> None:
    count = 3 * ROOMS["webhook"]
    await add_contact(pool, HOOK, HOME_AFFAIRS, URL, "webhook")
    await office.follow(DEADLINES, *[event(approaching(), f"a-{number}") for number in range(count)])
    await office.send()
    channel = Scripted(kind="webhook")

    async def are_all_sent() -> bool:
        return len(channel.seen) == count

    async with delivering(pool, migrated, channel):
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT FROM partition FOR UPDATE")
            await eventually(are_all_sent)
            assert set(await states(pool)) == {"pending"}
        await settled(pool, count)
    assert len(channel.seen) == count


async def test_no_more_are_held_than_may_come_again_after_a_crash(
    office: Office, pool: Pool, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the bound nothing more is begun, on any channel, until what came of others is written down."""
    monkeypatch.setattr(dispatch, "HELD", 6)
    await add_contact(pool, HOOK, HOME_AFFAIRS, URL, "webhook")
    await add_contact(pool, OTHER_HOOK, HOME_AFFAIRS, OTHER_URL, "webhook")
    await add_contact(pool, FIRST, HOME_AFFAIRS, ADDRESS)
    await office.follow(DEADLINES, *[event(approaching(), f"a-{number}") for number in range(8)])
    await office.send()
    hooks, mails, looks = Scripted(kind="webhook"), Scripted(), 0

    async def find_lanes_and_count(pool: Pool) -> list[Lane]:
        nonlocal looks
        looks += 1
        return await find_lanes(pool)

    monkeypatch.setattr(dispatch, "find_lanes", find_lanes_and_count)
    async with delivering(pool, migrated, hooks, mails):
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT FROM partition FOR UPDATE")

            async def are_as_many_as_may_be() -> bool:
                return len(hooks.seen) + len(mails.seen) >= 6

            await eventually(are_as_many_as_may_be)
            looks_then = looks

            async def has_looked_twice() -> bool:
                return looks > looks_then + 1

            await eventually(has_looked_twice)
            assert len(hooks.seen) + len(mails.seen) == len(await attempts(pool)) == 6

        async def are_all_delivered() -> bool:
            return await states(pool) == ["delivered"] * 24

        await eventually(are_all_delivered)
    assert (len(hooks.seen), len(mails.seen)) == (16, 8)


async def test_a_stop_finishes_what_is_under_way_and_begins_nothing(office: Office, pool: Pool, migrated: str) -> None:
    await add_contact(pool, SECOND, HOME_AFFAIRS, OTHER)
    await mail_notice(office, FIRST, ADDRESS)
    begun, let_go = asyncio.Event(), asyncio.Event()

    async def answer(_message: Message) -> Outcome:
        begun.set()
        await let_go.wait()
        return TAKEN

    async with delivering(pool, migrated, Answering(answer)) as courier:
        await begun.wait()
        courier.stop()
        let_go.set()
    assert await attempts(pool) == [(1, "delivered", "250")]
    assert sorted(await states(pool)) == ["delivered", "pending"]


async def test_a_stop_cuts_off_what_takes_too_long_and_says_so(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    begun = asyncio.Event()

    async def answer(_message: Message) -> Outcome:
        begun.set()
        await asyncio.Event().wait()
        return TAKEN

    async with delivering(pool, migrated, Answering(answer), stop=0.1):
        await begun.wait()
    assert await attempts(pool) == [(1, "unknown", "stopped")]
    [row] = await deliveries(pool)
    assert (row["state"], row["leased_until"]) == ("pending", None)


async def test_an_attempt_that_takes_too_long_is_unknown(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    tried = 0

    async def answer(_message: Message) -> Outcome:
        nonlocal tried
        tried += 1
        if tried == 1:
            await asyncio.Event().wait()
        return TAKEN

    async with delivering(pool, migrated, Answering(answer), patience=0.1):
        await settled(pool)
    assert await attempts(pool) == [(1, "unknown", "timeout"), (2, "delivered", "250")]


async def test_a_fault_of_a_channel_is_an_attempt_that_nobody_knows_of(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)

    async def answer(message: Message) -> Outcome:
        if message.attempt == 1:
            raise ZeroDivisionError
        return TAKEN

    async with delivering(pool, migrated, Answering(answer)):
        await settled(pool)
    assert await attempts(pool) == [(1, "unknown", "error"), (2, "delivered", "250")]


async def test_a_lease_that_ran_out_is_taken_over_and_who_held_it_is_heard_all_the_same(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    begun, let_go = asyncio.Event(), asyncio.Event()

    async def slow(_message: Message) -> Outcome:
        begun.set()
        await let_go.wait()
        return TAKEN

    async with delivering(pool, migrated, Answering(slow)):
        await begun.wait()
        await pool.execute(QUERIES["end_leases"])
        async with delivering(pool, migrated, Scripted([LATER]), scale=100.0):

            async def is_put_off() -> bool:
                return len(await attempts(pool)) == 2 and (await deliveries(pool))[0]["leased_until"] is None

            await eventually(is_put_off)
            let_go.set()
            [row] = await settled(pool)
    assert (row["outcome"], row["attempts"]) == ("delivered", 1)
    assert await attempts(pool) == [(1, "delivered", "250"), (2, "deferred", "451")]


async def test_whoever_lost_the_lease_puts_nothing_off(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    begun, let_go, second = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(message: Message) -> Outcome:
        begun.set()
        await (let_go if message.attempt == 1 else second).wait()
        return NEVER if message.attempt == 1 else TAKEN

    async with delivering(pool, migrated, Answering(slow)):
        await begun.wait()
        await pool.execute(QUERIES["end_leases"])
        async with delivering(pool, migrated, Answering(slow)):

            async def is_taken_over() -> bool:
                return len(await attempts(pool)) == 2

            await eventually(is_taken_over)
            let_go.set()

            async def is_written() -> bool:
                return ("refused") in {outcome for _, outcome, _ in await attempts(pool)}

            await eventually(is_written)
            assert await states(pool) == ["pending"]
            second.set()
            [row] = await settled(pool)
    assert (row["outcome"], row["attempts"]) == ("delivered", 2)


async def test_the_last_attempt_that_never_ended_leaves_the_notice_unknown(office: Office, pool: Pool, migrated: str) -> None:
    notice = await mail_notice(office, FIRST, ADDRESS)
    await pool.execute("UPDATE delivery SET attempts = $1", ATTEMPTS)
    await pool.execute("INSERT INTO attempt (delivery, number, started_at) SELECT delivery, attempts, now() FROM delivery")
    channel = Scripted()
    async with delivering(pool, migrated, channel):
        [row] = await settled(pool)
    assert (row["notice"], row["outcome"], row["attempts"]) == (notice.notice, "unknown", ATTEMPTS)
    assert channel.seen == []


async def test_a_database_that_was_away_is_waited_for(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)

    async def answer(_message: Message) -> Outcome:
        await pool.execute(OFFICE_QUERIES["end_other_connections"])
        return TAKEN

    async with delivering(pool, migrated, Answering(answer)):
        await settled(pool)
    assert await attempts(pool) == [(1, "delivered", "250")]
