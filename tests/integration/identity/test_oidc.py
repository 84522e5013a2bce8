"""Signing in at a provider of identities: who comes back, as whom, and what a forged answer comes to."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from shared.identity.accounts import NewAccount, add_account, change_role, lock
from shared.identity.settings import Provider
from shared.identity.signing_in import ADDRESS_GUESSES
from shared.postgres import Pool
from shared.web.app import build_web
from tests.support.people import door_of, opened_identity
from tests.support.provider import Lies, StrictProvider, foreign_provider, known_as
from tests.support.serving import serving

UNIT = UUID(int=7)
LAN = {"sub": "s-1", "name": "Nguyễn Thị Lan", "dondoc_role": "unit", "dondoc_unit": str(UNIT)}
OUTSIDE = "http://127.0.0.1:1"


@dataclass
class House:
    """An app that trusts a provider, and its database."""

    address: str
    pool: Pool
    provider: StrictProvider

    def visit(self) -> httpx.AsyncClient:
        """Return a browser without cookies; it follows no redirect by itself."""
        return httpx.AsyncClient(base_url=self.address, timeout=30)

    async def sign_in(self, client: httpx.AsyncClient, target: str = "/account") -> httpx.Response:
        """Go to the provider and come back."""
        return await client.get(inside(await self.answer(client, target)))

    async def answer(self, client: httpx.AsyncClient, target: str = "/account") -> str:
        """Go to the provider and return the address to which it sends the browser back."""
        there = (await client.get("/sign-in/provider", params={"next": target})).headers["location"]
        async with httpx.AsyncClient() as elsewhere:
            return (await elsewhere.get(there)).headers["location"]

    async def add(self, **account: Any) -> None:
        """Make an account beforehand."""
        async with self.pool.acquire() as connection:
            await add_account(connection, NewAccount(**account), by="command:tests")

    async def accounts(self) -> list[Any]:
        """Return name, role and unit of all accounts."""
        return [tuple(row) for row in await self.pool.fetch("SELECT full_name, role, unit FROM account ORDER BY full_name")]


def inside(address: str) -> str:
    """Return the path and query of an address of ours."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == OUTSIDE
    return f"{parts.path}?{parts.query}"


@asynccontextmanager
async def opened(dsn: str, provider: Provider) -> AsyncIterator[tuple[str, Pool]]:
    async with opened_identity(dsn) as pool, serving(build_web([], door_of(dsn, provider=provider, public_url=OUTSIDE))) as address:
        yield address, pool


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    provider = StrictProvider(dict(LAN))
    async with AsyncExitStack() as stack:
        provider.issuer = await stack.enter_async_context(serving(provider.app()))
        address, pool = await stack.enter_async_context(opened(database, known_as(provider.issuer)))
        yield House(address, pool, provider)


async def test_claims_make_an_account_with_their_role_and_unit_and_keep_it_up_to_date(house: House) -> None:
    async with house.visit() as client:
        answer = await house.sign_in(client)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert "Nguyễn Thị Lan" in (await client.get("/account")).text
    assert await house.accounts() == [("Nguyễn Thị Lan", "unit", UNIT)]
    house.provider.person |= {"name": "Nguyễn Lan", "dondoc_role": "auditor", "dondoc_unit": None}
    async with house.visit() as client:
        assert (await house.sign_in(client)).status_code == 303
    assert await house.accounts() == [("Nguyễn Lan", "auditor", None)]
    lines = await house.pool.fetch("SELECT action FROM audit WHERE action LIKE 'account-%' OR action = 'signed-in' ORDER BY id")
    assert [line["action"] for line in lines] == ["account-added", "signed-in", "account-role-changed", "signed-in"]


async def test_an_account_that_was_made_for_a_subject_counts_whatever_the_claims_say(house: House) -> None:
    await house.add(name="lan", full_name="Lan", role="administrator", issuer=house.provider.issuer, subject="s-1")
    async with house.visit() as client:
        assert (await house.sign_in(client)).status_code == 303
        assert (await client.get("/accounts")).status_code == 200
    assert await house.accounts() == [("Lan", "administrator", None)]


