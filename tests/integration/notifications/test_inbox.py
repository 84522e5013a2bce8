"""Reading an inbox and acknowledging, over HTTP on a real server and a real PostgreSQL."""

from asyncio import gather
from datetime import timedelta
from uuid import UUID

import httpx
import msgspec

from services.notifications.handlers import DEADLINES, DIRECTIVES
from tests.support.notice_office import API_KEY, Office
from tests.support.notices import AT, FINANCE, HOME_AFFAIRS, OFFICE, approaching, assigned, derived, event, registered
from tests.support.waiting import eventually

KEY = {"Authorization": f"Bearer {API_KEY}"}
INBOX = "/api/units/H10.21.3/inbox"


async def open_units(office: Office) -> None:
    units = [(HOME_AFFAIRS, "H10.21.3", "Phòng Nội vụ"), (OFFICE, "H10.21.1", "Văn phòng")]
    await office.follow(DIRECTIVES, *(event(registered(code, name), code, subject=unit, key=unit) for unit, code, name in units))


async def remind(office: Office, count: int, partition: int = 0) -> None:
    """Issue reminders to Phòng Nội vụ, an hour apart."""
    made = [event(approaching(), f"a-{partition}-{number}") for number in range(count)]
    timed = [msgspec.structs.replace(each, registeredtime=AT + timedelta(hours=number)) for number, each in enumerate(made)]
    await office.follow(DEADLINES, *timed, partition=partition)


async def abouts(client: httpx.AsyncClient, path: str = INBOX) -> list[str]:
    return [item["about"] for item in (await client.get(path)).json()["items"]]


async def test_a_notice_is_not_shown_before_its_event_is_in_kafka(office: Office, client: httpx.AsyncClient) -> None:
    await open_units(office)
    await remind(office, 3)
    assert await abouts(client) == []
    await office.send(upto=2)
    assert await abouts(client) == ["a-0-1", "a-0-0"]
    await office.send()
    assert await abouts(client) == ["a-0-2", "a-0-1", "a-0-0"]


async def test_an_item_says_what_happened_and_that_nobody_acknowledged_it(office: Office, client: httpx.AsyncClient) -> None:
    await open_units(office)
    await remind(office, 1)
    await office.send()
    item = (await client.get(INBOX)).json()["items"][0]
    assert item["rule"] == "deadline-approaching"
    assert item["title"] == "Nhắc việc: nhiệm vụ số 1.b còn 3 ngày làm việc"
    assert item["issued_at"] == "2021-04-12T01:00:00Z"
    assert item["acknowledged_at"] is None
    assert item["corrects"] is None


async def test_pages_follow_each_other_newest_first_without_gap_or_overlap(office: Office, client: httpx.AsyncClient) -> None:
    await open_units(office)
    for partition in range(3):
        await remind(office, 5, partition)
        await office.send(partition)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get(INBOX, params={"limit": 4, "cursor": cursor})).json()
        found += [item["about"] for item in page["items"]]
        cursor = page["next"]
    assert len(found) == len(set(found)) == 15
    assert [int(about[-1]) for about in found] == [4, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1, 1, 0, 0, 0]


async def test_an_inbox_is_found_by_code_and_by_id_and_shows_its_own_notices_only(office: Office, client: httpx.AsyncClient) -> None:
    await open_units(office)
    await office.follow(DIRECTIVES, event(assigned(coordinating=(FINANCE,)), "t-1"))
    await office.send()
    assert await abouts(client, f"/api/units/{HOME_AFFAIRS}/inbox") == await abouts(client) == ["t-1"]
    assert await abouts(client, "/api/units/H10.21.1/inbox") == []


async def test_an_inbox_is_found_by_a_code_of_either_scheme(office: Office, client: httpx.AsyncClient) -> None:
    await office.follow(DIRECTIVES, event(registered("000.00.21.H10", "Thị xã"), "u", subject=FINANCE, key=FINANCE))
    for code in ("000.00.21.H10", "H10.21", "h10.021"):
        answer = await client.get(f"/api/units/{code}/inbox")
        assert answer.status_code == 200, code


async def test_an_unknown_unit_and_a_cursor_of_somebody_else_are_problems(client: httpx.AsyncClient) -> None:
    unknown = await client.get("/api/units/X99/inbox")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")
    wrong = await client.get(INBOX, params={"cursor": "not-ours"})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "https://dondoc.vn/problems/invalid-cursor")


async def test_an_acknowledgement_needs_the_key(office: Office, client: httpx.AsyncClient) -> None:
    await open_units(office)
    path = f"{INBOX}/{derived(1)}/acknowledgement"
    for authorization in ("", "Bearer wrong"):
        assert (await client.post(path, headers={"Authorization": authorization})).status_code == 401


async def first_notice(office: Office) -> UUID:
    await open_units(office)
    await remind(office, 1)
    await office.send()
    return UUID(str((await office.published())[0][0].notice))


async def test_an_acknowledgement_is_answered_202_until_kafka_has_it_and_then_200(office: Office, client: httpx.AsyncClient) -> None:
    path = f"{INBOX}/{await first_notice(office)}/acknowledgement"
    written = await client.post(path, headers=KEY, json={"acknowledged_by": "Nguyễn Văn A"})
    assert (written.status_code, written.json()["status"]) == (202, "being-sent")
    assert (await client.get(INBOX)).json()["items"][0]["acknowledged_at"] is None
    await office.send()
    again = await client.post(path, headers=KEY, json={"acknowledged_by": "Trần Thị B"})
    assert (again.status_code, again.json()["status"]) == (200, "acknowledged")
    assert again.json()["acknowledged_by"] == "Nguyễn Văn A"
    assert again.json()["acknowledged_at"] == written.json()["acknowledged_at"]
    assert len(await office.published()) == 2


async def test_an_acknowledgement_waits_for_the_relay(office: Office, client: httpx.AsyncClient) -> None:
    notice = await first_notice(office)

    async def relay() -> bool:
        return await office.send() == 2

    async with httpx.AsyncClient(base_url=client.base_url, timeout=20, headers=KEY) as other:
        answer, _ = await gather(other.post(f"{INBOX}/{notice}/acknowledgement", headers=KEY), eventually(relay))
    assert (answer.status_code, answer.json()["acknowledged_by"]) == (200, "H10.21.3")


async def test_acknowledged_notices_leave_the_unread_ones(office: Office, client: httpx.AsyncClient) -> None:
    await open_units(office)
    await remind(office, 2)
    await office.send()
    notice = (await client.get(INBOX)).json()["items"][0]["notice"]
    await client.post(f"{INBOX}/{notice}/acknowledgement", headers=KEY)
    await office.send()
    assert await abouts(client, f"{INBOX}?unread=true") == ["a-0-0"]
    assert await abouts(client) == ["a-0-1", "a-0-0"]


async def test_a_notice_that_is_unknown_not_sent_yet_or_another_units_cannot_be_acknowledged(
    office: Office, client: httpx.AsyncClient
) -> None:
    await open_units(office)
    await remind(office, 1)
    notice = (await office.published())[0][0].notice
    assert (await client.post(f"{INBOX}/{notice}/acknowledgement", headers=KEY)).status_code == 404
    await office.send()
    assert (await client.post(f"/api/units/H10.21.1/inbox/{notice}/acknowledgement", headers=KEY)).status_code == 404
    assert (await client.post(f"{INBOX}/{derived(9)}/acknowledgement", headers=KEY)).status_code == 404
    assert len(await office.published()) == 1
