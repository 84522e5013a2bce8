"""The OpenAPI 3.1 document of an app: what FastAPI knows of its routes, and what holds for all of them, said at one place.

Every answer that is no success is a problem (RFC 9457); who may ask is told from the table of rules; examples come with the services.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import PlanSubmitted
from shared.explained import example_of
from shared.web.problems import MEDIA_TYPE, TYPE_BASE
from shared.web.rules import RULES, Rule

Json = dict[str, Any]

DESCRIPTION = """Registers what agencies publish about directives, tracks every deadline in them, and tells the units that answer for it.

Programs send `Authorization: Bearer <key>`, people sign in and have a session's cookie. A unit sees only what concerns it; whatever else is
"not found" for it. Instants are RFC 3339; a deadline's `due` is the first instant that is late. Lists answer with `items` and `next`, the
cursor of the next part, null at the end. Errors are problems (RFC 9457) with a stable `type`."""

TAGS: Mapping[str, str] = {
    "publishing": "Facts in, receipts out.",
    "intake": "Letters in, proposed facts out.",
    "directives": "Directives, their tasks, plans, conferences and indexes, now or as of an instant.",
    "registry": "Units of the administration, their names over time, their successors.",
    "deadlines": "Deadlines with their proof, and the working calendar.",
    "inboxes": "What units were told, and that they read it.",
    "contacts": "How units are reached.",
    "webhooks": "Where programs of units are told, signed as Standard Webhooks 1.0 has it.",
    "deliveries": "What was sent to them by mail and webhook, attempt by attempt.",
    "audit": "Who did what.",
}

PARAMETERS: Mapping[str, tuple[str, object]] = {
    "receipt": ("The receipt that an answer to publishing gave.", "3-13"),
    "task": ("The task's id.", example_of(TaskAssigned)["subject"]),
    "directive": ("The directive's id.", example_of(DirectiveIssued)["subject"]),
    "plan": ("The plan's id.", example_of(PlanSubmitted)["subject"]),
    "index": ("The index's id.", example_of(IndexPublished)["subject"]),
    "deadline": ("The deadline's id.", "c9f4991e-0c87-5141-9cee-d3b4cea6bc47"),
    "notice": ("The notice's id.", "a9e14d97-5297-5684-a738-1406556f5cdf"),
    "webhook": ("The webhook's id.", "0b4c7a7e-5a3e-5f0b-8c1d-2e3f4a5b6c7d"),
    "contact": ("The contact's id.", "c4b7a1d2-2f3e-5a6b-8c9d-0e1f2a3b4c5d"),
    "code": ("The unit's code, of either scheme.", example_of(UnitRegistered)["data"]["code"]),
    "unit": ("A unit's code, of either scheme.", None),
    "issuer": ("The issuing unit's code, of either scheme.", None),
    "parent": ("The code of the unit above, of either scheme.", None),
    "year": ("The calendar year.", 2026),
    "key": ("The id of the directive, unit or index.", None),
    "publisher": ("The publisher's id.", None),
    "due_after": ("Deadlines that fall due at this instant or later.", None),
    "due_before": ("Deadlines that fall due before this instant.", None),
    "q": ("Words to find, with or without diacritics.", None),
    "sort": ("By due instant, or by urgency.", None),
    "as_of": ("Answer as of this instant: facts registered by it, evaluated at it.", None),
    "issued_from": ("Issued on this day or later.", None),
    "issued_to": ("Issued on this day or earlier.", None),
    "from": ("Beginning at this instant or later.", None),
    "to": ("Beginning before this instant.", None),
    "sha256": ("The file's SHA-256, in hexadecimal.", "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"),
    "phrase": ("The words of a deadline, as a letter has them.", "trước ngày 16/3/2026"),
    "issued_on": ("The day of the letter.", "2026-03-02"),
    "received_on": ("The day on which the unit received it.", None),
    "status": ("What was said of it last.", None),
    "unread": ("Only what nobody has acknowledged yet.", None),
    "after": ("The cursor to go on from, of the inbox or of the last event.", None),
    "Last-Event-ID": ("What the last event had as its id; a browser sends it by itself.", None),
    "actor": ("Who did it.", None),
    "action": ("What was done.", None),
    "object": ("What it was done to.", None),
    "since": ("At this instant or later.", None),
    "until": ("Before this instant.", None),
    "state": ("How it stands.", None),
    "channel": ("By which channel.", None),
    "limit": ("How many items at most.", None),
    "cursor": ("Where to go on: `next` of the part before.", None),
}
"""What a parameter of that name means everywhere, with an example."""

PROBLEMS: Mapping[str, tuple[str, str, str]] = {
    "400": ("The body cannot be read.", "bad-request", "There was an error parsing the body"),
    "401": ("Nobody is signed in, or the key counts no more.", "unauthorized", "sign in, or send a key"),
    "403": ("The asker's role or rights do not allow this.", "forbidden", "your role may not do this"),
    "404": ("There is no such thing, or not for the asker.", "not-found", "no task with this id"),
    "409": ("It contradicts what is registered.", "key-taken", "this id already belongs to a directive"),
    "415": ("The body is of another kind.", "unsupported-media-type", "send the file as text/csv"),
    "422": ("Parameters or body are wrong; `fields` names them.", "invalid-request", "some parameters are wrong"),
    "429": ("Too many wrong keys came from this address.", "too-many-failures", "too many wrong keys; try again later"),
    "503": ("PostgreSQL or Kafka is away; try again.", "unavailable", "PostgreSQL is away"),
}
"""Answers that are no success: what they mean, and an example's code and detail."""

