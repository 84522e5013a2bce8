"""The stack runs what a Compose file says, on local ports, and tells at once when something ends."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.infrastructure import Infrastructure
from deploy.local.stack import Stack
from shared.errors import ConfigurationError, UnavailableError

COMPOSE = """
x-environment: &environment
  DONDOC_KAFKA_BOOTSTRAP: kafka:9092
  DONDOC_POSTGRES_DSN: postgresql://dondoc:${POSTGRES_PASSWORD:?}@postgres:5432/dondoc
  DONDOC_PARTITIONS: ${DONDOC_PARTITIONS:-12}
services:
  kafka: {image: "kafka:1"}
  setup:
    build: .
    command: [sh, -c, "env > setup.env; exit ${SETUP_EXIT:-0}"]
    environment: *environment
  gateway:
    build: .
    command: [sh, -c, "env > gateway.env; exec python -m http.server --bind 127.0.0.1 $$DONDOC_PORT"]
    environment: {<<: *environment, DONDOC_PORT: 8080, DONDOC_API_KEY: "${DONDOC_API_KEY:?}"}
    depends_on: {setup: {condition: service_completed_successfully}}
  worker:
    build: .
    command: [sh, -c, "env > $$DONDOC_INSTANCE.env; exec python -m http.server --bind 127.0.0.1 $$DONDOC_HEALTH_PORT"]
    environment: {<<: *environment, DONDOC_HEALTH_PORT: 8090, DONDOC_INSTANCE: worker-1}
    stop_grace_period: 5s
"""


@pytest.fixture
def compose(tmp_path: Path) -> Path:
    """Return a Compose file whose services are web servers that find a file named readyz."""
    (tmp_path / "readyz").write_text("yes", encoding="ascii")
    path = tmp_path / "docker-compose.yml"
    path.write_text(COMPOSE, encoding="utf-8")
    return path


@pytest.fixture
def stack(infrastructure: Infrastructure, compose: Path) -> Iterator[Stack]:
    with Stack(infrastructure, compose=compose, environment={"DONDOC_CLOCK": "stepped"}) as running:
        running.wait_ready()
        yield running


def environment(stack: Stack, name: str) -> dict[str, str]:
    """Return the environment that a process wrote down."""
    lines = (Path(str(stack.processes["worker"].launch.directory)) / f"{name}.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_services_run_with_local_places_in_their_environment(stack: Stack, infrastructure: Infrastructure) -> None:
    assert httpx.get(f"{stack.url}/readyz").text == "yes"
    worker = environment(stack, "worker-1")
    assert worker["DONDOC_KAFKA_BOOTSTRAP"] == infrastructure.kafka.bootstrap
    assert worker["DONDOC_POSTGRES_DSN"] == infrastructure.postgres.dsn()
    assert worker["DONDOC_PARTITIONS"] == "4"
    assert worker["DONDOC_CLOCK"] == "stepped"
    assert environment(stack, "setup")["DONDOC_PARTITIONS"] == "4"


def test_only_the_service_that_asks_for_the_api_key_gets_it(stack: Stack) -> None:
    assert environment(stack, "gateway")["DONDOC_API_KEY"] == stack.api_key
    assert "DONDOC_API_KEY" not in environment(stack, "worker-1")


def test_a_killed_process_comes_back_on_its_port(stack: Stack) -> None:
    worker = stack.processes["worker"]
    before = worker.pid
    worker.kill()
    assert worker.returncode == -signal.SIGKILL
    worker.start()
    stack.wait_ready()
    assert worker.pid != before
    assert httpx.get(f"{worker.url}/readyz").status_code == 200


def test_one_more_process_of_a_service_has_a_port_and_an_instance_of_its_own(stack: Stack) -> None:
    second = stack.add("worker", "worker-2")
    second.start()
    stack.wait_ready()
    assert second.port != stack.processes["worker"].port
    assert environment(stack, "worker-2")["DONDOC_INSTANCE"] == "worker-2"


def test_waiting_ends_at_once_when_a_process_has_ended(stack: Stack) -> None:
    stack.processes["worker"].stop()
    with pytest.raises(UnavailableError, match="worker ended with exit code -15; its last lines:"):
        stack.wait_ready()


def test_a_process_that_never_gets_ready_is_told_with_its_last_lines(stack: Stack, compose: Path) -> None:
    compose.with_name("readyz").unlink()
    with pytest.raises(UnavailableError, match=r"the readiness of gateway did not happen within 1 s\n(.*\n)*.*File not found"):
        stack.wait_ready(1)


def test_a_failed_set_up_stops_everything_and_tells_why(infrastructure: Infrastructure, compose: Path) -> None:
    with pytest.raises(UnavailableError, match="setup failed; its last lines:"):
        Stack(infrastructure, compose=compose, environment={"SETUP_EXIT": "3"}).start()
    assert infrastructure.kafka.process.alive


def test_only_the_wanted_services_run(infrastructure: Infrastructure, compose: Path) -> None:
    with Stack(infrastructure, compose=compose, services=["worker"], environment={"DONDOC_API_KEY": "k"}) as stack:
        stack.wait_ready()
        assert list(stack.processes) == ["worker"]
        pid = stack.processes["worker"].pid
    assert not psutil.pid_exists(pid)


def test_a_port_in_use_is_told_before_anything_starts(infrastructure: Infrastructure, compose: Path) -> None:
    with pytest.raises(ConfigurationError, match="for the console is in use"):
        Stack(infrastructure, compose=compose, port=infrastructure.kafka.port)
