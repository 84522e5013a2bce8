"""The delivery log over HTTP, and the fragment that says who was told: attempts and all, to whoever may see it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notifications.handlers import DIRECTIVES
from shared.identity.principals import PersonRole
from shared.postgres import Pool
from tests.support.delivering import LATER, NEVER, TAKEN, Scripted, add_contact, deliveries, delivering, settled
from tests.support.notice_office import Office
from tests.support.notices import COMMITTEE, DIRECTIVE, FINANCE, HOME_AFFAIRS, OFFICE, TASK, assigned, derived, event, issued, registered
from tests.support.people import add_person, sign_in

MAIL, OTHER_MAIL = (UUID(f"c4000000-0000-4000-8000-00000000000{number}") for number in (1, 2))
ADDRESS = "vanthu@phuoclong.example.gov.vn"
UNITS = {HOME_AFFAIRS: ("H10.21.3", "Phòng Nội vụ"), OFFICE: ("H10.21.1", "Văn phòng"), COMMITTEE: ("H10.21", "UBND")}
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
async def told(office: Office, pool: Pool) -> None:
    """Tell two units of a task; both have an address of mail."""
    office.channels = {"mail"}
    for unit, (code, name) in UNITS.items():
        await office.follow(DIRECTIVES, event(registered(code, name), f"u-{code}", subject=unit, key=unit, version=1))
    await add_contact(pool, MAIL, HOME_AFFAIRS, ADDRESS)
    await add_contact(pool, OTHER_MAIL, OFFICE, "b@phuoclong.example.gov.vn")
    await office.follow(DIRECTIVES, event(issued(), "d-1", subject=DIRECTIVE), event(assigned(coordinating=(OFFICE,)), "t-1"))
    await office.send()


async def deliver(pool: Pool, dsn: str, *outcomes: Any) -> None:
    async with delivering(pool, dsn, Scripted(outcomes)):
        await settled(pool, 2)


@asynccontextmanager
async def browser(desk: str, migrated: str, role: PersonRole, unit: UUID | None = None) -> AsyncIterator[httpx.AsyncClient]:
    await add_person(migrated, role, role, unit)
    async with httpx.AsyncClient(base_url=desk, timeout=20) as client:
        assert (await sign_in(client, role)).status_code == 303
        yield client


async def items(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get("/api/deliveries", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def fragment(client: httpx.AsyncClient, **asked: Any) -> str:
    answer = await client.get(f"/directives/{DIRECTIVE}/notices", params=asked, headers=FRAGMENT)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_what_servers_say_is_for_those_who_oversee(client: httpx.AsyncClient, desk: str, pool: Pool, migrated: str) -> None:
    await deliver(pool, migrated, NEVER)
    assert {one["detail"] for each in await items(client) for one in each["attempts"]} == {NEVER.detail}
    async with browser(desk, migrated, "unit", HOME_AFFAIRS) as own:
        [found] = await items(own)
    assert [(one["code"], one["detail"]) for one in found["attempts"]] == [("550", None)]


async def test_the_log_tells_each_attempt(client: httpx.AsyncClient, pool: Pool, migrated: str) -> None:
    await deliver(pool, migrated, LATER, TAKEN)
    found = {each["unit_code"]: each for each in await items(client)}
    assert {code: each["state"] for code, each in found.items()} == {"H10.21.3": "delivered", "H10.21.1": "delivered"}
    tried = sorted(([(one["number"], one["outcome"], one["code"]) for one in each["attempts"]] for each in found.values()), key=len)
    assert tried == [[(1, "delivered", "250")], [(1, "deferred", "451"), (2, "delivered", "250")]]
    assert all(each["next_at"] is None and each["finished_at"] for each in found.values())
    assert ADDRESS not in (await client.get("/api/deliveries")).text


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 2),
        ({"unit": "H10.21.3"}, 1),
        ({"unit": str(OFFICE)}, 1),
        ({"directive": str(DIRECTIVE)}, 2),
        ({"directive": str(derived(1))}, 0),
        ({"task": str(TASK)}, 2),
        ({"task": str(derived(1))}, 0),
        ({"state": "pending"}, 2),
        ({"state": "failed"}, 0),
        ({"channel": "mail"}, 2),
        ({"channel": "webhook"}, 0),
        ({"notice": str(derived(1))}, 0),
    ],
)
async def test_the_log_is_filtered(client: httpx.AsyncClient, asked: dict[str, str], count: int) -> None:
    assert len(await items(client, **asked)) == count


async def test_the_log_is_read_in_parts(client: httpx.AsyncClient) -> None:
    first = (await client.get("/api/deliveries", params={"limit": 1})).json()
    second = (await client.get("/api/deliveries", params={"limit": 1, "cursor": first["next"]})).json()
    assert len({each["delivery"] for each in (*first["items"], *second["items"])}) == 2
    assert second["next"] is None


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"cursor": "?"}, 422), ({"state": "lost"}, 422), ({"limit": 0}, 422), ({"task": "x"}, 422), ({"unit": "H99"}, 404)],
)
async def test_what_cannot_be_asked_is_refused(client: httpx.AsyncClient, asked: dict[str, str], status: int) -> None:
    assert (await client.get("/api/deliveries", params=asked)).status_code == status


async def test_the_log_is_silent_about_what_kafka_does_not_have(client: httpx.AsyncClient, office: Office, pool: Pool) -> None:
    await office.follow(DIRECTIVES, event(assigned(number="2"), "t-2"))
    assert len(await deliveries(pool)) == 3
    assert len(await items(client)) == 2


@pytest.mark.parametrize("role", ["unit", "issuer_office"])
async def test_a_unit_reads_its_own_part_of_the_log(desk: str, migrated: str, role: PersonRole) -> None:
    async with browser(desk, migrated, role, HOME_AFFAIRS) as own:
        assert [each["unit_code"] for each in await items(own)] == ["H10.21.3"]
        assert (await own.get("/api/deliveries", params={"unit": "H10.21.1"})).status_code == 404


async def test_the_fragment_tells_who_was_told_and_how_it_went(client: httpx.AsyncClient, pool: Pool, migrated: str) -> None:
    waiting = await fragment(client)
    assert "Phòng Nội vụ" in waiting
    assert "Giao nhiệm vụ số 1.b" in waiting
    assert "chưa xác nhận" in waiting
    assert "Thư điện tử: đang gửi </p>" in " ".join(waiting.split())
    await deliver(pool, migrated, NEVER, TAKEN)
    over = await fragment(client, task=TASK)
    assert "không gửi được" in over
    assert "1 lần gửi" in over
    assert "bị từ chối (550). no such user" in over
    assert "<html" not in over
    assert "Chưa có thông báo nào." in await fragment(client, task=derived(1))


async def test_without_scripts_it_is_a_page(client: httpx.AsyncClient) -> None:
    page = await client.get(f"/directives/{DIRECTIVE}/notices")
    assert "<html" in page.text
    assert "Phòng Nội vụ" in page.text
    assert f"/directives/{DIRECTIVE}" in page.text


async def test_a_unit_sees_what_itself_was_told_and_the_issuer_sees_all(desk: str, migrated: str, pool: Pool) -> None:
    await deliver(pool, migrated, NEVER, TAKEN)
    async with browser(desk, migrated, "unit", HOME_AFFAIRS) as own:
        told = await fragment(own)
        assert ("Phòng Nội vụ" in told, "Văn phòng" in told) == (True, False)
        assert "no such user" not in told
    async with browser(desk, migrated, "issuer_office", COMMITTEE) as issuer:
        assert "Văn phòng" in await fragment(issuer)
    await add_person(migrated, "clerk", "unit", COMMITTEE)
    async with httpx.AsyncClient(base_url=desk) as clerk:
        await sign_in(clerk, "clerk")
        assert (await clerk.get(f"/directives/{DIRECTIVE}/notices", headers=FRAGMENT)).status_code == 404
    await add_person(migrated, "stranger", "unit", FINANCE)
    async with httpx.AsyncClient(base_url=desk) as stranger:
        await sign_in(stranger, "stranger")
        assert (await stranger.get(f"/directives/{DIRECTIVE}/notices", headers=FRAGMENT)).status_code == 404


async def test_it_is_read_in_parts(client: httpx.AsyncClient, office: Office) -> None:
    await office.follow(DIRECTIVES, *[event(assigned(number=f"n{number}"), f"n-{number}") for number in range(60)])
    await office.send()
    first = await fragment(client)
    assert first.count("<tr>") == 51
    older = re.search(r'href="([^"]*below=[^"]*)"', first)
    assert older
    second = (await client.get(older[1].replace("&amp;", "&"), headers=FRAGMENT)).text
    assert second.count("<tr>") == 13
    assert "Thông báo cũ hơn" not in second
