"""The broker's block in `docker-compose.yml`, turned into properties by the image's own program, gives a broker that lets us in."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

from deploy.local import requirements
from deploy.local.compose import COMPOSE, interpolate
from deploy.local.kafka import SECURITY, USER, Cluster, Kafka, class_path, sign_in_settings
from deploy.local.ports import free_port
from shared.broker import sign_in_at
from shared.topics import topic_ids
from tests.support.publishers import signs_in

PASSWORD = "mot-hai-ba"  # noqa: S105  of a broker that lives for one test
LOGGING = """Configuration:
  Properties: {Property: []}
  Appenders: {Console: {name: STDOUT}}
  Loggers:
    Root: {level: WARN, AppenderRef: [{ref: STDOUT}]}
    Logger: [{name: kafka, level: WARN}]
"""


def compose_environment(folder: Path, internal: int) -> dict[str, str]:
    """Return the broker's environment as Compose makes it, with the places of this machine."""
    agencies, controller = free_port(), free_port()
    variables = {"DONDOC_KAFKA_PASSWORD": PASSWORD, "DONDOC_KAFKA_ADDRESS": f"127.0.0.1:{agencies}"}
    content: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    given = {key: interpolate(str(value), variables) for key, value in content["services"]["kafka"]["environment"].items()}
    ports = {":9092": f":{internal}", ":9094": f":{agencies}", ":9093": f":{controller}", "kafka:": "127.0.0.1:"}
    for key in ("KAFKA_LISTENERS", "KAFKA_ADVERTISED_LISTENERS", "KAFKA_CONTROLLER_QUORUM_VOTERS"):
        for old, new in ports.items():
            given[key] = given[key].replace(old, new)
    return {**given, "KAFKA_LOG_DIRS": str(folder / "data"), "CLUSTER_ID": Cluster().id}


def run_the_images_program(folder: Path, environment: dict[str, str]) -> None:
    """Let the image's program write server.properties, and format the data directory, as the container does at its start."""
    for place in ("default", "mounted", "final"):
        (folder / place).mkdir()
    (folder / "default" / "server.properties").touch()
    for name in ("log4j2.yaml", "tools-log4j2.yaml"):
        (folder / "default" / name).write_text(LOGGING, encoding="ascii")
    places = [f"--{place}-configs-dir={folder / place}" for place in ("default", "mounted", "final")]
    program = [requirements.java(), "-cp", class_path(), "kafka.docker.KafkaDockerWrapper", "setup", *places]
    answer = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


class FromCompose(Kafka):
    """A broker whose settings are those that the image would run with."""

    def settings(self) -> dict[str, str]:
        environment = compose_environment(self.directory, self.port)
        run_the_images_program(self.directory, environment)
        lines = (self.directory / "final" / "server.properties").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


async def test_the_broker_of_compose_starts_and_lets_in_whoever_has_the_password(tmp_path: Path) -> None:
    broker = FromCompose(tmp_path, cluster=Cluster(password=PASSWORD))
    broker.start()
    try:
        settings = dict(line.split("=", 1) for line in broker.properties.read_text(encoding="utf-8").splitlines())
        assert settings.items() >= {**SECURITY, **sign_in_settings(PASSWORD)}.items()
        assert topic_ids(broker.bootstrap) == {}
        assert not await signs_in(sign_in_at(f"127.0.0.1:{broker.port}", USER, "sai"))
        assert not await signs_in(f"127.0.0.1:{broker.port}")
    finally:
        broker.stop()
