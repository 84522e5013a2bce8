"""The page of an inbox: what an official reads, and that it says when to look again."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import httpx

from services.notifications.handlers import DIRECTIVES
from shared.identity.principals import PersonRole
from tests.support import sse
from tests.support.notice_office import API_KEY, Office
from tests.support.notices import CONFERENCE, FINANCE, HOME_AFFAIRS, TASK, assigned, event, registered, scheduled
from tests.support.people import add_person, csrf_of, sign_in
from tests.support.waiting import eventually

PAGE = "/units/H10.21.3/inbox"
LOOKING_ON: Final[tuple[PersonRole, ...]] = ("auditor", "administrator")


async def open_unit(office: Office) -> None:
    await office.follow(DIRECTIVES, event(registered("H10.21.3", "Phòng Nội vụ"), "u-1", subject=HOME_AFFAIRS, key=HOME_AFFAIRS))


async def test_the_page_shows_notices_escaped_with_their_time_in_vietnam(office: Office, client: httpx.AsyncClient) -> None:
    await open_unit(office)
    await office.follow(DIRECTIVES, event(assigned(number="1.b", content="Lập <b>kế hoạch</b>"), "t-1"))
    await office.send()
    page = (await client.get(PAGE)).text
    assert "Hộp thư thông báo: Phòng Nội vụ" in page
    assert "<strong>Giao nhiệm vụ số 1.b</strong>" in page
    assert "Lập &lt;b&gt;kế hoạch&lt;/b&gt;" in page
    assert "08:00 12/4/2021" in page
    assert "Chưa xác nhận" in page


async def test_an_invitation_leads_to_the_calendar_only_since_who_is_invited_may_see_nothing_else(
    office: Office, client: httpx.AsyncClient
) -> None:
    await open_unit(office)
    invited = scheduled(tasks=(TASK,), participants=(HOME_AFFAIRS,))
    await office.follow(DIRECTIVES, event(invited, "c-1", subject=CONFERENCE, version=7))
    await office.send()
    page = (await client.get(f"{PAGE}/items")).text
    assert f'href="/conferences?month=2021-04#conference-{CONFERENCE}"' in page
    assert 'href="/tasks/' not in page
    assert 'href="/directives/' not in page


async def test_an_acknowledged_notice_says_by_whom_and_leaves_the_unread_ones(office: Office, client: httpx.AsyncClient) -> None:
    await open_unit(office)
    await office.follow(DIRECTIVES, event(assigned(), "t-1"))
    await office.send()
    notice = (await client.get(f"/api{PAGE}")).json()["items"][0]["notice"]
    said = {"acknowledged_by": "Nguyễn Văn A"}
    await client.post(f"/api{PAGE}/{notice}/acknowledgement", headers={"Authorization": f"Bearer {API_KEY}"}, json=said)
    await office.send()
    assert "Nguyễn Văn A" in (await client.get(f"{PAGE}/items")).text
    unread = (await client.get(f"{PAGE}/items?unread=true")).text
    assert ("<p>Không có thông báo nào.</p>" in unread, "<tr" in unread) == (True, False)
    assert "Nguyễn Văn A" in (await client.get(f"{PAGE}/items?read=true")).text


@asynccontextmanager
async def browse(desk: str, migrated: str, name: str, role: PersonRole, unit: UUID | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Give the browser of somebody who is signed in."""
    await add_person(migrated, name, role, unit)
    async with httpx.AsyncClient(base_url=desk, timeout=20) as client:
        assert (await sign_in(client, name)).status_code == 303
        yield client


async def test_a_person_acknowledges_with_the_button_and_stays_in_the_same_part_of_the_inbox(
    office: Office, desk: str, migrated: str
) -> None:
    await open_unit(office)
    await office.follow(DIRECTIVES, event(assigned(number="1"), "t-1"), event(assigned(number="2"), "t-2"))
    await office.send()
    async with browse(desk, migrated, "lan", "unit", HOME_AFFAIRS) as reader:
        page = await reader.get(f"{PAGE}?unread=true")
        forms = re.findall(r'<form method="post"\s+action="([^"]+/acknowledgement)">(.*?)</form>', page.text, re.DOTALL)
        assert len(forms) == 2
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', forms[0][1]))
        pressed = asyncio.ensure_future(reader.post(forms[0][0], data=fields))
        await eventually(lambda: reaches(office, 3))
        await office.send()
        answer = await pressed
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?unread=true&told=read")
        page = await reader.get(answer.headers["location"])
        assert ("Đã xác nhận thông báo." in page.text, page.text.count("/acknowledgement")) == (True, 1)
        again = await reader.post(forms[0][0], data=fields)
        assert again.headers["location"] == answer.headers["location"]
        everything = (await reader.get(PAGE)).text
    assert re.search(r"<td[^>]*>\s+lan, ", everything)
    (line,) = await office.ledger.pool.fetch("SELECT actor, object, address FROM identity.audit WHERE action = 'notice-acknowledged'")
    notice = forms[0][0].split("/")[-2]
    assert tuple(line) == ("account:lan", f"notice:{notice}", "127.0.0.1")


async def reaches(office: Office, position: int) -> bool:
    """Tell whether so many events were published."""
    return await office.last_position() == position


