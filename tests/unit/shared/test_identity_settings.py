"""How people reach the pages, and what may not be set."""

import pytest

from shared.errors import ConfigurationError
from shared.identity.settings import PeopleSettings, Provider

PROVIDER = {"DONDOC_OIDC_ISSUER": "https://id.example.vn/", "DONDOC_OIDC_CLIENT_ID": "dondoc", "DONDOC_OIDC_CLIENT_SECRET": "s"}


def test_without_settings_the_pages_are_on_this_machine_and_nobody_has_the_installations_key() -> None:
    assert PeopleSettings.read({"DONDOC_PORT": "9000"}) == PeopleSettings("http://127.0.0.1:9000", None, None)


def test_an_address_with_https_makes_cookies_secure() -> None:
    settings = PeopleSettings.read({"DONDOC_PUBLIC_URL": "https://dondoc.example.vn/", "DONDOC_API_KEY": "k", **PROVIDER})
    assert settings.is_secure
    assert settings.public_url == "https://dondoc.example.vn"
    assert settings.provider == Provider("https://id.example.vn/", "dondoc", "s")
    assert not PeopleSettings.read({"DONDOC_PUBLIC_URL": "http://localhost:8080"}).is_secure


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"DONDOC_PUBLIC_URL": "http://dondoc.example.vn"}, "should begin with https://"),
        ({"DONDOC_PUBLIC_URL": "dondoc.example.vn"}, "should be an address"),
        ({**PROVIDER, "DONDOC_OIDC_ISSUER": "http://id.example.vn"}, "should begin with https://"),
        ({"DONDOC_OIDC_ISSUER": "https://id.example.vn"}, "DONDOC_OIDC_CLIENT_ID is not set"),
    ],
)
def test_what_would_send_secrets_in_the_clear_or_is_missing_is_one_line(environ: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        PeopleSettings.read(environ)
