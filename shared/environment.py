"""Settings from the environment, each read once, with one clear line when one is missing or wrong."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from shared.errors import ConfigurationError

ClockKind = Literal["system", "stepped"]


def required(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return a setting's value, or raise ConfigurationError when it is missing or empty."""
    value = environ.get(name, "")
    if not value:
        message = f"{name} is not set; see docs/settings.md"
        raise ConfigurationError(message)
    return value


def number(name: str, default: int, environ: Mapping[str, str] = os.environ) -> int:
    """Return a setting that is a number, or raise ConfigurationError."""
    value = environ.get(name, "") or str(default)
    if not value.isdecimal():
        message = f"{name} should be a number, not {value!r}"
        raise ConfigurationError(message)
    return int(value)


@dataclass(frozen=True)
class Environment:
    """What every process is told: where Kafka and PostgreSQL are, how many partitions there are, and which clock counts."""

    bootstrap: str
    dsn: str
    partitions: int
    clock: ClockKind
    health_port: int
    host: str
    instance: str | None

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Environment":
        """Read the environment, or raise ConfigurationError."""
        clock = environ.get("DONDOC_CLOCK", "") or "system"
        if clock not in ("system", "stepped"):
            message = f"DONDOC_CLOCK should be system or stepped, not {clock!r}"
            raise ConfigurationError(message)
        return cls(
            bootstrap=required("DONDOC_KAFKA_BOOTSTRAP", environ),
            dsn=required("DONDOC_POSTGRES_DSN", environ),
            partitions=number("DONDOC_PARTITIONS", 12, environ),
            clock=cast("ClockKind", clock),
            health_port=number("DONDOC_HEALTH_PORT", 8090, environ),
            host=environ.get("DONDOC_HOST", "") or "127.0.0.1",
            instance=environ.get("DONDOC_INSTANCE") or None,
        )
