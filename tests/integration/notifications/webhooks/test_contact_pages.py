"""The section of contacts and webhooks: what is shown to whom, and what its forms do, with and without scripts."""

import html
import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from standardwebhooks import Webhook

from services.notifications.contacts import Author
from services.notifications.webhooks.store import Change, disable_webhook, note_failure
from shared.clock import system_clock
from shared.postgres import Pool
from tests.integration.notifications.webhooks.conftest import House
from tests.support.notices import HOME_AFFAIRS, OFFICE
from tests.support.receivers import receiving, status

PAGE = "/units/H10.21.3/contacts"
HTMX = {"HX-Request": "true"}
SECRET = re.compile(r'<code class="secret">(whsec_[^<]+)</code>')


async def webhook_of(client: httpx.AsyncClient, url: str) -> str:
    """Add a webhook by its form, and return the way to what is done to it."""
    answer = await client.post("/units/H10.21.3/webhooks", data={"url": url, "label": ""})
    assert answer.status_code == 200, answer.text
    found = re.search(r'action="(/units/H10\.21\.3/webhooks/[0-9a-f-]{36})/test"', answer.text)
    assert found
    return found[1]


async def test_the_page_stands_alone_and_as_a_part_of_another(house: House) -> None:
    async with house.person("operator") as client:
        whole, part = await client.get(PAGE), await client.get(PAGE, headers=HTMX)
    assert whole.text.startswith("<!DOCTYPE html>")
    assert part.text.lstrip().startswith('<section id="contacts"')
    assert (whole.headers["vary"], whole.headers["cache-control"]) == ("HX-Request", "no-store")


async def test_an_operator_adds_and_removes_a_mail_address(house: House) -> None:
    async with house.person("operator") as client:
        added = await client.post(PAGE, data={"kind": "mail", "value": "vanthu@example.gov.vn", "label": "Văn thư"})
        assert "Đã ghi đầu mối liên hệ." in added.text
        assert "vanthu@example.gov.vn" in (await client.get(PAGE)).text
        again = re.search(r'action="(/units/H10\.21\.3/contacts/[0-9a-f-]{36}/removal)"', added.text)
        assert again
        assert "Đã xoá đầu mối liên hệ." in (await client.post(again[1])).text
        assert "vanthu@example.gov.vn" not in (await client.get(PAGE)).text
        assert (await client.post(again[1])).status_code == 404


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"kind": "mail", "value": "vanthu"}, "chưa đúng dạng"), ({"kind": "fax", "value": "1"}, "Chưa chọn loại"),
        ({"kind": "mail", "value": ""}, "Chưa ghi địa chỉ"), ({}, "Chưa chọn loại"),
        ({"kind": "telephone", "value": "+84 271 3888 888", "label": "x" * 201}, "Ghi chú dài quá"),
    ],
)  # fmt: skip
async def test_what_is_refused_is_said_and_what_was_typed_stays(house: House, form: dict[str, str], told: str) -> None:
    async with house.person("operator") as client:
        plain = await client.post(PAGE, data=form)
        part = await client.post(PAGE, data=form, headers=HTMX)
    assert (plain.status_code, part.status_code) == (409, 200)
    for answer in (plain, part):
        assert told in answer.text
        assert f'value="{html.escape(form.get("value", ""))}"' in answer.text


async def test_a_secret_is_shown_once_and_signs(house: House) -> None:
    async with receiving() as receiver, house.person("unit", HOME_AFFAIRS) as client:
        added = await client.post("/units/H10.21.3/webhooks", data={"url": f"http://127.0.0.1:{receiver.port}/", "label": "Một cửa"})
        secret = SECRET.search(added.text)
        assert secret
        assert "whsec_" not in (await client.get(PAGE)).text
        place = re.search(r'action="(/units/H10\.21\.3/webhooks/[0-9a-f-]{36})/test"', added.text)
        assert place
        tried = await client.post(f"{place[1]}/test")
    assert "máy nhận đã nhận (mã 204" in tried.text
    (request,) = receiver.requests
    Webhook(html.unescape(secret[1])).verify(request.body, request.headers)


async def test_a_unit_rotates_and_removes_its_webhook(house: House) -> None:
    async with house.person("unit", HOME_AFFAIRS) as client:
        place = await webhook_of(client, "https://hook.example.vn/")
        rotated = await client.post(f"{place}/secret")
        assert SECRET.search(rotated.text)
        assert "Khoá cũ còn dùng đến" in rotated.text
        assert "Đã xoá webhook." in (await client.post(f"{place}/removal")).text
        assert (await client.post(f"{place}/test")).status_code == 404


