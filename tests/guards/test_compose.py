"""`docker-compose.yml` and `deploy/Dockerfile` keep to the Compose specification and to our own rules of deployment."""

import copy
import functools
import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft7Validator

from deploy.local import kafka, postgres
from deploy.local.compose import COMPOSE, interpolate, read_services
from deploy.local.requirements import root
from services.notifications.settings import read_channels
from services.schemas import OWN
from shared.broker import sign_in_at

SCHEMA = Path(__file__).parent / "data" / "compose-spec.json"
DOCKERFILE = root() / "deploy" / "Dockerfile"
SECRET = re.compile(r"PASSWORD|KEY|SECRET|TOKEN")
Content = dict[str, Any]

VARIABLES = {"POSTGRES_PASSWORD": "p", "DONDOC_KAFKA_PASSWORD": "q", "DONDOC_API_KEY": "k"}


@functools.cache
def compose() -> Content:
    content: Content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return content


@functools.cache
def validator() -> Draft7Validator:
    return Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def planted(*path: str, value: object) -> Content:
    """Return the Compose file with the value at the path."""
    changed = copy.deepcopy(compose())
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


def violations(content: Content) -> list[str]:
    """Return what breaks the specification, and what breaks the rules that its schema cannot say."""
    schema = [f"{error.instance_path}: {error.message}" for error in validator().iter_errors(content)]
    return schema or [*unknown_references(content), *default_secrets(content), *loose_services(content)]


def unknown_references(content: Content) -> Iterator[str]:
    """Yield services and volumes that are named but not there."""
    services, volumes = content["services"], content.get("volumes", {})
    for name, block in services.items():
        yield from (f"{name} depends on {other}" for other in block.get("depends_on", {}) if other not in services)
        for volume in block.get("volumes", []):
            source = volume.split(":")[0]
            if not source.startswith((".", "/")) and source not in volumes:
                yield f"{name} mounts {source}"


def default_secrets(content: Content) -> Iterator[str]:
    """Yield secrets that do not come from outside: each is required there, or there is none."""
    for name, block in content["services"].items():
        for key, value in block.get("environment", {}).items():
            if SECRET.search(key) and not re.fullmatch(r"\$\{\w+:(\?[^}]+|-)\}", str(value)):
                yield f"{name}: {key} has a default"
        for variable, operator, word in re.findall(r"\$\{(\w+)(:?[-?+])?([^}]*)", json.dumps(block)):
            if SECRET.search(variable) and operator != ":?" and (operator, word) != (":-", ""):
                yield f"{name}: {variable} has a default"


def loose_services(content: Content) -> Iterator[str]:
    """Yield what a service lacks: a pinned image, a restart policy, time to stop, a health check, a read-only root."""
    for name, block in content["services"].items():
        is_ours, is_one_shot = "build" in block, block.get("restart") == "no"
        needed = ["image", "restart", "stop_grace_period", "security_opt", *([] if is_one_shot else ["healthcheck"])]
        yield from (f"{name} has no {key}" for key in needed if key not in block)
        if not re.search(r":(v?\d|\$\{)", block.get("image", "")):
            yield f"{name}: its image is not pinned"
        if is_ours and not block.get("read_only"):
            yield f"{name}: its file system is not read-only"


def test_the_compose_file_keeps_to_the_specification_and_the_rules() -> None:
    assert violations(compose()) == []


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("services", "gateway", "prots"), ["8080:8080"], "'prots' was unexpected"),
        (("services", "gateway", "restart"), 7, '7 is not of type "string"'),
        (("services", "kafka", "healthcheck", "retries"), [3], "[3] is not of types"),
        (("services", "kafka", "healthcheck", "intervall"), "1s", "'intervall' was unexpected"),
        (("services", "setup", "depends_on", "kafka"), {"condition": "service_happy"}, "is not valid under any of the schemas"),
        (("services", "setup", "depends_on", "absent"), {"condition": "service_healthy"}, "setup depends on absent"),
        (("services", "kafka", "volumes"), ["elsewhere:/data"], "kafka mounts elsewhere"),
        (("services", "postgres", "environment", "POSTGRES_PASSWORD"), "${POSTGRES_PASSWORD:-dondoc}", "POSTGRES_PASSWORD has a default"),
        (("services", "gateway", "environment", "DONDOC_API_KEY"), "secret", "DONDOC_API_KEY has a default"),
        (("services", "gateway", "environment", "DSN"), "x:${POSTGRES_PASSWORD-y}@z", "POSTGRES_PASSWORD has a default"),
        (("services", "gateway", "environment", "ADDRESS"), "sasl://dondoc:${DONDOC_KAFKA_PASSWORD:-q}@kafka:9092", "has a default"),
        (("services", "kafka", "image"), "apache/kafka", "not pinned"),
        (("services", "kafka", "image"), "apache/kafka:latest", "not pinned"),
        (("services", "deadlines", "read_only"), False, "not read-only"),
    ],
)
def test_a_planted_error_is_found(path: tuple[str, ...], value: object, complaint: str) -> None:
    assert any(complaint in violation for violation in violations(planted(*path, value=value)))


