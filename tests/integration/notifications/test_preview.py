"""Who would be told, and how: said of units before anything is published, without any address."""

from uuid import UUID

import httpx
import pytest

from services.notifications.handlers import DIRECTIVES
from shared.postgres import Pool
from tests.support.notice_office import Office
from tests.support.notices import HOME_AFFAIRS, OFFICE, event, registered

CONTACTS = "/api/units/H10.21.3/contacts/"


@pytest.fixture(autouse=True)
async def units(office: Office) -> None:
    await office.follow(DIRECTIVES, event(registered("H10.21.3", "Phòng Nội vụ"), "u-1", subject=HOME_AFFAIRS, key=HOME_AFFAIRS, version=1))
    await office.follow(DIRECTIVES, event(registered("H10.21.1", "Văn phòng"), "u-2", subject=OFFICE, key=OFFICE, version=1))


async def preview(client: httpx.AsyncClient, units: str) -> str:
    answer = await client.get("/notices/preview", params={"units": units})
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


async def test_units_are_told_in_their_inboxes_and_wherever_they_have_contacts(client: httpx.AsyncClient) -> None:
    for number, value in enumerate(("vanthu@phuoclong.example.gov.vn", "noivu@phuoclong.example.gov.vn")):
        await client.put(f"{CONTACTS}{UUID(int=number + 1)}", json={"kind": "mail", "value": value})
    said = await preview(client, "H10.21.3,000.01.21.H10")
    assert '<strong>Phòng Nội vụ</strong> <span class="quiet">hộp thư trong hệ thống, thư điện tử (2 địa chỉ)</span>' in said
    assert '<strong>Văn phòng</strong> <span class="quiet">hộp thư trong hệ thống</span>' in said
    assert "phuoclong.example" not in said


async def test_a_unit_that_is_not_known_is_named_and_no_unit_is_said_in_words(client: httpx.AsyncClient) -> None:
    assert "Chưa thấy trong danh mục để báo: &lt;B&gt;, H99." in await preview(client, "H99, <b>,H10.21.1")
    assert "Chưa có đơn vị nào được chọn." in await preview(client, "")


async def test_a_channel_is_named_only_where_it_would_be_used(client: httpx.AsyncClient, pool: Pool) -> None:
    await client.put(f"{CONTACTS}{UUID(int=1)}", json={"kind": "webhook", "value": "https://hook.example.vn/"})
    nothing = '<strong>Phòng Nội vụ</strong> <span class="quiet">hộp thư trong hệ thống</span>'
    assert nothing in await preview(client, "H10.21.3")
    await pool.execute("INSERT INTO webhook_secret (contact, made_at, secret) VALUES ($1, now(), 'sealed')", UUID(int=1))
    assert "hộp thư trong hệ thống, webhook</span>" in await preview(client, "H10.21.3")
    await pool.execute("UPDATE contact SET disabled_at = now(), disabled_why = 'gone'")
    assert nothing in await preview(client, "H10.21.3")
