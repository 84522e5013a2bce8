"""What people sign in with: the address that they know, the installation's key, the provider of identities."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.environment import number, required
from shared.errors import ConfigurationError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


@dataclass(frozen=True)
class Provider:
    """A provider of identities (OpenID Connect): its issuer, and what it knows this installation as."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class PeopleSettings:
    """How people reach the pages; `public_url` has no slash at its end, `api_key` is None where the installation has none."""

    public_url: str
    api_key: str | None = None
    provider: Provider | None = None

    @property
    def is_secure(self) -> bool:
        """Tell whether browsers reach the pages over https."""
        return self.public_url.startswith("https:")

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "PeopleSettings":
        """Read the environment, or raise ConfigurationError."""
        address = environ.get("DONDOC_PUBLIC_URL") or f"http://127.0.0.1:{number('DONDOC_PORT', 8080, environ)}"
        return cls(_checked("DONDOC_PUBLIC_URL", address), environ.get("DONDOC_API_KEY") or None, _provider(environ))


def _provider(environ: Mapping[str, str]) -> Provider | None:
    if not environ.get("DONDOC_OIDC_ISSUER"):
        return None
    issuer = _checked("DONDOC_OIDC_ISSUER", environ["DONDOC_OIDC_ISSUER"], keep_slash=True)
    return Provider(issuer, required("DONDOC_OIDC_CLIENT_ID", environ), required("DONDOC_OIDC_CLIENT_SECRET", environ))


def _checked(name: str, address: str, *, keep_slash: bool = False) -> str:
    """Return an address, or raise ConfigurationError where what is secret would travel in the clear."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigurationError(f"{name} should be an address such as https://dondoc.example.vn, not {address!r}")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ConfigurationError(f"{name} should begin with https:// (plain http is for this machine alone), not {address!r}")
    return address if keep_slash else address.rstrip("/")