async def test_a_disabled_webhook_says_why_and_is_enabled_again(house: House, pool: Pool) -> None:
    async with house.person("operator") as client:
        place = await webhook_of(client, "https://hook.example.vn/")
        by = Change(Author("service:courier", None), await system_clock())
        await disable_webhook(pool, UUID(place.rpartition("/")[2]), "https://hook.example.vn/", "failing", by)
        page = (await client.get(PAGE)).text
        assert "Đã ngừng" in page
        assert "không nhận được gì trong 5 ngày" in page
        assert "Đang gửi" in (await client.post(f"{place}/enabling")).text


async def test_those_who_oversee_see_at_once_which_webhooks_were_disabled_or_take_nothing(house: House, pool: Pool) -> None:
    gone, failing, blip = (f"https://{name}.example.vn/" for name in ("gone", "failing", "blip"))
    async with house.person("operator") as client, house.program() as program:
        ids = [await added(program, url) for url in (gone, failing, blip)]
        assert "Mọi webhook đang nhận được thông báo." in (await client.get("/webhooks/troubled")).text
        assert (await client.get("/webhooks/troubled", headers=HTMX)).text.strip() == ""
        now = await system_clock()
        await note_failure(pool, ids[1], failing, now - timedelta(days=2))
        await note_failure(pool, ids[2], blip, now - timedelta(minutes=59))
        await disable_webhook(pool, ids[0], gone, "gone", Change(Author("service:courier", None), now))
        page, fragment = (await client.get("/webhooks/troubled")).text, (await client.get("/webhooks/troubled", headers=HTMX)).text
    for text in (page, fragment):
        assert "2 webhook cần xem lại" in text
        assert text.index("máy nhận báo đã ngừng nhận (410)") < text.index("chưa gửi được từ")
        assert '<a href="/units/H10.21.3/contacts">Phòng Nội vụ</a>' in text
        assert "example.vn" not in text
    async with house.person("auditor") as client:
        assert "2 webhook cần xem lại" in (await client.get("/webhooks/troubled")).text
    async with house.person("unit", HOME_AFFAIRS) as client:
        assert (await client.get("/webhooks/troubled")).status_code == 403


async def added(program: httpx.AsyncClient, url: str) -> UUID:
    answer = await program.post("/api/webhooks", json={"unit": "H10.21.3", "url": url})
    return UUID(answer.json()["webhook"]["id"])


async def test_a_trial_that_fails_says_why_and_what_a_server_says_is_no_markup(house: House) -> None:
    async with receiving(status("500 Oh", body="<script>alert(1)</script>")) as receiver, house.person("operator") as client:
        place = await webhook_of(client, f"http://127.0.0.1:{receiver.port}/")
        failed = (await client.post(f"{place}/test")).text
        assert "máy nhận trả lời mã 500" in failed
        assert "<script>alert" not in failed
        assert "&lt;script&gt;alert(1)" in failed
    async with house.person("administrator") as client:
        assert "không kết nối được" in (await client.post(f"{place}/test")).text


async def test_an_address_that_no_webhook_may_have_is_refused_with_what_was_typed(house: House) -> None:
    async with house.person("operator") as client:
        answer = await client.post("/units/H10.21.3/webhooks", data={"url": "https://10.0.0.1/", "label": ""})
    assert answer.status_code == 409
    assert "Địa chỉ webhook phải là địa chỉ https công khai" in answer.text
    assert 'value="https://10.0.0.1/"' in answer.text


async def test_who_only_reads_sees_no_forms_and_another_unit_sees_nothing(house: House) -> None:
    async with house.person("operator") as operator:
        place = await webhook_of(operator, "https://hook.example.vn/")
    async with house.person("auditor") as auditor:
        page = await auditor.get(PAGE)
        assert "https://hook.example.vn/" in page.text
        assert '<form method="post"\n        action="/units/' not in page.text
        assert (await auditor.post(f"{place}/test")).status_code == 403
    async with house.person("unit", HOME_AFFAIRS) as unit:
        assert (await unit.post(PAGE, data={"kind": "mail", "value": "a@example.vn"})).status_code == 403
        assert (await unit.post(f"{place}/unknown")).status_code == 422
    async with house.person("unit", OFFICE) as other:
        assert (await other.get(PAGE)).status_code == 404
        assert (await other.post(f"{place}/test")).status_code == 404
        assert (await other.post(place.replace("H10.21.3", "H10.21.1") + "/removal")).status_code == 404
    async with house.person("administrator") as administrator:
        assert "https://hook.example.vn/" in (await administrator.get(PAGE)).text
