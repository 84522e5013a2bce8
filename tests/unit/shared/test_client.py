"""The client over HTTP against a server of our own making: batches, tries, waiting, and what is turned away."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from shared.client import HttpClient, TurnedAwayError, batches_of
from shared.errors import UnavailableError

EVENT = {"specversion": "1.0", "id": "việc-1", "source": "/nam-son", "type": "x", "subject": "s", "partitionkey": "k", "data": {}}
Answer = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers from a list, one after another; the last one again and again."""

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answer(request)


def says(status: int, content: object = None, **headers: str) -> Answer:
    return lambda _request: httpx.Response(status, json=content, headers={name.replace("_", "-"): value for name, value in headers.items()})


def receipts(status: str = "received", **more: object) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        events = json.loads(request.content)
        return httpx.Response(202, json=[{"receipt": f"0-{number}", "status": status, **more} for number in range(len(events))])

    return answer


def broken(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


@pytest.fixture
def client() -> Iterator[Callable[..., HttpClient]]:
    opened: list[HttpClient] = []

    def make(server: Server, patience: float = 20) -> HttpClient:
        opened.append(HttpClient("http://office", "dd_key", patience=patience, transport=httpx.MockTransport(server)))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def test_events_go_out_as_one_batch_with_the_key(client: Callable[..., HttpClient]) -> None:
    server = Server(receipts())
    outcomes = client(server).publish([EVENT, {**EVENT, "id": "việc-2"}])
    assert [(each.id, each.source, each.status, each.receipt) for each in outcomes] == [
        ("việc-1", "/nam-son", "received", "0-0"),
        ("việc-2", "/nam-son", "received", "0-1"),
    ]
    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer dd_key"
    assert "prefer" not in request.headers
    assert [each["id"] for each in json.loads(request.content)] == ["việc-1", "việc-2"]


def test_many_events_go_out_in_batches_that_the_door_takes() -> None:
    assert [len(batch) for batch in batches_of([b"{}"] * 2_500)] == [1_000, 1_000, 500]
    large = b"x" * 1_000_000
    assert [len(batch) for batch in batches_of([large] * 10)] == [8, 2]
    assert list(batches_of([])) == []


def test_what_may_pass_is_tried_again(client: Callable[..., HttpClient]) -> None:
    server = Server(broken, says(503, {"detail": "Kafka is away"}), says(429, retry_after="1"), receipts())
    assert client(server).publish([EVENT])[0].status == "received"
    assert len(server.requests) == 4
    assert len({request.content for request in server.requests}) == 1


def test_patience_ends(client: Callable[..., HttpClient]) -> None:
    with pytest.raises(UnavailableError, match="Kafka is away"):
        client(Server(says(503, {"detail": "Kafka is away"})), patience=0.5).publish([EVENT])


def test_a_longer_pause_than_patience_is_not_even_begun(client: Callable[..., HttpClient]) -> None:
    server = Server(says(429, {"detail": "too many"}, retry_after="3600"))
    with pytest.raises(UnavailableError, match="too many"):
        client(server).publish([EVENT])
    assert len(server.requests) == 1


def test_what_is_turned_away_is_not_tried_again_and_tells_why(client: Callable[..., HttpClient]) -> None:
    problem: dict[str, Any] = {
        "type": "https://dondoc.vn/problems/invalid-event",
        "detail": "1 fields are wrong",
        "fields": [{"pointer": "/0/id", "problem": "is required"}],
    }
    server = Server(receipts(), says(422, problem))
    with pytest.raises(TurnedAwayError) as caught:
        client(server).publish([EVENT] * 1_001)
    assert (caught.value.status, caught.value.code, caught.value.first) == (422, "invalid-event", 1_000)
    assert caught.value.fields[0].pointer == "/0/id"


def test_verdicts_are_waited_for_and_asked_for(client: Callable[..., HttpClient]) -> None:
    refusal = {"code": "unit-unknown", "reason": "no unit", "reason_vi": "chưa có đơn vị", "fields": []}
    server = Server(
        receipts(),
        says(200, {"receipt": "0-0", "status": "received"}),
        says(200, {"receipt": "0-0", "status": "refused", "refusal": refusal}),
    )
    (outcome,) = client(server).publish([EVENT], wait=20)
    assert (outcome.id, outcome.status, outcome.is_refused) == ("việc-1", "refused", True)
    assert outcome.refusal is not None
    assert outcome.refusal.reason_vi == "chưa có đơn vị"
    assert server.requests[0].headers["prefer"] in ("wait=19", "wait=20")
    assert [request.url.path for request in server.requests[1:]] == ["/api/events/0-0"] * 2


def test_a_verdict_that_does_not_come_in_time_stays_received(client: Callable[..., HttpClient]) -> None:
    server = Server(receipts(), says(200, {"receipt": "0-0", "status": "received"}))
    assert client(server).publish([EVENT], wait=0.6)[0].status == "received"


def test_an_answer_that_is_no_problem_is_told_as_it_is(client: Callable[..., HttpClient]) -> None:
    with pytest.raises(TurnedAwayError, match="Not Here"):
        client(Server(lambda _request: httpx.Response(404, text="Not Here"))).publish([EVENT])
