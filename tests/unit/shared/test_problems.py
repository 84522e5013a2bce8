"""Every error of a web app is a problem (RFC 9457)."""

import httpx
import pytest
from fastapi import FastAPI

from shared.errors import InvalidMessageError, NotFoundError, RefusedError, UnavailableError
from shared.web.problems import install_problems


class Fault:
    """What the next request raises."""

    error: Exception = Exception()


@pytest.fixture
def fault() -> Fault:
    return Fault()


@pytest.fixture
async def client(fault: Fault) -> httpx.AsyncClient:
    app = FastAPI()
    install_problems(app)

    @app.get("/fault")
    async def fails() -> None:
        raise fault.error

    @app.get("/number/{n}")
    async def number(n: int) -> int:
        return n

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFoundError("task", "x"), 404, "not-found"),
        (RefusedError("task-twice", "the task is assigned already", "Nhiệm vụ đã được giao"), 409, "task-twice"),
        (UnavailableError("Kafka is away"), 503, "unavailable"),
        (ConnectionRefusedError(), 503, "unavailable"),
        (InvalidMessageError("x"), 500, "internal-error"),
        (ZeroDivisionError("secret detail"), 500, "internal-error"),
    ],
)
async def test_an_error_is_told_as_a_problem(client: httpx.AsyncClient, fault: Fault, error: Exception, status: int, code: str) -> None:
    fault.error = error
    response = await client.get("/fault")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"].endswith(f"/{code}")
    assert "secret" not in response.text


async def test_a_refusal_has_its_reason_in_both_languages(client: httpx.AsyncClient, fault: Fault) -> None:
    fault.error = RefusedError("task-twice", "the task is assigned already", "Nhiệm vụ đã được giao")
    body = (await client.get("/fault")).json()
    assert (body["detail"], body["reason_vi"]) == ("the task is assigned already", "Nhiệm vụ đã được giao")


async def test_a_wrong_parameter_is_named(client: httpx.AsyncClient) -> None:
    response = await client.get("/number/x")
    assert response.status_code == 422
    assert response.json()["fields"][0]["pointer"] == "/path/n"


async def test_an_unknown_path_and_method_are_problems_too(client: httpx.AsyncClient) -> None:
    for response, status in [(await client.get("/nowhere"), 404), (await client.delete("/fault"), 405)]:
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
