"""How the door is described in the OpenAPI document: its three modes with examples, its answers, and its problems."""

from collections.abc import Mapping
from typing import Any

import msgspec

from services.directives.admission import MAX_BATCH_EVENTS, MAX_EVENT
from services.directives.binding import BATCH, DATA, STRUCTURED
from services.directives.receipts import Receipt
from shared.contracts import Contract, type_of
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.work import PlanSubmitted
from shared.explained import example_of
from shared.schemas import envelope_schema
from shared.web.problems import MEDIA_TYPE, TYPE_BASE

Json = dict[str, Any]

EXAMPLES: tuple[type[Contract], ...] = (DirectiveIssued, TaskAssigned, PlanSubmitted)
RECEIPT = "3-1024"

PROBLEMS: Mapping[int, Mapping[str, str]] = {
    400: {
        "invalid-json": "the body is no JSON in UTF-8, or nested too deeply",
        "incomplete": "the connection ended before the body did",
        "invalid-http": "what came is no HTTP/1.1",
        "repeated-header": "a header that counts once is there more than once",
    },
    401: {
        "unauthorized": "nothing tells who asks, or nobody has this key",
        "key-malformed": "the key was mistyped or cut off: its check is wrong",
        "key-unknown": "nobody has this key",
        "key-expired": "the key has ended",
        "key-revoked": "the key was revoked",
    },
    403: {
        "forbidden": "whoever asks may not do this at all",
        "publisher-unknown": "the office has not authorised this publisher",
        "publisher-not-authorised": "the publisher's rights do not hold at this time",
        "type-not-authorised": "the publisher may not send facts of this type",
    },
    408: {"too-slow": "the body was not there in time"},
    413: {"content-too-large": f"an event has at most {MAX_EVENT} bytes, a batch at most {MAX_BATCH_EVENTS} events"},
    415: {
        "unsupported-media-type": "Accept-Post tells what is taken",
        "unsupported-content-encoding": "the body is sent as it is, without compression",
    },
    422: {
        "invalid-event": "`fields` names every wrong field",
        "state-secret": "a document with a mark of state secrets; nothing of it is kept",
    },
    429: {
        "too-many-events": "more events a second than the publisher may send; Retry-After tells when to go on",
        "quota-used-up": "more events a day than the publisher may send; Retry-After tells when to go on",
        "too-many-failures": "too many wrong keys came from this address",
    },
    431: {"headers-too-large": "the headers have more bytes than are read"},
    503: {
        "unavailable": "Kafka or PostgreSQL is away: send the same events again, with the same ids",
        "busy": "too much is being read at once; try again in a moment",
    },
}
"""What the door turns away, by status and code (the last part of the problem's `type`)."""


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401  any JSON
    """Return a schema with its definitions in place of the references to them."""
    if isinstance(schema, list):
        return [_inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(each, definitions) for name, each in schema.items() if name not in ("$defs", "title")}


def _receipt_schema() -> Json:
    schema = msgspec.json.schema(Receipt)
    inlined: Json = _inlined(schema, schema["$defs"])
    return inlined


def _event_schema() -> Json:
    return {name: value for name, value in envelope_schema().items() if name not in ("$schema", "title")}


def _problem(status: int, codes: Mapping[str, str]) -> Json:
    example = {"type": TYPE_BASE + next(iter(codes)), "title": "…", "status": status, "detail": next(iter(codes.values()))}
    properties = {
        "type": {"type": "string", "enum": [TYPE_BASE + code for code in codes]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "problem": {"type": "string"}},
                "required": ["pointer", "problem"],
            },
        },
    }
    schema = {"type": "object", "properties": properties, "required": ["type", "title", "status", "detail"]}
    return {
        "description": "; ".join(f"`{code}`: {meaning}" for code, meaning in codes.items()),
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }


def _problems(*statuses: int) -> dict[int | str, Json]:
    return {status: _problem(status, PROBLEMS[status]) for status in statuses}


def _answer(description: str, status: str, **more: object) -> Json:
    one = _receipt_schema()
    examples = {
        "one": {"summary": "to one event", "value": {"receipt": RECEIPT, "status": status, **more}},
        "batch": {"summary": "to a batch, in its order", "value": [{"receipt": RECEIPT, "status": status, **more}]},
    }
    schema = {"oneOf": [one, {"type": "array", "items": one}]}
    location = {"description": "Where the receipt is (to one event)", "schema": {"type": "string"}}
    return {
        "description": description,
        "headers": {"Location": location},
        "content": {"application/json": {"schema": schema, "examples": examples}},
    }


def _request() -> Json:
    event = _event_schema()
    examples = {each.NAME: {"summary": str(each.__doc__).splitlines()[0], "value": example_of(each)} for each in EXAMPLES}
    batch = {"a-directive-and-its-task": {"value": [example_of(each) for each in EXAMPLES[:2]]}}
    data = {"an-assignment": {"value": example_of(TaskAssigned)["data"]}}
    return {
        "required": True,
        "description": f"At most {MAX_EVENT} bytes an event and {MAX_BATCH_EVENTS} events a batch. The schemas of all types: docs/events.",
        "content": {
            STRUCTURED: {"schema": event, "examples": examples},
            BATCH: {"schema": {"type": "array", "maxItems": MAX_BATCH_EVENTS, "items": event}, "examples": batch},
            DATA: {"schema": {"type": "object", "description": "Binary mode: the body is `data`."}, "examples": data},
        },
    }


def _header(name: str, description: str, example: str) -> Json:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string"}, "example": example}


def _headers() -> list[Json]:
    event = example_of(TaskAssigned)
    binary = [
        _header(f"ce-{name}", "Binary mode: an attribute, percent-encoded beyond printable ASCII", str(event[name]))
        for name in ("specversion", "id", "source", "type", "subject", "partitionkey", "time")
        if name in event
    ]
    return [_header("Prefer", "Wait for the verdict up to so many seconds, at most 30 (RFC 7240)", "wait=10"), *binary]


POST: Mapping[str, Any] = {
    "summary": "Publish facts",
    "description": (
        "Takes one event in structured mode, one in binary mode, or a batch (CloudEvents 1.0, HTTP binding). 202: all of it is safely in "
        "Kafka; 200: `Prefer: wait=N` was given and the verdict is there. Of what is turned away nothing was written. Sending the same "
        "events again, with the same source and id, is always safe. "
        f"For example the type {type_of(TaskAssigned)}."
    ),
    "operation_id": "publishEvents",
    "status_code": 202,
    "response_model": None,
    "responses": {
        200: _answer("The verdicts", "registered", version=1),
        202: _answer("Received: in Kafka, not judged yet", "received"),
        **_problems(400, 401, 403, 408, 413, 415, 422, 429, 431, 503),
    },
    "openapi_extra": {"requestBody": _request(), "parameters": _headers()},
}

FIND: Mapping[str, Any] = {
    "summary": "Tell what became of a fact",
    "description": "A publisher sees the receipts of its own facts only; any other is not found.",
    "operation_id": "findReceipt",
    "responses": {
        200: {
            "description": "What is known of the fact so far",
            "content": {
                "application/json": {"schema": _receipt_schema(), "example": {"receipt": RECEIPT, "status": "registered", "version": 1}}
            },
        },
        404: _problem(404, {"not-found": "there is no such receipt"}),
        **_problems(401, 503),
    },
}
