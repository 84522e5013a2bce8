"""The settings of the web part."""

from services.notifications.settings import Settings


def test_waits_have_defaults_and_can_be_set() -> None:
    assert Settings.read({}) == Settings(acknowledge_seconds=5, patience_seconds=30)
    environ = {"DONDOC_ACKNOWLEDGE_SECONDS": "2", "DONDOC_STREAM_PATIENCE_SECONDS": "7"}
    assert Settings.read(environ) == Settings(acknowledge_seconds=2, patience_seconds=7)
