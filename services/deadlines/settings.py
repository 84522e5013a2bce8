"""The service's settings: what the law leaves open, as this deployment settles it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from services.deadlines.domain.due import Policy
from shared.environment import number
from shared.errors import ConfigurationError

CALENDAR_BATCH = 200


@dataclass(frozen=True)
class Settings:
    """The deployment's policy, and how many timers, or directives that a calendar moves, are seen to in one transaction."""

    policy: Policy
    timer_batch: int
    calendar_batch: int = CALENDAR_BATCH

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment, or raise ConfigurationError."""
        policy = Policy(
            before_includes_day=_yes("DONDOC_BEFORE_INCLUDES_DAY", environ),
            roll_fixed_dates=_yes("DONDOC_ROLL_FIXED_DATES", environ),
            approaching=_days("DONDOC_APPROACHING_DAYS", Policy().approaching, environ),
        )
        timer_batch = number("DONDOC_TIMER_BATCH", 500, environ)
        if timer_batch < 1:
            raise ConfigurationError("DONDOC_TIMER_BATCH should be at least 1")
        return cls(policy, timer_batch)


def _yes(name: str, environ: Mapping[str, str]) -> bool:
    value = environ.get(name, "") or "no"
    if value not in ("yes", "no"):
        raise ConfigurationError(f"{name} should be yes or no, not {value!r}")
    return value == "yes"


def _days(name: str, default: tuple[int, ...], environ: Mapping[str, str]) -> tuple[int, ...]:
    value = environ.get(name, "")
    if not value:
        return default
    parts = value.split(",")
    if not all(part.isdecimal() for part in parts):
        raise ConfigurationError(f"{name} should be working days such as 7,3,1, not {value!r}")
    return tuple(sorted({int(part) for part in parts}, reverse=True))