@pytest.mark.parametrize(
    "claims",
    [
        {"dondoc_role": "administrator", "dondoc_unit": None},
        {"dondoc_role": None},
        {"dondoc_role": "king"},
        {"dondoc_role": ["operator"]},
        {"dondoc_role": "unit", "dondoc_unit": "H99"},
        {"dondoc_role": "unit", "dondoc_unit": None},
    ],
)
async def test_claims_make_nobody_an_administrator_nor_what_they_do_not_name(house: House, claims: dict[str, Any]) -> None:
    house.provider.person |= claims
    async with house.visit() as client:
        answer = await house.sign_in(client)
        assert answer.status_code == 401
        assert "Không đăng nhập được qua hệ thống định danh" in answer.text
        assert "dondoc" not in client.cookies
    assert await house.accounts() == []
    assert await house.pool.fetchval("SELECT count(*) FROM audit WHERE action = 'sign-in-failed'") == 1


@pytest.mark.parametrize(
    "lies",
    [
        Lies({"nonce": "another"}),
        Lies({"nonce": None}),
        Lies({"aud": "another"}),
        Lies({"aud": ["dondoc", "another"], "azp": "another"}),
        Lies({"aud": ["dondoc", "another"]}),
        Lies({"aud": []}),
        Lies({"iss": "http://evil.example"}),
        Lies({"sub": None}),
        Lies({"exp": 1}),
        Lies({"exp": None}),
        Lies(is_signed_by_another=True),
        Lies(algorithm="none"),
        Lies(algorithm="HS256"),
    ],
    ids=repr,
)
async def test_a_token_that_is_not_the_providers_for_us_and_for_this_sign_in_opens_nothing(house: House, lies: Lies) -> None:
    house.provider.lies = lies
    async with house.visit() as client:
        assert (await house.sign_in(client)).status_code == 401
    assert await house.accounts() == []


@pytest.mark.parametrize("claims", [{"aud": ["dondoc"]}, {"aud": ["dondoc", "another"], "azp": "dondoc"}])
async def test_a_token_may_name_us_among_others(house: House, claims: dict[str, Any]) -> None:
    house.provider.lies = Lies(claims)
    async with house.visit() as client:
        assert (await house.sign_in(client)).status_code == 303


async def test_an_answer_counts_in_the_browser_that_asked_and_once(house: House) -> None:
    async with house.visit() as client, house.visit() as victim:
        path = inside(await house.answer(client))
        assert (await victim.get(path)).status_code == 401
        await victim.get("/sign-in/provider")
        assert (await victim.get(path)).status_code == 401
        assert (await client.get(path)).status_code == 303
        assert (await client.get(path)).status_code == 401


async def test_answers_that_nobody_asked_for_leave_nothing_in_the_audit_log(house: House) -> None:
    async with house.visit() as stranger:
        for path in ("/sign-in/return", "/sign-in/return?state=x&code=y", "/sign-in/return?error=access_denied"):
            assert (await stranger.get(path)).status_code == 401
        stranger.cookies["dondoc-state"] = "x"
        assert (await stranger.get("/sign-in/return?state=x&code=y")).status_code == 401
    assert await house.pool.fetchval("SELECT count(*) FROM audit") == 0


async def test_an_administrator_by_an_administrators_hand_stays_one_whatever_the_claims_say(house: House) -> None:
    async with house.visit() as client:
        assert (await house.sign_in(client)).status_code == 303
    name = await house.pool.fetchval("SELECT name FROM account")
    async with house.pool.acquire() as connection:
        await change_role(connection, name, "administrator", None, by="tests")
    async with house.visit() as client:
        assert (await house.sign_in(client)).status_code == 303
        assert (await client.get("/accounts")).status_code == 200


