"""The OpenAPI document is valid, whole, and says of every operation who may ask, what goes wrong, and what an answer looks like."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import msgspec
import pytest

from services.gateway import build_gateway
from shared.environment import Environment
from shared.web.openapi import TAGS, operations_of
from shared.web.routes import routes_of
from shared.web.rules import RULES

OFFICIAL = Path(__file__).parents[1] / "guards" / "data" / "openapi-3.1.json"
ENVIRONMENT = Environment(bootstrap="127.0.0.1:9", dsn="", partitions=4, clock="stepped", health_port=0, host="127.0.0.1", instance=None)
URI = "urn:dondoc:openapi"
PROBLEM = "application/problem+json"
NOT_DESCRIBED = {"GET /api/openapi.json"}


@pytest.fixture(scope="module")
def document() -> Any:
    return msgspec.json.decode(msgspec.json.encode(build_gateway(ENVIRONMENT).openapi()))


@pytest.fixture(scope="module")
def operations(document: Any) -> dict[str, Any]:
    return dict(operations_of(document))


def test_it_is_valid_by_the_official_schema(document: Any) -> None:
    validator = jsonschema_rs.validator_for(msgspec.json.decode(OFFICIAL.read_bytes()), validate_formats=True)
    assert [(error.message[:200], error.instance_path) for error in validator.iter_errors(document)] == []
    assert document["openapi"].startswith("3.1.")
    assert not validator.is_valid({**document, "paths": {"tasks": {}}})


def test_it_describes_every_endpoint_of_the_api_and_no_other(operations: dict[str, Any]) -> None:
    served = {key for key in RULES if key.partition(" ")[2].startswith("/api/")} - NOT_DESCRIBED
    assert operations.keys() - served == set()
    unwritten = served - operations.keys()
    assert {key for key in unwritten if is_served(key)} == set()


def is_served(key: str) -> bool:
    """Tell whether the app has that route, which the table of rules may name before it is there."""
    method, _, path = key.partition(" ")
    app = build_gateway(ENVIRONMENT)
    return any(getattr(route, "path", "") == path and method in getattr(route, "methods", ()) for route in app.routes)


def test_every_operation_has_words_a_name_of_its_own_and_a_known_tag(document: Any, operations: dict[str, Any]) -> None:
    assert len({each["operationId"] for each in operations.values()}) == len(operations)
    for key, each in operations.items():
        assert each.get("summary"), key
        assert each.get("description"), key
        assert each.get("tags"), key
        assert set(each["tags"]) <= TAGS.keys(), key
    used = {tag for each in operations.values() for tag in each["tags"]}
    assert [tag["name"] for tag in document["tags"]] == [name for name in TAGS if name in used]


def test_every_parameter_is_described(operations: dict[str, Any]) -> None:
    silent = {
        f"{key} {each['name']}" for key, told in operations.items() for each in told.get("parameters", ()) if not each.get("description")
    }
    assert silent == set()


def test_every_operation_says_who_may_ask_and_how(document: Any, operations: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    for key, each in operations.items():
        rule = RULES[key]
        assert each["x-roles"] == dict(rule.grants), key
        named = {name for way in each["security"] for name in way}
        assert named <= schemes.keys()
        assert ("apiKey" in named) == bool(rule.grants.keys() & {"publisher", "service"}), key
        assert ("csrf" in named) == (not key.startswith("GET ") and "session" in named), key


def test_every_failure_is_a_problem(operations: dict[str, Any]) -> None:
    for key, each in operations.items():
        failures = {status: told for status, told in each["responses"].items() if not status.startswith("2")}
        assert {"401", "403", "503"} <= failures.keys(), key
        assert all(list(told["content"]) == [PROBLEM] for told in failures.values()), key


def test_what_names_a_thing_may_not_find_it(operations: dict[str, Any]) -> None:
    assert [key for key, each in operations.items() if "{" in key and "404" not in each["responses"]] == []


def contents(operations: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield every body that is described: whose it is, where its schema is, and itself."""
    for key, each in operations.items():
        method, _, path = key.partition(" ")
        at = f"/paths/{escaped(path)}/{method.lower()}"
        for media, told in each.get("requestBody", {}).get("content", {}).items():
            yield f"{key} asks {media}", f"{at}/requestBody/content/{escaped(media)}/schema", told
        for status, answer in each["responses"].items():
            for media, told in answer.get("content", {}).items():
                yield f"{key} {status} {media}", f"{at}/responses/{status}/content/{escaped(media)}/schema", told


def escaped(name: str) -> str:
    return quote(name.replace("~", "~0").replace("/", "~1"))


def examples_of(told: Any) -> list[Any]:
    return [told["example"]] if "example" in told else [each["value"] for each in told.get("examples", {}).values()]


def test_every_body_has_an_example(operations: dict[str, Any]) -> None:
    assert [whose for whose, _, told in contents(operations) if not examples_of(told)] == []


def test_every_example_is_right_by_its_schema(document: Any, operations: dict[str, Any]) -> None:
    registry = jsonschema_rs.Registry([(URI, document)], draft=jsonschema_rs.Draft202012)
    wrong = []
    for whose, pointer, told in contents(operations):
        validator = jsonschema_rs.Draft202012Validator({"$ref": f"{URI}#{pointer}"}, registry=registry, validate_formats=True)
        wrong += [f"{whose}: {error.message[:200]}" for example in examples_of(told) for error in validator.iter_errors(example)]
    assert wrong == []
    assert len(list(contents(operations))) > 100


def test_every_schema_is_one(document: Any, operations: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name
    for whose, _, told in contents(operations):
        assert "schema" in told, whose


def test_a_path_of_its_own_is_no_value_of_another_ones_parameter() -> None:
    routes = routes_of(build_gateway(ENVIRONMENT))
    assert routes.find("GET", "/api/units/import") is None
    assert routes.methods("/api/units/import") == ["POST"]
    assert routes.find("GET", "/api/units/H99.5") is not None
