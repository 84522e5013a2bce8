"""Settings from the environment."""

import pytest

from shared.environment import Environment, number, required
from shared.errors import ConfigurationError

LEAST = {"DONDOC_KAFKA_BOOTSTRAP": "kafka:9092", "DONDOC_POSTGRES_DSN": "postgresql://x"}


def test_what_is_not_set_has_a_safe_default() -> None:
    environment = Environment.read(LEAST)
    assert (environment.partitions, environment.clock, environment.host, environment.instance) == (12, "system", "127.0.0.1", None)


@pytest.mark.parametrize("missing", LEAST)
def test_a_missing_setting_is_named(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        Environment.read({name: value for name, value in LEAST.items() if name != missing})


def test_an_empty_setting_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="NAME is not set"):
        required("NAME", {"NAME": ""})


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="PORT should be a number, not '80a'"):
        number("PORT", 80, {"PORT": "80a"})


def test_an_unknown_clock_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="should be system or stepped"):
        Environment.read({**LEAST, "DONDOC_CLOCK": "sundial"})