async def test_an_answer_that_comes_too_late_or_says_no_opens_nothing(house: House) -> None:
    async with house.visit() as client:
        path = inside(await house.answer(client))
        await house.pool.execute("UPDATE pending_sign_in SET began_at = began_at - interval '11 minutes'")
        assert (await client.get(path)).status_code == 401
        state = parse_qs(urlsplit(await house.answer(client)).query)["state"][0]
        assert (await client.get(f"/sign-in/return?state={state}&error=access_denied")).status_code == 401
        state = parse_qs(urlsplit(await house.answer(client)).query)["state"][0]
        assert (await client.get(f"/sign-in/return?state={state}&code=x&iss=http://evil.example")).status_code == 401
        state = parse_qs(urlsplit(await house.answer(client)).query)["state"][0]
        assert (await client.get(f"/sign-in/return?state={state}&code=guessed")).status_code == 401


async def test_a_locked_account_stays_locked(house: House) -> None:
    await house.add(name="lan", full_name="Lan", role="operator", issuer=house.provider.issuer, subject="s-1")
    async with house.pool.acquire() as connection:
        await lock(connection, "lan", by="tests")
    async with house.visit() as client:
        assert (await house.sign_in(client)).status_code == 401


async def test_the_way_leads_to_the_provider_with_a_challenge_and_back_to_our_own_pages_alone(house: House) -> None:
    async with house.visit() as client:
        asked = parse_qs(urlsplit((await client.get("/sign-in/provider?next=//evil.example")).headers["location"]).query)
        assert asked["redirect_uri"] == [f"{OUTSIDE}/sign-in/return"]
        assert len(asked["code_challenge"][0]) == 43
        assert len(asked["state"][0]) >= 43
        assert (await house.sign_in(client, "//evil.example")).headers["location"] == "/"
        assert "Đăng nhập bằng tài khoản của cơ quan" in (await client.get("/sign-in")).text


async def test_a_provider_that_is_away_is_said_on_the_page(database: str) -> None:
    async with opened(database, known_as("http://127.0.0.1:9")) as (address, _), httpx.AsyncClient(base_url=address) as client:
        answer = await client.get("/sign-in/provider")
        assert answer.status_code == 503
        assert "hiện không trả lời" in answer.text


async def test_without_a_provider_there_is_no_way_to_one(database: str) -> None:
    async with serving(build_web([], door_of(database))) as address, httpx.AsyncClient(base_url=address) as client:
        for path in ("/sign-in/provider", "/sign-in/return"):
            assert (await client.get(path)).status_code == 404
        assert "tài khoản của cơ quan" not in (await client.get("/sign-in")).text


async def test_a_provider_that_others_wrote_signs_in_its_people(database: str) -> None:
    with foreign_provider(LAN) as issuer:
        async with opened(database, known_as(issuer)) as (address, pool), httpx.AsyncClient(base_url=address, timeout=30) as client:
            there = (await client.get("/sign-in/provider?next=/account")).headers["location"]
            async with httpx.AsyncClient() as elsewhere:
                assert re.search("s-1", (await elsewhere.get(there)).text)
                back = (await elsewhere.post(there, data={"sub": "s-1"})).headers["location"]
            assert (await client.get(inside(back))).headers["location"] == "/account"
            assert await pool.fetchval("SELECT role FROM account") == "unit"


async def test_who_goes_to_the_provider_too_often_is_held_back_and_fills_no_table(house: House) -> None:
    async with house.visit() as client:
        answers = [await client.get("/sign-in/provider") for _ in range(ADDRESS_GUESSES + 20)]
        assert [answer.status_code for answer in answers] == [303] * ADDRESS_GUESSES + [429] * 20
        assert "Đã thử quá nhiều lần; hãy thử lại sau 15 phút." in answers[-1].text
        assert await house.pool.fetchval("SELECT count(*) FROM pending_sign_in") == ADDRESS_GUESSES
        assert await house.pool.fetchval("SELECT count(*) FROM guess") <= 2 * (ADDRESS_GUESSES + 1)
        wrong = await client.post("/sign-in", data={"name": "lan", "password": "sai", "next": "/"}, headers={"Origin": OUTSIDE})
        assert wrong.status_code == 401


async def test_who_comes_back_from_the_provider_as_who_they_are_is_counted_no_more(house: House) -> None:
    for _ in range(3):
        async with house.visit() as client:
            assert (await house.sign_in(client)).status_code == 303
    assert await house.pool.fetchval("SELECT count(*) FROM guess") == 0