PROBLEM: Json = {
    "title": "Problem",
    "description": "Why a request failed (RFC 9457).",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Stable: what kind of problem it is."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is wrong this time."},
        "reason_vi": {"type": "string", "description": "The reason in Vietnamese, of a refusal."},
        "fields": {
            "type": "array",
            "description": "Which fields are wrong: a JSON Pointer and a sentence each.",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "problem": {"type": "string"}},
                "required": ["pointer", "problem"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}

SECURITY: Json = {
    "apiKey": {"type": "http", "scheme": "bearer", "description": "A publisher's key, or the installation's own."},
    "session": {"type": "apiKey", "in": "cookie", "name": "", "description": "The cookie of somebody who signed in at /sign-in."},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "The session's word, of pages, for what changes anything.",
    },
}
SAFE = ("get", "head")
UNITS = frozenset({"unit", "issuer", "parent"})
"""Parameters of a query that name a unit: one that nobody has is not found."""


def answer(shape: object, description: str, *, media_type: str = "application/json") -> Json:
    """Return how a route describes what it answers, where FastAPI cannot see it: a msgspec type, with its parts in place."""
    schema = msgspec.json.schema(shape)
    return {"description": description, "content": {media_type: {"schema": inlined(schema, schema.get("$defs", {}))}}}


def inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401  any JSON
    """Return a schema with its definitions in place of the references to them."""
    if isinstance(schema, list):
        return [inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: inlined(each, definitions) for name, each in schema.items() if name != "$defs"}


def read_examples(package: str) -> Mapping[str, Any]:
    """Return a service's examples: the body asked with and the one answered, by method and path."""
    found: Mapping[str, Any] = msgspec.json.decode(files(package).joinpath("examples.json").read_bytes())
    return found


def install_openapi(app: FastAPI, *, cookie: str, examples: Mapping[str, Any]) -> None:
    """Let an app describe itself so; the document is made when it is first asked for."""

    def openapi() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app, cookie=cookie, examples=examples)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def describe(app: FastAPI, *, cookie: str, examples: Mapping[str, Any]) -> Json:
    """Return the whole document."""
    made = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    used: set[str] = set()
    for key, operation in operations_of(made):
        used |= set(operation.get("tags", ()))
        _complete(key, operation, examples.get(key, {}))
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    made["components"]["securitySchemes"] = {**SECURITY, "session": {**SECURITY["session"], "name": cookie}}
    made["tags"] = [{"name": name, "description": told} for name, told in TAGS.items() if name in used]
    made["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    made["servers"] = [{"url": "/", "description": "This gateway."}]
    return made


def operations_of(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield each operation by its method and path."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _complete(key: str, operation: Json, examples: Mapping[str, Any]) -> None:
    method, _, path = key.partition(" ")
    rule = RULES[key]
    operation["operationId"] = _name_of(operation)
    operation["security"] = _security(method, rule)
    operation["x-roles"] = dict(rule.grants)
    for parameter in operation.get("parameters", ()):
        _explain(parameter)
    for status in _statuses(method, path, operation):
        operation["responses"].setdefault(status, _problem(status))
    if operation["responses"].get("422", {}).get("content", {}).get("application/json"):
        operation["responses"]["422"] = _problem("422")
    _illustrate(operation, examples)


def _name_of(operation: Json) -> str:
    """Return `listTasks` for what FastAPI calls `list_tasks_api_tasks_get`; a name that was given stays."""
    name = str(operation["operationId"]).partition("_api_")[0]
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _security(method: str, rule: Rule) -> list[Json]:
    if rule.is_open:
        return []
    session: Json = {"session": []} if method.lower() in SAFE else {"session": [], "csrf": []}
    people = rule.grants.keys() - {"publisher", "service"}
    programs = rule.grants.keys() & {"publisher", "service"}
    return ([{"apiKey": []}] if programs else []) + ([session] if people else [])


def _explain(parameter: Json) -> None:
    told = PARAMETERS.get(parameter["name"])
    if told is None:
        return
    description, example = told
    parameter.setdefault("description", description)
    if example is not None:
        parameter.setdefault("example", example)


def _statuses(method: str, path: str, operation: Json) -> list[str]:
    asks = "parameters" in operation or "requestBody" in operation
    names_thing = "{" in path or not UNITS.isdisjoint(each["name"] for each in operation.get("parameters", ()))
    changes = method.lower() not in SAFE
    return [
        "401",
        "403",
        *(["404"] if names_thing or changes else []),
        *(["409"] if changes else []),
        *(["400", "415"] if "requestBody" in operation else []),
        *(["422"] if asks else []),
        "429",
        "503",
    ]


def _problem(status: str) -> Json:
    description, code, detail = PROBLEMS[status]
    example = {"type": TYPE_BASE + code, "title": description.partition(";")[0].rstrip("."), "status": int(status), "detail": detail}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}}


def _illustrate(operation: Json, examples: Mapping[str, Any]) -> None:
    """Put a service's examples into what is asked with and what is answered."""
    for content in _contents(operation, "requestBody"):
        if "request" in examples and not content.keys() & {"example", "examples"}:
            content["example"] = examples["request"]
    for status, told in operation["responses"].items():
        for content in told.get("content", {}).values():
            if status.startswith("2") and "response" in examples and not content.keys() & {"example", "examples"}:
                content["example"] = examples["response"]


def _contents(operation: Json, part: str) -> Iterator[Json]:
    yield from operation.get(part, {}).get("content", {}).values()
