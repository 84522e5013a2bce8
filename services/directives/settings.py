"""What the web part of directives is told by the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from services.directives.waiting import Limits
from shared.environment import number
from shared.errors import ConfigurationError
from shared.identity.limits import DEFAULT, Limit


@dataclass(frozen=True)
class Settings:
    """How long a body may take, in seconds, and how much a publisher may send that has no limit of its own."""

    body_seconds: int = 10
    limit: Limit = DEFAULT

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings, or raise ConfigurationError."""
        numbers = {
            "DONDOC_BODY_SECONDS": number("DONDOC_BODY_SECONDS", 10, environ),
            "DONDOC_EVENTS_PER_SECOND": number("DONDOC_EVENTS_PER_SECOND", 1000, environ),
            "DONDOC_EVENTS_BURST": number("DONDOC_EVENTS_BURST", 5000, environ),
            "DONDOC_EVENTS_PER_DAY": number("DONDOC_EVENTS_PER_DAY", 2000000, environ),
        }
        for name, value in numbers.items():
            if value < 1:
                raise ConfigurationError(f"{name} should be at least 1")
        body, second, burst, day = numbers.values()
        return cls(body, Limit(events_per_second=second, burst=burst, events_per_day=day))


def read_limits() -> Limits:
    """Return how long facts may wait, and how many of a key, or raise ConfigurationError."""
    return Limits(number("DONDOC_WAITING_DAYS", 30), number("DONDOC_WAITING_LIMIT", 1000))
