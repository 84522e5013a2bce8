"""What the web part of notifications is told by the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from shared.environment import number


@dataclass(frozen=True)
class Settings:
    """How many seconds an answer waits for Kafka, and a stream for a slow client."""

    acknowledge_seconds: float
    patience_seconds: float

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings, or raise ConfigurationError."""
        return cls(
            acknowledge_seconds=number("DONDOC_ACKNOWLEDGE_SECONDS", 5, environ),
            patience_seconds=number("DONDOC_STREAM_PATIENCE_SECONDS", 30, environ),
        )
