"""Notices beside the inbox: who has a contact is told there, too, once, and who gets one later is not told again of the old."""

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.notifications.domain.deliveries import delivery_id
from services.notifications.handlers import DEADLINES, DIRECTIVES
from services.notifications.issuing import NOTIFICATIONS
from shared.contracts.notifications import Invitation, NoticeIssued
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled
from shared.journal.queries import QUERIES as JOURNAL
from shared.postgres import Pool
from tests.support.delivering import add_contact, deliveries
from tests.support.notice_office import Office
from tests.support.notices import (
    CONFERENCE,
    DIRECTIVE,
    HOME_AFFAIRS,
    MISSED_ID,
    OFFICE,
    approaching,
    assigned,
    event,
    issued,
    met,
    missed,
    scheduled,
)

FIRST, SECOND, HOOK = (UUID(f"c4000000-0000-4000-8000-00000000000{number}") for number in (1, 2, 3))
ASSIGNED = event(assigned(coordinating=(OFFICE,)), "t-1")


@pytest.fixture
def office(office: Office) -> Office:
    office.channels = ("mail", "webhook")
    return office


async def notices(office: Office) -> list[NoticeIssued]:
    return [data for data, _ in await office.published() if isinstance(data, NoticeIssued)]


async def told(office: Office) -> list[tuple[UUID, str]]:
    return [(each.recipient, each.channel) for each in await notices(office)]


async def test_a_unit_is_told_in_its_inbox_and_on_each_channel_once(office: Office, pool: Pool) -> None:
    await add_contact(pool, FIRST, HOME_AFFAIRS, "a@phuoclong.example.gov.vn")
    await add_contact(pool, SECOND, HOME_AFFAIRS, "b@phuoclong.example.gov.vn")
    await add_contact(pool, HOOK, HOME_AFFAIRS, "https://hooks.example.gov.vn/dondoc", "webhook")
    await office.follow(DIRECTIVES, ASSIGNED)
    assert await told(office) == [(HOME_AFFAIRS, "inbox"), (HOME_AFFAIRS, "mail"), (HOME_AFFAIRS, "webhook"), (OFFICE, "inbox")]
    made = await notices(office)
    assert len({each.notice for each in made}) == 4
    assert {(each.title, each.body, each.about) for each in made[:3]} == {(made[0].title, made[0].body, made[0].about)}
    rows = await deliveries(pool)
    mail, hook = made[1].notice, made[2].notice
    assert [(row["notice"], row["contact"], row["position"]) for row in rows] == [(mail, FIRST, 2), (mail, SECOND, 2), (hook, HOOK, 3)]
    assert [row["delivery"] for row in rows] == [delivery_id(mail, FIRST), delivery_id(mail, SECOND), delivery_id(hook, HOOK)]
    assert [row["lane"] for row in rows] == ["mail", "mail", "webhook hooks.example.gov.vn:443"]


async def test_who_gets_a_contact_later_is_not_told_again_of_the_old(office: Office, pool: Pool) -> None:
    await office.follow(DIRECTIVES, ASSIGNED)
    await add_contact(pool, FIRST, HOME_AFFAIRS, "a@phuoclong.example.gov.vn")
    await office.follow(DIRECTIVES, ASSIGNED, offsets=[0])
    assert await told(office) == [(HOME_AFFAIRS, "inbox"), (OFFICE, "inbox")]
    await office.follow(DEADLINES, event(approaching(), "a-1"))
    assert (await told(office))[2:] == [(HOME_AFFAIRS, "inbox"), (HOME_AFFAIRS, "mail")]


async def test_reading_everything_again_sends_nothing_again(office: Office, pool: Pool) -> None:
    await add_contact(pool, FIRST, HOME_AFFAIRS, "a@phuoclong.example.gov.vn")
    for _ in range(2):
        await office.follow(DIRECTIVES, event(issued(), "d-1", subject=DIRECTIVE), ASSIGNED, offsets=[0, 1])
        await office.follow(DEADLINES, event(missed(), MISSED_ID), offsets=[0])
    assert len(await deliveries(pool)) == 2


@pytest.mark.parametrize(("channels", "count"), [((), 0), (("webhook",), 0), (("mail",), 1)])
async def test_without_a_server_no_mail_is_issued(office: Office, pool: Pool, channels: tuple[str, ...], count: int) -> None:
    office.channels = channels  # type: ignore[assignment]  # a parameter of the test
    await add_contact(pool, FIRST, HOME_AFFAIRS, "a@phuoclong.example.gov.vn")
    await office.follow(DIRECTIVES, ASSIGNED)
    assert len(await deliveries(pool)) == count


async def test_a_webhook_without_a_secret_or_disabled_is_sent_nothing(office: Office, pool: Pool) -> None:
    await add_contact(pool, HOOK, HOME_AFFAIRS, "https://hooks.example.gov.vn/dondoc", "webhook")
    await pool.execute("UPDATE contact SET disabled_at = now()")
    await office.follow(DIRECTIVES, ASSIGNED)
    await pool.execute("UPDATE contact SET disabled_at = NULL; DELETE FROM webhook_secret")
    await office.follow(DEADLINES, event(approaching(), "a-1"))
    assert await deliveries(pool) == []


