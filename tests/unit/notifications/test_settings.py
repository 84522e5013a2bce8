"""The settings of the web part."""

import pytest

from services.notifications.settings import Settings
from shared.errors import ConfigurationError


def test_the_key_has_no_default() -> None:
    with pytest.raises(ConfigurationError, match="DONDOC_API_KEY is not set"):
        Settings.read({})


def test_waits_have_defaults_and_can_be_set() -> None:
    assert Settings.read({"DONDOC_API_KEY": "k"}) == Settings(api_key="k", acknowledge_seconds=5, patience_seconds=30)
    environ = {"DONDOC_API_KEY": "k", "DONDOC_ACKNOWLEDGE_SECONDS": "2", "DONDOC_STREAM_PATIENCE_SECONDS": "7"}
    assert Settings.read(environ) == Settings(api_key="k", acknowledge_seconds=2, patience_seconds=7)
