"""The page of an inbox: what an official reads, and that it says when to look again."""

import httpx

from services.notifications.handlers import DIRECTIVES
from tests.support import sse
from tests.support.notice_office import API_KEY, Office
from tests.support.notices import HOME_AFFAIRS, assigned, event, registered

PAGE = "/units/H10.21.3/inbox"


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


async def test_an_acknowledged_notice_says_by_whom_and_leaves_the_unread_ones(office: Office, client: httpx.AsyncClient) -> None:
    await open_unit(office)
    await office.follow(DIRECTIVES, event(assigned(), "t-1"))
    await office.send()
    notice = (await client.get(f"/api{PAGE}")).json()["items"][0]["notice"]
    said = {"acknowledged_by": "Nguyễn Văn A"}
    await client.post(f"/api{PAGE}/{notice}/acknowledgement", headers={"Authorization": f"Bearer {API_KEY}"}, json=said)
    await office.send()
    assert "Nguyễn Văn A" in (await client.get(f"{PAGE}/items")).text
    assert (await client.get(f"{PAGE}/items?unread=true")).text.strip() == "<p>Không có thông báo nào.</p>"


async def test_older_notices_are_a_link_away(office: Office, client: httpx.AsyncClient) -> None:
    await open_unit(office)
    await office.follow(DIRECTIVES, *(event(assigned(number=f"n-{number}"), f"t-{number}") for number in range(51)))
    await office.send()
    first = (await client.get(PAGE)).text
    link = first.partition('<p><a href="')[2].partition('">Thông báo cũ hơn')[0]
    second = (await client.get(link)).text
    assert (first.count("<strong>"), second.count("<strong>")) == (50, 1)


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