async def test_an_acknowledgement_that_kafka_has_not_got_yet_is_said_to_be_on_its_way(office: Office, desk: str, migrated: str) -> None:
    await open_unit(office)
    await office.follow(DIRECTIVES, event(assigned(), "t-1"))
    await office.send()
    async with browse(desk, migrated, "lan", "operator") as reader:
        notice = (await reader.get(f"/api{PAGE}")).json()["items"][0]["notice"]
        answer = await reader.post(f"{PAGE}/{notice}/acknowledgement", data={"csrf": await csrf_of(reader)})
        assert answer.headers["location"] == f"{PAGE}?told=sending"
        assert "Đã ghi nhận" in (await reader.get(answer.headers["location"])).text


async def test_nobody_acknowledges_without_the_word_the_role_or_the_unit(office: Office, desk: str, migrated: str) -> None:
    await open_unit(office)
    await office.follow(DIRECTIVES, event(registered("H10.21.4", "Phòng Tài chính"), "u-2", subject=FINANCE, key=FINANCE))
    await office.follow(DIRECTIVES, event(assigned(), "t-1"))
    await office.send()
    async with browse(desk, migrated, "lan", "unit", HOME_AFFAIRS) as own:
        notice = (await own.get(f"/api{PAGE}")).json()["items"][0]["notice"]
        path = f"{PAGE}/{notice}/acknowledgement"
        assert (await own.post(path)).status_code == 403
        word = {"csrf": await csrf_of(own)}
        assert (await own.post(path, data=word, headers={"Origin": "https://elsewhere.example"})).status_code == 403
        assert (await own.post(f"{PAGE}/{HOME_AFFAIRS}/acknowledgement", data=word)).status_code == 404
    async with browse(desk, migrated, "tài.chính", "unit", FINANCE) as other:
        assert (await other.post(path, data={"csrf": await csrf_of(other)})).status_code == 404
        elsewhere = f"/units/H10.21.4/inbox/{notice}/acknowledgement"
        assert (await other.post(elsewhere, data={"csrf": await csrf_of(other)})).status_code == 404
    for role in LOOKING_ON:
        async with browse(desk, migrated, role, role) as looking:
            assert "/acknowledgement" not in (await looking.get(PAGE)).text
            assert (await looking.post(path, data={"csrf": await csrf_of(looking)})).status_code == 403
    assert await office.last_position() == 1


async def test_a_name_that_no_text_can_hold_acknowledges_nothing(office: Office, client: httpx.AsyncClient) -> None:
    await open_unit(office)
    await office.follow(DIRECTIVES, event(assigned(), "t-1"))
    await office.send()
    notice = (await client.get(f"/api{PAGE}")).json()["items"][0]["notice"]
    answer = await client.post(f"/api{PAGE}/{notice}/acknowledgement", json={"acknowledged_by": "a\0b"})
    assert (answer.status_code, answer.json()["fields"][0]["pointer"]) == (422, "/body/acknowledged_by")


async def test_a_reading_has_one_name_in_the_audit_log_however_the_unit_is_spelled(office: Office, desk: str, migrated: str) -> None:
    await open_unit(office)
    async with browse(desk, migrated, "lan", "operator") as reader:
        for code in ("h10.21.3", "H10.21.03", "003.21.H10", str(HOME_AFFAIRS), str(HOME_AFFAIRS).upper(), HOME_AFFAIRS.hex):
            assert (await reader.get(f"/units/{code}/inbox")).status_code == 200, code
    lines = await office.ledger.pool.fetch("SELECT object FROM identity.audit WHERE action = 'read' ORDER BY id")
    assert [line["object"] for line in lines] == ["inbox:H10.21.3", f"inbox:{HOME_AFFAIRS}"]


async def test_older_notices_are_a_link_away(office: Office, client: httpx.AsyncClient) -> None:
    await open_unit(office)
    await office.follow(DIRECTIVES, *(event(assigned(number=f"n-{number}"), f"t-{number}") for number in range(21)))
    await office.send()
    first = (await client.get(PAGE)).text
    link = first.partition('<p><a href="')[2].partition('">Thông báo cũ hơn')[0]
    second = (await client.get(link)).text
    assert (first.count("<strong>"), second.count("<strong>")) == (20, 1)


async def test_an_unknown_unit_and_a_wrong_cursor_have_a_page_that_says_so(office: Office, client: httpx.AsyncClient) -> None:
    await open_unit(office)
    for path in ("/units/X99/inbox", f"{PAGE}?cursor=!"):
        answer = await client.get(path)
        assert (answer.status_code, "Không tìm thấy" in answer.text) == (404, True)


async def test_the_page_hears_of_what_came_after_it_was_made(office: Office, client: httpx.AsyncClient) -> None:
    await open_unit(office)
    seen = (await client.get(PAGE)).text.partition('data-seen="')[2].partition('"')[0]
    async with sse.follow(client, f"{PAGE}/changes?seen={seen}") as events:
        await office.follow(DIRECTIVES, event(assigned(), "t-1"))
        await office.send()
        change = await anext(events)
    assert (change.event, change.id) == ("change", "0:1")
