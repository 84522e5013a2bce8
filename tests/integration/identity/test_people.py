"""Signing in, sessions, forged requests, accounts and the audit log, over HTTP on a real database."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from argon2 import PasswordHasher

from services.accounts_command import add_first_administrator
from shared.errors import NotFoundError, RefusedError
from shared.identity import accounts, sessions, signing_in
from shared.identity.accounts import NewAccount
from shared.identity.signing_in import Visitor
from shared.postgres import Pool, connect
from shared.web.app import build_web
from tests.support.people import PASSWORD, add_person, csrf_of, door_of, migrate_identity, opened_identity, sign_in
from tests.support.serving import serving
from tests.support.waiting import eventually

ANOTHER = "mười hai bến nước trong veo"
UNIT = UUID(int=7)
VISITOR = Visitor("192.0.2.7", "a browser")


@dataclass
class House:
    """An app with nothing but people, and its database."""

    address: str
    dsn: str
    pool: Pool

    def visit(self) -> httpx.AsyncClient:
        """Return a browser without cookies."""
        return httpx.AsyncClient(base_url=self.address, timeout=30)

    async def log(self, **where: str) -> list[Any]:
        """Return the lines of the audit log, oldest first."""
        rows = await self.pool.fetch("SELECT actor, action, object, address, detail FROM audit ORDER BY id")
        return [row for row in rows if all(row[name] == value for name, value in where.items())]

    async def age(self, *, seen_at: timedelta = timedelta(), began_at: timedelta = timedelta()) -> None:
        """Let all sessions be older."""
        await self.pool.execute(
            "UPDATE session SET seen_at = seen_at - $1::interval, began_at = began_at - $2::interval", seen_at, began_at
        )


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with opened_identity(database) as pool, serving(build_web([], door_of(database), front="/account")) as address:
        await add_person(database, "lan", "operator")
        await add_person(database, "quản.trị", "administrator")
        yield House(address, database, pool)


async def test_a_name_in_any_case_and_the_right_password_open_the_door(house: House) -> None:
    async with house.visit() as client:
        answer = await sign_in(client, " LAN ")
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        cookie = answer.headers["set-cookie"]
        assert re.fullmatch(r"dondoc=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookie), cookie
        page = await client.get("/account")
        assert "Người dùng lan" in page.text
    (line,) = await house.log(action="signed-in")
    assert (line["actor"], line["address"]) == ("account:lan", "127.0.0.1")


async def test_of_a_token_only_its_hash_is_kept(house: House) -> None:
    async with house.visit() as client:
        await sign_in(client, "lan")
        token = client.cookies["dondoc"]
    (row,) = await house.pool.fetch("SELECT * FROM session")
    assert row["token_hash"] == sessions.hash_of(token)
    assert token not in repr(row)


@pytest.mark.parametrize(("name", "password"), [("lan", "wrong"), ("lan", ""), ("nobody", PASSWORD), ("", ""), ("x" * 5000, PASSWORD)])
async def test_a_wrong_name_or_password_is_refused_with_the_same_words(house: House, name: str, password: str) -> None:
    async with house.visit() as client:
        answer = await sign_in(client, name, password)
    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.text
    assert "set-cookie" not in answer.headers
    (line,) = await house.log(action="sign-in-failed")
    assert line["actor"] == ("account:lan" if name == "lan" else "account:?")


async def test_guesses_are_counted_by_account_however_many_come_at_once_and_the_right_password_waits_too(house: House) -> None:
    async with house.visit() as client:
        answers = await asyncio.gather(*(sign_in(client, "lan", f"guess {number}") for number in range(30)))
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(401) <= signing_in.ACCOUNT_GUESSES
        assert statuses.count(429) == 30 - statuses.count(401)
        assert (await sign_in(client, "lan")).status_code == 429
        assert (await sign_in(client, "quản.trị")).status_code == 303
    await house.pool.execute("UPDATE guess SET at = at - $1::interval", signing_in.WINDOW)
    async with house.visit() as client:
        assert (await sign_in(client, "lan")).status_code == 303


async def test_guesses_are_counted_by_address_too(house: House) -> None:
    for number in range(signing_in.ADDRESS_GUESSES):
        await house.pool.execute(
            "INSERT INTO guess SELECT 'address', sha256($1::bytea), now() - make_interval(secs => $2)", b"192.0.2.7", float(number)
        )
    with pytest.raises(RefusedError) as refused:
        await signing_in.sign_in(house.pool, "lan", PASSWORD, VISITOR)
    assert refused.value.code == "sign-in-throttled"
    assert await signing_in.sign_in(house.pool, "lan", PASSWORD, Visitor("192.0.2.8", ""))


async def test_strangers_guesses_keep_nobody_out_where_they_signed_in_before(house: House) -> None:
    await signing_in.sign_in(house.pool, "lan", PASSWORD, VISITOR)
    for number in range(signing_in.ACCOUNT_GUESSES):
        with pytest.raises(RefusedError, match="sign-in-wrong"):
            await signing_in.sign_in(house.pool, "lan", "wrong", Visitor(f"198.51.100.{number}", ""))
    with pytest.raises(RefusedError, match="sign-in-throttled"):
        await signing_in.sign_in(house.pool, "lan", PASSWORD, Visitor("198.51.100.99", ""))
    assert await signing_in.sign_in(house.pool, " LAN", PASSWORD, VISITOR)
    for _ in range(signing_in.ACCOUNT_GUESSES):
        with pytest.raises(RefusedError, match="sign-in-wrong"):
            await signing_in.sign_in(house.pool, "lan", "wrong", VISITOR)
    with pytest.raises(RefusedError, match="sign-in-throttled"):
        await signing_in.sign_in(house.pool, "lan", PASSWORD, VISITOR)


async def test_right_passwords_are_no_guesses_of_their_address(house: House) -> None:
    await house.pool.execute(
        "INSERT INTO guess SELECT 'address', sha256($1::bytea), now() FROM generate_series(2, $2)", b"192.0.2.7", signing_in.ADDRESS_GUESSES
    )
    for _ in range(3):
        assert await signing_in.sign_in(house.pool, "lan", PASSWORD, VISITOR)


async def test_all_addresses_of_one_ipv6_network_have_one_share(house: House) -> None:
    await house.pool.execute(
        "INSERT INTO guess SELECT 'address', sha256($1::bytea), now() FROM generate_series(1, $2)",
        b"2001:db8:0:7::/64", signing_in.ADDRESS_GUESSES,
    )  # fmt: skip
    with pytest.raises(RefusedError, match="sign-in-throttled"):
        await signing_in.sign_in(house.pool, "lan", PASSWORD, Visitor("2001:db8:0:7:1234::1", ""))
    assert await signing_in.sign_in(house.pool, "lan", PASSWORD, Visitor("2001:db8:0:8::1", ""))


async def test_a_flood_of_guesses_leaves_no_more_than_an_addresss_share_in_the_tables(house: House) -> None:
    await house.pool.execute(
        "INSERT INTO guess SELECT 'address', sha256($1::bytea), now() FROM generate_series(1, $2)", b"192.0.2.7", signing_in.ADDRESS_GUESSES
    )
    for number in range(5):
        with pytest.raises(RefusedError, match="sign-in-throttled"):
            await signing_in.sign_in(house.pool, f"somebody {number}", PASSWORD, VISITOR)
    assert await house.pool.fetchval("SELECT count(*) FROM guess WHERE kind = 'account'") == 1
    assert len(await house.log(action="sign-in-failed")) == 1


async def test_a_sign_in_rotates_the_session_and_a_sign_out_ends_it(house: House) -> None:
    async with house.visit() as client, house.visit() as thief:
        await sign_in(client, "lan")
        first = client.cookies["dondoc"]
        await sign_in(client, "lan")
        assert client.cookies["dondoc"] != first
        thief.cookies["dondoc"] = first
        assert (await thief.get("/account")).status_code == 303
        thief.cookies["dondoc"] = client.cookies["dondoc"]
        left = await client.post("/sign-out", data={"csrf": await csrf_of(client)})
        assert (left.status_code, left.headers["location"]) == (303, "/sign-in?told=out")
        assert (await thief.get("/account")).status_code == 303
    assert len(await house.log(action="signed-out")) == 1


@pytest.mark.parametrize(("column", "limit"), [("seen_at", sessions.IDLE), ("began_at", sessions.ABSOLUTE)])
async def test_a_session_ends_idle_and_by_age(house: House, column: str, limit: timedelta) -> None:
    async with house.visit() as client:
        await sign_in(client, "lan")
        await house.age(**{column: limit - timedelta(minutes=1)})
        assert (await client.get("/account")).status_code == 200
        await house.age(**{column: limit})
        assert (await client.get("/account")).status_code == 303


async def test_using_a_session_keeps_it_alive(house: House) -> None:
    async with house.visit() as client:
        await sign_in(client, "lan")
        for _ in range(3):
            await house.age(seen_at=sessions.IDLE - timedelta(minutes=1))
            assert (await client.get("/account")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "csrf", "status"),
    [
        ({}, "", 403),
        ({}, "0" * 64, 403),
        ({"Origin": "http://evil.example"}, "right", 403),
        ({"Sec-Fetch-Site": "cross-site"}, "right", 403),
        ({"X-CSRF-Token": "right"}, "", 303),
        ({}, "right", 303),
    ],
)
async def test_an_unsafe_request_repeats_the_sessions_word_and_comes_from_our_pages(
    house: House, headers: dict[str, str], csrf: str, status: int
) -> None:
    async with house.visit() as client:
        await sign_in(client, "lan")
        word = await csrf_of(client)
        sent = {name: word if value == "right" else value for name, value in headers.items()}
        answer = await client.post("/account/sessions/end", headers=sent, data={"csrf": word if csrf == "right" else csrf})
        assert answer.status_code == status


async def test_the_word_of_another_session_does_not_count(house: House) -> None:
    async with house.visit() as client, house.visit() as other:
        await sign_in(client, "lan")
        await sign_in(other, "lan")
        answer = await client.post("/sign-out", data={"csrf": await csrf_of(other)})
        assert answer.status_code == 403


async def test_what_somebody_was_let_in_to_read_is_kept_by_no_cache(house: House) -> None:
    async with house.visit() as client:
        assert "no-cache" in (await client.get("/sign-in")).headers["cache-control"]
        await sign_in(client, "quản.trị")
        for path, kept in (
            ("/api/audit", "private, no-store"), ("/api/openapi.json", "private, no-store"),
            ("/accounts", "no-store"), ("/account", "private, no-cache"),
        ):  # fmt: skip
            assert (await client.get(path)).headers["cache-control"] == kept, path


async def test_another_sites_form_cannot_sign_anybody_in(house: House) -> None:
    async with house.visit() as client:
        form = {"name": "lan", "password": PASSWORD}
        for origin in ("http://evil.example", "http://[", "null"):
            assert (await client.post("/sign-in", data=form, headers={"Origin": origin})).status_code == 403


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "/a\nb", "http://["]
)
async def test_a_sign_in_leads_nowhere_else(house: House, target: str) -> None:
    async with house.visit() as client:
        answer = await client.post("/sign-in", data={"name": "lan", "password": PASSWORD, "next": target})
        assert answer.headers["location"] == "/"


@pytest.mark.parametrize("content", [b"x" * 70_000, b"a=%FF", b"name=a%00b&password=c", "&".join(f"f{n}=1" for n in range(500)).encode()])
async def test_a_form_that_is_none_of_ours_is_a_problem(house: House, content: bytes) -> None:
    async with house.visit() as client:
        answer = await client.post("/sign-in", content=content, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status_code in (413, 422)
        await sign_in(client, "lan")
        answer = await client.post("/sign-out", content=content, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status_code in (413, 422)


async def change(client: httpx.AsyncClient, old: str, new: str, again: str | None = None) -> httpx.Response:
    fields = {"csrf": await csrf_of(client), "old_password": old, "new_password": new, "again_password": new if again is None else again}
    return await client.post("/account/password", data=fields)


async def test_the_present_password_is_not_guessed_by_changing_it_either(house: House) -> None:
    async with house.visit() as client:
        await sign_in(client, "lan")
        for number in range(signing_in.ACCOUNT_GUESSES):
            assert "Mật khẩu hiện tại không đúng." in (await change(client, f"guess {number}", ANOTHER)).text
        assert "Đã thử quá nhiều lần" in (await change(client, PASSWORD, ANOTHER)).text
    failed = await house.log(action="sign-in-failed", actor="account:lan")
    assert len(failed) == signing_in.ACCOUNT_GUESSES + 1


async def wait_blocked(house: House) -> None:
    """Wait until somebody waits for a row that another transaction has changed."""

    async def is_blocked() -> bool:
        return bool(
            await house.pool.fetchval(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
            )
        )

    await eventually(is_blocked)


@pytest.mark.parametrize(
    "take_away",
    ["UPDATE account SET password_hash = 'another' WHERE name = 'lan'", "UPDATE account SET locked_at = now() WHERE name = 'lan'"],
)
@pytest.mark.parametrize("is_signed_in", [False, True])
async def test_a_password_that_is_taken_away_while_it_is_judged_opens_nothing(house: House, take_away: str, *, is_signed_in: bool) -> None:
    sign_in = partial(signing_in.sign_in, house.pool, "lan", PASSWORD, VISITOR)
    entering = partial(signing_in.change_password, house.pool, "lan", PASSWORD, ANOTHER, VISITOR) if is_signed_in else sign_in
    async with house.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute(take_away)
            under_way = asyncio.ensure_future(entering())
            await wait_blocked(house)
        with pytest.raises(RefusedError, match="-wrong: "):
            await under_way
        assert await connection.fetchval("SELECT count(*) FROM session") == 0


async def test_a_changed_password_ends_all_sessions_and_begins_a_new_one(house: House) -> None:
    async with house.visit() as client, house.visit() as elsewhere:
        await sign_in(client, "lan")
        await sign_in(elsewhere, "lan")
        answer = await change(client, PASSWORD, ANOTHER)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account?told=password")
        assert "Đã đổi mật khẩu." in (await client.get("/account?told=password")).text
        assert (await elsewhere.get("/account")).status_code == 303
        assert (await sign_in(elsewhere, "lan")).status_code == 401
        assert (await sign_in(elsewhere, "lan", ANOTHER)).status_code == 303
    assert len(await house.log(action="account-password-changed")) == 1


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", ANOTHER, ANOTHER, "Mật khẩu hiện tại không đúng."),
        (PASSWORD, "ngắn", "ngắn", "ít nhất 12 ký tự"),
        (PASSWORD, "password12345", "password12345", "quá phổ biến"),
        (PASSWORD, ANOTHER, "khác", "không giống nhau"),
        (PASSWORD, PASSWORD, PASSWORD, "phải khác"),
    ],
)
async def test_a_password_that_is_not_accepted_says_why_and_nothing_changes(
    house: House, old: str, new: str, again: str, said: str
) -> None:
    async with house.visit() as client:
        await sign_in(client, "lan")
        answer = await change(client, old, new, again)
        assert answer.status_code == 409
        assert said in answer.text
        assert (await client.get("/account")).status_code == 200


async def test_a_password_that_somebody_else_set_is_changed_before_anything_else(house: House) -> None:
    await add_person(house.dsn, "mới", "administrator", must_change=True)
    async with house.visit() as client:
        await sign_in(client, "mới")
        for path in ("/", "/accounts", "/audit"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert (await client.get("/api/audit")).json()["type"].endswith("/password-change-needed")
        assert "do người khác đặt" in (await client.get("/account")).text
        await change(client, PASSWORD, ANOTHER)
        assert (await client.get("/accounts")).status_code == 200


async def administer(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await client.post(f"/accounts{path}", data={"csrf": await csrf_of(client), **fields})


async def test_an_administrator_adds_locks_unlocks_and_resets_an_account(house: House) -> None:
    async with house.visit() as admin, house.visit() as person:
        await sign_in(admin, "quản.trị")
        page = await administer(admin, "", name="hoa", full_name="Lê Thị Hoa", role="unit", unit=str(UNIT))
        password = re.search(r'<code class="secret">([^<]+)</code>', page.text)
        assert password, page.text
        assert page.headers["cache-control"] == "no-store"
        assert (await sign_in(person, "hoa", password[1])).status_code == 303
        assert (await administer(admin, "/hoa/lock")).headers["location"] == "/accounts?told=locked"
        assert (await person.get("/account")).status_code == 303
        assert (await sign_in(person, "hoa", password[1])).status_code == 401
        await administer(admin, "/hoa/unlock")
        assert (await sign_in(person, "hoa", password[1])).status_code == 303
        again = re.search(r'<code class="secret">([^<]+)</code>', (await administer(admin, "/hoa/password")).text)
        assert again, "no password"
        assert again[1] != password[1]
        assert (await sign_in(person, "hoa", again[1])).status_code == 303
        await administer(admin, "/hoa/role", role="auditor", unit="")
        assert (await person.get("/account")).status_code == 303
    actions = [line["action"] for line in await house.log(actor="account:quản.trị", object="account:hoa")]
    assert actions == ["account-added", "account-locked", "account-unlocked", "account-password-reset", "account-role-changed"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "LAN"}, "đã được dùng"),
        ({"name": "a b"}, "Tên đăng nhập có từ 2"),
        ({"full_name": " "}, "Cần ghi họ và tên."),
        ({"role": "unit"}, "phải gắn với một đơn vị"),
        ({"role": "unit", "unit": "H99"}, "Không có đơn vị nào mang mã H99."),
        ({"role": "king"}, "Không có vai trò này."),
    ],
)
async def test_an_account_that_cannot_be_is_refused_and_what_was_typed_stays(house: House, fields: dict[str, str], said: str) -> None:
    async with house.visit() as admin:
        await sign_in(admin, "quản.trị")
        page = await administer(admin, "", **{"name": "hoa", "full_name": "Lê Thị Hoa", "role": "operator", **fields})
    assert page.status_code == 409
    assert said in page.text
    assert f'value="{fields.get("name", "hoa")}"' in page.text


async def test_the_last_administrator_stays(house: House) -> None:
    async with house.visit() as admin:
        await sign_in(admin, "quản.trị")
        for path, fields in (("/quản.trị/lock", {}), ("/quản.trị/role", {"role": "operator"})):
            answer = await administer(admin, path, **fields)
            assert "quản trị viên cuối cùng" in answer.text
        await administer(admin, "", name="hai", full_name="Quản trị thứ hai", role="administrator")
        assert (await administer(admin, "/hai/lock")).status_code == 303
        assert (await administer(admin, "/nobody/lock")).status_code == 404


async def test_many_refusals_at_once_do_not_wait_for_each_others_connections(house: House) -> None:
    async with house.visit() as admin:
        await sign_in(admin, "quản.trị")
        word = {"csrf": await csrf_of(admin)}
        answers = await asyncio.gather(*(admin.post("/accounts/quản.trị/lock", data=word, timeout=10) for _ in range(30)))
        assert {answer.status_code for answer in answers} == {409}


async def test_two_administrators_cannot_lock_each_other_out_at_once(house: House) -> None:
    await add_person(house.dsn, "hai", "administrator")

    async def lock(name: str) -> bool:
        async with house.pool.acquire() as connection:
            try:
                await accounts.lock(connection, name, by="tests")
            except RefusedError:
                return False
            return True

    assert sorted(await asyncio.gather(lock("hai"), lock("quản.trị"))) == [False, True]


async def test_a_password_is_hashed_anew_when_the_parameters_have_changed(house: House) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    await house.pool.execute("UPDATE account SET password_hash = $1 WHERE folded = 'lan'", weak)
    async with house.visit() as client:
        assert (await sign_in(client, "lan")).status_code == 303
        kept = await house.pool.fetchval("SELECT password_hash FROM account WHERE folded = 'lan'")
        assert "m=19456,t=2,p=1" in kept
        assert (await sign_in(client, "lan")).status_code == 303


async def test_the_audit_log_is_only_added_to(house: House) -> None:
    await add_person(house.dsn, "an", "auditor")
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await house.pool.execute(statement)
    assert len(await house.log(object="account:an")) == 1


async def test_the_audit_log_is_filtered_and_paged_newest_first(house: House) -> None:
    async with house.visit() as admin:
        await sign_in(admin, "quản.trị")
        for _ in range(3):
            await sign_in(admin, "quản.trị")
        page = (await admin.get("/api/audit", params={"action": "signed-in", "limit": "3"})).json()
        rest = (await admin.get("/api/audit", params={"action": "signed-in", "limit": "3", "cursor": page["next"]})).json()
        ids = [item["id"] for item in page["items"] + rest["items"]]
        assert ids == sorted(ids, reverse=True)
        assert (len(ids), rest["next"]) == (4, None)
        assert (await admin.get("/api/audit?actr=x")).status_code == 422
        shown = await admin.get("/audit?action=signed-in&actor=")
        assert "Đăng nhập" in shown.text
        assert "account:quản.trị" in shown.text


async def test_a_change_of_role_is_told_in_words(house: House) -> None:
    async with house.visit() as admin:
        await sign_in(admin, "quản.trị")
        assert (await administer(admin, "/lan/role", role="unit", unit=str(UNIT))).status_code == 303
        page = " ".join((await admin.get("/audit?action=account-role-changed")).text.split())
    assert '<span class="quiet">Trước: chuyên viên theo dõi</span>' in page
    assert f'<span class="quiet">Sau: đơn vị thực hiện, {UNIT}</span>' in page


async def test_older_lines_are_of_the_same_time_as_the_newer_ones(house: House) -> None:
    await house.pool.execute("INSERT INTO audit (actor, action, object, detail) SELECT 'a', 'b', 'c', '{}' FROM generate_series(1, 101)")
    async with house.visit() as admin:
        await sign_in(admin, "quản.trị")
        page = await admin.get("/audit", params={"actor": "a", "since": "2001-01-01T00:00:00+07:00", "until": "2999-01-01T00:00:00Z"})
        link = re.search(r'href="(/audit[?]actor=[^"]+)"', page.text)
        assert link, page.text
        asked = httpx.URL(unescape(link[1])).params
        assert (asked["actor"], asked["since"], asked["until"]) == ("a", "2001-01-01T00:00:00+07:00", "2999-01-01T00:00:00+00:00")
        assert (await admin.get(unescape(link[1]))).text.count('<td class="whole"') == 1


async def test_a_question_to_the_audit_log_that_no_text_can_hold_is_wrong(house: House) -> None:
    async with house.visit() as admin:
        await sign_in(admin, "quản.trị")
        for path in ("/audit?actor=%00", "/api/audit?object=a%00b", "/api/audit?action=%00"):
            assert (await admin.get(path)).status_code == 422
        assert (await administer(admin, "/a%00b/lock")).status_code == 404


async def test_the_first_administrator_is_made_once(database: str) -> None:
    await migrate_identity(database)
    connection = await connect(database, schema="identity")
    try:
        first = await add_first_administrator(connection, None, must_change=True)
        assert first is not None
        assert len(first) >= 25
        assert await add_first_administrator(connection, "another", must_change=True) is None
        account = await accounts.find_account(connection, "ADMIN")
        assert (account.role, account.must_change) == ("administrator", True)
        with pytest.raises(NotFoundError):
            await accounts.find_account(connection, "nobody")
    finally:
        await connection.close()


async def test_a_password_is_not_set_for_somebody_whom_a_provider_proves(house: House) -> None:
    async with house.pool.acquire() as connection:
        new = NewAccount(name="ngoài", full_name="Ngoài", role="operator", issuer="https://id.example.vn", subject="s-1")
        assert await accounts.add_account(connection, new, by="tests") == ""
        with pytest.raises(RefusedError, match="account-external"):
            await accounts.reset_password(connection, "ngoài", by="tests")
    async with house.visit() as client:
        assert (await sign_in(client, "ngoài", "")).status_code == 401


async def test_sessions_that_ended_by_themselves_are_swept_away(house: House) -> None:
    async with house.visit() as client:
        await sign_in(client, "lan")
        await house.age(seen_at=sessions.IDLE)
        await sign_in(client, "quản.trị")
    assert await house.pool.fetchval("SELECT count(*) FROM session") == 1
