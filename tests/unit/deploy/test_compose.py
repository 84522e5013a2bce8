"""How the local stack reads the Compose file."""

from pathlib import Path

import pytest

from deploy.local.compose import interpolate, read_services
from shared.errors import ConfigurationError

COMPOSE = """
services:
  broker: {image: "kafka:1"}
  setup: {build: ., command: [dondoc, setup]}
  worker:
    build: .
    command: [python, -m, worker, "${LEVEL:-info}"]
    environment: {SECRET: "${SECRET:?choose one}", PORT: 8090}
    stop_grace_period: 30s
    depends_on: {setup: {condition: service_completed_successfully}, broker: {condition: service_healthy}}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("$A and ${A}", "x and x"),
        ("${MISSING}", ""),
        ("${MISSING:-word}/${A:-word}", "word/x"),
        ("${EMPTY:-word}", "word"),
        ("${A:?needed}", "x"),
        ("$$A", "$A"),
    ],
)
def test_references_are_replaced_as_compose_does(text: str, expected: str) -> None:
    assert interpolate(text, {"A": "x", "EMPTY": ""}) == expected


def test_a_required_variable_that_is_missing_is_told_with_its_message() -> None:
    with pytest.raises(ConfigurationError, match=r"^SECRET is not set: choose one$"):
        interpolate("${SECRET:?choose one}", {"SECRET": ""})


def test_the_services_built_here_are_read_with_command_environment_and_grace(tmp_path: Path) -> None:
    services = read_services(written(tmp_path, COMPOSE), {"SECRET": "s"})
    worker = services["worker"]
    assert list(services) == ["setup", "worker"]
    assert worker.command == ("python", "-m", "worker", "info")
    assert worker.environment == {"SECRET": "s", "PORT": "8090"}
    assert worker.grace == 30.0


def test_a_service_that_others_wait_for_to_end_is_a_one_shot(tmp_path: Path) -> None:
    services = read_services(written(tmp_path, COMPOSE), {"SECRET": "s"})
    assert services["setup"].is_one_shot
    assert not services["worker"].is_one_shot


@pytest.mark.parametrize("content", ["services: [", "name: x", "services: {a: {build: .}}", "services: [a, b]"])
def test_an_unusable_file_is_told_in_one_line(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigurationError, match=r"docker-compose\.yml cannot be used"):
        read_services(written(tmp_path, content), {})


def written(folder: Path, content: str) -> Path:
    path = folder / "docker-compose.yml"
    path.write_text(content, encoding="utf-8")
    return path