async def test_a_correction_by_mail_names_the_mail_that_it_corrects(office: Office, pool: Pool) -> None:
    await add_contact(pool, FIRST, HOME_AFFAIRS, "a@phuoclong.example.gov.vn")
    await office.follow(DEADLINES, event(missed(), MISSED_ID))
    await office.follow(DEADLINES, event(met(corrects=MISSED_ID), "met-1"))
    wrong, mail_of_wrong, right, mail_of_right = await notices(office)
    assert (right.corrects, mail_of_right.corrects) == (wrong.notice, mail_of_wrong.notice)


async def test_a_correction_in_the_same_batch_does_so_too(office: Office, pool: Pool) -> None:
    await add_contact(pool, FIRST, HOME_AFFAIRS, "a@phuoclong.example.gov.vn")
    await office.follow(DEADLINES, event(missed(), MISSED_ID), event(met(corrects=MISSED_ID), "met-1"))
    _, mail_of_wrong, _, mail_of_right = await notices(office)
    assert mail_of_right.corrects == mail_of_wrong.notice


async def test_a_correction_names_the_inbox_notice_where_no_mail_was_sent(office: Office, pool: Pool) -> None:
    await office.follow(DEADLINES, event(missed(), MISSED_ID))
    await add_contact(pool, FIRST, HOME_AFFAIRS, "a@phuoclong.example.gov.vn")
    await office.follow(DEADLINES, event(met(corrects=MISSED_ID), "met-1"))
    wrong, _, mail_of_right = await notices(office)
    assert (mail_of_right.channel, mail_of_right.corrects) == ("mail", wrong.notice)


async def test_the_inbox_shows_its_own_channel_alone(office: Office, pool: Pool) -> None:
    await add_contact(pool, FIRST, HOME_AFFAIRS, "a@phuoclong.example.gov.vn")
    await office.follow(DIRECTIVES, ASSIGNED)
    await pool.execute(JOURNAL["mark_sent"], NOTIFICATIONS, 0, 3)
    assert await pool.fetch("SELECT recipient, channel FROM inbox ORDER BY position") == [(HOME_AFFAIRS, "inbox"), (OFFICE, "inbox")]


ENDS_AT = scheduled().starts_at + timedelta(hours=3)


async def invitations(office: Office) -> list[Invitation]:
    return [each.invitation for each in await notices(office) if each.invitation and each.recipient == HOME_AFFAIRS]


async def test_a_conference_goes_into_calendars_moves_there_and_leaves_them(office: Office) -> None:
    meeting = scheduled(participants=(HOME_AFFAIRS,))
    moved = ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=meeting.starts_at.replace(day=29), place="Hội trường tầng 3")
    off = ConferenceCancelled(cancelled_by=OFFICE, reason="Trùng lịch")
    facts = [event(data, f"c-{version}", subject=CONFERENCE, version=version) for version, data in enumerate((meeting, moved, off), 4)]
    await office.follow(DIRECTIVES, *facts)
    first, second, third = await invitations(office)
    assert (first.method, first.sequence, first.place, first.starts_at) == ("request", 4, "Hội trường tầng 2", meeting.starts_at)
    assert (second.method, second.sequence, second.place, second.starts_at) == ("request", 5, "Hội trường tầng 3", moved.starts_at)
    assert (third.method, third.sequence, third.starts_at) == ("cancel", 6, moved.starts_at)
    assert {each.conference for each in (first, second, third)} == {CONFERENCE}


async def follow_voided(office: Office, *versions: int) -> Invitation:
    """Void one of: scheduled (1), rescheduled (2), cancelled (3, where asked for); return what calendars are told of that."""
    meeting = replace(scheduled(participants=(HOME_AFFAIRS,)), ends_at=ENDS_AT)
    moved = ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=meeting.starts_at.replace(day=29))
    off = ConferenceCancelled(cancelled_by=OFFICE, reason="Trùng lịch")
    facts = [event(data, f"c-{version}", subject=CONFERENCE, version=version) for version, data in enumerate((meeting, moved, off), 1)]
    *kept, voided = versions
    void = event(FactVoided(version=voided, reason="Nhầm"), "v-1", subject=DIRECTIVE, version=9)
    await office.follow(DIRECTIVES, *[fact for fact in facts if fact.version in kept], void)
    return (await invitations(office))[-1]


async def test_a_conference_that_was_never_meant_leaves_calendars(office: Office) -> None:
    told = await follow_voided(office, 1, 1)
    assert (told.method, told.sequence) == ("cancel", 9)


async def test_a_move_that_was_never_meant_is_taken_back(office: Office) -> None:
    told = await follow_voided(office, 1, 2, 2)
    assert (told.method, told.sequence, told.starts_at.day, told.ends_at) == ("request", 9, 28, ENDS_AT)


async def test_a_conference_that_is_off_stays_so_whatever_is_voided(office: Office) -> None:
    assert (await follow_voided(office, 1, 2, 3, 2)).method == "cancel"


async def test_a_cancellation_that_was_never_meant_invites_again(office: Office) -> None:
    told = await follow_voided(office, 1, 3, 3)
    assert (told.method, told.ends_at) == ("request", ENDS_AT)
