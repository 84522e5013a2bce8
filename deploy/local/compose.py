"""Our own services as `docker-compose.yml` describes them: command, environment, and how long they may take to stop."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.local.requirements import root
from shared.errors import ConfigurationError

COMPOSE = root() / "docker-compose.yml"
REFERENCE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<operator>:-|:\?)(?P<word>[^}]*))?\}|\$(?P<bare>\w+)")


@dataclass(frozen=True)
class Service:
    """One of our services; a one-shot runs to its end before the others start. `grace` is in seconds."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    is_one_shot: bool
    grace: float


def read_services(path: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """Return the services that are built from this repository, in the file's order; raise ConfigurationError when the file is unusable."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        services: dict[str, Any] = content["services"]
        one_shots = _one_shots(services)
        return {name: _service(name, block, name in one_shots, variables) for name, block in services.items() if "build" in block}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{path} cannot be used ({type(error).__name__}: {error}): restore it") from error


def _one_shots(services: Mapping[str, Any]) -> set[str]:
    conditions = [(name, each["condition"]) for block in services.values() for name, each in block.get("depends_on", {}).items()]
    return {name for name, condition in conditions if condition == "service_completed_successfully"}


def _service(name: str, block: Mapping[str, Any], is_one_shot: bool, variables: Mapping[str, str]) -> Service:  # noqa: FBT001  read by name
    environment = {key: interpolate(str(value), variables) for key, value in block.get("environment", {}).items()}
    command = tuple(interpolate(str(word), variables) for word in block["command"])
    return Service(name, command, environment, is_one_shot, grace=float(str(block.get("stop_grace_period", "10s")).removesuffix("s")))


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """Replace `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:?message}` as Compose does; ConfigurationError where it fails."""

    def value(match: re.Match[str]) -> str:
        if match.group() == "$$":
            return "$"
        name, operator, word = match["name"] or match["bare"], match["operator"], match["word"]
        found = variables.get(name, "")
        if not found and operator == ":?":
            raise ConfigurationError(f"{name} is not set: {word}")
        return found or (word if operator == ":-" else "")

    return REFERENCE.sub(value, text)
