"""The courier on a real PostgreSQL: what Kafka has, once to each contact, as often as it takes, whoever is slow or gone."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from services.notifications.contacts import Author, Contact, delete_contact, put_contact
from services.notifications.delivering.channel import Message, Outcome
from services.notifications.delivering.dispatch import ROOMS
from services.notifications.domain.retries import ATTEMPTS
from services.notifications.handlers import DEADLINES, DIRECTIVES
from shared.contracts.notifications import NoticeDelivered, NoticeFailed, NoticeIssued
from shared.postgres import Pool
from tests.support.delivering import (
    LATER,
    NEVER,
    PERHAPS,
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
from tests.support.notice_office import Office
from tests.support.notices import AT, COMMITTEE, HOME_AFFAIRS, approaching, assigned, event, missed, registered
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


async def test_a_notice_is_sent_and_its_delivery_journalled(office: Office, pool: Pool, migrated: str) -> None:
    notice = await mail_notice(office, FIRST, ADDRESS)
    channel = Scripted()
    async with delivering(pool, migrated, channel):
        [row] = await settled(pool)
    [message] = channel.seen
    assert (message.address, message.attempt, message.unit.code, message.notice.notice) == (ADDRESS, 1, CODE, notice.notice)
    assert (message.notice.title, message.notice.task, message.notice.issued_at) == (notice.title, notice.task, AT)
    assert (row["outcome"], row["attempts"], row["detail"], row["position"]) == ("delivered", 1, "250", 3)
    delivered, cause = (await office.published())[-1]
    assert delivered == NoticeDelivered(
        notice=notice.notice, recipient=HOME_AFFAIRS, directive=notice.directive, channel="mail", attempts=1, answer="250"
    )
    assert cause == f"delivery/{notice.notice}"
    assert await states(pool) == ["delivered"]
    assert await attempts(pool) == [(1, "delivered", "250")]


async def test_nothing_is_sent_before_kafka_has_it_and_at_once_when_it_does(office: Office, pool: Pool, migrated: str) -> None:
    await add_contact(pool, FIRST, HOME_AFFAIRS, ADDRESS)
    await office.follow(DIRECTIVES, ASSIGNED)
    await office.send(upto=1)
    channel = Scripted()
    async with delivering(pool, migrated, channel) as courier:

        async def has_looked() -> bool:
            return courier.is_ready

        await eventually(has_looked)
        assert (channel.seen, await attempts(pool)) == ([], [])
        await office.send(upto=2)
        await settled(pool, limit=0.9)  # sooner than the courier looks by itself
    assert len(channel.seen) == 1


async def test_several_contacts_get_one_id_and_the_first_that_takes_it_settles_it(office: Office, pool: Pool, migrated: str) -> None:
    await add_contact(pool, SECOND, HOME_AFFAIRS, OTHER)
    notice = await mail_notice(office, FIRST, ADDRESS)

    async def answer(message: Message) -> Outcome:
        seen.append(message)
        return TAKEN if message.contact == SECOND else LATER

    seen: list[Message] = []
    async with delivering(pool, migrated, Answering(answer)):
        await settled(pool)

        async def are_over() -> bool:
            return sorted(await states(pool)) == ["delivered", "failed"]

        await eventually(are_over)
    assert {each.notice.notice for each in seen} == {notice.notice}
    assert len([each for each in seen if each.contact == FIRST]) == ATTEMPTS
    told = [data for data, _ in await office.published() if not isinstance(data, NoticeIssued)]
    assert [type(each) for each in told] == [NoticeDelivered]


async def test_what_is_put_off_is_tried_again_with_the_same_id(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    channel = Scripted([LATER, PERHAPS, TAKEN])
    async with delivering(pool, migrated, channel):
        [row] = await settled(pool)
    assert (row["outcome"], row["attempts"]) == ("delivered", 3)
    assert await attempts(pool) == [(1, "deferred", "451"), (2, "unknown", "disconnected"), (3, "delivered", "250")]
    assert len({each.notice.notice for each in channel.seen}) == 1


@pytest.mark.parametrize(
    ("outcomes", "outcome", "tried", "reason"),
    [
        ([NEVER], "failed", 1, "550"),
        ([LATER], "failed", ATTEMPTS, "451"),
        ([PERHAPS], "unknown", ATTEMPTS, "disconnected"),
        ([PERHAPS, NEVER], "unknown", 2, "disconnected"),
    ],
)
async def test_what_is_not_taken_in_the_end_is_told_as_such(
    office: Office, pool: Pool, migrated: str, outcomes: list[Outcome], outcome: str, tried: int, reason: str
) -> None:
    notice = await mail_notice(office, FIRST, ADDRESS)
    async with delivering(pool, migrated, Scripted(outcomes)):
        await settled(pool)
    data, _ = (await office.published())[-1]
    assert isinstance(data, NoticeFailed)
    assert (data.notice, data.outcome, data.attempts, data.reason) == (notice.notice, outcome, tried, reason)
    assert await states(pool) == [outcome]


async def test_no_address_gets_into_the_log(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    async with delivering(pool, migrated, Scripted([NEVER])):
        await settled(pool)
    assert "@" not in str(await office.published())
    [detail] = [row["detail"] for row in await pool.fetch(QUERIES["list_attempts"])]
    assert "@" in detail  # the office may look it up


async def test_the_wait_before_the_next_attempt_is_the_schedules(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    asked = Outcome("deferred", "451", "", timedelta(hours=3))
    async with delivering(pool, migrated, Scripted([LATER, asked]), scale=1.0):
        for low, high in ((4, 6), (3 * 3600, 3 * 3600)):

            async def is_put_off() -> float:
                row = await pool.fetchrow("SELECT extract(epoch FROM next_at - now()) AS s FROM delivery WHERE leased_until IS NULL")
                return float(row["s"]) if row and row["s"] > 1 else 0

            wait = await eventually(is_put_off)
            assert low - 2 <= wait <= high
            before = len(await attempts(pool))
            await pool.execute("UPDATE delivery SET next_at = now()")
            await pool.execute("SELECT pg_notify('dondoc_deliveries', '')")

            async def has_begun(number: int = before) -> bool:
                return len(await attempts(pool)) > number

            await eventually(has_begun)


async def test_a_contact_that_was_changed_gets_what_is_pending_at_once(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    channel = Scripted([LATER, TAKEN])
    async with delivering(pool, migrated, channel, scale=100.0):

        async def is_put_off() -> bool:
            return bool(channel.seen) and (await deliveries(pool))[0]["leased_until"] is None

        await eventually(is_put_off)
        changed = Contact(id=FIRST, kind="mail", value=OTHER, label=None, changed_at=AT)
        await put_contact(pool, HOME_AFFAIRS, changed, ACTOR)
        await settled(pool)
    assert [each.address for each in channel.seen] == [ADDRESS, OTHER]


async def test_what_is_pending_for_a_contact_that_is_gone_is_withdrawn(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    channel = Scripted([LATER])
    async with delivering(pool, migrated, channel, scale=100.0):

        async def is_put_off() -> bool:
            return bool(channel.seen) and (await deliveries(pool))[0]["leased_until"] is None

        await eventually(is_put_off)
        await delete_contact(pool, HOME_AFFAIRS, FIRST, ACTOR)
        [row] = await settled(pool)
    assert (row["outcome"], row["attempts"], row["detail"]) == ("failed", 1, "there is no such contact any more, or it is disabled")
    assert await states(pool) == ["withdrawn"]
    assert len(channel.seen) == 1


async def test_a_slow_server_holds_up_nobody_else(office: Office, pool: Pool, migrated: str) -> None:
    await add_contact(pool, HOOK, HOME_AFFAIRS, URL, "webhook")
    await add_contact(pool, OTHER_HOOK, COMMITTEE, OTHER_URL, "webhook")
    facts = [event(approaching(left=3), f"a-{number}") for number in range(20)]
    await office.follow(DEADLINES, *facts)
    await office.follow(DEADLINES, *[event(approaching(lead=COMMITTEE), f"b-{number}") for number in range(20)])
    await office.send()
    let_go, hanging, quick = asyncio.Event(), 0, 0

    async def answer(message: Message) -> Outcome:
        nonlocal hanging, quick
        if message.address == URL:
            hanging += 1
            await let_go.wait()
        else:
            quick += 1
        return TAKEN

    async with delivering(pool, migrated, Answering(answer, "webhook")):

        async def are_through() -> bool:
            return quick == 20

        await eventually(are_through)
        assert hanging == ROOMS["webhook"]
        let_go.set()
        await settled(pool, 40)


async def test_only_the_channels_that_are_there_are_served(office: Office, pool: Pool, migrated: str) -> None:
    await add_contact(pool, HOOK, HOME_AFFAIRS, URL, "webhook")
    await mail_notice(office, FIRST, ADDRESS)
    async with delivering(pool, migrated, Scripted(kind="webhook")):
        await settled(pool)
    assert {row["kind"]: row["state"] for row in await deliveries(pool)} == {"mail": "pending", "webhook": "delivered"}


async def test_a_message_names_what_came_before_it_about_the_same_task(office: Office, pool: Pool, migrated: str) -> None:
    await mail_notice(office, FIRST, ADDRESS)
    await office.follow(DEADLINES, event(approaching(), "a-1"), event(missed(), "m-1"))
    await office.send()
    channel = Scripted()
    async with delivering(pool, migrated, channel):
        await settled(pool, 3)
    order = sorted(channel.seen, key=lambda each: len(each.earlier))
    assert [each.notice.rule for each in order] == ["task-assigned", "deadline-approaching", "deadline-missed"]
    assert [each.earlier for each in order] == [tuple(each.notice.notice for each in order[:number]) for number in range(3)]
