"""Contacts of units over HTTP: put, listed, removed, and written down in the audit log without the address itself."""

import json
from uuid import UUID

import httpx
import pytest

from services.notifications.handlers import DIRECTIVES
from tests.support.notice_office import Office
from tests.support.notices import HOME_AFFAIRS, OFFICE, event, registered

FIRST, SECOND = UUID("c4000000-0000-4000-8000-000000000001"), UUID("c4000000-0000-4000-8000-000000000002")
MAIL = {"kind": "mail", "value": "vanthu@phuoclong.example.gov.vn", "label": "Văn thư"}
AUDIT = "SELECT action, object, actor, detail::text FROM identity.audit WHERE object LIKE 'contacts:%' AND action <> 'read' ORDER BY id"


@pytest.fixture(autouse=True)
async def units(office: Office) -> None:
    await office.follow(DIRECTIVES, event(registered("H10.21.3", "Phòng Nội vụ"), "u-1", subject=HOME_AFFAIRS, key=HOME_AFFAIRS, version=1))
    await office.follow(DIRECTIVES, event(registered("H10.21.1", "Văn phòng"), "u-2", subject=OFFICE, key=OFFICE, version=1))


def place(contact: UUID | str = FIRST, code: str = "H10.21.3") -> str:
    return f"/api/units/{code}/contacts/{contact}"


async def listed(client: httpx.AsyncClient, code: str = "H10.21.3") -> list[tuple[str, str, str | None]]:
    answer = await client.get(f"/api/units/{code}/contacts")
    assert answer.status_code == 200, answer.text
    return [(item["kind"], item["value"], item["label"]) for item in answer.json()["items"]]


async def test_a_contact_is_added_changed_and_removed(client: httpx.AsyncClient, office: Office) -> None:
    assert (await client.put(place(), json=MAIL)).status_code == 201
    changed = await client.put(place(), json={**MAIL, "label": None})
    assert (changed.status_code, changed.json()["label"]) == (200, None)
    assert await listed(client) == [("mail", MAIL["value"], None)]
    assert (await client.delete(place())).status_code == 204
    assert await listed(client) == []
    rows = await office.ledger.pool.fetch(AUDIT)
    assert [(row["action"], row["object"]) for row in rows] == [
        (action, f"contacts:{HOME_AFFAIRS}") for action in ("contact-added", "contact-changed", "contact-removed")
    ]
    assert [json.loads(row["detail"]) for row in rows] == [{"contact": str(FIRST), "kind": "mail"}] * 3
    assert all(row["actor"].startswith("key:") for row in rows)


async def test_a_unit_has_several_contacts_and_none_of_another_unit(client: httpx.AsyncClient) -> None:
    await client.put(place(), json=MAIL)
    await client.put(place(SECOND), json={"kind": "telephone", "value": "+84 271 3888 888"})
    assert [kind for kind, _, _ in await listed(client)] == ["mail", "telephone"]
    assert await listed(client, "H10.21.1") == []


async def test_a_contact_of_another_unit_is_not_there(client: httpx.AsyncClient, office: Office) -> None:
    await client.put(place(), json=MAIL)
    assert (await client.put(place(code="H10.21.1"), json=MAIL)).status_code == 404
    assert (await client.delete(place(code="H10.21.1"))).status_code == 404
    assert len(await listed(client)) == 1
    assert len(await office.ledger.pool.fetch(AUDIT)) == 1


async def test_the_same_value_twice_is_refused(client: httpx.AsyncClient) -> None:
    await client.put(place(), json=MAIL)
    answer = await client.put(place(SECOND), json=MAIL)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "contact-twice")
    assert len(await listed(client)) == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("mail", "vanthu"), ("mail", "a b@example.vn"), ("mail", "a@b"), ("telephone", "gọi sau"), ("telephone", "12"),
        ("webhook", "http://example.vn/hook"), ("webhook", "https://user:secret@example.vn/"), ("webhook", "https://"), ("fax", "1234567"),
        ("mail", ""), ("webhook", "https://example.vn:99999/"), ("webhook", "https://example.vn/#a"), ("webhook", "https://a\nb.vn/"),
    ],
)  # fmt: skip
async def test_what_is_no_address_of_its_kind_is_refused_with_its_reason(client: httpx.AsyncClient, kind: str, value: str) -> None:
    answer = await client.put(place(), json={"kind": kind, "value": value})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert await listed(client) == []


async def test_a_webhook_is_reached_over_https(client: httpx.AsyncClient) -> None:
    assert (await client.put(place(), json={"kind": "webhook", "value": "https://hook.example.vn:8443/dondoc?x=1"})).status_code == 201


async def test_an_unknown_unit_or_contact_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/units/H99/contacts")).status_code == 404
    assert (await client.put(place(code="H99"), json=MAIL)).status_code == 404
    assert (await client.delete(place())).status_code == 404
    assert (await client.put(place("no-id"), json=MAIL)).status_code == 422


async def test_who_has_no_key_reads_no_contact(desk: str) -> None:
    async with httpx.AsyncClient(base_url=desk) as stranger:
        assert (await stranger.get("/api/units/H10.21.3/contacts")).status_code == 401
        assert (await stranger.put(place(), json=MAIL)).status_code == 401


async def test_a_label_that_no_text_can_hold_is_wrong(client: httpx.AsyncClient) -> None:
    answer = await client.put(place(), json={**MAIL, "label": "a\0b"})
    assert (answer.status_code, answer.json()["fields"][0]["pointer"]) == (422, "/body/label")