@pytest.mark.parametrize("key", ["healthcheck", "restart", "stop_grace_period"])
def test_a_service_that_lacks_what_keeps_it_running_is_found(key: str) -> None:
    changed = copy.deepcopy(compose())
    del changed["services"]["kafka"][key]
    assert violations(changed) == [f"kafka has no {key}"]


def test_every_command_is_a_module_of_ours_that_exists() -> None:
    commands = {name: service.command for name, service in read_services(COMPOSE, VARIABLES).items()}
    assert commands.pop("setup") == ("dondoc", "setup")
    for command in commands.values():
        assert command[:2] == ("python", "-m")
        assert importlib.util.find_spec(command[2]), command


def test_every_schema_has_its_worker_and_every_worker_its_own_instance() -> None:
    services = read_services(COMPOSE, VARIABLES)
    assert {name for name in services if name not in ("setup", "gateway", "courier")} == set(OWN)
    instances = [services[name].environment["DONDOC_INSTANCE"] for name in OWN]
    assert len(set(instances)) == len(OWN)


def test_only_the_gateway_knows_the_api_key() -> None:
    knowing = [name for name, block in compose()["services"].items() if "DONDOC_API_KEY" in block.get("environment", {})]
    assert knowing == ["gateway"]


@pytest.mark.parametrize(
    "key", ["auto.create.topics.enable", "message.max.bytes", "replica.fetch.max.bytes", "group.initial.rebalance.delay.ms"]
)
def test_the_broker_is_set_as_the_local_one(key: str) -> None:
    variable = "KAFKA_" + key.upper().replace(".", "_")
    assert str(compose()["services"]["kafka"]["environment"][variable]) == kafka.SETTINGS[key]


def broker_properties() -> dict[str, str]:
    """Return the properties that the image makes of the broker's environment: _ becomes a dot, __ an underscore, ___ a dash."""
    variables = {key.removeprefix("KAFKA_").lower(): str(value) for key, value in compose()["services"]["kafka"]["environment"].items()}
    names = {key: key.replace("_", ".").replace("...", "-").replace("..", "_") for key in variables}
    return {names[key]: interpolate(value, VARIABLES) for key, value in variables.items()}


def test_the_broker_lets_in_the_same_as_the_local_one() -> None:
    local = {**kafka.SECURITY, **kafka.sign_in_settings(VARIABLES["DONDOC_KAFKA_PASSWORD"])}
    properties = broker_properties()
    assert {key: properties.get(key) for key in local} == local
    about_security = re.compile(r"sasl|ssl|jaas|acl|authorizer|super|security")
    assert {key for key in properties if about_security.search(key)} <= set(local)


def test_no_listener_of_the_broker_is_open() -> None:
    protocols = dict(pair.split(":") for pair in broker_properties()["listener.security.protocol.map"].split(","))
    listeners = re.findall(r"(\w+)://", broker_properties()["listeners"])
    assert set(listeners) == set(protocols)
    assert set(protocols.values()) == {"SASL_PLAINTEXT"}


def test_only_the_listener_of_the_agencies_is_published_and_by_default_on_the_loopback_address() -> None:
    (port,) = compose()["services"]["kafka"]["ports"]
    assert interpolate(port, VARIABLES) == "127.0.0.1:9094:9094"
    assert "AGENCIES://:9094" in broker_properties()["listeners"]


def test_our_own_services_sign_in_at_the_broker() -> None:
    services = read_services(COMPOSE, VARIABLES)
    addresses = {service.environment["DONDOC_KAFKA_BOOTSTRAP"] for service in services.values()}
    assert addresses == {sign_in_at("kafka:9092", kafka.USER, VARIABLES["DONDOC_KAFKA_PASSWORD"])}


@pytest.mark.parametrize("key", ["max_connections", "synchronous_commit", "timezone", "jit"])
def test_the_database_is_set_as_the_local_one(key: str) -> None:
    assert f"{key}={postgres.SETTINGS[key]}" in compose()["services"]["postgres"]["command"]


def test_the_broker_is_of_the_version_that_runs_locally() -> None:
    pom = (root() / "deploy" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    version = re.search(r"<artifactId>kafka_2\.13</artifactId>\s*<version>([\d.]+)</version>", pom)
    assert version
    assert compose()["services"]["kafka"]["image"] == f"apache/kafka:{version.group(1)}"


def test_whoever_applies_parked_notices_again_issues_them_on_the_same_channels() -> None:
    services = read_services(COMPOSE, VARIABLES)
    worker, gateway = (read_channels(services[name].environment) for name in ("notifications", "gateway"))
    assert worker == gateway == {"mail", "webhook"}


POLICY = {
    "DONDOC_BEFORE_INCLUDES_DAY": ("yes", ("deadlines", "gateway")),
    "DONDOC_ROLL_FIXED_DATES": ("yes", ("deadlines", "gateway")),
    "DONDOC_APPROACHING_DAYS": ("5,2", ("deadlines", "gateway")),
    "DONDOC_ESCALATION_DAYS": ("2,4", ("notifications", "gateway")),
}


@pytest.mark.parametrize("name", POLICY)
def test_the_policy_of_the_installation_reaches_all_who_judge_by_it(name: str) -> None:
    value, readers = POLICY[name]
    services = read_services(COMPOSE, {**VARIABLES, name: value})
    assert {reader: services[reader].environment.get(name) for reader in readers} == dict.fromkeys(readers, value)
