"""The client that publishers may use: facts go out over HTTP, and verdicts come back. Over Kafka: shared/kafka_client.py, used alike.

    with HttpClient("https://dondoc.example.vn", key) as client:
        for outcome in client.publish(events, wait=30):
            print(outcome.id, outcome.status)

Sending again is always safe, since (source, id) tells repeats; so everything that may pass is tried again by itself.
"""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

import httpx
import msgspec

from shared.contracts.verdicts import FieldProblem
from shared.envelope import Event, encode
from shared.errors import DondocError, UnavailableError

BATCH = "application/cloudevents-batch+json"
MAX_EVENTS = 1_000
MAX_BYTES = 8 * 1_048_576
MAX_WAIT = 30
PATIENCE_SECONDS = 60.0
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 10.0
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
FINAL = frozenset({"registered", "refused", "expired", "waiting", "duplicate"})

Sendable = Event | Mapping[str, Any]
"""An event of ours, or the members of a CloudEvent."""


class Refusal(msgspec.Struct, frozen=True):
    """Why a fact was refused: a stable code, the reason in English and Vietnamese, and the fields to blame."""

    code: str
    reason: str
    reason_vi: str = ""
    fields: tuple[FieldProblem, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a fact so far.

    `status` is received (in Kafka, not judged yet), registered, refused, waiting (for another fact), duplicate (of one that was sent
    before; version or refusal are those of that one), or expired (waited in vain).
    """

    id: str
    source: str
    status: str = "received"
    receipt: str | None = None
    version: int | None = None
    refusal: Refusal | None = None

    @property
    def is_refused(self) -> bool:
        """Tell whether the office has turned the fact down."""
        return self.refusal is not None


class TurnedAwayError(DondocError):
    """The door turned a request away, and nothing of it was written; `first` is the place of the batch's first event among all."""

    def __init__(self, status: int, problem: Mapping[str, Any], first: int = 0) -> None:
        self.status = status
        self.code = str(problem.get("type", "")).rpartition("/")[2]
        self.detail = str(problem.get("detail", ""))
        self.fields = msgspec.convert(problem.get("fields", ()), tuple[FieldProblem, ...])
        self.first = first
        super().__init__(f"{status} {self.code}: {self.detail}")


class Client(Protocol):
    """Sends facts to the office, whichever way."""

    def publish(self, events: Sequence[Sendable], *, wait: float = 0) -> list[Outcome]:
        """Send events in order and return what became of each, waiting for verdicts up to some seconds.

        Raises TurnedAwayError for what the door does not take, UnavailableError where patience was in vain; then some of the events may
        have been received, and sending all again is safe.
        """


class _Answer(msgspec.Struct):
    """A receipt, as far as a client looks at it."""

    receipt: str
    status: str
    version: int | None = None
    refusal: Refusal | None = None


class HttpClient:
    """A client over HTTP; `patience` is for how many seconds what may pass is tried again."""

    def __init__(self, url: str, key: str, *, patience: float = PATIENCE_SECONDS, transport: httpx.BaseTransport | None = None) -> None:
        self._patience = patience
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=httpx.Timeout(10, read=MAX_WAIT + 15), transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def publish(self, events: Sequence[Sendable], *, wait: float = 0) -> list[Outcome]:
        """Send events as batches and return what became of each, as Client tells."""
        end = time.monotonic() + wait
        outcomes: list[Outcome] = []
        for batch in batches_of(map(encoded, events)):
            outcomes += self._send(batch, len(outcomes), end)
        return [self._follow(outcome, end) for outcome in outcomes] if wait else outcomes

    def _send(self, batch: Sequence[bytes], first: int, end: float) -> list[Outcome]:
        headers = {"Content-Type": BATCH}
        seconds = min(MAX_WAIT, int(end - time.monotonic()))
        if seconds > 0:
            headers["Prefer"] = f"wait={seconds}"
        try:
            answer = self._request("POST", "/api/events", content=b"[" + b",".join(batch) + b"]", headers=headers)
        except TurnedAwayError as error:
            error.first = first
            raise
        told = msgspec.json.decode(answer, type=list[_Answer])
        return [_outcome(name, each) for name, each in zip(map(_named, batch), told, strict=True)]

    def _follow(self, outcome: Outcome, end: float) -> Outcome:
        """Ask for a verdict until it is there or the time is up."""
        pause = FIRST_PAUSE
        while outcome.status not in FINAL and time.monotonic() < end:
            time.sleep(min(pause, max(0.0, end - time.monotonic())))
            pause = min(2 * pause, 2.0)
            told = msgspec.json.decode(self._request("GET", f"/api/events/{outcome.receipt}"), type=_Answer)
            outcome = _outcome(_Name(outcome.id, outcome.source), told)
        return outcome

    def _request(self, method: str, path: str, **options: Any) -> bytes:  # noqa: ANN401  of httpx
        """Return the body of the answer; what may pass is tried again, later and later, or when the server says."""
        end = time.monotonic() + self._patience
        for pause in _pauses():
            try:
                answer = self._http.request(method, path, **options)
            except httpx.TransportError as error:
                why, asked = str(error) or type(error).__name__, 0.0
            else:
                if answer.status_code not in PASSING:
                    return _body_of(answer)
                why, asked = f"{answer.status_code}: {_problem_of(answer).get('detail', '')}", _retry_after(answer)
            seconds = max(pause, asked)
            if time.monotonic() + seconds > end:
                raise UnavailableError(f"{self._http.base_url}: {why}; tried for {self._patience:g} s")
            time.sleep(seconds)
        raise AssertionError("pauses have no end")


class _Name(msgspec.Struct, frozen=True):
    """What a fact is known by."""

    id: str = ""
    source: str = ""


def encoded(event: Sendable) -> bytes:
    """Return an event's JSON."""
    return encode(event) if isinstance(event, Event) else msgspec.json.encode(event)


def batches_of(events: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Split events, in order, into batches that the door takes."""
    batch: list[bytes] = []
    size = 0
    for event in events:
        if batch and (len(batch) == MAX_EVENTS or size + len(event) > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += len(event) + 1
    if batch:
        yield batch


def _named(event: bytes) -> _Name:
    return msgspec.json.decode(event, type=_Name)


def _outcome(name: _Name, told: _Answer) -> Outcome:
    return Outcome(id=name.id, source=name.source, status=told.status, receipt=told.receipt, version=told.version, refusal=told.refusal)


def _body_of(answer: httpx.Response) -> bytes:
    if answer.is_success:
        return answer.content
    raise TurnedAwayError(answer.status_code, _problem_of(answer))


def _problem_of(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        problem = msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError:
        return {"detail": answer.text[:300]}
    return problem


def _retry_after(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdecimal() else 0.0


def _pauses() -> Iterator[float]:
    """Return pauses, each about twice as long as the one before, none exactly as long as anybody else's."""
    pause = FIRST_PAUSE
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311  spreads requests, keeps no secret
        pause = min(2 * pause, LONGEST_PAUSE)
