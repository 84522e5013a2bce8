"""A deployment's policy comes from the environment, and what is wrong there is told in one line."""

import pytest

from services.deadlines.domain.due import Policy
from services.deadlines.settings import Settings
from shared.errors import ConfigurationError


def test_without_settings_the_default_policy_holds() -> None:
    assert Settings.read({}) == Settings(policy=Policy(), timer_batch=500)


def test_a_deployment_may_settle_what_the_law_leaves_open() -> None:
    settings = Settings.read(
        {
            "DONDOC_BEFORE_INCLUDES_DAY": "yes",
            "DONDOC_ROLL_FIXED_DATES": "yes",
            "DONDOC_APPROACHING_DAYS": "1,7,3",
            "DONDOC_TIMER_BATCH": "50",
        }
    )
    policy = Policy(before_includes_day=True, roll_fixed_dates=True, approaching=(7, 3, 1))
    assert settings == Settings(policy=policy, timer_batch=50)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DONDOC_BEFORE_INCLUDES_DAY", "1"),
        ("DONDOC_ROLL_FIXED_DATES", "true"),
        ("DONDOC_APPROACHING_DAYS", "3;1"),
        ("DONDOC_APPROACHING_DAYS", "3,-1"),
        ("DONDOC_TIMER_BATCH", "0"),
        ("DONDOC_TIMER_BATCH", "many"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        Settings.read({name: value})
