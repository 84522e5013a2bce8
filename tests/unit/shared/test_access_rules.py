"""The gate without a database: what is served at all, what is turned away, and which headers every answer bears."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from shared.errors import FatalError
from shared.identity.settings import PeopleSettings
from shared.web.app import build_web
from shared.web.door import Door
from shared.web.forms import is_from_here
from shared.web.routes import routes_of
from tests.support.people import BEARER, KEY, NOWHERE, door_of

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"


def client_of(door: Door | None = None) -> httpx.AsyncClient:
    app = build_web([], door or door_of())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://office")


def test_a_route_that_the_table_does_not_name_keeps_the_app_from_starting() -> None:
    app, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter()
    router.add_api_route("/api/secrets", lambda: "secret")
    app.include_router(router)
    with pytest.raises(FatalError, match=r"GET /api/secrets: shared/web/rules\.py does not say"):
        routes_of(app)


@pytest.mark.parametrize("path", ["/tasks/", "//tasks", "/api/../tasks", "/wp-login.php", "/docs"])
async def test_what_is_no_route_is_not_there(path: str) -> None:
    async with client_of() as client:
        assert (await client.get(path, headers=BEARER)).status_code == 404


async def test_a_method_that_a_route_does_not_take_is_named() -> None:
    async with client_of() as client:
        answer = await client.delete("/api/audit", headers=BEARER)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("authorization", ["Bearer wrong", "Bearer ", "Basic a2V5", "Bearer", KEY])
async def test_a_wrong_key_is_a_problem_and_no_cookie_helps(authorization: str) -> None:
    async with client_of() as client:
        answer = await client.get("/api/openapi.json", headers={"Authorization": authorization, "Cookie": "dondoc=x"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_without_a_key_of_the_installation_an_empty_one_is_nobodys() -> None:
    async with client_of(Door(PeopleSettings("http://127.0.0.1:8080"), NOWHERE)) as client:
        for key in ("", "None", KEY):
            assert (await client.get("/api/openapi.json", headers={"Authorization": f"Bearer {key}"})).status_code == 401


async def test_a_page_leads_to_the_sign_in_and_back_and_what_pages_fetch_is_a_problem() -> None:
    async with client_of() as client:
        page = await client.get("/account?told=x&next=y")
        assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/account%3Ftold%3Dx%26next%3Dy")
        fetched = await client.get("/account", headers={"Sec-Fetch-Mode": "cors"})
        assert (fetched.status_code, fetched.headers["content-type"]) == (401, "application/problem+json")
        assert (await client.post("/account/password")).status_code == 401


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/static/app.css", "/nowhere", "/api/nowhere", "/api/audit"])
async def test_every_answer_forbids_inline_script_and_framing(path: str) -> None:
    async with client_of() as client:
        headers = (await client.get(path)).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in headers


async def test_over_https_every_answer_asks_for_https_from_now_on() -> None:
    async with client_of(door_of(public_url="https://dondoc.example.vn")) as client:
        assert "max-age=31536000" in (await client.get("/sign-in")).headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({}, True),
        ({b"origin": b"http://office"}, True),
        ({b"origin": b"https://dondoc.example.vn", b"host": b"inner:8080"}, True),
        ({b"origin": b"http://evil.example"}, False),
        ({b"origin": b"null"}, False),
        ({b"sec-fetch-site": b"cross-site"}, False),
        ({b"sec-fetch-site": b"same-site"}, False),
        ({b"sec-fetch-site": b"same-origin", b"origin": b"http://office"}, True),
    ],
)
def test_a_request_that_another_site_sends_is_told_from_ours(headers: dict[bytes, bytes], *, is_ours: bool) -> None:
    assert is_from_here({b"host": b"office", **headers}, "https://dondoc.example.vn") == is_ours


async def test_without_a_database_a_key_is_known_and_a_session_is_unavailable() -> None:
    async with client_of() as client:
        assert (await client.get("/api/openapi.json", headers=BEARER)).status_code == 200
        assert (await client.get("/account", headers={"Cookie": "dondoc=x"})).status_code == 503
